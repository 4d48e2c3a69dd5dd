"""What a person wants to be told outside of the app: per category and channel, and when not at all."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from uuid import UUID

import sqlalchemy as sa

from superapp.kernel import clock, command
from superapp.kernel.database import run
from superapp.kernel.errors import Invalid
from superapp.kernel.language import gettext as _
from superapp.plugin.contributions import NoticeType
from superapp.shared.notices.kinds import categories
from superapp.shared.reference.calendar import free_days
from superapp.shared.tables.notices import notice_choice, notice_setting

Channel = Literal["push", "email"]
CHANNELS: tuple[Channel, ...] = ("push", "email")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


@dataclass(frozen=True)
class Quiet:
    """When a person is left alone: "HH:MM" WITA, from and to (the same: never), and on free days unless `weekends`.

    Free days are Saturday, Sunday, holidays and cuti bersama. With `digest` what came meanwhile leaves as one message.
    """

    quiet_from: str = "20:00"
    quiet_to: str = "06:30"
    digest: bool = True
    weekends: bool = True

    def until(self, moment: datetime, holidays: Collection[date] = ()) -> datetime | None:
        """Return when the quiet time that `moment` lies in is over, None outside of it; `holidays` as `coming_holidays`."""
        local = clock.local(moment)
        if not self._rests(local, holidays):
            return None
        end = datetime.combine(local.date(), time.fromisoformat(self.quiet_to), clock.WITA)
        while end <= local or self._rests(end, holidays):
            end += timedelta(days=1)
        return end.astimezone(moment.tzinfo)

    def _rests(self, local: datetime, holidays: Collection[date]) -> bool:
        if not self.weekends and (local.weekday() >= 5 or local.date() in holidays):
            return True
        at, begin, end = f"{local:%H:%M}", self.quiet_from, self.quiet_to
        return begin <= at < end if begin <= end else at >= begin or at < end


def coming_holidays(quiet: Iterable[Quiet]) -> Collection[date]:
    """Return the holidays of the month to come where somebody rests on them (one statement, else none)."""
    if all(one.weekends for one in quiet):
        return ()
    today = clock.today()
    return free_days(today, today + timedelta(days=31))


def quiet_of(person_ids: Iterable[UUID]) -> dict[UUID, Quiet]:
    """Return the times of those who have chosen some."""
    found = run(sa.select(notice_setting).where(notice_setting.c.person_id.in_(list(person_ids))))
    return {row.person_id: Quiet(row.quiet_from, row.quiet_to, row.digest, row.weekends) for row in found}


Chosen = Mapping[tuple[UUID, str, str], bool]


def chosen(person_ids: Iterable[UUID]) -> Chosen:
    """Return what people have chosen, by person, category and channel."""
    found = run(sa.select(notice_choice).where(notice_choice.c.person_id.in_(list(person_ids))))
    return {(row.person_id, row.kind, row.channel): row.wanted for row in found}


def wants(person_id: UUID, of: NoticeType, channel: Channel, made: Chosen) -> bool:
    """Tell whether a person wants a category on a channel: as he chose, else as the category proposes."""
    proposed = of.push if channel == "push" else of.email
    return made.get((person_id, of.key, channel), proposed)


def keep_quiet(person_id: UUID, wanted: Quiet) -> None:
    """Keep when a person wants to be left alone, in the command under way; Invalid for what is no time."""
    command.current()
    for name in ("quiet_from", "quiet_to"):
        if not _TIME.fullmatch(getattr(wanted, name)):
            raise Invalid(_("Isi jam dan menit, contoh 20:00."), field=name)
    run(sa.delete(notice_setting).where(notice_setting.c.person_id == person_id))
    run(sa.insert(notice_setting).values(person_id=person_id, **vars(wanted)))


def choose(person_id: UUID, wanted: Mapping[Channel, Iterable[str]]) -> None:
    """Keep which categories a person wants on each channel; those not named he does not. NotFound words: Invalid."""
    command.current()
    known = [one.key for one in categories()]
    named = {channel: set(wanted.get(channel, ())) for channel in CHANNELS}
    if unknown := set().union(*named.values()) - set(known):
        raise Invalid(_("Kategori {kind} tidak dikenal.", kind=min(unknown)[:60]))
    run(sa.delete(notice_choice).where(notice_choice.c.person_id == person_id))
    rows = [
        {"person_id": person_id, "kind": kind, "channel": channel, "wanted": kind in named[channel]}
        for kind in dict.fromkeys(known)
        for channel in CHANNELS
    ]
    run(sa.insert(notice_choice), rows)


def mute(person_id: UUID, kind: str) -> NoticeType:
    """Keep a category inside the app for a person; Invalid for one that nobody knows."""
    command.current()
    found = next((one for one in categories() if one.key == kind), None)
    if found is None:
        raise Invalid(_("Kategori {kind} tidak dikenal.", kind=kind[:60]))
    mine = sa.and_(notice_choice.c.person_id == person_id, notice_choice.c.kind == kind)
    run(sa.delete(notice_choice).where(mine))
    rows = [{"person_id": person_id, "kind": kind, "channel": channel, "wanted": False} for channel in CHANNELS]
    run(sa.insert(notice_choice), rows)
    return found
