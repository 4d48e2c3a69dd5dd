"""Whose tasks: those of a person, of the positions that he holds today, and of those that were delegated to him."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.access.actor import Actor, current
from superapp.access.listing import SIZE, Page, page_of
from superapp.kernel import clock
from superapp.kernel.database import run
from superapp.kernel.errors import NotFound
from superapp.kernel.language import gettext as _
from superapp.login.session import session_subject
from superapp.organization.appointments import held
from superapp.organization.models import Appointment, Person, Unit
from superapp.shared.gate import module_on
from superapp.shared.tables.work import task
from superapp.shared.tables.workflow import delegation

CORE = "core"
"""What stands for the core's own tasks, which belong to no module."""
T, A, D = task.c, Appointment.__table__.c, delegation.c
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


def delegated(person: Any, today: Any) -> sa.Select[Any]:
    """Return the select of the positions delegated to a person on a day, for any kind of task."""
    return sa.select(D.position_id).where(D.person_id == person, D.starts_on <= today, D.ends_on >= today)


def _of_kind(person: Any, today: Any) -> sa.ColumnElement[bool]:
    """Return the predicate for tasks of a kind that was delegated."""
    fits = sa.or_(D.kind == "", D.kind == T.kind)
    return sa.exists(delegated(person, today).where(D.position_id == T.position_id, fits).correlate(task))


_PERSON: Any = sa.bindparam("person")
_TODAY: Any = sa.bindparam("today")
OPEN = sa.and_(T.closed_at.is_(None), sa.or_(T.opens_at.is_(None), T.opens_at <= sa.bindparam("now")))
"""The predicate for tasks that wait: not closed, and past the seconds in which what made them may be undone."""
MINE = sa.or_(
    T.person_id == _PERSON,
    # Read again rather than bound one by one: a list of parameters is written into the SQL at each call.
    T.position_id.in_(sa.select(A.position_id).where(A.person_id == _PERSON, held(_TODAY))),
    # The first half finds few positions by an index, the second looks at their tasks alone.
    sa.and_(T.position_id.in_(delegated(_PERSON, _TODAY)), _of_kind(_PERSON, _TODAY)),
)
"""The predicate for tasks of a person, of the positions that he holds today, and of those delegated to him; `subject`
gives its parameters."""


def _waiting_ids() -> sa.CompoundSelect[Any]:
    """Return the ids of the tasks of `MINE` that are not closed, each way to a task by its own partial index.

    One condition with OR would read all open tasks of the regency.
    """
    own = task.alias("own")
    held_today = sa.select(A.position_id).where(A.person_id == _PERSON, held(_TODAY))
    fits = sa.or_(D.kind == "", D.kind == own.c.kind)
    given = delegated(_PERSON, _TODAY)
    of_kind = sa.exists(given.where(D.position_id == own.c.position_id, fits).correlate(own))
    ways = (
        (own.c.person_id == _PERSON,),
        (own.c.position_id.in_(held_today),),
        (own.c.position_id.in_(given), of_kind),
    )
    return sa.union_all(*(sa.select(own.c.id).where(*way, own.c.closed_at.is_(None)) for way in ways))


WAITING = sa.and_(T.id.in_(_waiting_ids()), sa.or_(T.opens_at.is_(None), T.opens_at <= sa.bindparam("now")))
"""The predicate for the tasks that wait for a person; `subject` gives its parameters."""
_ALL = sa.select(*COLUMNS).where(module_on(task))
_ASKER = task.outerjoin(Person.__table__, Person.__table__.c.id == T.created_by)
_WAITING = _ALL.add_columns(Person.__table__.c.name.label("from_name")).select_from(_ASKER).where(WAITING)
_FINISHED = _ALL.where(T.closed_by == sa.bindparam("person"), T.closed_at.is_not(None))
_ONE = _ALL.where(T.id == sa.bindparam("task"), sa.or_(MINE, T.closed_by == sa.bindparam("person")))


def _before(moment: Any) -> sa.ColumnElement[int]:
    """Return the column that counts the tasks due before a moment."""
    return sa.func.coalesce(sa.func.sum(sa.case((T.due_at < moment, 1), else_=0)), 0)


