"""Trying days before a request is sent: what they count, what they leave, what speaks against them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from superapp.api import Invalid
from superapp.api import _ as words

from . import balance, colleagues, requesting, warning
from .checking import Wanted, check, counted
from .warning import Absence


@dataclass(frozen=True)
class Trial:
    """What a form's days would bring: a `fault` that would refuse them, else their `length` and doubts."""

    fault: str = ""
    length: str = field(default="", kw_only=True)
    proposed: str = field(default="", kw_only=True)
    doubts: Sequence[str] = field(default=(), kw_only=True)


def of(given: Mapping[str, str]) -> Trial | None:
    """Return what the actor's days would bring, None while the form does not name a kind and both days."""
    if not all(given.get(name) for name in ("kind", "first_day", "last_day")):
        return None
    try:
        return _tried(given)
    except Invalid as fault:
        return Trial(str(fault))


def _tried(given: Mapping[str, str]) -> Trial:
    wanted = requesting.wanted(requesting.myself(), given, attached=True)
    check(wanted)
    last = requesting.last_counted(wanted, given)
    days = counted(wanted.kind, requesting.unit_of_actor(), wanted.first, last)
    text = given.get("deputy_id", "")
    free = colleagues.proposed(wanted.first, wanted.last) if text == colleagues.PROPOSED else None
    absence = Absence(
        wanted.person.id, requesting.unit_of_actor(), first=wanted.first, last=wanted.last,
        position_id=requesting.position_of_actor(),
        deputy_id=colleagues.chosen(text, wanted.first, wanted.last) if free is None else free.person_id,
    )  # fmt: skip
    return Trial(
        length=_length(wanted, days),
        proposed=words("Plh.: {name}, {reason}.", name=free.name, reason=free.reason) if free else "",
        doubts=warning.reasons(absence),
    )


def _length(wanted: Wanted, days: int) -> str:
    if not wanted.kind.annual:
        return words("{n} hari kalender", n=days)
    left = balance.of(wanted.person.id, wanted.first.year).total
    balance.refuse_beyond(left, days)
    return words("{n} hari kerja, sisa sesudahnya {left}", n=days, left=left - days)
