"""Feeds: a person's agenda for the calendar of a phone, at an address that only its owner knows (RFC 5545)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from superapp.kernel import clock, command, secrets
from superapp.kernel.database import run
from superapp.kernel.errors import NotFound
from superapp.kernel.language import gettext as _
from superapp.organization.models import Person
from superapp.shared.agenda import entries
from superapp.shared.tables.agenda import feed

if TYPE_CHECKING:
    from icalendar import Calendar, Event

F, N = feed.c, Person.__table__.c
ZONE = "Asia/Makassar"
PAST, COMING = timedelta(days=30), timedelta(days=365)
_PURPOSE = "agenda-feed"


@dataclass(frozen=True)
class Feed:
    """A calendar as sent to a phone; the `etag` changes exactly when the text does."""

    text: bytes
    etag: str = field(kw_only=True)


def renew(person_id: UUID) -> None:
    """Give a person a new address in the command under way; the former one ends at once."""
    command.current()
    remove(person_id)
    moment = clock.now()
    token = secrets.sign(_PURPOSE, person_id.hex, moment.isoformat())
    run(sa.insert(feed).values(person_id=person_id, token_hash=secrets.digest(token), created_at=moment))


def remove(person_id: UUID) -> None:
    """End a person's address in the command under way; nothing happens when there is none."""
    command.current()
    run(sa.delete(feed).where(F.person_id == person_id))


def token_of(person_id: UUID) -> str | None:
    """Return the secret part of a person's address, None without one.

    256 bits that follow from the installation's secret key, never stored: the database alone opens no agenda. After the
    key was replaced for good the address goes on to work and is no longer shown.
    """
    row = run(sa.select(F.token_hash, F.created_at).where(F.person_id == person_id)).first()
    if row is None:
        return None
    known = secrets.signatures(_PURPOSE, person_id.hex, row.created_at.isoformat())
    return next((token for token in known if secrets.digest(token) == row.token_hash), None)


def read(token: str) -> Feed:
    """Return the calendar at an address: the last 30 days and a year ahead. Raises NotFound for an unknown one."""
    owner = sa.select(F.person_id).join(Person.__table__, N.id == F.person_id)
    found = run(owner.where(F.token_hash == secrets.digest(token), N.active)).scalar()
    if found is None:
        raise NotFound(_("Alamat kalender ini tidak berlaku lagi. Buat yang baru di halaman Agenda."))
    today = entries.midnight(clock.today())
    rows = entries.of_person(found, today - PAST, today + COMING)
    text = _calendar(rows).to_ical()
    return Feed(text, etag=sha256(text).hexdigest()[:32])


def _calendar(rows: Any) -> Calendar:
    from icalendar import Calendar

    made = Calendar()
    made.add("prodid", "-//Nunukan Satu//Agenda//ID")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", "Agenda Nunukan Satu")
    made.add("x-wr-timezone", ZONE)
    made.add_component(_zone())
    for row in rows:
        made.add_component(_event(row))
    return made


def _zone() -> Any:
    from icalendar import Timezone, TimezoneStandard

    standard = TimezoneStandard()
    standard.add("dtstart", datetime(1970, 1, 1))  # noqa: DTZ001 (local by definition, RFC 5545 3.6.5)
    standard.add("tzoffsetfrom", timedelta(hours=8))
    standard.add("tzoffsetto", timedelta(hours=8))
    standard.add("tzname", "WITA")
    made = Timezone()
    made.add("tzid", ZONE)
    made.add_component(standard)
    return made


def _event(row: Any) -> Event:
    from icalendar import Event

    made = Event()
    made.add("uid", f"{row.id}@nunukan-satu")
    made.add("dtstamp", row.created_at)
    made.add("sequence", row.version - 1)
    made.add("summary", _("Sibuk") if row.hidden else row.title)
    for name, moment in (("dtstart", row.starts_at), ("dtend", row.ends_at)):
        local = moment.astimezone(ZoneInfo(ZONE))
        made.add(name, local.date() if row.all_day else local)
    if row.place and not row.hidden:
        made.add("location", row.place)
    made.add("status", "TENTATIVE" if row.tentative else "CONFIRMED")
    made.add("transp", "OPAQUE" if row.busy else "TRANSPARENT")
    return made
