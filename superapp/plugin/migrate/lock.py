"""One migrator at a time, on all machines."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Engine

_KEY = 7_304_911_846_203_117
"""Any number, the same in all releases."""


@contextmanager
def alone(engine: Engine) -> Iterator[None]:
    """Wait until no other process migrates this database, and keep others waiting for the with-block."""
    with _postgresql(engine) if engine.dialect.name == "postgresql" else _file(engine):
        yield


@contextmanager
def _postgresql(engine: Engine) -> Iterator[None]:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("SET lock_timeout = 0"))
        connection.execute(sa.text("SET statement_timeout = 0"))
        connection.execute(sa.text("SELECT pg_advisory_lock(:key)"), {"key": _KEY})
        try:
            yield
        finally:
            connection.execute(sa.text("SELECT pg_advisory_unlock(:key)"), {"key": _KEY})
            connection.invalidate()  # its timeouts are lifted: it must not go back to the pool


@contextmanager
def _file(engine: Engine) -> Iterator[None]:
    if not engine.url.database or engine.url.database == ":memory:":
        yield
        return
    with Path(f"{engine.url.database}.migrate").open("w") as lock:
        _take(lock.fileno())
        yield  # closing the file, or the process's end, frees it


def _take(handle: int) -> None:
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        msvcrt.locking(handle, msvcrt.LK_LOCK, 1)  # type: ignore[attr-defined,unused-ignore]
    else:
        fcntl.flock(handle, fcntl.LOCK_EX)
