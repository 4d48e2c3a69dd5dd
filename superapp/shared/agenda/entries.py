"""Entries: what people have on which day, put by modules in their own commands, read by range."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.extensions import db
from superapp.kernel import clock, command, ids
from superapp.kernel.database import insert_of, run
from superapp.kernel.errors import Invalid
from superapp.kernel.language import gettext as _
from superapp.shared.gate import module_on
from superapp.shared.tables.agenda import entry

E = entry.c
MOST = 2000
"""Entries read at once; more in one range is no calendar."""


@dataclass(frozen=True)
class Entry:
    """What one person has from a moment to a moment; `kind` is `<module>.<what it is>`.

    `key` names it for that person: putting it again changes the row. What is not `busy` never clashes; the title of
    what is `hidden` is read by its owner alone; `tentative` is not yet decided. Whole days come from `whole_days`.
    """

    person_id: UUID
    title: str
    kind: str = field(kw_only=True)
    starts_at: datetime = field(kw_only=True)
    ends_at: datetime = field(kw_only=True)
    all_day: bool = field(default=False, kw_only=True)
    place: str = field(default="", kw_only=True)
    url: str = field(default="", kw_only=True)
    module: str = field(default="", kw_only=True)
    opd_id: UUID | None = field(default=None, kw_only=True)
    record_type: str = field(default="", kw_only=True)
    record_id: UUID | None = field(default=None, kw_only=True)
    key: str | None = field(default=None, kw_only=True)
    busy: bool = field(default=True, kw_only=True)
    tentative: bool = field(default=False, kw_only=True)
    hidden: bool = field(default=False, kw_only=True)


def whole_days(first: date, last: date) -> dict[str, Any]:
    """Return `starts_at`, `ends_at` and `all_day` of an entry from a day to a day in WITA, both counted."""
    return {"starts_at": midnight(first), "ends_at": midnight(last + timedelta(days=1)), "all_day": True}


def midnight(day: date) -> datetime:
    """Return the moment a day begins in WITA."""
    return datetime.combine(day, time(), clock.WITA)


def put(new: Entry) -> UUID:
    """Write an entry in the command under way, or change the one of the same person and key; return its id.

    Raises Invalid when it ends before it begins.
    """
    by = command.current().actor.person_id
    require_order(new.starts_at, new.ends_at)
    values = asdict(new) | {"title": new.title[:160], "place": new.place[:160], "url": new.url[:255]}
    row = values | {"id": ids.uuid7(), "created_by": by, "created_at": clock.now(), "version": 1}
    adding = insert_of(db.engine.dialect)(entry).values(row)
    again = adding.on_conflict_do_update(index_elements=[E.person_id, E.key], set_=values | {"version": E.version + 1})
    return UUID(str(run(again.returning(E.id)).scalar_one()))


def require_order(start: datetime, end: datetime) -> None:
    """Raise Invalid at `ends_at` unless the end lies after the start."""
    if end <= start:
        raise Invalid(_("Waktu selesai harus sesudah waktu mulai."), field="ends_at")


def remove_of(record_type: str, record_id: UUID, *, person_id: UUID | None = None) -> int:
    """Remove the entries of a record (those of one person if given) in the command under way; return how many."""
    command.current()
    gone = sa.delete(entry).where(E.record_type == record_type, E.record_id == record_id)
    return run(gone if person_id is None else gone.where(E.person_id == person_id)).rowcount


_WITHIN = (E.ends_at > sa.bindparam("start"), E.starts_at < sa.bindparam("end"), module_on(entry))
_ORDER = (E.starts_at, E.id)
_OF_PERSON = sa.select(entry).where(E.person_id == sa.bindparam("person"), *_WITHIN).order_by(*_ORDER).limit(MOST)
_OF_PEOPLE = sa.select(entry).where(*_WITHIN).order_by(*_ORDER).limit(MOST)


def of_person(person_id: UUID, start: datetime, end: datetime) -> Sequence[Any]:
    """Return the rows of a person that touch a range, by their beginning; entries of modules that are off are left out."""
    return run(_OF_PERSON, {"person": person_id, "start": start, "end": end}).all()


def of_people(person_ids: Iterable[UUID], start: datetime, end: datetime) -> Sequence[Any]:
    """Return the rows of some people that touch a range, by their beginning (one statement)."""
    wanted = list(person_ids)
    return run(_OF_PEOPLE.where(E.person_id.in_(wanted)), {"start": start, "end": end}).all() if wanted else []
