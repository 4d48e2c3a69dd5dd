"""Which rows an actor may see: the scope of a model compiled to SQL, the shape that is fast on each database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar
from uuid import UUID

import sqlalchemy as sa

from superapp.access.actor import Actor, GuestPass, current
from superapp.access.rights import Reach
from superapp.access.tables import party
from superapp.kernel import clock
from superapp.kernel.errors import Forbidden, NotFound
from superapp.kernel.ports import Port
from superapp.organization.models import Unit

M = TypeVar("M")
Kind = Literal["unit", "parent", "own", "everyone"]
SECRET = 2
"""Secrecy levels: 0 biasa, 1 terbatas, 2 rahasia, 3 sangat rahasia; from here on only parties see a record."""


@dataclass(frozen=True)
class Scope:
    """How the rows of a model are limited; every model declares one, or it cannot be loaded.

    With `parties` those whom a row of `core_party` names today, as person or by a position, read the record too, wherever
    it lies. Being party opens reading only: it counts under the module's permission `<plugin>.view` alone. Under any
    other permission only the granted reach counts; there being party does no more than lift the secrecy of rows within
    that reach. Who is party to a record gets into the module's pages for `<plugin>.view` without holding it.
    """

    kind: Kind
    target: Any = None
    parties: bool = field(default=False, kw_only=True)

    @classmethod
    def unit(cls, *, parties: bool = False) -> Scope:
        """Rows carry `unit_id` and `opd_id`: seen by those granted in that subtree."""
        return cls("unit", parties=parties)

    @classmethod
    def parent(cls, model: type[Any], column: str) -> Scope:
        """Rows belong to a row of another model of the same plugin, by `column`."""
        return cls("parent", (model, column))

    @classmethod
    def own(cls, column: str = "person_id", *, parties: bool = False) -> Scope:
        """Rows belong to the person in `column`."""
        return cls("own", column, parties=parties)

    @classmethod
    def everyone(cls) -> Scope:
        """All rows are seen by everybody who holds the permission."""
        return cls("everyone")


def scope_of(model: type[Any]) -> Scope:
    """Return the declared scope of a model; TypeError when it has none: deny by default."""
    found = getattr(model, "__scope__", None)
    if not isinstance(found, Scope):
        raise TypeError(f"{model.__name__} declares no scope: plugin_model(…, scope=Scope.unit())")
    return found


def record_type(model: type[Any]) -> str:
    """Return the name of a model in parties, timeline, audit and search: its table."""
    name: str = model.__tablename__
    return name


def opens_to_parties(model: type[Any], permission: str) -> bool:
    """Tell whether being party to a row of the model is enough under the permission: to read, and only that."""
    return scope_of(model).parties and permission == f"{model.__plugin__}.view"


def visible(model: type[M], permission: str, *columns: Any, actor: Actor | None = None) -> sa.Select[Any]:
    """Return a select of the rows that the actor may see under `permission`.

    Without `columns` it selects entities; with columns of `Model.__table__.c` it selects rows, several times cheaper.
    Visible are rows in a granted subtree, minus secrecy, and to who reads (`<plugin>.view`) those he is party to; to a
    guest the one record.
    """
    query = sa.select(*columns) if columns else sa.select(model)
    clause = visibility(model, permission, actor=actor)
    return query if clause is None else query.where(clause)


def visibility(model: type[Any], permission: str, *, actor: Actor | None = None) -> sa.ColumnElement[bool] | None:
    """Return the predicate of `visible`, or None when all rows are visible."""
    actor = actor or current()
    scope, table = scope_of(model), model.__table__
    if actor.guest is not None:
        return _invited(model, scope, permission, actor.guest)
    mine = _party_to(model, actor) if scope.parties else None
    reading = opens_to_parties(model, permission)
    clause = _granted(model, scope, permission, actor)
    clause = _minus_secrecy(table, clause, actor, lifted=None if reading else mine)
    return clause if clause is None or mine is None or not reading else sa.or_(clause, mine)


def _invited(model: type[Any], scope: Scope, permission: str, invitation: GuestPass) -> sa.ColumnElement[bool]:
    """Return the predicate for a guest: the one record, and what belongs to it, under the one permission."""
    if permission == invitation.permission and record_type(model) == invitation.record_type:
        own: sa.ColumnElement[bool] = model.__table__.c.id == invitation.record_id
        return own
    if scope.kind != "parent":
        return sa.false()
    parent, column = scope.target
    above = sa.select(parent.__table__.c.id).where(_invited(parent, scope_of(parent), permission, invitation))
    belongs: sa.ColumnElement[bool] = model.__table__.c[column].in_(above)
    return belongs


def _granted(model: type[Any], scope: Scope, permission: str, actor: Actor) -> sa.ColumnElement[bool] | None:
    reach = actor.reach(permission)
    if scope.kind == "parent":
        parent, column = scope.target
        inner = visibility(parent, permission, actor=actor)
        if inner is None:
            return None
        belongs: sa.ColumnElement[bool] = model.__table__.c[column].in_(sa.select(parent.__table__.c.id).where(inner))
        return belongs
    if not reach:
        return sa.false()
    if scope.kind == "own":
        own: sa.ColumnElement[bool] = model.__table__.c[scope.target] == actor.person_id
        return None if actor.trusted else own
    return None if scope.kind == "everyone" else within(model.__table__, reach)


def within(table: sa.FromClause, reach: Reach) -> sa.ColumnElement[bool] | None:
    """Return the predicate for rows with `unit_id` and `opd_id` within a reach; None for the whole regency.

    A whole OPD is one equality on an index; subtrees are ranges of paths, because SQLite scans on LIKE.
    """
    if reach.everywhere:
        return None
    parts: list[sa.ColumnElement[bool]] = []
    if reach.opds:
        parts.append(_one_of(table.c.opd_id, reach.opds))
    if reach.paths:
        parts.append(table.c.unit_id.in_(sa.select(Unit.__table__.c.id).where(subtrees(reach.paths))))
    return sa.or_(*parts) if parts else sa.false()


def _one_of(column: Any, values: frozenset[UUID]) -> sa.ColumnElement[bool]:
    clause: sa.ColumnElement[bool] = column == next(iter(values)) if len(values) == 1 else column.in_(sorted(values))
    return clause


def subtrees(paths: frozenset[str]) -> sa.ColumnElement[bool]:
    """Return the predicate on units for subtrees: path in ['/1/4/', '/1/40')."""
    path = Unit.__table__.c.path
    return sa.or_(*(sa.and_(path >= prefix, path < prefix[:-1] + "0") for prefix in sorted(paths)))


def _party_to(model: type[Any], actor: Actor) -> sa.ColumnElement[bool] | None:
    mine = party_records(model, actor)
    return None if mine is None else model.__table__.c.id.in_(mine)


def party_records(model: type[Any], actor: Actor) -> sa.Select[Any] | None:
    """Return the select of the ids of records of `model` that the actor is party to today; None for nobody."""
    holds = party_today(actor)
    return (
        None if holds is None else sa.select(party.c.record_id).where(party.c.record_type == record_type(model), holds)
    )


stand_in: Port[Callable[[Actor], sa.ColumnElement[bool]]] = Port("stand_in")
"""Gives the predicate for the rows of parties that an actor reads as because something was delegated to him; filled by
shared, and asked only about those who have a delegation today."""


def party_today(actor: Actor) -> sa.ColumnElement[bool] | None:
    """Return the predicate for the rows of parties that name the actor, or whom he stands in for, today; None for nobody."""
    holders: list[sa.ColumnElement[bool]] = []
    if actor.person_id is not None:
        holders.append(party.c.person_id == actor.person_id)
    if actor.rights.positions:
        holders.append(party.c.position_id.in_(actor.rights.positions))
    if actor.rights.delegated:
        holders.append(stand_in()(actor))
    if actor.guest is not None:
        holders.append(party.c.guest_id == actor.guest.guest_id)
    if not holders:
        return None
    return _on(clock.today(), holders)


def _on(day: Any, holders: list[sa.ColumnElement[bool]]) -> sa.ColumnElement[bool]:
    ended_not = sa.or_(party.c.ends_on.is_(None), party.c.ends_on >= day)
    return sa.and_(sa.or_(*holders), party.c.starts_on <= day, ended_not)


def party_records_of_one(model: type[Any], posted: bool) -> sa.Select[Any]:
    """Return `party_records` for whoever the parameters name: `posted` with positions. See `party_parameters`."""
    holders: list[sa.ColumnElement[bool]] = [party.c.person_id == sa.bindparam("party_person", type_=sa.Uuid())]
    if posted:
        holders.append(party.c.position_id.in_(sa.bindparam("party_positions", expanding=True, type_=sa.Uuid())))
    day = sa.bindparam("party_day", type_=sa.Date())
    return sa.select(party.c.record_id).where(party.c.record_type == record_type(model), _on(day, holders))


def party_parameters(actor: Actor) -> dict[str, Any] | None:
    """Return whom `party_records_of_one` asks about today; None for guests and who has a delegation: they read otherwise."""
    if actor.person_id is None or actor.guest is not None or actor.rights.delegated:
        return None
    found: dict[str, Any] = {"party_person": actor.person_id, "party_day": clock.today()}
    return found | ({"party_positions": list(actor.rights.positions)} if actor.rights.positions else {})


def _minus_secrecy(
    table: sa.FromClause,
    clause: sa.ColumnElement[bool] | None,
    actor: Actor,
    *,
    lifted: sa.ColumnElement[bool] | None,
) -> sa.ColumnElement[bool] | None:
    """Return the clause without secret rows, but for those where secrecy is lifted."""
    if "secrecy" not in table.c or actor.trusted:
        return clause
    open_enough: sa.ColumnElement[bool] = table.c.secrecy < SECRET
    if lifted is not None:
        open_enough = sa.or_(open_enough, lifted)
    return open_enough if clause is None else sa.and_(clause, open_enough)


def require(permission: str, record: Any = None, *, actor: Actor | None = None) -> None:
    """Raise unless the actor holds the permission, and, with a record, unless it is visible under it.

    Forbidden without a record; NotFound with one: a foreign record looks like a missing one.
    """
    actor = actor or current()
    if record is None:
        if not actor.may(permission):
            raise Forbidden
        return
    model = type(record)
    found = visible(model, permission, model.__table__.c.id, actor=actor).where(model.__table__.c.id == record.id)
    from superapp.kernel.database import run

    if run(found).first() is None:
        raise NotFound
