"""The line between a phone and the server: whole, cut, with lost answers, behind a portal, or with a new version of the app."""

from __future__ import annotations

import contextlib
import http.client
import random
import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

PORTAL = b"<!doctype html><title>WiFi gratis</title><h1>Selamat datang</h1>"


class Line(ThreadingHTTPServer):
    """Hands requests on to the server. `lost` is the share of sent forms whose answer never arrives."""

    daemon_threads = True

    def __init__(self, server: str) -> None:
        super().__init__(("127.0.0.1", 0), _Passing)
        self.host = urlsplit(server).netloc
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.cut = self.portal = False
        self.lost, self.chance = 0.0, random.Random(5)
        self.version = ""
        self.sent: Counter[str] = Counter()
        """Forms that reached the server, by address."""

    def handle_error(self, *_arguments: Any) -> None:
        """A browser that was closed or cut off does not wait for its answer."""


class _Passing(BaseHTTPRequestHandler):
    server: Line

    def do_GET(self) -> None:
        self._pass(b"")

    def do_POST(self) -> None:
        self._pass(self.rfile.read(int(self.headers["Content-Length"] or 0)))

    def _pass(self, body: bytes) -> None:
        line = self.server
        if line.cut:
            return None
        if line.portal:
            return self._answer(200, [("Content-Type", "text/html")], PORTAL)
        left_out = {"host", "accept-encoding"}
        headers = {name: value for name, value in self.headers.items() if name.lower() not in left_out}
        with contextlib.closing(http.client.HTTPConnection(line.host, timeout=60)) as upstream:
            upstream.request(self.command, self.path, body or None, headers | {"Host": line.host})
            answer = upstream.getresponse()
            text = answer.read()
        if self.command == "POST":
            line.sent[self.path] += 1
            if line.chance.random() < line.lost:
                return None
        if self.path == "/sw.js" and line.version:
            text = f"/* {line.version} */".encode() + text.replace(b"assets-", f"assets-{line.version}-".encode())
        return self._answer(answer.status, answer.getheaders(), text)

    def _answer(self, status: int, headers: list[tuple[str, str]], text: bytes) -> None:
        self.send_response(status)
        for name, value in headers:
            if name.lower() not in {"content-length", "transfer-encoding", "connection"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_arguments: Any) -> None:
        """Keep quiet."""


@contextlib.contextmanager
def line_to(server: str) -> Iterator[Line]:
    """Lay a line to a server for the with-block."""
    line = Line(server)
    thread = threading.Thread(target=line.serve_forever, daemon=True)
    thread.start()
    try:
        yield line
    finally:
        line.shutdown()
        line.server_close()
        thread.join()
