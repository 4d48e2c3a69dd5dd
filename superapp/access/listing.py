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
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.access.actor import Actor, current
from superapp.access.rights import Reach
from superapp.access.scope import SECRET, party_records, scope_of, subtrees, visibility, within
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
    chosen = list(columns) or list(table.c)
    keys = [table.c[order.column], table.c.id] if order.column != "id" else [table.c.id]
    shown = chosen + [key.label(f"key_{number}") for number, key in enumerate(keys)]
    conditions = [*where, *_after(keys, cursor, order.descending)]
    branches = _branches(model, permission, actor, shown, keys, conditions, order.descending, size + 1)
    rows = run(_merged(branches, len(keys), order.descending, size + 1)).all() if branches else []
    more = len(rows) > size
    return Page(rows[:size], next=_cursor(rows[size - 1], len(keys)) if more else "")


def page_of(
    query: sa.Select[Any], keys: Sequence[Any], cursor: str = "", *, descending: bool = False, size: int = SIZE
) -> Page:
    """Return one page of any query by `keys` (columns, together unique, not null), in one statement.

    For lists without a declared scope, which the caller limits himself: the directory, one's own tasks and notices.
    """
    shown = query.add_columns(*(key.label(f"key_{number}") for number, key in enumerate(keys)))
    wanted = shown.where(*_after(list(keys), cursor, descending)).order_by(*_ordered(keys, descending)).limit(size + 1)
    rows = run(wanted).all()
    more = len(rows) > size
    return Page(rows[:size], next=_cursor(rows[size - 1], len(keys)) if more else "")


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


def _branches(
    model: type[Any],
    permission: str,
    actor: Actor,
    shown: list[Any],
    keys: list[Any],
    conditions: list[Any],
    descending: bool,
    size: int,
) -> list[sa.Select[Any]]:
    scope, table = scope_of(model), model.__table__
    plain = sa.select(*shown).where(*conditions).order_by(*_ordered(keys, descending)).limit(size)
    if scope.kind != "unit":
        clause = visibility(model, permission, actor=actor)
        return [plain if clause is None else plain.where(clause)]
    reach = actor.reach(permission)
    mine = party_records(model, actor) if scope.parties and not reach.everywhere else None
    hidden = [table.c.secrecy < SECRET] if "secrecy" in table.c and not actor.trusted else []
    found = []
    if reach:
        found.append(
            _granted(table, reach, plain.where(*hidden), shown, keys, [*conditions, *hidden], descending, size)
        )
    if hidden and scope.parties and mine is None:
        mine = party_records(model, actor)
    if mine is not None:
        found.append(plain.where(table.c.id.in_(mine)))
    return found


def _granted(
    table: sa.FromClause,
    reach: Reach,
    plain: sa.Select[Any],
    shown: list[Any],
    keys: list[Any],
    conditions: list[Any],
    descending: bool,
    size: int,
) -> sa.Select[Any]:
    simple = reach.everywhere or (len(reach.opds) == 1 and not reach.paths)
    if simple or db.engine.dialect.name != "postgresql":
        clause = within(table, reach)
        return plain if clause is None else plain.where(clause)
    units = Unit.__table__
    parts = ([units.c.opd_id.in_(sorted(reach.opds))] if reach.opds else []) + (
        [subtrees(reach.paths)] if reach.paths else []
    )
    newest = (
        sa.select(*shown)
        .where(table.c.unit_id == units.c.id, *conditions)
        .order_by(*_ordered(keys, descending))
        .limit(size)
        .correlate(units)
        .lateral("newest")
    )
    named = [newest.c[key] for key in newest.c.keys()]  # noqa: SIM118 (a ColumnCollection is no dict)
    outer = [newest.c[f"key_{number}"] for number in range(len(keys))]
    return (
        sa.select(*named)
        .select_from(units.join(newest, sa.true()))
        .where(sa.or_(*parts))
        .order_by(*_ordered(outer, descending))
        .limit(size)
    )


def _merged(branches: list[sa.Select[Any]], keys: int, descending: bool, size: int) -> sa.Select[Any]:
    if len(branches) == 1:
        return branches[0]
    both = sa.union(*(sa.select(branch.subquery()) for branch in branches)).subquery()
    outer = [both.c[f"key_{number}"] for number in range(keys)]
    return sa.select(both).order_by(*_ordered(outer, descending)).limit(size)


def _ordered(keys: Sequence[Any], descending: bool) -> list[Any]:
    return [key.desc() if descending else key.asc() for key in keys]


def _after(keys: list[Any], cursor: str, descending: bool) -> list[sa.ColumnElement[bool]]:
    values = _read(cursor, keys)
    if values is None:
        return []
    here = sa.tuple_(*keys)
    there = sa.tuple_(*(sa.literal(value, key.type) for value, key in zip(values, keys, strict=True)))
    return [here < there if descending else here > there]


def _cursor(row: Any, keys: int) -> str:
    values = [row._mapping[f"key_{number}"] for number in range(keys)]
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
