"""People as administrators see them: the list with its filters, one person with posts and account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.access.belonging import people_of
from superapp.access.listing import Page, page_of
from superapp.admin.service.reach import (
    APPOINTMENTS,
    PEOPLE,
    POSITIONS,
    UNITS,
    people_within,
    person_in_reach,
    units_within,
)
from superapp.kernel import clock
from superapp.kernel.database import run
from superapp.login.tables import account

ACCOUNT_STATES = ("none", "waiting", "active", "disabled")
"""No account; an account nobody has activated yet; in use; switched off."""


@dataclass(frozen=True)
class PeopleFilter:
    """What the list of people is narrowed to; all empty shows everybody who serves."""

    q: str = ""
    unit_id: UUID | None = field(default=None, kw_only=True)
    employment: str = field(default="", kw_only=True)
    account: str = field(default="", kw_only=True)
    state: str = field(default="", kw_only=True)

    @property
    def narrows(self) -> bool:
        """Tell whether anything but the default is asked for."""
        return bool(self.q or self.unit_id or self.employment or self.account or self.state)


_HELD = APPOINTMENTS.alias("held")
_FIRST = APPOINTMENTS.alias("first")
_MAIN_POST = (
    sa.select(_FIRST.c.id)
    .where(
        _FIRST.c.person_id == PEOPLE.c.id,
        _FIRST.c.starts_on <= sa.bindparam("today"),
        sa.or_(_FIRST.c.ends_on.is_(None), _FIRST.c.ends_on >= sa.bindparam("today")),
    )
    .order_by(sa.case((_FIRST.c.kind == "definitive", 0), else_=1), _FIRST.c.starts_on, _FIRST.c.id)
    .limit(1)
    .correlate(PEOPLE)
    .scalar_subquery()
)
ACCOUNT_STATE = sa.case(
    (account.c.person_id.is_(None), "none"),
    (account.c.disabled_at.is_not(None), "disabled"),
    (account.c.activated_at.is_(None), "waiting"),
    else_="active",
)
_LIST = (
    sa.select(
        PEOPLE.c.id,
        PEOPLE.c.name,
        PEOPLE.c.title_before,
        PEOPLE.c.title_after,
        PEOPLE.c.nip,
        PEOPLE.c.staff_number,
        PEOPLE.c.employment,
        PEOPLE.c.active,
        _HELD.c.kind.label("post_kind"),
        POSITIONS.c.title.label("post"),
        UNITS.c.name.label("unit"),
        ACCOUNT_STATE.label("account"),
    )
    .select_from(
        PEOPLE.outerjoin(_HELD, _HELD.c.id == _MAIN_POST)
        .outerjoin(POSITIONS, POSITIONS.c.id == _HELD.c.position_id)
        .outerjoin(UNITS, UNITS.c.id == POSITIONS.c.unit_id)
        .outerjoin(account, account.c.person_id == PEOPLE.c.id)
    )
    .where(sa.true())
)


def people(wanted: PeopleFilter, cursor: str = "") -> Page:
    """Return one page of the people in the actor's reach, by bare name."""
    query = _LIST.params(today=clock.today()).where(*_conditions(wanted))
    return page_of(query, (PEOPLE.c.sort_name, PEOPLE.c.id), cursor)


def _conditions(wanted: PeopleFilter) -> list[sa.ColumnElement[bool]]:
    found: list[Any] = [PEOPLE.c.active.is_(wanted.state != "ended")]
    within = people_within("admin.people")
    if within is not None:
        found.append(within)
    if wanted.unit_id is not None:
        found.append(people_of(_subtree(wanted.unit_id)))
    if wanted.employment:
        found.append(PEOPLE.c.employment == wanted.employment)
    if wanted.account:
        found.append(wanted.account == ACCOUNT_STATE)
    return found + _words(wanted.q)


def _subtree(unit_id: UUID) -> sa.ColumnElement[bool]:
    """Return the predicate on units below and including one; its path is read in the same statement."""
    top = UNITS.alias("top")
    path = sa.select(top.c.path).where(top.c.id == unit_id).scalar_subquery()
    end = sa.select(sa.func.substr(top.c.path, 1, sa.func.length(top.c.path) - 1) + "0")
    return sa.and_(UNITS.c.path >= path, UNITS.c.path < end.where(top.c.id == unit_id).scalar_subquery())


