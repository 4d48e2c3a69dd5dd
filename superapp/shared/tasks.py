"""Tasks: one row for one decision or duty of a position or a person; whoever holds the position that day sees it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa

from superapp.access.actor import Actor, current
from superapp.access.listing import SIZE, Page, page_of
from superapp.access.tables import party
from superapp.kernel import clock, command, ids
from superapp.kernel.database import run
from superapp.kernel.errors import NotFound, Refused
from superapp.kernel.language import gettext as _
from superapp.login.session import session_subject
from superapp.organization.appointments import held
from superapp.organization.models import Appointment
from superapp.shared.gate import module_on
from superapp.shared.tables.work import task

Outcome = Literal["done", "cancelled"]
NEVER = datetime(9999, 12, 31, tzinfo=UTC)
"""Where tasks without a due time stand in the order."""
T, A = task.c, Appointment.__table__.c
COLUMNS = (
    T.id,
    T.title,
    T.url,
    T.kind,
    T.module,
    T.record_type,
    T.record_id,
    T.position_id,
    T.person_id,
    T.due_at,
    T.sort_at,
    T.consequence,
    T.created_at,
    T.closed_at,
    T.outcome,
)


@dataclass(frozen=True)
class Duty:
    """A task to be given; exactly one of `position_id` and `person_id` holds it.

    `kind` is `<module>.<what is to be done>`; `url` is the page where it is done. `key` names the duty: while one with
    it exists no second is made. With `party` the holder becomes party to the record in that role ("approver") and reads
    it wherever he sits.
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
    consequence: str = field(default="", kw_only=True)
    key: str | None = field(default=None, kw_only=True)
    party: str = field(default="", kw_only=True)


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
        _make_party(duty)
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
        "created_by": command.current().actor.person_id,
        "outcome": "",
    }


def _make_party(duty: Duty) -> None:
    holder = {"position_id": duty.position_id, "person_id": duty.person_id}
    record = {"record_type": duty.record_type, "record_id": duty.record_id, "role": duty.party}
    same = [party.c[name].is_not_distinct_from(value) for name, value in (holder | record).items()]
    if run(sa.select(party.c.id).where(*same, party.c.ends_on.is_(None))).first() is None:
        run(sa.insert(party).values(id=ids.uuid7(), starts_on=clock.today(), **holder, **record))


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


MINE = sa.or_(
    T.person_id == sa.bindparam("person"),
    # Read again rather than bound one by one: a list of parameters is written into the SQL at each call.
    T.position_id.in_(
        sa.select(A.position_id).where(A.person_id == sa.bindparam("person"), held(sa.bindparam("today")))
    ),
)
"""The predicate for tasks of a person and of the positions that he holds today; `subject` gives its parameters."""
_ALL = sa.select(*COLUMNS).where(module_on(task))
_WAITING = _ALL.where(MINE, T.closed_at.is_(None))
_FINISHED = _ALL.where(T.closed_by == sa.bindparam("person"), T.closed_at.is_not(None))
_ASKED = _ALL.where(T.created_by == sa.bindparam("person"))
_ONE = _ALL.where(T.id == sa.bindparam("task"), sa.or_(MINE, T.closed_by == sa.bindparam("person")))


def subject(actor: Actor) -> dict[str, Any]:
    """Return whom a statement of tasks is about, and the day."""
    return {"person": actor.person_id, "today": clock.today()}


def _about(query: sa.Select[Any], actor: Actor | None) -> sa.Select[Any]:
    return query.params(subject(actor or current()))


def waiting(cursor: str = "", *, actor: Actor | None = None, size: int = SIZE) -> Page:
    """Return one page of the open tasks of an actor, the most urgent first (one statement)."""
    return page_of(_about(_WAITING, actor), (T.sort_at, T.id), cursor, size=size)


def finished(cursor: str = "", *, actor: Actor | None = None, size: int = SIZE) -> Page:
    """Return one page of the tasks that an actor closed, the latest first."""
    return page_of(_about(_FINISHED, actor), (T.closed_at, T.id), cursor, descending=True, size=size)


def asked(cursor: str = "", *, actor: Actor | None = None, size: int = SIZE) -> Page:
    """Return one page of the tasks that an actor's doings gave to others, the latest first."""
    return page_of(_about(_ASKED, actor), (T.created_at, T.id), cursor, descending=True, size=size)


def task_of(task_id: UUID, *, actor: Actor | None = None) -> Any:
    """Return the row of an actor's task, open or closed; NotFound when it is not his."""
    found = run(_ONE, {"task": task_id} | subject(actor or current())).first()
    if found is None:
        raise NotFound(_("Tugas ini tidak ada."))
    return found


def open_count() -> sa.Select[Any]:
    """Return the column `open_tasks` of the session's statement: those of the person and of today's positions."""
    person = session_subject()
    positions = sa.select(A.position_id).where(A.person_id == person, held(sa.bindparam("today")))
    waits = sa.and_(T.closed_at.is_(None), module_on(task))
    own = _counted(T.person_id == person, waits, person)
    of_positions = _counted(T.position_id.in_(positions.correlate(person.table)), waits, person)
    return sa.select(own + of_positions)


def _counted(whose: Any, waits: Any, person: Any) -> sa.ScalarSelect[int]:
    # Two counts rather than one with OR: each reads its own partial index.
    return sa.select(sa.func.count()).select_from(task).where(whose, waits).correlate(person.table).scalar_subquery()
