"""Units and positions as administrators see them: the tree, one unit with its parts and posts, vacant posts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.access.listing import Page, page_of
from superapp.admin.service.reach import (
    APPOINTMENTS,
    PEOPLE,
    POSITIONS,
    UNITS,
    position_in_reach,
    unit_in_reach,
    units_within,
)
from superapp.kernel import clock
from superapp.kernel.database import run
from superapp.organization.tree import ancestors, within


@dataclass(frozen=True)
class UnitFilter:
    """What the list of units is narrowed to; all empty shows the OPDs that exist today."""

    q: str = ""
    kind: str = field(default="", kw_only=True)
    state: str = field(default="", kw_only=True)

    @property
    def narrows(self) -> bool:
        """Tell whether anything but the default is asked for."""
        return bool(self.q or self.kind or self.state)


def exists_today(column_from: Any, column_to: Any) -> sa.ColumnElement[bool]:
    """Return the predicate for rows whose dates include today."""
    today = clock.today()
    return sa.and_(sa.or_(column_from.is_(None), column_from <= today), sa.or_(column_to.is_(None), column_to >= today))


def units(wanted: UnitFilter, cursor: str = "") -> Page:
    """Return one page of units by name: the top ones in reach, or all that a search means."""
    upper = UNITS.alias("upper")
    query = (
        sa.select(UNITS, upper.c.name.label("parent_name"))
        .select_from(UNITS.outerjoin(upper, upper.c.id == UNITS.c.parent_id))
        .where(*_conditions(wanted))
    )
    return page_of(query, (UNITS.c.name, UNITS.c.id), cursor)


def _conditions(wanted: UnitFilter) -> list[sa.ColumnElement[bool]]:
    open_today = sa.or_(UNITS.c.valid_to.is_(None), UNITS.c.valid_to >= clock.today())
    found: list[sa.ColumnElement[bool]] = [~open_today if wanted.state == "closed" else open_today]
    clause = units_within("admin.units")
    if clause is not None:
        found.append(clause)
    if wanted.kind:
        found.append(UNITS.c.kind == wanted.kind)
    for word in wanted.q.lower().split()[:6]:
        columns = (UNITS.c.name, UNITS.c.short_name, UNITS.c.code)
        found.append(sa.or_(*(sa.func.lower(column).contains(word, autoescape=True) for column in columns)))
    if not wanted.narrows and clause is None:
        found.append(UNITS.c.is_opd)
    return found


@dataclass(frozen=True)
class UnitDetail:
    """One unit: the way up to it, its parts with their depth, its posts with who holds them today."""

    row: Any
    above: Sequence[Any] = field(kw_only=True)
    parts: Sequence[Any] = field(kw_only=True)
    posts: Sequence[Any] = field(kw_only=True)
    successor: Any = field(default=None, kw_only=True)


MOST = 50
"""Records of one name that a picker tells apart."""
LONGEST_TREE = 200
"""Parts shown on one page; the regency has more, its OPDs are listed instead."""


def unit(unit_id: UUID) -> UnitDetail:
    """Return one unit; NotFound outside of the actor's reach."""
    row = unit_in_reach(unit_id, "admin.units")
    numbers = ancestors(row.path)[:-1]
    above = run(
        sa.select(UNITS.c.id, UNITS.c.name, UNITS.c.path).where(UNITS.c.number.in_(numbers)).order_by(UNITS.c.path)
    )
    only_children = UNITS.c.parent_id == row.id if row.parent_id is None else within(row.path)
    parts = (
        sa.select(UNITS)
        .where(only_children, UNITS.c.id != row.id, exists_today(UNITS.c.valid_from, UNITS.c.valid_to))
        .order_by(UNITS.c.path if row.parent_id else UNITS.c.name)
        .limit(LONGEST_TREE)
    )
    successor = unit_name(row.successor_id) if row.successor_id else None
    return UnitDetail(row, above=above.all(), parts=run(parts).all(), posts=posts_of(unit_id), successor=successor)


def unit_name(unit_id: UUID) -> Any:
    """Return id and name of a unit, None when it is gone."""
    return run(sa.select(UNITS.c.id, UNITS.c.name).where(UNITS.c.id == unit_id)).first()


