"""The injected clock: every part asks here what time it is, so that tests and demos can move it."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

WITA = timezone(timedelta(hours=8), "WITA")
"""Central Indonesian time; no daylight saving, so a fixed offset is exact."""

_offset = timedelta(0)
_source: Path | None = None


def _always() -> bool:
    return True


_allowed: Callable[[], bool] = _always


def now() -> datetime:
    """Return the present moment as an aware datetime in UTC."""
    return datetime.now(UTC) + _offset


def today() -> date:
    """Return the present date in WITA; positions begin and end at its midnight."""
    return local(now()).date()


def local(moment: datetime) -> datetime:
    """Return an aware datetime moved to WITA."""
    return moment.astimezone(WITA)


def elapsed() -> float:
    """Return seconds of a clock that never jumps; only differences mean something."""
    return time.monotonic()


def shift(offset: timedelta) -> None:
    """Move the clock of this process by `offset` against the machine's; zero restores it."""
    global _offset
    _offset = offset


def follow(source: Path | None, *, allowed: Callable[[], bool] = _always) -> None:
    """Take the offset from a file (`+86400`: seconds) at each `refresh` for which `allowed` says so; None stops that."""
    global _source, _allowed
    _source, _allowed = source, allowed


def refresh() -> None:
    """Read the offset again; called at each request and job, free of cost when no file is followed.

    Without a file, without an offset in it, or when it is not allowed, the machine's time holds.
    """
    if _source is None:
        return
    try:
        seconds = int(_source.read_text(encoding="ascii").strip() or "0")
        shift(timedelta(seconds=seconds if seconds and _allowed() else 0))
    except (OSError, ValueError, OverflowError):
        shift(timedelta(0))
