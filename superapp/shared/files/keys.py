"""Keys of stored files: made by the server, and nothing else is one."""

from __future__ import annotations

import hashlib
import re
from uuid import UUID

from superapp.kernel import ids

_KEY = re.compile(r"[0-9a-f]{2}/[0-9a-f]{32}(\.small)?")


def new_key() -> str:
    """Return a key that no file has: two letters of the end spread the files over 256 folders."""
    name = ids.uuid7().hex
    return f"{name[-2:]}/{name}"


def part_key(upload_id: UUID, index: int) -> str:
    """Return the key of a part of an upload: the same each time it is sent."""
    name = hashlib.sha256(f"{upload_id.hex}:{index}".encode()).hexdigest()[:32]
    return f"{name[-2:]}/{name}"


def small_key(key: str) -> str:
    """Return the key under which the small picture of a stored picture lies."""
    return f"{key}.small"


def own_key(key: str) -> str:
    """Return the key of the file that a key belongs to: itself, or of a small picture that of the picture."""
    return key.removesuffix(".small")


def is_key(text: str) -> bool:
    """Tell whether a text is a key."""
    return _KEY.fullmatch(text) is not None


def checked(key: str) -> str:
    """Return the key; ValueError when it is none (a path that leads elsewhere)."""
    if not is_key(key):
        raise ValueError("not a key of the file store")
    return key
