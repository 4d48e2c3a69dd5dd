"""Reminding by hand: whom a task waits for, as a WhatsApp chat that the one who waits opens himself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa

from superapp.access.actor import current
from superapp.kernel import secrets
from superapp.kernel.database import run
from superapp.organization.models import Person

P = Person.__table__.c


@dataclass(frozen=True)
class Reminder:
    """Somebody who can be reminded: name and telephone as in the directory, and the address that he is to open."""

    name: str
    phone: str = field(kw_only=True)
    url: str = field(kw_only=True)


def reminders(waiting: Mapping[UUID, str]) -> list[Reminder]:
    """Return those of some people who have a telephone, by name; `waiting`: person → path within the app.

    Never the actor himself (one statement; none for nobody).
    """
    others = set(waiting) - {current().person_id}
    if not others:
        return []
    base = secrets.settings().base_url
    reached = sa.and_(P.id.in_(others), P.active, P.phone != "")
    rows = run(sa.select(P.id, P.name, P.phone).where(reached).order_by(P.name, P.id))
    return [Reminder(row.name, phone=row.phone, url=f"{base}{waiting[row.id]}") for row in rows]
