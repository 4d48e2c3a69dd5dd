"""A person with a browser: opens pages, sends their forms with the token they carry, keeps cookies."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.builders import PASSWORD

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_KEY = re.compile(r'name="idempotency_key" value="([^"]+)"')


class Walker:
    """One browser."""

    def __init__(self, app: Flask, *, base_url: str = "http://localhost", address: str = "10.1.2.3") -> None:
        self.client: FlaskClient = app.test_client()
        self.base_url, self.address = base_url, address

    def open(self, url: str, **options: Any) -> TestResponse:
        """Open a page."""
        return self.client.get(url, base_url=self.base_url, environ_base={"REMOTE_ADDR": self.address}, **options)

    def send(
        self, url: str, values: Mapping[str, Any] | None = None, *, page: str = "", **options: Any
    ) -> TestResponse:
        """Send a form to `url`, with the token and key of the page that shows it (`page`, by default the same)."""
        shown = self.open(page or url).text
        token, key = _TOKEN.search(shown), _KEY.search(shown)
        assert token, f"{page or url} shows no form:\n{shown[:500]}"
        hidden = {"csrf_token": unescape(token[1]), "idempotency_key": key[1] if key else "0123456789abcdef"}
        return self.post(url, hidden | dict(values or {}), **options)

    def post(self, url: str, values: Any = None, **options: Any) -> TestResponse:
        """Send what is given and nothing else."""
        headers = {"Referer": f"{self.base_url}/login", **options.pop("headers", {})}
        environ = {"REMOTE_ADDR": self.address}
        return self.client.post(
            url, data=values, base_url=self.base_url, headers=headers, environ_base=environ, **options
        )

    def token(self, page: str = "/login") -> str:
        """Return the token of a page's form."""
        found = _TOKEN.search(self.open(page).text)
        assert found, f"{page} shows no form"
        return unescape(found[1])

    def tell(self, url: str, body: Any, *, page: str = "/login") -> TestResponse:
        """Send JSON as the passkey script does."""
        headers = {"X-CSRFToken": self.token(page), "Referer": f"{self.base_url}/login"}
        return self.client.post(
            url, json=body, base_url=self.base_url, headers=headers, environ_base={"REMOTE_ADDR": self.address}
        )

    def sign_in(self, number: str, password: str = PASSWORD, **more: Any) -> TestResponse:
        """Sign in by the form."""
        return self.send("/login", {"nip": number, "password": password, **more})

    def sign_out(self) -> TestResponse:
        """Sign out by the form of the profile."""
        return self.send("/logout", page="/profile")

    @property
    def is_in(self) -> bool:
        """Whether the browser is signed in."""
        return self.open("/profile").status_code == 200

    def cookie(self, name: str) -> str | None:
        """Return a cookie's value, None when the browser has none of that name."""
        return next((found.value for found in self.client._cookies.values() if found.key == name), None)


def text_of(response: TestResponse) -> str:
    """Return a page's words, without what differs from one showing to the next."""
    page = re.sub(r"<(script|style)[^>]*>.*?</\1>|<[^>]+>", " ", response.text, flags=re.DOTALL)
    return " ".join(unescape(page).split())
