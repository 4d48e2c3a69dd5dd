"""A push service on this machine and a browser behind it: takes messages (RFC 8030) and reads them (RFC 8291, 8292)."""

from __future__ import annotations

import base64
import json
import os
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _raw(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


def _point(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


@dataclass
class Browser:
    """The end that reads: its keys, and the address the service gave it."""

    endpoint: str
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    auth: bytes = field(default_factory=lambda: os.urandom(16))

    @property
    def form(self) -> dict[str, str]:
        """Return what the browser's script sends to the app."""
        return {"endpoint": self.endpoint, "p256dh": _text(_point(self.key)), "auth": _text(self.auth)}

    def read(self, body: bytes) -> dict[str, Any]:
        """Decrypt a message as RFC 8291 says."""
        salt, length = body[:16], body[20]
        theirs, sealed = body[21 : 21 + length], body[21 + length :]
        shared = self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs))
        both = _derived(shared, self.auth, b"WebPush: info\0" + _point(self.key) + theirs, 32)
        key = _derived(both, salt, b"Content-Encoding: aes128gcm\0", 16)
        nonce = _derived(both, salt, b"Content-Encoding: nonce\0", 12)
        plain = AESGCM(key).decrypt(nonce, sealed, None)
        assert plain.rstrip(b"\0")[-1:] == b"\x02"
        return json.loads(plain.rstrip(b"\0")[:-1])


class PushService:
    """Answers with `status` (a redirect with `location`) and keeps what came."""

    def __init__(self) -> None:
        self.status, self.location, self.taken = 201, "", []
        service = self

        class Taker(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                service.taken.append((self.path, dict(self.headers), body))
                self.send_response(service.status)
                if service.location:
                    self.send_header("Location", service.location)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_words: Any) -> None:
                """Stay silent."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Taker)
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def browser(self, name: str = "one") -> Browser:
        """Return a new browser with an address of this service."""
        return Browser(f"{self.origin}/push/{name}")

    def close(self) -> None:
        """Stop."""
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def claims(headers: dict[str, str]) -> tuple[dict[str, Any], str]:
    """Check the VAPID signature of a message; return its claims and the public key that it names."""
    lower = {name.lower(): value for name, value in headers.items()}
    scheme, _, rest = lower["authorization"].partition(" ")
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    assert scheme.lower() == "vapid"
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _raw(parts["k"]))
    return jwt.decode(parts["t"], key, algorithms=["ES256"], options={"verify_aud": False}), parts["k"]
