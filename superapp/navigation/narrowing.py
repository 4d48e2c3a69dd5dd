"""The chips of the task page: by due time, kind and unit, each with its number, each a link that keeps the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from superapp.kernel.language import gettext as _
from superapp.plugin.host import host
from superapp.shared.picking import identity
from superapp.shared.tasks import CORE, EVERYTHING, Narrow

MOST = 6
"""Chips of one sort; with more only those with the most tasks show."""


def read(arguments: Mapping[str, str]) -> Narrow:
    """Return what the address narrows the list to; what means nothing narrows nothing."""
    due, kind = arguments.get("due", ""), arguments.get("kind", "")
    return Narrow(
        kind if kind == CORE or kind in host().plugins else "",
        opd_id=identity(arguments.get("unit", "")),
        due=due if due in ("late", "today") else "",
    )


def address(narrow: Narrow, **changed: Any) -> str:
    """Return the address of the list with some of its narrowings changed."""
    given = {"due": narrow.due, "kind": narrow.module, "unit": narrow.opd_id} | changed
    words = urlencode({name: value for name, value in given.items() if value})
    return f"/tasks?{words}" if words else "/tasks"


def chips(narrow: Narrow, sorts: Sequence[Any]) -> list[dict[str, Any]]:
    """Return the chips; none when there is nothing to tell apart."""
    whole = sum(row.number for row in sorts)
    if whole < 2 and narrow == EVERYTHING:
        return []
    first = {"label": _("Semua"), "href": "/tasks", "current": narrow == EVERYTHING, "count": whole}
    return [first, *_due(narrow, sorts), *_kinds(narrow, sorts), *_units(narrow, sorts)]


def _due(narrow: Narrow, sorts: Sequence[Any]) -> list[dict[str, Any]]:
    found = []
    for key, words, number in (
        ("late", _("Lewat tenggat"), sum(int(row.late) for row in sorts)),
        ("today", _("Sampai hari ini"), sum(int(row.today) for row in sorts)),
    ):
        if number or narrow.due == key:
            found.append(_chip(narrow, "due", key, words, number, narrow.due == key))
    return found


def _kinds(narrow: Narrow, sorts: Sequence[Any]) -> list[dict[str, Any]]:
    numbers: dict[str, int] = {}
    for row in sorts:
        numbers[row.module or CORE] = numbers.get(row.module or CORE, 0) + row.number
    if len(numbers) < 2 and not narrow.module:
        return []
    return [
        _chip(narrow, "kind", key, _("Lainnya") if key == CORE else _(host().title(key)), number, narrow.module == key)
        for key, number in _most(numbers)
    ]


def _units(narrow: Narrow, sorts: Sequence[Any]) -> list[dict[str, Any]]:
    numbers: dict[Any, int] = {}
    names = {row.opd_id: row.unit_name for row in sorts if row.opd_id is not None}
    for row in sorts:
        if row.opd_id is not None:
            numbers[row.opd_id] = numbers.get(row.opd_id, 0) + row.number
    if len(numbers) < 2 and narrow.opd_id is None:
        return []
    return [_chip(narrow, "unit", key, names[key], number, narrow.opd_id == key) for key, number in _most(numbers)]


def _most(numbers: Mapping[Any, int]) -> list[tuple[Any, int]]:
    return sorted(numbers.items(), key=lambda one: -one[1])[:MOST]


def _chip(narrow: Narrow, name: str, key: Any, words: str, number: int, current: bool) -> dict[str, Any]:
    href = address(narrow, **{name: "" if current else key})
    return {"label": words, "href": href, "current": current, "count": number}
