"""The virus scanner ClamAV by its own protocol: INSTREAM of clamd(8), over TCP or a socket of the machine."""

from __future__ import annotations

import socket
import struct
from typing import IO
from urllib.parse import urlsplit

PATIENCE = 60.0
"""Seconds that the scanner may take for one answer."""
_BLOCK = 1 << 16
_LONGEST_ANSWER = 4096


class ScannerAway(Exception):
    """The scanner does not answer, or cannot judge."""


def find_virus(address: str, content: IO[bytes]) -> str:
    """Return the name of what clamd finds in the content, "" when it is clean.

    `address` is `tcp://host:port` or `unix:///path`. Raises ScannerAway.
    """
    answer = _ask(address, b"INSTREAM", content)
    verdict = answer.removeprefix("stream: ")
    if verdict == "OK":
        return ""
    if not verdict.endswith(" FOUND"):
        raise ScannerAway(answer[:200])
    return verdict.removesuffix(" FOUND")


def answers(address: str) -> bool:
    """Tell whether a scanner answers at the address."""
    try:
        return _ask(address, b"PING") == "PONG"
    except ScannerAway:
        return False


def _ask(address: str, order: bytes, content: IO[bytes] | None = None) -> str:
    try:
        with _connected(address) as line:
            line.sendall(b"z" + order + b"\0")
            if content is not None:
                while block := content.read(_BLOCK):
                    line.sendall(struct.pack("!I", len(block)) + block)
                line.sendall(struct.pack("!I", 0))
            with line.makefile("rb") as reading:
                return reading.read(_LONGEST_ANSWER).rstrip(b"\0").decode("utf-8", "replace")
    except OSError as error:
        raise ScannerAway(str(error)) from error


def _connected(address: str) -> socket.socket:
    parts = urlsplit(address)
    if parts.scheme == "tcp":
        return socket.create_connection((parts.hostname or "", parts.port or 0), timeout=PATIENCE)
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        line.settimeout(PATIENCE)
        line.connect(parts.path)
    except BaseException:
        line.close()
        raise
    return line
