"""Parties: who is made one, which records have them, and who gets into a module by being party to one of its records."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from superapp.access.actor import Actor
from superapp.access.scope import party_today, record_type, scope_of
from superapp.access.tables import party
from superapp.kernel import clock, command, ids
from superapp.kernel.database import run
from superapp.plugin.mapping import bases


def record_types(plugin: str) -> Sequence[str]:
    """Return the record types of a plugin whose scope knows parties."""
    base = bases.get(plugin)
    models = [mapper.class_ for mapper in base.registry.mappers] if base is not None else []
    return sorted(record_type(model) for model in models if scope_of(model).parties)


def is_party(actor: Actor, plugin: str) -> bool:
    """Tell whether a person is party today to any record of a plugin; one statement, none when it knows no parties."""
    kinds = record_types(plugin)
    holds = party_today(actor) if kinds and actor.signed_in else None
    if holds is None:
        return False
    return run(sa.select(party.c.id).where(party.c.record_type.in_(kinds), holds).limit(1)).first() is not None


def add(
    record_type: str, record_id: UUID, role: str, *, position_id: UUID | None = None, person_id: UUID | None = None
) -> None:
    """Make a position or a person party to a record from today on, once, in the command under way."""
    command.current()
    row = {"record_type": record_type, "record_id": record_id, "role": role}
    row |= {"position_id": position_id, "person_id": person_id}
    same = [party.c[name].is_not_distinct_from(value) for name, value in row.items()]
    if run(sa.select(party.c.id).where(*same, party.c.ends_on.is_(None))).first() is None:
        run(sa.insert(party).values(id=ids.uuid7(), starts_on=clock.today(), **row))