_POSTS = (
    sa.select(
        POSITIONS,
        UNITS.c.name.label("unit_name"),
        PEOPLE.c.id.label("person_id"),
        PEOPLE.c.name,
        PEOPLE.c.title_before,
        PEOPLE.c.title_after,
        APPOINTMENTS.c.kind.label("held_as"),
        APPOINTMENTS.c.starts_on,
        APPOINTMENTS.c.ends_on,
    )
    .select_from(
        POSITIONS.join(UNITS, UNITS.c.id == POSITIONS.c.unit_id)
        .outerjoin(
            APPOINTMENTS,
            sa.and_(
                APPOINTMENTS.c.position_id == POSITIONS.c.id,
                APPOINTMENTS.c.starts_on <= sa.bindparam("today"),
                sa.or_(APPOINTMENTS.c.ends_on.is_(None), APPOINTMENTS.c.ends_on >= sa.bindparam("today")),
            ),
        )
        .outerjoin(PEOPLE, PEOPLE.c.id == APPOINTMENTS.c.person_id)
    )
    .where(sa.or_(POSITIONS.c.valid_to.is_(None), POSITIONS.c.valid_to >= sa.bindparam("today")))
)


def posts_of(unit_id: UUID) -> Sequence[Any]:
    """Return the posts of a unit, the head first, a row for each holder of today (none: vacant)."""
    query = _POSTS.where(POSITIONS.c.unit_id == sa.bindparam("unit"))
    ordered = query.order_by(POSITIONS.c.is_head.desc(), POSITIONS.c.title, POSITIONS.c.id, APPOINTMENTS.c.kind)
    return run(ordered, {"today": clock.today(), "unit": unit_id}).all()


@dataclass(frozen=True)
class PostFilter:
    """What the list of positions is narrowed to."""

    q: str = ""
    unit_id: UUID | None = field(default=None, kw_only=True)
    state: str = field(default="", kw_only=True)

    @property
    def narrows(self) -> bool:
        """Tell whether anything but the default is asked for."""
        return bool(self.q or self.unit_id or self.state)


def posts(wanted: PostFilter, cursor: str = "") -> Page:
    """Return one page of the positions in reach by title, with one holder of today each (none: vacant)."""
    first = APPOINTMENTS.alias("first")
    deputies = sa.exists().where(
        first.c.position_id == POSITIONS.c.id,
        first.c.starts_on <= sa.bindparam("today"),
        sa.or_(first.c.ends_on.is_(None), first.c.ends_on >= sa.bindparam("today")),
        sa.tuple_(first.c.kind, first.c.id) < sa.tuple_(APPOINTMENTS.c.kind, APPOINTMENTS.c.id),
    )
    query = _POSTS.where(sa.or_(APPOINTMENTS.c.id.is_(None), ~deputies), *_post_conditions(wanted))
    return page_of(query.params(today=clock.today()), (POSITIONS.c.title, POSITIONS.c.id), cursor)


def _post_conditions(wanted: PostFilter) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    clause = units_within("admin.units")
    if clause is not None:
        found.append(clause)
    if wanted.unit_id is not None:
        found.append(sa.or_(UNITS.c.id == wanted.unit_id, UNITS.c.opd_id == wanted.unit_id))
    if wanted.state == "vacant":
        found.append(APPOINTMENTS.c.id.is_(None))
    if wanted.state == "acting":
        found.append(APPOINTMENTS.c.kind != "definitive")
    words = wanted.q.lower().split()[:6]
    return found + [sa.func.lower(POSITIONS.c.title).contains(word, autoescape=True) for word in words]


@dataclass(frozen=True)
class PostDetail:
    """One position with its supervisor and everybody who held, holds or will hold it."""

    row: Any
    supervisor: Any = field(kw_only=True)
    holders: Sequence[Any] = field(kw_only=True)