def _words(q: str) -> list[sa.ColumnElement[bool]]:
    """Return the conditions of a search: digits are the beginning of a number, words parts of the bare name."""
    digits = q.replace(" ", "")
    if digits.isdigit():
        return [sa.or_(PEOPLE.c.nip.startswith(digits), PEOPLE.c.staff_number.startswith(digits))]
    return [PEOPLE.c.sort_name.contains(word, autoescape=True) for word in q.lower().split()[:6]]


@dataclass(frozen=True)
class PersonDetail:
    """One person with all posts (present first) and the account."""

    row: Any
    posts: Sequence[Any] = field(kw_only=True)
    account: Any = field(kw_only=True)

    def main(self, day: date) -> Any:
        """Return the post a person is known by on a day: the definitive one first; None without any."""
        held = [post for post in self.posts if post.starts_on <= day and (post.ends_on is None or post.ends_on >= day)]
        return next((post for post in held if post.kind == "definitive"), held[0] if held else None)

    @property
    def account_state(self) -> str:
        """Return one of `ACCOUNT_STATES`."""
        if self.account is None:
            return "none"
        if self.account.disabled_at is not None:
            return "disabled"
        return "active" if self.account.activated_at else "waiting"


_POSTS = (
    sa.select(
        APPOINTMENTS,
        POSITIONS.c.title,
        POSITIONS.c.unit_id,
        UNITS.c.name.label("unit_name"),
        UNITS.c.path.label("unit_path"),
        UNITS.c.opd_id,
    )
    .select_from(
        APPOINTMENTS.join(POSITIONS, POSITIONS.c.id == APPOINTMENTS.c.position_id).join(
            UNITS, UNITS.c.id == POSITIONS.c.unit_id
        )
    )
    .where(APPOINTMENTS.c.person_id == sa.bindparam("person"))
    .order_by(
        sa.func.coalesce(APPOINTMENTS.c.ends_on, sa.bindparam("forever", type_=sa.Date())).desc(), APPOINTMENTS.c.id
    )
)


def person(person_id: UUID) -> PersonDetail:
    """Return one person; NotFound outside of the actor's reach."""
    row = person_in_reach(person_id, "admin.people")
    posts = run(_POSTS, {"person": person_id, "forever": date.max}).all()
    found = run(sa.select(account).where(account.c.person_id == person_id)).first()
    return PersonDetail(row, posts=posts, account=found)


def opds(permission: str = "admin.people") -> Sequence[Any]:
    """Return the OPDs (or, below one, the top units) within the actor's reach, for filters: id and name."""
    within = units_within(permission)
    query = sa.select(UNITS.c.id, UNITS.c.name).where(UNITS.c.is_opd, UNITS.c.valid_to.is_(None))
    return run((query if within is None else query.where(within)).order_by(UNITS.c.name)).all()


def suggestions(q: str, permission: str, *, limit: int = 12) -> list[tuple[UUID, str]]:
    """Return people in reach whom what was typed may mean: id and words (never a number), for pickers."""
    within = people_within(permission)
    query = _LIST.params(today=clock.today()).where(PEOPLE.c.active, *_words(q))
    ordered = (query if within is None else query.where(within)).order_by(PEOPLE.c.sort_name).limit(limit)
    return [(row.id, f"{row.name} · {row.post}" if row.post else row.name) for row in run(ordered)]


def ids_of(words: str, permission: str) -> list[UUID]:
    """Return the people in reach whom the words of a picker mean: a number, a name, or a name and a post."""
    name = words.split(" · ", 1)[0].strip()
    digits = name.replace(" ", "").upper()
    same = sa.or_(PEOPLE.c.nip == digits, PEOPLE.c.staff_number == digits, sa.func.lower(PEOPLE.c.name) == name.lower())
    within = people_within(permission)
    query = sa.select(PEOPLE.c.id).where(PEOPLE.c.active, same).limit(50)
    return list(run(query if within is None else query.where(within)).scalars())


def name_of(person_id: UUID) -> Any:
    """Return id and name of a person, None when there is none."""
    return run(sa.select(PEOPLE.c.id, PEOPLE.c.name).where(PEOPLE.c.id == person_id)).first()
