"""The agenda's pages: which days a view shows, and what stands on each of them."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.access.actor import Actor
from superapp.kernel import clock
from superapp.kernel.database import run
from superapp.kernel.errors import NotFound
from superapp.kernel.format import MONTHS, format_date
from superapp.kernel.language import current as language
from superapp.kernel.language import gettext as _
from superapp.organization import tree
from superapp.organization.appointments import held
from superapp.organization.models import Appointment, Person, Position, Unit
from superapp.shared.agenda import entries, personal, seeing
from superapp.shared.reference.calendar import between

A, N, P, U = Appointment.__table__.c, Person.__table__.c, Position.__table__.c, Unit.__table__.c
VIEWS = ("month", "week", "day", "list")
YEARS = range(2000, 2101)
AHEAD = timedelta(days=30)
MOST_PEOPLE = 200


@dataclass(frozen=True)
class Line:
    """One entry on one day: `when` in the words of that day, `who` has it where several people's are shown."""

    title: str
    when: str = field(kw_only=True)
    place: str = field(default="", kw_only=True)
    url: str = field(default="", kw_only=True)
    who: str = field(default="", kw_only=True)
    tentative: bool = field(default=False, kw_only=True)


@dataclass(frozen=True)
class Day:
    """A day with what is on it; `inside` says whether it belongs to the month shown."""

    day: date
    today: bool = field(kw_only=True)
    inside: bool = field(default=True, kw_only=True)
    holidays: tuple[str, ...] = field(default=(), kw_only=True)
    lines: tuple[Line, ...] = field(default=(), kw_only=True)


@dataclass(frozen=True)
class Span:
    """What a view shows: its days, its title, and the days where the views before and after it stand."""

    title: str
    days: tuple[date, ...] = field(kw_only=True)
    before: date = field(kw_only=True)
    after: date = field(kw_only=True)


def chosen_day(text: str) -> date:
    """Return the day of an address, today without one; raises NotFound with a sentence for what is none."""
    if not text:
        return clock.today()
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.year not in YEARS:
        raise NotFound(_("Tanggal ini tidak dikenal. Agenda ada untuk tahun 2000 sampai 2100."))
    return found


def span(view: str, on: date) -> Span:
    """Return what a view shows around a day."""
    return {"month": _month, "week": _week, "day": _one_day, "list": _list}[view](on)


def _month(on: date) -> Span:
    days = [day for week in calendar.Calendar().monthdatescalendar(on.year, on.month) for day in week]
    first = on.replace(day=1)
    after = (first + timedelta(days=31)).replace(day=1)
    title = f"{MONTHS[language()][on.month - 1]} {on.year}"
    return Span(title, days=tuple(days), before=(first - timedelta(days=1)).replace(day=1), after=after)


def _week(on: date) -> Span:
    first = on - timedelta(days=on.weekday())
    return _run(first, timedelta(days=7))


def _one_day(on: date) -> Span:
    return Span(format_date(on, "full"), days=(on,), before=on - timedelta(days=1), after=on + timedelta(days=1))


def _list(on: date) -> Span:
    return _run(on, AHEAD)


def _run(first: date, length: timedelta) -> Span:
    days = tuple(first + timedelta(days=number) for number in range(length.days))
    title = f"{format_date(days[0], 'short')} – {format_date(days[-1])}"
    return Span(title, days=days, before=first - length, after=first + length)


def of_person(actor: Actor, shown: Span, on: date) -> list[Day]:
    """Return the days of a view with what the actor has on them (two statements)."""
    assert actor.person_id is not None
    rows = entries.of_person(actor.person_id, *_bounds(shown.days))
    return _days(shown.days, on, [(row, row.title, _address(row), "") for row in rows])


def _address(row: Any) -> str:
    return f"/agenda/{row.id}/edit" if row.kind == personal.KIND else row.url


def of_unit(actor: Actor, unit_id: UUID, shown: Span, on: date) -> tuple[Any, list[Day]]:
    """Return a unit and the days of a view with what its people have on them.

    Open to those who belong to it or to a unit above it; titles are those the actor may read. Raises NotFound.
    """
    unit = run(sa.select(U.id, U.name, U.path).where(U.id == unit_id)).first()
    if unit is None or not any(unit.path.startswith(hat.unit_path) for hat in actor.hats):
        raise NotFound(_("Unit ini tidak ada, atau bukan unit Anda."))
    people, heads = _people(unit.path), _heads(actor, unit.path)
    found = []
    for row in entries.of_people(people, *_bounds(shown.days)):
        title = seeing.title_for(row, actor, heads_owner=heads)
        found.append((row, title, row.url if title == row.title else "", people[row.person_id]))
    return unit, _days(shown.days, on, found)


def _people(path: str) -> dict[UUID, str]:
    posts = Position.__table__.join(Unit.__table__, U.id == P.unit_id)
    query = (
        sa.select(N.id, N.name)
        .distinct()
        .select_from(
            posts.join(Appointment.__table__, A.position_id == P.id).join(Person.__table__, N.id == A.person_id)
        )
        .where(tree.within(path), held(clock.today()))
        .order_by(N.name, N.id)
        .limit(MOST_PEOPLE)
    )
    return {row.id: row.name for row in run(query)}


def _heads(actor: Actor, path: str) -> bool:
    above = [hat.position_id for hat in actor.hats if path.startswith(hat.unit_path)]
    return run(sa.select(P.id).where(P.id.in_(above), P.is_head).limit(1)).first() is not None


def _bounds(days: Sequence[date]) -> tuple[datetime, datetime]:
    return entries.midnight(days[0]), entries.midnight(days[-1] + timedelta(days=1))


def _days(days: Sequence[date], on: date, found: Iterable[tuple[Any, str, str, str]]) -> list[Day]:
    free: dict[date, list[str]] = {}
    for holiday in between(days[0], days[-1]):
        free.setdefault(holiday.day, []).append(holiday.name)
    lines: dict[date, list[Line]] = {day: [] for day in days}
    for row, title, url, who in found:
        for day in _touched(row, days):
            place = row.place if title == row.title else ""
            made = Line(title, when=_when(row, day), place=place, url=url, who=who, tentative=row.tentative)
            lines[day].append(made)
    today = clock.today()
    return [
        Day(
            day,
            today=day == today,
            inside=day.month == on.month,
            holidays=tuple(dict.fromkeys(free.get(day, ()))),
            lines=tuple(lines[day]),
        )
        for day in days
    ]


def _touched(row: Any, days: Sequence[date]) -> list[date]:
    first = max(clock.local(row.starts_at).date(), days[0])
    last = min(clock.local(row.ends_at - timedelta(microseconds=1)).date(), days[-1])
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _when(row: Any, day: date) -> str:
    begin, end = entries.midnight(day), entries.midnight(day + timedelta(days=1))
    first, last = clock.local(row.starts_at), clock.local(row.ends_at)
    if first <= begin and last >= end:
        return _("Sepanjang hari")
    if first < begin:
        return _("sampai {time}", time=f"{last:%H.%M}")
    if last > end:
        return _("mulai {time}", time=f"{first:%H.%M}")
    return f"{first:%H.%M}–{last:%H.%M}"
