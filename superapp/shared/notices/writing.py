"""Notices: what a person is told inside the app; written in the transaction of what happened."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.access.listing import SIZE, Page, page_of
from superapp.kernel import clock, command, ids
from superapp.kernel.database import run
from superapp.kernel.errors import NotFound
from superapp.login.session import session_subject
from superapp.organization import holders
from superapp.shared.gate import module_on
from superapp.shared.notices import sending
from superapp.shared.tables.work import notice

N = notice.c
KEPT = timedelta(days=365)
COLUMNS = (N.record_type, N.record_id, N.id, N.title, N.body, N.url, N.kind, N.module, N.created_at, N.read_at)


def notify(
    person_id: UUID,
    title: str,
    *,
    body: str = "",
    url: str = "",
    kind: str = "core",
    module: str = "",
    opd_id: UUID | None = None,
    record_type: str = "",
    record_id: UUID | None = None,
) -> None:
    """Write a notice for a person in the command under way; fills the kernel's port `notifier`.

    `url` is the page to open, within the app; `kind` is its category (`superapp_notice_types`), which a person may mute
    outside of the app; notices of one record, or else of one page, stand together.
    """
    about: dict[str, Any] = {"opd_id": opd_id, "record_type": record_type, "record_id": record_id}
    notify_all([person_id], title, body=body, url=url, kind=kind, module=module, **about)


def notify_all(
    person_ids: Iterable[UUID],
    title: str,
    *,
    body: str = "",
    url: str = "",
    kind: str = "core",
    module: str = "",
    opd_id: UUID | None = None,
    record_type: str = "",
    record_id: UUID | None = None,
) -> int:
    """Write the same notice for several people, each once; return how many."""
    command.current()
    if url and not (url.startswith("/") and not url.startswith("//")):
        raise ValueError("the address of a notice lies within the app and begins with one slash")
    words = {"title": title[:160], "body": body[:500], "url": url[:255]}
    shared: dict[str, Any] = words | {"kind": kind, "module": module, "opd_id": opd_id, "created_at": clock.now()}
    shared |= {"record_type": record_type, "record_id": record_id}
    rows = [{"id": ids.uuid7(), "person_id": person_id, **shared} for person_id in dict.fromkeys(person_ids)]
    if rows:
        run(sa.insert(notice), rows)
        sending.send_later([row["id"] for row in rows])
    return len(rows)


def notify_position(position_id: UUID, title: str, **more: Any) -> int:
    """Tell everybody who holds a position today; return how many (0: the post is vacant)."""
    post = holders.post(position_id)
    return notify_all([holder.person_id for holder in post.holders], title, **more) if post else 0


def page(person_id: UUID, cursor: str = "", *, unread_only: bool = False, size: int = SIZE) -> Page:
    """Return one page of a person's notices, the latest first (one statement)."""
    query = sa.select(*COLUMNS).where(N.person_id == person_id, module_on(notice))
    query = query.where(N.read_at.is_(None)) if unread_only else query
    return page_of(query, (N.id,), cursor, descending=True, size=size)


def mark_read(person_id: UUID, notice_ids: Iterable[UUID]) -> int:
    """Mark some of a person's notices as read in the command under way; return how many were unread."""
    command.current()
    reading = sa.update(notice).where(N.person_id == person_id, N.id.in_(list(notice_ids)), N.read_at.is_(None))
    return run(reading.values(read_at=clock.now())).rowcount


def mark_all_read(person_id: UUID) -> int:
    """Mark all of a person's notices as read in the command under way; return how many were unread."""
    command.current()
    reading = sa.update(notice).where(N.person_id == person_id, N.read_at.is_(None))
    return run(reading.values(read_at=clock.now())).rowcount


def opened(person_id: UUID, notice_id: UUID) -> str:
    """Mark a notice as read and return the page that it leads to (empty: none). Raises NotFound when it is not his."""
    found = run(sa.select(N.url).where(N.id == notice_id, N.person_id == person_id)).first()
    if found is None:
        raise NotFound
    mark_read(person_id, [notice_id])
    return str(found.url)


def unread_count() -> sa.Select[Any]:
    """Return the column `unread` of the session's statement."""
    person = session_subject()
    mine = sa.and_(N.person_id == person, N.read_at.is_(None), module_on(notice))
    return sa.select(sa.func.count()).select_from(notice).where(mine).correlate(person.table)


def forget_old() -> int:
    """Delete notices older than `KEPT` (nightly job); return how many."""
    return run(sa.delete(notice).where(N.created_at < clock.now() - KEPT)).rowcount
