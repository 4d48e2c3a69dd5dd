"""Personal entries: what people write into their own agenda; nobody else reads more than that they are busy."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.kernel import command
from superapp.kernel.database import run
from superapp.kernel.errors import NotFound, Stale
from superapp.kernel.language import gettext as _
from superapp.shared.agenda import entries
from superapp.shared.agenda.entries import E, Entry
from superapp.shared.tables.agenda import entry

KIND = "core.personal"


def add(person_id: UUID, title: str, **values: Any) -> UUID:
    """Write a personal entry in the command under way; `values`: starts_at, ends_at, all_day, place. Raises Invalid."""
    return entries.put(Entry(person_id, title, kind=KIND, **values))


def one(person_id: UUID, entry_id: UUID) -> Any:
    """Return the row of a person's own entry; NotFound for another's, or one that a module has put."""
    found = run(sa.select(entry).where(E.id == entry_id, E.person_id == person_id, E.kind == KIND)).first()
    if found is None:
        raise NotFound(_("Acara ini tidak ada."))
    return found


def change(person_id: UUID, entry_id: UUID, version: int, **values: Any) -> None:
    """Change a personal entry in the command under way. Raises NotFound, Invalid, Stale."""
    command.current()
    one(person_id, entry_id)
    entries.require_order(values["starts_at"], values["ends_at"])
    same = (E.id == entry_id, E.version == version)
    if not run(sa.update(entry).where(*same).values(**values, version=version + 1)).rowcount:
        raise Stale


def remove(person_id: UUID, entry_id: UUID) -> str:
    """Remove a personal entry in the command under way and return its title. Raises NotFound."""
    command.current()
    found = one(person_id, entry_id)
    run(sa.delete(entry).where(E.id == entry_id))
    return str(found.title)


def others_at(person_id: UUID, start: datetime, end: datetime, *, but: UUID) -> list[Any]:
    """Return what else binds the person between two moments."""
    return [row for row in entries.of_person(person_id, start, end) if row.busy and row.id != but]
