"""The watchdog: ends transactions that hold the write lock too long, so that other writers go on."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.engine import Connection

from superapp.kernel.database import StatementGuard

_TICK = 0.25
_lock = threading.Lock()
_watched: dict[int, tuple[float, StatementGuard, Any]] = {}
_thread: threading.Thread | None = None


@contextmanager
def watch(guard: StatementGuard, connection: Connection, longest: float) -> Iterator[None]:
    """Roll the transaction of `connection` back when the block runs longer than `longest` seconds (0: never).

    Later statements of the block then raise TransactionExpired.
    """
    if not longest:
        yield
        return
    _start()
    key = id(guard)
    _watched[key] = (time.monotonic() + longest, guard, connection.connection.dbapi_connection)
    try:
        yield
    finally:
        _watched.pop(key, None)
        guard.close()


def _start() -> None:
    global _thread
    if _thread is not None and _thread.is_alive():
        return
    with _lock:
        if _thread is None or not _thread.is_alive():
            _thread = threading.Thread(target=_patrol, name="watchdog", daemon=True)
            _thread.start()


def _patrol() -> None:
    while True:
        time.sleep(_TICK)
        overdue = [entry for entry in list(_watched.values()) if entry[0] < time.monotonic()]
        for _, guard, raw in overdue:
            if not guard.rolled_back:
                _end(guard, raw)


def _end(guard: StatementGuard, raw: Any) -> None:
    """Stop the statement under way, then roll back between two statements.

    A statement that was just beginning does not notice the stop: the next tick stops it. `guard.alive` is held while
    the connection is touched, as the command may end at any moment and another thread get it.
    """
    with guard.alive:
        if guard.over:
            return
        guard.expired = True
        if guard.executing:
            _interrupt(raw)
    if not guard.lock.acquire(timeout=_TICK):
        return
    try:
        with guard.alive:
            if not guard.over:
                guard.rolled_back = True
                raw.rollback()
    finally:
        guard.lock.release()


def _interrupt(raw: Any) -> None:
    if hasattr(raw, "interrupt"):
        raw.interrupt()
    else:
        raw.cancel()
