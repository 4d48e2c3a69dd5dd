"""Identifiers: UUIDv7 (RFC 9562), ordered by time and by a counter within the process."""

from __future__ import annotations

import os
import threading
import time
from uuid import UUID

_lock = threading.Lock()
_last = 0


def uuid7() -> UUID:
    """Return a new UUIDv7; each is greater than all that this process made before.

    48 bits milliseconds, then 12 + 30 bits of a counter that starts at a random value each millisecond
    (RFC 9562, 6.2 method 2), then 32 random bits.
    """
    global _last
    with _lock:
        fresh = (time.time_ns() // 1_000_000) << 42 | int.from_bytes(os.urandom(5)) & 0x1FFFFFFFFFF
        _last = fresh if fresh > _last else _last + 1
        ordered = _last
    milliseconds, counter = ordered >> 42, ordered & 0x3FFFFFFFFFF
    value = (milliseconds & 0xFFFFFFFFFFFF) << 80 | 0x7 << 76 | (counter >> 30) << 64
    value |= 0b10 << 62 | (counter & 0x3FFFFFFF) << 32 | int.from_bytes(os.urandom(4))
    return UUID(int=value)
