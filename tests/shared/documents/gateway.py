"""A stand-in for BSrE's Esign Client: the four calls of its API v1, on a thread of this process."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from werkzeug.formparser import parse_form_data

from superapp.shared.documents.signing.adapter import Identity
from superapp.shared.documents.signing.simulator import Simulator

USER, PASSWORD = "nunukan", "kunci-aplikasi"
NIK, PASSPHRASE = "6503011203710004", "Rahasia#Bupati1"


@dataclass
class Gateway:
    """What the stand-in knows and saw; `down` makes it answer 503."""

    folder: Path
    url: str = ""
    down: bool = False
    apart: bool = False
    """Whether signing gives only an id, and the file waits for one download."""
    seen: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    kept: dict[str, bytes] = field(default_factory=dict)

    def sign(self, pdf: bytes) -> bytes:
        """Return the PDF signed, as the real one would."""
        return Simulator(self.folder).sign(pdf, identity=Identity("Bambang Sutrisno")).content


class Handler(BaseHTTPRequestHandler):
    """Answers the calls; its server knows the gateway."""

    @property
    def gateway(self) -> Gateway:
        return self.server.gateway

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        environ = {
            "wsgi.input": self.rfile,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(length),
            "REQUEST_METHOD": self.command,
        }
        _stream, form, files = parse_form_data(environ) if length else (None, {}, {})
        content = b"".join(file.read() for file in files.values())
        for file in files.values():
            file.close()
        self.gateway.seen.append((self.command, self.path, dict(form)))
        expected = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if self.gateway.down:
            self._say(503, {"error": "maintenance"})
        elif self.path != "/" and self.headers.get("Authorization") != expected:
            self._say(401, {"error": "Unauthorized"})
        elif self.path == "/api/sign/pdf":
            self._sign(form, content)
        elif self.path.startswith("/api/sign/download/"):
            self._hand_out(self.path.rpartition("/")[2])
        elif self.path == "/api/sign/verify":
            self._verify(content)
        elif self.path.startswith("/api/user/status/"):
            known = self.path.endswith(NIK)
            self._say(200, {"status_code": 1111 if known else 1110, "status": "ISSUE" if known else "NOT_REGISTERED"})
        else:
            self._say(404, {"error": "not found"})

    def _hand_out(self, own: str) -> None:
        content = self.gateway.kept.pop(own, None)
        if content:
            self._send(200, content, "application/pdf")
        else:
            self._say(400, {"error": "Dokumen telah didownload sebelumnya"})

    def _sign(self, form: dict[str, str], pdf: bytes) -> None:
        if form["nik"] != NIK:
            self._say(400, {"status_code": 2011, "error": f"User {form['nik']} tidak terdaftar"})
        elif form["passphrase"] != PASSPHRASE:
            self._say(400, {"status_code": 2031, "error": f"Passphrase anda salah: {form['passphrase']}"})
        elif self.gateway.apart:
            self.gateway.kept["dok-2"] = self.gateway.sign(pdf)
            self._say(200, {"id_dokumen": "dok-2"})
        else:
            self._send(200, self.gateway.sign(pdf), "application/pdf", id_dokumen="dok-1")

    def _verify(self, pdf: bytes) -> None:
        found = Simulator(self.gateway.folder).verify(pdf)
        details = [
            {"info_signer": {"signer_name": one.signer, "cert_user_certified": one.trusted},
             "signature_document": {"document_integrity": one.good, "signed_in": one.signed_at}}
            for one in found
        ]  # fmt: skip
        self._say(200, {"jumlah_signature": len(found), "summary": "ok", "details": details})

    def _say(self, status: int, words: dict[str, object]) -> None:
        self._send(status, json.dumps(words).encode(), "application/json")

    def _send(self, status: int, content: bytes, kind: str, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def running(folder: Path) -> Iterator[Gateway]:
    """Run a gateway on loopback for the with-block."""
    gateway = Gateway(folder)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.gateway = gateway
    gateway.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield gateway
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
