"""Who may find what: the actor's rights as one predicate on the search table, never a filter afterwards."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from superapp.access.actor import Actor
from superapp.access.rights import EVERYTHING, Reach
from superapp.access.scope import SECRET, party_today, record_type, scope_of, within
from superapp.access.tables import party
from superapp.plugin.mapping import bases
from superapp.shared.gate import module_on
from superapp.shared.search.documents import SIGNED_IN
from superapp.shared.tables.search import search

S = search.c


def findable(actor: Actor, kinds: Iterable[str] = ()) -> sa.ColumnElement[bool]:
    """Return the predicate for the documents that an actor may find, of some kinds if given."""
    clause = module_on(search)
    wanted = list(kinds)
    if wanted:
        clause = sa.and_(clause, S.kind.in_(wanted))
    return clause if actor.trusted else sa.and_(clause, _seen(actor))


def _seen(actor: Actor) -> sa.ColumnElement[bool]:
    """Return what `visible` says of each document: granted, minus secrecy, which parties lift; parties read anyway."""
    if not actor.signed_in:
        return sa.false()
    granted, reading = _granted(actor), S.permission == S.module.concat(".view")
    return sa.or_(sa.and_(granted, S.secrecy < SECRET), sa.and_(_party(actor), sa.or_(reading, granted)))


def _granted(actor: Actor) -> sa.ColumnElement[bool]:
    public = sa.and_(S.permission == SIGNED_IN, S.person_id.is_(None))
    own = sa.and_(S.person_id == actor.person_id, _held(actor))
    by_right = [sa.and_(S.person_id.is_(None), _where(reach, names)) for reach, names in _by_reach(actor)]
    return sa.or_(public, own, *by_right)


def _held(actor: Actor) -> sa.ColumnElement[bool]:
    if actor.rights.holds(EVERYTHING):
        return sa.true()
    return S.permission.in_([SIGNED_IN, *sorted(actor.rights.reaches)])


def _by_reach(actor: Actor) -> list[tuple[Reach, list[str]]]:
    """Return the permissions of the actor by where they are held: few groups, as roles are granted whole."""
    groups: dict[Reach, list[str]] = {}
    for name in actor.rights.reaches:
        groups.setdefault(actor.reach(name), []).append(name)
    return list(groups.items())


def _where(reach: Reach, names: list[str]) -> sa.ColumnElement[bool]:
    place = within(search, reach)
    held = sa.true() if EVERYTHING in names else S.permission.in_(sorted(names))
    return held if place is None else sa.and_(held, sa.or_(S.unit_id.is_(None), place))


def _without_parties() -> list[str]:
    """Return the record types of modules whose scope knows no parties: what does not open must not be found."""
    models = [mapper.class_ for base in bases.values() for mapper in base.registry.mappers]
    return sorted(record_type(model) for model in models if not scope_of(model).parties)


def _party(actor: Actor) -> sa.ColumnElement[bool]:
    holds = party_today(actor)
    if holds is None:
        return sa.false()
    return sa.exists().where(
        party.c.record_type == S.record_type,
        party.c.record_id == S.record_id,
        S.record_type.not_in(_without_parties()),
        holds,
    )
