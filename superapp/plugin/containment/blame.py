"""Whose fault it was, and where: the module's own code, or a dependency that all share."""

from __future__ import annotations

import errno
import smtplib
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

import sqlalchemy as sa

_LOCKED = ("database is locked", "disk i/o error", "database or disk is full", "server closed the connection")


def where(error: BaseException, folder: Path | None = None, *, otherwise: str = "") -> str:
    """Return "file:line" of the innermost frame in the module's folder, else `otherwise`, else of the innermost at all.

    A syntax error is where the parser stumbled.
    """
    if isinstance(error, SyntaxError) and error.filename:
        return f"{error.filename}:{error.lineno or 1}"
    frames = list(_frames(error.__traceback__))
    own = [frame for frame in frames if folder is not None and Path(frame[0]).is_relative_to(folder)]
    if not own and otherwise:
        return otherwise
    name, line = (own or frames or [("", 0)])[-1]
    return f"{name}:{line}" if name else ""


def _frames(link: TracebackType | None) -> Iterator[tuple[str, int]]:
    while link is not None:
        yield link.tb_frame.f_code.co_filename, link.tb_lineno
        link = link.tb_next


class Slow(Exception):
    """A contribution took longer than its budget."""


def standing(thread: int, folder: Path) -> str:
    """Return "file:line" in the module's folder where a running thread stands, "" when it is elsewhere."""
    frame = sys._current_frames().get(thread)
    while frame is not None:
        if Path(frame.f_code.co_filename).is_relative_to(folder):
            return f"{frame.f_code.co_filename}:{frame.f_lineno}"
        frame = frame.f_back
    return ""


def path_of(error: BaseException) -> str:
    """Return the frames of an error for the log, without its message: messages quote values of people."""
    return "".join(traceback.format_tb(error.__traceback__))


def dependency(error: BaseException) -> str:
    """Return the shared dependency that failed (`database`, `disk`, `mail`, `network`), or "" for the module itself."""
    for link in _causes(error):
        if found := _dependency(link):
            return found
    return ""


def _causes(error: BaseException) -> Iterator[BaseException]:
    link: BaseException | None = error
    while link is not None:
        yield link
        link = link.__cause__


def _dependency(error: BaseException) -> str:
    if isinstance(error, sa.exc.TimeoutError):
        return "database"
    if isinstance(error, sa.exc.DBAPIError):
        words = str(error.orig).lower()
        return "database" if error.connection_invalidated or any(sign in words for sign in _LOCKED) else ""
    if isinstance(error, smtplib.SMTPException):
        return "mail"
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EROFS}:
        return "disk"
    outside = isinstance(error, OSError) and type(error).__module__.startswith(("requests.", "urllib3."))
    return "network" if outside or isinstance(error, ConnectionError | TimeoutError) else ""
