"""The list: filters, orders, counters; rows, not entities, and never a count of the whole table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import sqlalchemy as sa

from superapp.api import Order, Page, clean_text, page

from .models import Application
from .words import FOLLOW_UPS, LEVELS, ORIGINS, STATUSES

_A = Application.__table__.c
COLUMNS = (
    _A.id,
    _A.name,
    _A.long_name,
    _A.function,
    _A.owner_name,
    _A.level,
    _A.year,
    _A.active_users,
    _A.yearly_cost,
    _A.status,
    _A.updated_at,
    _A.sort_name,
)
"""What a row of the list holds, in the order in which the page takes it apart; the keys of all orders are among it."""
ORDERS = {
    "name": Order("sort_name"),
    "-name": Order("sort_name", descending=True),
    "-updated": Order("updated_at", descending=True),
    "updated": Order("updated_at"),
}


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to, as it stands in the URL."""

    q: str = ""
    sort: str = "name"
    level: str = field(default="", kw_only=True)
    status: str = field(default="", kw_only=True)
    follow_up: str = field(default="", kw_only=True)
    origin: str = field(default="", kw_only=True)
    missing: bool = field(default=False, kw_only=True)
    archived: bool = field(default=False, kw_only=True)
    opd: str = field(default="", kw_only=True)

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> Filters:
        """Read filters from the address; what is unknown counts as not given."""

        def known(name: str, words: Mapping[str, object]) -> str:
            given = arguments.get(name, "")
            return given if given in words else ""

        return cls(
            clean_text(arguments.get("q", ""))[:80],
            known("sort", ORDERS) or "name",
            level=known("level", LEVELS),
            status=known("status", STATUSES),
            follow_up=known("follow_up", FOLLOW_UPS),
            origin=known("origin", ORIGINS),
            missing=arguments.get("missing") == "1",
            archived=arguments.get("archived") == "1",
            opd=_id(arguments.get("opd", "")),
        )

    @property
    def narrowed(self) -> bool:
        """Tell whether anything is filtered (then "none" means "no match")."""
        return bool(self.q or self.level or self.status or self.follow_up or self.origin or self.missing or self.opd)

    @cached_property
    def given(self) -> dict[str, str]:
        """Return what is narrowed as parameters of the list's address."""
        named = {name: "1" if value is True else str(value) for name in _NAMES if (value := getattr(self, name))}
        return {name: value for name, value in named.items() if (name, value) != ("sort", "name")}

    @cached_property
    def query(self) -> str:
        """Return what is narrowed as the end of the list's address: `level=pusat&sort=-updated`, or an empty text."""
        return urlencode(self.given)

    def conditions(self) -> list[Any]:
        """Return the filters as conditions on the table."""
        found = [_ARCHIVED if self.archived else _LIVE]
        found += [_equal(name, value) for name in _EQUAL if (value := getattr(self, name))]
        if self.opd:
            found.append(_equal("opd_id", UUID(self.opd)))
        if self.missing:
            found.append(_LACKING)
        return found + [_matches(word) for word in self.q.lower().split()[:5]]


_NAMES = tuple(one.name for one in fields(Filters))
_EQUAL = ("level", "status", "follow_up", "origin")
_LIVE, _ARCHIVED, _LACKING = _A.archived_at.is_(None), _A.archived_at.isnot(None), _A.missing > 0


@lru_cache(maxsize=256)
def _equal(name: str, value: Any) -> sa.ColumnElement[bool]:
    """Return the same condition each time, so that the list's statement is met again."""
    condition: sa.ColumnElement[bool] = _A[name] == value
    return condition


def _id(text: str) -> str:
    try:
        return UUID(text).hex
    except ValueError:
        return ""


def _matches(word: str) -> sa.ColumnElement[bool]:
    pattern = f"%{word.replace('!', '!!').replace('%', '!%').replace('_', '!_')}%"
    return sa.or_(
        *(
            sa.func.lower(column).like(pattern, escape="!")
            for column in (_A.name, _A.long_name, _A.function, _A.owner_name)
        )
    )


def applications(filters: Filters, cursor: str = "") -> Page:
    """Return one page of the applications that the actor may see."""
    return page(
        Application,
        "catalogue.view",
        *COLUMNS,
        order=ORDERS[filters.sort],
        cursor=cursor,
        where=filters.conditions(),
    )
