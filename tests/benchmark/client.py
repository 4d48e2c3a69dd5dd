"""A client that keeps its connection and its cookies, and reads forms as a browser would."""

from __future__ import annotations

import http.client
import re
from dataclasses import dataclass, field
from urllib.parse import urlencode

import brotli

_HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*>')
_ATTRIBUTE = re.compile(r'(name|value)="([^"]*)"')


@dataclass
class Client:
    """One person at one browser."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def get(self, path: str) -> tuple[int, str]:
        """Return status and text of a page."""
        return self._send("GET", path, None)

    def post(self, path: str, fields: dict[str, str]) -> tuple[int, str]:
        """Send a form and return status and text."""
        return self._send("POST", path, urlencode(fields))

    def raw(self, path: str) -> int:
        """Fetch a page without unpacking it; return its size as served."""
        self._connection.request("GET", path, headers=self._headers())
        return len(self._connection.getresponse().read())

    def hidden(self, path: str) -> dict[str, str]:
        """Return the hidden fields of the forms on a page."""
        _status, text = self.get(path)
        pairs = (dict(_ATTRIBUTE.findall(tag)) for tag in _HIDDEN.findall(text))
        return {pair["name"]: pair.get("value", "") for pair in pairs if "name" in pair}

    def _headers(self) -> dict[str, str]:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {"Host": "localhost", "Accept-Encoding": "br", "Cookie": cookie}

    def _send(self, method: str, path: str, body: str | None) -> tuple[int, str]:
        headers = self._headers()
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(method, path, body=body, headers=headers)
        answer = self._connection.getresponse()
        content = answer.read()
        for header in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = header.partition(";")[0].partition("=")
            self.cookies[name] = value
        if answer.headers.get("Content-Encoding") == "br":
            content = brotli.decompress(content)
        return answer.status, content.decode()
