"""Entries of the agenda: put by modules, read by range, weighed against other times."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from superapp.access.actor import Actor, acting_as
from superapp.access.rights import rights_of
from superapp.kernel import clock, stamps
from superapp.kernel.clock import WITA
from superapp.kernel.database import run
from superapp.kernel.errors import Invalid
from superapp.organization.models import Unit
from superapp.plugin.tables import module
from superapp.shared import agenda
from superapp.shared.agenda import SIX_DAYS, Entry, whole_days
from superapp.shared.tables import holiday
from tests.organization.acting import done
from tests.support import builders
from tests.support.builders import House

pytestmark = pytest.mark.usefixtures("context")
MONDAY = date(2026, 11, 23)


def at(day: date, hour: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=WITA)


def trip(house: House, role: str = "kabid", first: date = MONDAY, days: int = 3, **values: object) -> Entry:
    own = {"kind": "travel.trip", "key": "travel:1", **whole_days(first, first + timedelta(days=days - 1))}
    return Entry(house.people[role].id, "Perjalanan dinas ke Krayan", **(own | values))


def put(new: Entry) -> None:
    with done():
        agenda.put(new)


def read(house: House, role: str = "kabid", first: date = MONDAY, days: int = 7) -> list[str]:
    rows = agenda.of_person(house.people[role].id, at(first, 0), at(first + timedelta(days=days), 0))
    return [row.title for row in rows]


def actor(house: House, role: str) -> Actor:
    own = house.people[role].id
    rights = rights_of(own, stamps.read().access, clock.today())
    return Actor(f"person:{own.hex}", role, person_id=own, session_id="s", rights=rights)


def words(house: House, reader: str, first: date = MONDAY, **values: object) -> list[str]:
    with acting_as(actor(house, reader)):
        found = agenda.clashes(house.people["kabid"].id, at(first, 9), at(first, 10), **values)
    return [one.words for one in found]


def test_an_entry_put_again_changes_its_row(house: House) -> None:
    put(trip(house))
    put(replace(trip(house), title="Perjalanan dinas ke Sebatik"))
    assert read(house) == ["Perjalanan dinas ke Sebatik"]


def test_the_same_key_is_an_entry_for_each_person(house: House) -> None:
    put(trip(house))
    put(trip(house, "staf"))
    assert read(house) == read(house, "staf") == ["Perjalanan dinas ke Krayan"]


def test_entries_that_touch_a_range_are_read_and_no_others(house: House) -> None:
    put(trip(house))
    assert read(house, first=MONDAY + timedelta(days=2), days=1)
    assert not read(house, first=MONDAY + timedelta(days=3))
    assert not read(house, first=MONDAY - timedelta(days=7))


def test_an_entry_ends_after_it_begins(house: House) -> None:
    with pytest.raises(Invalid, match="sesudah waktu mulai"), done():
        agenda.put(trip(house, ends_at=at(MONDAY, 0), starts_at=at(MONDAY, 0)))


def test_entries_go_with_their_record(house: House) -> None:
    record = uuid4()
    put(trip(house, record_type="travel.trip", record_id=record))
    put(trip(house, "staf", record_type="travel.trip", record_id=record))
    with done():
        assert agenda.remove_of("travel.trip", record, person_id=house.people["staf"].id) == 1
    assert read(house)
    assert not read(house, "staf")


def test_entries_of_a_module_that_is_off_are_not_read(house: House) -> None:
    put(trip(house, module="catalogue"))
    with done():
        run(sa.update(module).where(module.c.name == "catalogue").values(enabled=False))
    assert not read(house)


def test_a_clash_names_what_stands_against_the_time(house: House) -> None:
    put(trip(house, record_type="travel.trip", record_id=(own := uuid4())))
    assert words(house, "kabid") == ["Perjalanan dinas ke Krayan, 23–25 November 2026"]
    assert not words(house, "kabid", ignore=("travel.trip", own))
    assert not words(house, "kabid", first=MONDAY + timedelta(days=3))


def test_what_does_not_bind_a_person_never_clashes(house: House) -> None:
    put(trip(house, busy=False))
    assert not words(house, "kabid")


@pytest.mark.parametrize(
    ("reader", "values", "readable"),
    [
        ("kadis", {"module": "catalogue"}, True),
        ("bupati", {"module": "catalogue"}, True),
        ("staf", {"module": "catalogue"}, False),
        ("kadinkes", {"module": "catalogue"}, False),
        ("kadis", {}, False),  # his own affairs
        ("kadis", {"module": "catalogue", "hidden": True}, False),
        ("kabid", {"module": "catalogue", "hidden": True}, True),
    ],
)
def test_heads_read_the_work_of_their_people_others_that_they_are_busy(
    house: House, reader: str, values: dict[str, object], readable: bool
) -> None:
    builders.switch_modules_on()
    put(trip(house, **values))
    (found,) = words(house, reader)
    assert found.startswith("Perjalanan dinas" if readable else "Sibuk, ")


def test_a_holiday_is_a_reason_too(house: House) -> None:
    with done():
        run(sa.delete(holiday))
        run(sa.insert(holiday), [{"day": MONDAY, "kind": "lokal", "name": "Hari Jadi Kabupaten"}])
    assert words(house, "kabid") == ["Hari Jadi Kabupaten, 23 November 2026"]


def test_the_deputy_of_a_head_is_who_heads_a_part_and_is_free(house: House) -> None:
    post = house.people["kadis"].position_id
    found = agenda.propose_deputy(post, MONDAY, MONDAY + timedelta(days=2))
    assert found is not None
    assert (found.person_id, found.title) == (house.people["kabid"].id, "Kepala Bidang")
    put(trip(house))
    other = agenda.propose_deputy(post, MONDAY, MONDAY + timedelta(days=2))
    assert other is not None
    assert other.person_id in {house.people[role].id for role in ("tu", "admin")}
    assert agenda.propose_deputy(post, MONDAY + timedelta(days=3), MONDAY + timedelta(days=4)) == found


def test_when_nobody_of_the_unit_is_free_those_beside_are_asked_never_a_superior(house: House) -> None:
    post, days = house.people["kasi"].position_id, (MONDAY, MONDAY)
    within = agenda.propose_deputy(post, *days)
    beside = builders.position(
        builders.unit("APTIKA-2", parent=house.unit("aptika")), "Kepala Seksi Data", is_head=True
    )
    builders.appointment(neighbour := builders.person("Nur Tetangga"), beside)
    with done():
        for role in house.people:
            agenda.put(trip(house, role))
    found = agenda.propose_deputy(post, *days)
    assert found is not None
    assert (found.person_id, found.title) == (neighbour.id, "Kepala Seksi Data")
    assert within is None or within.person_id != neighbour.id


def test_a_head_within_an_office_is_never_replaced_from_another_office(house: House) -> None:
    with done():
        for role in set(house.people) - {"kadinkes"}:
            agenda.put(trip(house, role))
    assert agenda.propose_deputy(house.people["kabid"].position_id, MONDAY, MONDAY) is None


def test_nobody_deputises_for_himself_nor_beyond_his_own_post(house: House) -> None:
    builders.appointment(house.person("kadis"), builders.position(house.unit("kominfo"), "Kepala Pusat"))
    with done():
        for role in ("kabid", "tu", "admin"):
            agenda.put(trip(house, role))
    peer = agenda.propose_deputy(house.people["kadis"].position_id, MONDAY, MONDAY)
    assert peer is not None
    assert peer.person_id == house.people["kadinkes"].id, "who heads an office beside"
    with done():
        for role in set(house.people) - {"kadis", "kabid", "tu", "admin", "bupati"}:
            agenda.put(trip(house, role))
    assert agenda.propose_deputy(house.people["kadis"].position_id, MONDAY, MONDAY) is None, "never the Bupati"


@pytest.mark.parametrize(("week", "days"), [("", 5), ("six", 6)])
def test_leave_days_follow_the_week_of_the_nearest_office(house: House, week: str, days: int) -> None:
    with done():
        run(sa.delete(holiday))
        run(sa.update(Unit).where(Unit.id == house.units["kominfo"]).values(week=week))
    found = agenda.working_days(MONDAY, MONDAY + timedelta(days=6), agenda.week_of(house.units["seksi"]))
    assert found == days


def test_holidays_are_no_leave_days(context: Flask) -> None:
    with done():
        run(sa.delete(holiday))
        run(sa.insert(holiday), [{"day": MONDAY, "kind": kind, "name": "Libur"} for kind in ("libur", "cuti")])
    assert agenda.working_days(MONDAY, MONDAY + timedelta(days=6), SIX_DAYS) == 5
    assert agenda.working_days(MONDAY, MONDAY - timedelta(days=1)) == 0
