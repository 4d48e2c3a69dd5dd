"""Lists page by key, never by offset: the same price on page one and on page ten thousand.

Each branch of what an actor may see (granted rows, rows he is party to) is limited on its own, then merged; on PostgreSQL
subtrees become `LATERAL` joins, because its planner would walk the whole table for a small old unit.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.access.actor import Actor, current
from superapp.access.rights import Reach
from superapp.access.scope import (
    SECRET,
    opens_to_parties,
    party_parameters,
    party_records,
    party_records_of_one,
    scope_of,
    subtrees,
    visibility,
    within,
)
from superapp.extensions import db
from superapp.kernel.database import UtcDateTime, run
from superapp.organization.models import Unit

SIZE = 20
MANY = 1000
"""Counting stops here: `1.000+`."""


@dataclass(frozen=True)
class Order:
    """A declared order of a list: a not-null, indexed column (then the id), up or down."""

    column: str = "id"
    descending: bool = False


@dataclass(frozen=True)
class Page:
    """One page of rows; `next` is the cursor of *Muat lagi*, empty at the end."""

    rows: Sequence[Any]
    next: str = ""


def page(
    model: type[Any],
    permission: str,
    *columns: Any,
    order: Order = Order(),
    cursor: str = "",
    where: Sequence[sa.ColumnElement[bool]] = (),
    size: int = SIZE,
    actor: Actor | None = None,
) -> Page:
    """Return one page of the rows of `model` that the actor may see, in one statement.

    `columns` are columns of `Model.__table__.c` (all when empty); `where` are further conditions on them. A cursor that
    is not ours counts as none. Needs indexes `(opd_id, column, id)` and `(column, id)`: see `list_indexes`.
    """
    actor = actor or current()
    table = model.__table__
    values = _read(cursor, _keys(table, order))
    asked = _Asked(model, columns or tuple(table.c), order, size + 1, tuple(where), moved=values is not None)
    statement = _statement(asked, permission, actor)
    whom = (party_parameters(actor) if opens_to_parties(model, permission) else None) or {}
    rows = [] if statement is None else run(statement, _places(values) | whom).all()
    more = len(rows) > size
    return Page(rows[:size], next=_cursor(rows[size - 1], asked.places) if more else "")


@dataclass(frozen=True)
class _Asked:
    """What a page asks of its model; `moved` when it continues after a cursor."""

    model: type[Any]
    columns: tuple[Any, ...]
    order: Order
    most: int
    where: tuple[Any, ...]
    moved: bool

    @property
    def keys(self) -> list[Any]:
        """Return the columns of the order, together unique."""
        return _keys(self.model.__table__, self.order)

    @property
    def places(self) -> list[str]:
        """Return under which name each key stands in a row: a wanted column is not read twice."""
        wanted = {id(column) for column in self.columns}
        return [key.name if id(key) in wanted else f"key_{number}" for number, key in enumerate(self.keys)]

    @property
    def shown(self) -> list[Any]:
        """Return the columns of the rows: the wanted ones, and the keys that are not among them."""
        named = zip(self.keys, self.places, strict=True)
        return [*self.columns, *(key.label(place) for key, place in named if place != key.name)]

    @property
    def conditions(self) -> list[Any]:
        """Return the wanted conditions, and that of the cursor."""
        return [*self.where, *(_after(self.keys, self.order.descending) if self.moved else [])]

    def limited(self, query: sa.Select[Any], keys: Sequence[Any]) -> sa.Select[Any]:
        """Return the query in order, cut off after a page and one row."""
        return query.order_by(*_ordered(keys, self.order.descending)).limit(self.most)

    def plain(self, *more: Any) -> sa.Select[Any]:
        """Return the page of all rows under `more` conditions."""
        return self.limited(sa.select(*self.shown).where(*self.conditions, *more), self.keys)


def page_of(
    query: sa.Select[Any], keys: Sequence[Any], cursor: str = "", *, descending: bool = False, size: int = SIZE
) -> Page:
    """Return one page of any query by `keys` (columns, together unique, not null), in one statement.

    For lists without a declared scope, which the caller limits himself: the directory, one's own tasks and notices.
    """
    shown = query.add_columns(*(key.label(f"key_{number}") for number, key in enumerate(keys)))
    values = _read(cursor, list(keys))
    wanted = shown if values is None else shown.where(*_after(list(keys), descending))
    rows = run(wanted.order_by(*_ordered(keys, descending)).limit(size + 1), _places(values)).all()
    more = len(rows) > size
    return Page(rows[:size], next=_cursor(rows[size - 1], [f"key_{n}" for n in range(len(keys))]) if more else "")


def count(model: type[Any], permission: str, *where: sa.ColumnElement[bool], most: int = MANY) -> int:
    """Return how many visible rows there are, at most `most` + 1 (then say `1.000+`)."""
    table = model.__table__
    query = sa.select(sa.literal(1)).select_from(table).where(*where)
    clause = visibility(model, permission)
    some = (query if clause is None else query.where(clause)).limit(most + 1).subquery()
    found: int = run(sa.select(sa.func.count()).select_from(some)).scalar_one()
    return found


def list_indexes(table: sa.Table, *names: str) -> None:
    """Give a table with `opd_id` the indexes that ordering its lists by the named columns needs."""
    for name in names:
        rest = [table.c[name], table.c.id] if name != "id" else [table.c.id]
        if name != "id":
            sa.Index(None, *rest)
        if "opd_id" in table.c:
            sa.Index(None, table.c.opd_id, *rest)


def _statement(asked: _Asked, permission: str, actor: Actor) -> sa.Select[Any] | None:
    """Return the page's statement, None when the actor may see nothing."""
    scope, table = scope_of(asked.model), asked.model.__table__
    secretive, reading = "secrecy" in table.c and not actor.trusted, opens_to_parties(asked.model, permission)
    if scope.kind != "unit" or (scope.parties and secretive and not reading):
        clause = visibility(asked.model, permission, actor=actor)
        return asked.plain() if clause is None else asked.plain(clause)
    reach = actor.reach(permission)
    granted = _granted(asked, reach, secretive, db.engine.dialect.name) if reach else None
    if not reading or (reach.everywhere and not secretive):
        return granted
    whom = party_parameters(actor)
    if whom is not None:
        return _with_own(asked, reach, secretive, db.engine.dialect.name, "party_positions" in whom)
    records = party_records(asked.model, actor)
    if records is None:
        return granted
    mine = asked.plain(table.c.id.in_(records))
    return mine if granted is None else _merged(asked, [granted, mine])