def post(position_id: UUID, permission: str = "admin.units") -> PostDetail:
    """Return one position; NotFound outside of the actor's reach."""
    row = position_in_reach(position_id, permission)
    holders = (
        sa.select(APPOINTMENTS, PEOPLE.c.name, PEOPLE.c.title_before, PEOPLE.c.title_after)
        .select_from(APPOINTMENTS.join(PEOPLE, PEOPLE.c.id == APPOINTMENTS.c.person_id))
        .where(APPOINTMENTS.c.position_id == position_id)
        .order_by(APPOINTMENTS.c.starts_on.desc(), APPOINTMENTS.c.id.desc())
        .limit(50)
    )
    supervisor = post_name(row.supervisor_id) if row.supervisor_id else None
    return PostDetail(row, supervisor=supervisor, holders=run(holders).all())


def post_name(position_id: UUID) -> Any:
    """Return id, title and unit name of a position, None when it is gone."""
    query = (
        sa.select(POSITIONS.c.id, POSITIONS.c.title, UNITS.c.name.label("unit_name"))
        .select_from(POSITIONS.join(UNITS, UNITS.c.id == POSITIONS.c.unit_id))
        .where(POSITIONS.c.id == position_id)
    )
    return run(query).first()


def unit_ids(words: str, permission: str) -> list[UUID]:
    """Return the units in reach whose code or name are just these words (a code may stand before " · ")."""
    clause = units_within(permission)
    code = words.split(" · ", 1)[0].strip().lower()
    same = sa.or_(sa.func.lower(UNITS.c.code) == code, sa.func.lower(UNITS.c.name) == words.strip().lower())
    query = sa.select(UNITS.c.id).where(same, exists_today(UNITS.c.valid_from, UNITS.c.valid_to)).limit(MOST)
    return list(run(query if clause is None else query.where(clause)).scalars())


def unit_suggestions(q: str, permission: str, *, limit: int = 12) -> list[tuple[UUID, str]]:
    """Return units in reach that what was typed may mean: id and words, for pickers."""
    clause = units_within(permission)
    columns = (UNITS.c.name, UNITS.c.short_name, UNITS.c.code)
    query = sa.select(UNITS.c.id, UNITS.c.code, UNITS.c.name).where(exists_today(UNITS.c.valid_from, UNITS.c.valid_to))
    for word in q.lower().replace(" · ", " ").split()[:6]:
        query = query.where(sa.or_(*(sa.func.lower(column).contains(word, autoescape=True) for column in columns)))
    ordered = query.order_by(UNITS.c.path).limit(limit)
    rows = run(ordered if clause is None else ordered.where(clause))
    return [(row.id, f"{row.code} · {row.name}") for row in rows]


def post_words(row: Any) -> str:
    """Return how a position is named where many are: its title and unit."""
    return f"{row.title} · {row.unit_name}"


def post_ids(words: str, permission: str = "") -> list[UUID]:
    """Return the positions that the words of a picker mean: title, or title and unit; with a permission, in its reach."""
    title, _, unit_name = words.partition(" · ")
    query = _named_posts(permission).where(sa.func.lower(POSITIONS.c.title) == title.strip().lower())
    if unit_name:
        query = query.where(sa.func.lower(UNITS.c.name) == unit_name.strip().lower())
    return [row.id for row in run(query.limit(MOST))]


def post_suggestions(q: str, permission: str = "", *, limit: int = 12) -> list[tuple[UUID, str]]:
    """Return positions that what was typed may mean: id and words, for pickers; with a permission, in its reach."""
    query = _named_posts(permission)
    for word in q.lower().replace(" · ", " ").split()[:6]:
        columns = (POSITIONS.c.title, UNITS.c.name, UNITS.c.short_name)
        query = query.where(sa.or_(*(sa.func.lower(column).contains(word, autoescape=True) for column in columns)))
    return [(row.id, post_words(row)) for row in run(query.order_by(UNITS.c.path, POSITIONS.c.title).limit(limit))]


def _named_posts(permission: str) -> sa.Select[Any]:
    clause = units_within(permission) if permission else None
    query = (
        sa.select(POSITIONS.c.id, POSITIONS.c.title, UNITS.c.name.label("unit_name"))
        .select_from(POSITIONS.join(UNITS, UNITS.c.id == POSITIONS.c.unit_id))
        .where(exists_today(POSITIONS.c.valid_from, POSITIONS.c.valid_to))
    )
    return query if clause is None else query.where(clause)
