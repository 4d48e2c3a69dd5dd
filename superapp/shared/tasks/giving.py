"""Giving, closing and handing over tasks, in the command under way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa

from superapp.access import parties
from superapp.kernel import clock, command, ids
from superapp.kernel.database import run
from superapp.kernel.errors import NotFound, Refused
from superapp.kernel.language import gettext as _
from superapp.shared.tables.work import task

Outcome = Literal["done", "cancelled"]
NEVER = datetime(9999, 12, 31, tzinfo=UTC)
"""Where tasks without a due time stand in the order."""
T = task.c


@dataclass(frozen=True)
class Duty:
    """A task to be given; exactly one of `position_id` and `person_id` holds it.

    `kind` is `<module>.<what is to be done>`; `url` is the page where it is done. `key` names the duty: while one with
    it exists no second is made. With `party` the holder becomes party to the record in that role ("approver") and reads
    it wherever he sits. Before `opens_at` nobody sees it. `asked_by` is whose wish it is, unless it is the actor's.
    """

    title: str
    url: str
    kind: str = field(kw_only=True)
    position_id: UUID | None = field(default=None, kw_only=True)
    person_id: UUID | None = field(default=None, kw_only=True)
    module: str = field(default="", kw_only=True)
    opd_id: UUID | None = field(default=None, kw_only=True)
    record_type: str = field(default="", kw_only=True)
    record_id: UUID | None = field(default=None, kw_only=True)
    due_at: datetime | None = field(default=None, kw_only=True)
    opens_at: datetime | None = field(default=None, kw_only=True)
    consequence: str = field(default="", kw_only=True)
    key: str | None = field(default=None, kw_only=True)
    party: str = field(default="", kw_only=True)
    asked_by: UUID | None = field(default=None, kw_only=True)


def give(duty: Duty) -> UUID:
    """Write a task in the command under way and return its id (that of the one with the same key, if there is one)."""
    command.current()
    if (duty.position_id is None) == (duty.person_id is None):
        raise ValueError("a task belongs to one position or to one person")
    if duty.key is not None:
        present = run(sa.select(T.id).where(T.key == duty.key)).scalar()
        if present is not None:
            return UUID(str(present))
    own = ids.uuid7()
    run(sa.insert(task).values(_row(duty, own)))
    if duty.party and duty.record_id is not None:
        holder = {"position_id": duty.position_id, "person_id": duty.person_id}
        parties.add(duty.record_type, duty.record_id, duty.party, **holder)
    return own


def _row(duty: Duty, own: UUID) -> dict[str, Any]:
    return {
        "id": own,
        "title": duty.title[:160],
        "url": duty.url[:255],
        "kind": duty.kind,
        "module": duty.module,
        "opd_id": duty.opd_id,
        "position_id": duty.position_id,
        "person_id": duty.person_id,
        "record_type": duty.record_type,
        "record_id": duty.record_id,
        "key": duty.key,
        "due_at": duty.due_at,
        "sort_at": duty.due_at or NEVER,
        "consequence": duty.consequence[:160],
        "created_at": clock.now(),
        "opens_at": duty.opens_at,
        "created_by": duty.asked_by or command.current().actor.person_id,
        "outcome": "",
    }


def close(task_id: UUID, outcome: Outcome = "done") -> None:
    """Close a task in the command under way. Raises NotFound, or Refused when somebody closed it before."""
    by = command.current().actor
    closing = sa.update(task).where(T.id == task_id, T.closed_at.is_(None)).values(_closed(by, outcome))
    if not run(closing).rowcount:
        if run(sa.select(T.id).where(T.id == task_id)).first() is None:
            raise NotFound(_("Tugas ini tidak ada."))
        raise Refused(_("Tugas ini sudah selesai."))


def close_of(record_type: str, record_id: UUID, *, kinds: Iterable[str] = (), outcome: Outcome = "done") -> int:
    """Close all open tasks of a record (of some kinds if given) in the command under way; return how many."""
    by, wanted = command.current().actor, list(kinds)
    closing = sa.update(task).where(T.record_type == record_type, T.record_id == record_id, T.closed_at.is_(None))
    closing = closing.where(T.kind.in_(wanted)) if wanted else closing
    return run(closing.values(_closed(by, outcome))).rowcount


def _closed(by: Any, outcome: Outcome) -> dict[str, Any]:
    who = {"closed_by": by.person_id, "closed_position_id": by.position_id}
    return {"closed_at": clock.now(), "outcome": outcome, "key": None, **who}


def hand_over(task_id: UUID, *, position_id: UUID | None = None, person_id: UUID | None = None) -> None:
    """Give an open task to another holder in the command under way. Raises Refused when it is closed or missing."""
    command.current()
    if (position_id is None) == (person_id is None):
        raise ValueError("a task belongs to one position or to one person")
    change = sa.update(task).where(T.id == task_id, T.closed_at.is_(None))
    if not run(change.values(position_id=position_id, person_id=person_id)).rowcount:
        raise Refused(_("Tugas ini sudah selesai."))
