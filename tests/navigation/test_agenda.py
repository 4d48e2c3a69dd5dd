"""The agenda's pages: views, personal entries, the people of a unit, the feed."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from superapp.kernel.clock import WITA
from superapp.kernel.database import run
from superapp.shared import agenda
from superapp.shared.agenda import Entry, whole_days
from superapp.shared.tables import entry, feed, holiday
from tests.navigation.conftest import Visitor, commanded, rows, send, text, warmed
from tests.support import builders
from tests.support.builders import House

DAY = date(2026, 11, 24)
MEETING = {"title": "Rapat keluarga", "starts_at": "2026-11-24T09:00", "ends_at": "2026-11-24T10:30", "place": "Rumah"}


@pytest.fixture(autouse=True)
def entries(app: Flask, house: House) -> None:
    """The kabid travels for three days, and on one of them there is a holiday."""
    with app.app_context():
        builders.switch_modules_on()
    with app.app_context(), commanded():
        agenda.put(
            Entry(
                house.people["kabid"].id,
                "Perjalanan dinas ke Krayan",
                kind="travel.trip",
                module="catalogue",
                url="/app/catalogue/",
                **whole_days(DAY, DAY + timedelta(days=2)),
            )
        )
        run(sa.delete(holiday))
        run(sa.insert(holiday), [{"day": DAY, "kind": "lokal", "name": "Hari Jadi Kabupaten"}])


@pytest.mark.parametrize("view", ["month", "week", "day", "list"])
def test_every_view_shows_entries_and_holidays(visit: Visitor, view: str) -> None:
    page = text(visit("kabid").get(f"/agenda?view={view}&on={DAY}"))
    assert "Perjalanan dinas ke Krayan" in page
    assert "Hari Jadi Kabupaten" in page


def test_other_peoples_entries_do_not_show(visit: Visitor) -> None:
    assert "Krayan" not in text(visit("staf").get(f"/agenda?view=list&on={DAY}"))


def test_a_month_begins_on_monday_and_leads_to_its_neighbours(visit: Visitor) -> None:
    page = text(visit("staf").get("/agenda?on=2026-12-31"))
    assert "Desember 2026" in page
    assert "on=2026-11-01" in page
    assert "on=2027-01-01" in page


@pytest.mark.parametrize("day", ["31-12-2026", "2026-02-30", "9999-12-31", "0001-01-01", "'; --"])
def test_a_day_that_does_not_exist_gets_a_sentence(visit: Visitor, day: str) -> None:
    answer = visit("staf").get("/agenda", query_string={"on": day})
    assert answer.status_code == 404
    assert "Tanggal ini tidak dikenal" in text(answer)


@pytest.mark.parametrize("view", ["month", "list"])
def test_a_page_makes_two_statements_beside_the_sessions(visit: Visitor, app: Flask, view: str) -> None:
    assert len(warmed(visit("kabid"), app, f"/agenda?view={view}&on={DAY}")) == 3


def test_a_head_reads_what_his_people_have_a_colleague_that_they_are_busy(visit: Visitor, house: House) -> None:
    url = f"/agenda?view=list&on={DAY}&unit="
    page = text(visit("kadis").get(url + str(house.units["aptika"])))
    assert "Perjalanan dinas ke Krayan" in page
    assert "Maria Lende" in page
    page = text(visit("tu").get(url + str(house.units["kominfo"])))
    assert "Krayan" not in page
    assert "Sibuk" in page


def test_the_view_of_a_unit_makes_as_many_statements_for_many_people_as_for_one(
    visit: Visitor, app: Flask, house: House
) -> None:
    client, url = visit("kadis"), f"/agenda?view=month&on={DAY}&unit={house.units['kominfo']}"
    few = len(warmed(client, app, url))
    with app.app_context(), commanded():
        for role in ("kasi", "staf", "tu", "admin"):
            for number in range(5):
                key = f"t:{number}"
                about = {"kind": "travel.trip", "module": "catalogue", "key": key}
                agenda.put(Entry(house.people[role].id, f"Rapat {number}", **about, **whole_days(DAY, DAY)))
    assert text(client.get(url)).count("Rapat ") >= 4
    assert len(warmed(client, app, url)) == few <= 7


@pytest.mark.parametrize("unit", ["dinkes", "kabupaten", "kominfo"])
def test_other_units_are_closed(visit: Visitor, house: House, unit: str) -> None:
    assert visit("kabid").get(f"/agenda?unit={house.units[unit]}").status_code == 404
    assert visit("kabid").get("/agenda?unit=x").status_code == 404


def test_a_personal_entry_is_added_changed_and_removed(visit: Visitor, app: Flask) -> None:
    client = visit("staf")
    answer = send(client, "/agenda/new", "entry", **MEETING)
    assert answer.location == "/agenda?view=day&on=2026-11-24"
    (found,) = rows(app, sa.select(entry).where(entry.c.title == "Rapat keluarga"))
    assert found.starts_at == datetime(2026, 11, 24, 9, tzinfo=WITA)
    assert "09.00–10.30" in text(client.get(answer.location))
    page = f"/agenda/{found.id}/edit"
    send(client, page, "entry", **{**MEETING, "title": "Rapat sekolah", "all_day": "1"})
    (changed,) = rows(app, sa.select(entry).where(entry.c.id == found.id))
    assert (changed.title, changed.all_day, changed.version) == ("Rapat sekolah", True, 2)
    assert changed.ends_at - changed.starts_at == timedelta(days=1)
    send(client, page, "", f"/agenda/{found.id}/remove")
    assert not rows(app, sa.select(entry).where(entry.c.id == found.id))


def test_an_entry_changed_elsewhere_is_not_overwritten(visit: Visitor, app: Flask) -> None:
    client = visit("staf")
    send(client, "/agenda/new", "entry", **MEETING)
    (own,) = rows(app, sa.select(entry.c.id).where(entry.c.title == "Rapat keluarga"))
    answer = send(client, f"/agenda/{own.id}/edit", "entry", **MEETING, version="7")
    assert answer.status_code == 409


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("title", " ", "wajib diisi"),
        ("starts_at", "besok", "Waktu tidak dikenal"),
        ("starts_at", "9999-12-31T23:00", "Tahun antara"),
        ("ends_at", "2026-11-24T09:00", "sesudah waktu mulai"),
        ("ends_at", "", "Wajib diisi"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(visit: Visitor, app: Flask, field: str, value: str, sentence: str) -> None:
    answer = send(visit("staf"), "/agenda/new", "entry", **{**MEETING, field: value})
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert not rows(app, sa.select(entry).where(entry.c.kind == "core.personal"))


def test_a_clash_is_told_not_refused(visit: Visitor) -> None:
    client = visit("kabid")
    answer = send(client, "/agenda/new", "entry", **MEETING)
    assert "Bentrok dengan Perjalanan dinas ke Krayan" in text(client.get(answer.location))


def test_nobody_changes_what_a_module_put_or_what_is_anothers(visit: Visitor, app: Flask) -> None:
    (trip,) = rows(app, sa.select(entry.c.id).where(entry.c.kind == "travel.trip"))
    send(visit("staf"), "/agenda/new", "entry", **MEETING)
    (own,) = rows(app, sa.select(entry.c.id).where(entry.c.kind == "core.personal"))
    for found in (trip, own):
        assert visit("kabid").get(f"/agenda/{found.id}/edit").status_code == 404


def address_of(client) -> str:
    page = text(client.get("/agenda/feed"))
    return page.partition("/agenda/feed/")[2].partition(".ics")[0]


def test_the_feed_gives_the_agenda_to_a_phone(visit: Visitor, app: Flask, house: House) -> None:
    import icalendar

    client, phone = visit("kabid"), app.test_client()
    with app.app_context(), commanded():
        day = whole_days(agenda_today(), agenda_today())
        agenda.put(
            Entry(house.people["kabid"].id, "Periksa kesehatan", kind="core.x", hidden=True, place="RSUD", **day)
        )
        agenda.put(Entry(house.people["kabid"].id, "Rapat", kind="core.x", **(day | {"all_day": False})))
    send(client, "/agenda/feed", "renew")
    url = f"/agenda/feed/{address_of(client)}.ics"
    answer = phone.get(url)
    assert answer.mimetype == "text/calendar"
    made = icalendar.Calendar.from_ical(answer.data)
    assert {str(one["tzid"]) for one in made.walk("vtimezone")} == {"Asia/Makassar"}
    titles = [str(one["summary"]) for one in made.walk("vevent")]
    assert "Sibuk" in titles
    assert b"kesehatan" not in answer.data
    assert b"RSUD" not in answer.data
    assert b"DTSTART;TZID=Asia/Makassar:" in answer.data
    assert phone.get(url, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def agenda_today() -> date:
    from superapp.kernel import clock

    return clock.today()


def test_an_address_ends_when_it_is_renewed_or_removed(visit: Visitor, app: Flask) -> None:
    client, phone = visit("kabid"), app.test_client()
    send(client, "/agenda/feed", "renew")
    first = address_of(client)
    assert len(first) == 64
    (stored,) = rows(app, sa.select(feed.c.token_hash))
    assert stored.token_hash != first
    send(client, "/agenda/feed", "renew")
    second = address_of(client)
    assert phone.get(f"/agenda/feed/{first}.ics").status_code == 404
    assert phone.get(f"/agenda/feed/{second}.ics").status_code == 200
    send(client, "/agenda/feed", "end")
    assert phone.get(f"/agenda/feed/{second}.ics").status_code == 404


def test_guessing_addresses_is_slowed_down(app: Flask) -> None:
    phone = app.test_client()
    answers = [phone.get(f"/agenda/feed/{number:064x}.ics").status_code for number in range(70)]
    assert answers[0] == 404
    assert answers[-1] == 429


def test_the_home_page_loads_what_is_on_today(visit: Visitor, app: Flask, house: House) -> None:
    client, part = visit("kasi"), {"HX-Request": "true"}
    assert 'hx-get="/agenda/today"' in text(client.get("/"))
    assert "Tidak ada agenda hari ini" in text(client.get("/agenda/today", headers=part))
    with app.app_context(), commanded():
        day = whole_days(agenda_today(), agenda_today())
        agenda.put(Entry(house.people["kasi"].id, "Rapat pagi", kind="core.x", **day))
    answer = text(client.get("/agenda/today", headers=part))
    assert "Rapat pagi" in answer
    assert "<html" not in answer
    assert client.get("/agenda/today").location == "/agenda?view=day"