@lru_cache(maxsize=256)
def _granted(asked: _Asked, reach: Reach, secretive: bool, dialect: str) -> sa.Select[Any]:
    """Return the page of what was granted; kept, because building it costs two or three times as much as running it.

    Conditions are known by identity: those that a module keeps as constants are met again.
    """
    table = asked.model.__table__
    hidden = [table.c.secrecy < SECRET] if secretive else []
    simple = reach.everywhere or (len(reach.opds) == 1 and not reach.paths)
    if simple or dialect != "postgresql":
        clause = within(table, reach)
        return asked.plain(*hidden) if clause is None else asked.plain(*hidden, clause)
    units = Unit.__table__.c
    each = []
    if reach.opds:
        each.append(_lateral(asked, hidden, table.c.opd_id == units.id, units.id.in_(sorted(reach.opds))))
    if reach.paths:
        each.append(_lateral(asked, hidden, table.c.unit_id == units.id, subtrees(reach.paths)))
    return each[0] if len(each) == 1 else _merged(asked, each)


@lru_cache(maxsize=256)
def _with_own(asked: _Asked, reach: Reach, secretive: bool, dialect: str, posted: bool) -> sa.Select[Any]:
    """Return the page of what was granted and of the reader's own records; kept as `_granted`, who reads is a parameter."""
    mine = asked.plain(asked.model.__table__.c.id.in_(party_records_of_one(asked.model, posted)))
    return _merged(asked, [_granted(asked, reach, secretive, dialect), mine]) if reach else mine


def _lateral(asked: _Asked, hidden: list[Any], link: Any, which: Any) -> sa.Select[Any]:
    """Return the page of several units: the first rows of each by its own index, then the first of those."""
    units = Unit.__table__
    newest = asked.plain(*hidden, link).correlate(units).lateral("newest")
    named = [newest.c[key] for key in newest.c.keys()]  # noqa: SIM118 (a ColumnCollection is no dict)
    joined = sa.select(*named).select_from(units.join(newest, sa.true())).where(which)
    return asked.limited(joined, _labelled(asked, newest))


def _merged(asked: _Asked, branches: list[sa.Select[Any]]) -> sa.Select[Any]:
    both = sa.union(*(sa.select(branch.subquery()) for branch in branches)).subquery()
    return asked.limited(sa.select(both), _labelled(asked, both))


def _keys(table: sa.Table, order: Order) -> list[Any]:
    return [table.c.id] if order.column == "id" else [table.c[order.column], table.c.id]


def _labelled(asked: _Asked, rows: Any) -> list[Any]:
    return [rows.c[place] for place in asked.places]


def _ordered(keys: Sequence[Any], descending: bool) -> list[Any]:
    return [key.desc() if descending else key.asc() for key in keys]


def _after(keys: list[Any], descending: bool) -> list[sa.ColumnElement[bool]]:
    here = sa.tuple_(*keys)
    there = sa.tuple_(*(sa.bindparam(f"after_{number}", type_=key.type) for number, key in enumerate(keys)))
    return [here < there if descending else here > there]


def _places(values: list[Any] | None) -> dict[str, Any]:
    """Return the parameters of a cursor."""
    return {f"after_{number}": value for number, value in enumerate(values or ())}


def _cursor(row: Any, places: Sequence[str]) -> str:
    values = [row._mapping[place] for place in places]
    return base64.urlsafe_b64encode(json.dumps([_plain(value) for value in values]).encode()).decode().rstrip("=")


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value.hex if isinstance(value, UUID) else str(value) if isinstance(value, Decimal) else value


def _read(cursor: str, keys: list[Any]) -> list[Any] | None:
    if not cursor or len(cursor) > 800:
        return None
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(values, list) or len(values) != len(keys):
            return None
        return [_typed(key.type, value) for key, value in zip(keys, values, strict=True)]
    except (ValueError, TypeError, ArithmeticError, binascii.Error, UnicodeDecodeError):
        return None


def _typed(kind: Any, value: Any) -> Any:
    if isinstance(kind, sa.Integer):
        if abs(number := int(value)) >= 2**63:
            raise ValueError("no row can have this key")
        return number
    if "\x00" in (text := str(value)):
        raise ValueError("no row can have this key")
    for types, parse in _PARSERS:
        if isinstance(kind, types):
            return parse(text)
    return text


_PARSERS: tuple[tuple[Any, Any], ...] = (
    (sa.Uuid, UUID),
    (UtcDateTime, datetime.fromisoformat),
    (sa.Date, date.fromisoformat),
    (sa.Numeric, Decimal),
)
