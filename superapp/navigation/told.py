"""The centre of notices: what a person was told, by day and by what it is about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from superapp.kernel import clock
from superapp.kernel.format import format_date
from superapp.kernel.language import gettext as _
from superapp.plugin.contributions import NoticeType
from superapp.shared.notices.kinds import category


@dataclass(frozen=True)
class Group:
    """Notices of one day about one record (or page), the latest first."""

    rows: list[Any]
    category: NoticeType = field(kw_only=True)

    @property
    def unread(self) -> list[Any]:
        """Return those not read yet."""
        return [row for row in self.rows if row.read_at is None]


@dataclass(frozen=True)
class Day:
    """The notices of one day in WITA."""

    title: str
    groups: list[Group]


def days(rows: Iterable[Any]) -> list[Day]:
    """Return a page of notices, given from the latest down, in days and groups."""
    found = groupby(rows, key=lambda row: clock.local(row.created_at).date())
    return [Day(_title(day), _groups(of_day)) for day, of_day in found]


def _title(day: Any) -> str:
    ago = (clock.today() - day).days
    return {0: _("Hari ini"), 1: _("Kemarin")}.get(ago) or format_date(day)


def _groups(rows: Iterable[Any]) -> list[Group]:
    about: dict[Any, list[Any]] = {}
    for row in rows:
        record = (row.record_type, row.record_id) if row.record_id else None
        about.setdefault(record or row.url or row.id, []).append(row)
    return [Group(found, category=category(found[0].kind, found[0].module)) for found in about.values()]
