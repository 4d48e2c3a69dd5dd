"""The agenda's forms: what must be there before they show."""

from __future__ import annotations

from superapp.kernel import clock
from superapp.shared.agenda import personal, whole_days
from tests.acceptance.ground import Ground

MEETING = {"title": "Rapat {n}", "starts_at": "2027-03-11T09:00", "ends_at": "2027-03-11T10:00"}


def entry(ground: Ground) -> str:
    """Write a personal entry of the admin and go to its form."""
    days = whole_days(clock.today(), clock.today())
    own = ground.commanded(lambda: personal.add(ground.who("admin").id, "Rapat contoh", **days))
    return f"/agenda/{own}/edit"