_SORTS = (
    sa.select(
        T.module,
        T.opd_id,
        Unit.__table__.c.name.label("unit_name"),
        sa.func.count().label("number"),
        _before(sa.bindparam("now")).label("late"),
        _before(sa.bindparam("tonight")).label("today"),
    )
    .select_from(task.outerjoin(Unit.__table__, Unit.__table__.c.id == T.opd_id))
    .where(module_on(task), WAITING)
    .group_by(T.module, T.opd_id, Unit.__table__.c.name)
    .order_by(sa.func.count().desc(), T.module)
)


@dataclass(frozen=True)
class Narrow:
    """What a list of waiting tasks is narrowed to: one module ("core" for the core's own), an OPD, and a due time.

    `due` is "late" (over), "today" (until midnight, what is over too), or empty.
    """

    module: str = ""
    opd_id: UUID | None = field(default=None, kw_only=True)
    due: str = field(default="", kw_only=True)

    @property
    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """Return the conditions on the tasks."""
        found: list[sa.ColumnElement[bool]] = []
        if self.module:
            found.append(T.module == ("" if self.module == CORE else self.module))
        if self.opd_id is not None:
            found.append(T.opd_id == self.opd_id)
        if self.due in ("late", "today"):
            found.append(T.due_at < sa.bindparam("now" if self.due == "late" else "tonight"))
        return found


EVERYTHING = Narrow()
"""A list that is not narrowed."""


def subject(actor: Actor) -> dict[str, Any]:
    """Return whom a statement of tasks is about, the day and the moment."""
    return {"person": actor.person_id, "today": clock.today(), "now": clock.now()}


def tonight() -> datetime:
    """Return the end of the present day, in WITA."""
    return datetime.combine(clock.today() + timedelta(days=1), time(), tzinfo=clock.WITA)


def _about(query: sa.Select[Any], actor: Actor | None) -> sa.Select[Any]:
    return query.params(subject(actor or current()) | {"tonight": tonight()})


def waiting(cursor: str = "", *, narrow: Narrow = EVERYTHING, actor: Actor | None = None, size: int = SIZE) -> Page:
    """Return one page of the open tasks of an actor, the most urgent first (one statement)."""
    query = _WAITING.where(*narrow.conditions) if narrow != EVERYTHING else _WAITING
    return page_of(_about(query, actor), (T.sort_at, T.id), cursor, size=size)


def sorts(actor: Actor | None = None) -> Sequence[Any]:
    """Return how many tasks of an actor wait by module and OPD, those over and due today among them (one statement)."""
    return run(_about(_SORTS, actor)).all()


def finished(cursor: str = "", *, actor: Actor | None = None, size: int = SIZE) -> Page:
    """Return one page of the tasks that an actor closed, the latest first."""
    return page_of(_about(_FINISHED, actor), (T.closed_at, T.id), cursor, descending=True, size=size)


def task_of(task_id: UUID, *, actor: Actor | None = None) -> Any:
    """Return the row of an actor's task, open or closed; NotFound when it is not his."""
    found = run(_ONE, {"task": task_id} | subject(actor or current())).first()
    if found is None:
        raise NotFound(_("Tugas ini tidak ada."))
    return found


def open_count() -> sa.Select[Any]:
    """Return the column `open_tasks` of the session's statement: those of the person, of his positions, and delegated."""
    person = session_subject()
    positions = sa.select(A.position_id).where(A.person_id == person, held(_TODAY))
    given = delegated(person, _TODAY).correlate(person.table)
    waits = sa.and_(OPEN, module_on(task))
    return sa.select(
        _counted(T.person_id == person, waits, person)
        + _counted(T.position_id.in_(positions.correlate(person.table)), waits, person)
        + _counted(sa.and_(T.position_id.in_(given), _of_kind(person, _TODAY)), waits, person)
    )


def _counted(whose: Any, waits: Any, person: Any) -> sa.ScalarSelect[int]:
    # Counts of their own rather than one with OR: each reads its own partial index.
    return sa.select(sa.func.count()).select_from(task).where(whose, waits).correlate(person.table).scalar_subquery()
