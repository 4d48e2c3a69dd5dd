"""The end of a year: what lapses, what is brought along, once for each person, explained in the ledger."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from superapp.extensions import db
from superapp.kernel.jobs import enqueue
from superapp.kernel.jobs.ledger import State
from superapp.kernel.tables import job
from tests.plugins.catalogue.conftest import opened
from tests.plugins.leave.conftest import HOME, Office


def close(office: Office) -> None:
    """Start the job once more and let it run."""
    with office.doing("kadis"):
        enqueue("leave.close_year", {})
    office.later(timedelta())
    with office.app.app_context():
        states = db.session.scalars(sa.select(job.c.state).where(job.c.kind == "leave.close_year"))
        assert set(states) == {State.DONE}


def booked(office: Office, role: str = "staf") -> list[tuple[int, str, int]]:
    """Return the bookings of somebody as (right, kind, days)."""
    own = office.house.people[role].id
    rows = office.rows("LedgerEntry", "person_id", "year", "kind", "days")
    return [(row.year, row.kind, row.days) for row in rows if row.person_id == own]


def to_january(office: Office) -> None:
    office.later(timedelta(days=190))  # 7 January 2027
    office.browsers.clear()


def test_what_is_not_brought_along_lapses_once(office: Office) -> None:
    office.book("staf", 2026, 12)
    office.book("staf", 2026, -2, "use")
    to_january(office)
    for _time in range(3):
        close(office)
    assert booked(office) == [
        (2026, "entitlement", 12),
        (2026, "use", -2),
        (2026, "lapse", -4),
        (2027, "entitlement", 12),
        (2027, "close", 0),
    ]
    assert office.left(year=2027) == [0, 6, 12]
    page = opened(office.browser("staf"), f"{HOME}balance")
    assert "Tidak terbawa ke 2027" in page
    assert "Dibawa ke 2027: 6 hari" in page


def test_every_day_of_a_right_is_explained_by_its_bookings(office: Office) -> None:
    for year in (2025, 2026):
        office.book("staf", year, 12)
    to_january(office)
    close(office)
    assert office.left(year=2027) == [6, 6, 12]
    for of_year, days in ((2025, 6), (2026, 6), (2027, 12)):
        assert sum(line[2] for line in booked(office) if line[0] == of_year) == days


def test_deferred_leave_is_brought_along_in_full(office: Office) -> None:
    office.asks(first_day="2026-12-01", last_day="2026-12-14")  # ten working days
    office.decides("kasi")
    office.decides("kadis", "defer", note="Tutup anggaran")
    to_january(office)
    close(office)
    assert office.left(year=2027) == [0, 10, 12]
    assert (2026, "lapse", -2) in booked(office)


def test_days_that_come_back_after_the_close_lapse_too(office: Office) -> None:
    office.asks(first_day="2026-12-01", last_day="2026-12-14")
    to_january(office)
    close(office)
    assert office.left(year=2027) == [0, 2, 12]
    office.decides("kasi")
    office.decides("kadis", "refuse", note="Tidak jadi")
    assert office.left(year=2027) == [0, 6, 12]
    assert sum(days for year, _kind, days in booked(office) if year == 2026) == 6


def test_outside_of_january_only_known_people_are_closed(office: Office) -> None:
    office.book("staf", 2025, 12)
    close(office)
    assert (2026, "close", 0) in booked(office)
    assert booked(office, "kabid") == []
