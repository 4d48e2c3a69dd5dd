"""Ten thousand people and a hundred thousand requests: lists by index, few statements, a year closed in steps."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from statistics import median
from time import perf_counter
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from superapp.extensions import db
from superapp.kernel import clock, ids
from superapp.kernel.database import run
from superapp.organization.models import Appointment, Person
from tests.organization.acting import counted, done
from tests.plugins.catalogue.conftest import opened
from tests.plugins.leave.conftest import HOME, Office, model
from tests.plugins.leave.test_closing import close
from tests.support import builders

pytestmark = pytest.mark.slow
PEOPLE, REQUESTS = 10_000, 100_000
OFFICES, SECTIONS = 30, 9
STATES = ("approved",) * 7 + ("changed", "rejected", "submitted")
KINDS = ("CT",) * 6 + ("CS",) * 3 + ("CAP",)
LISTS = {
    "all": {},
    "a state": {"state": "submitted"},
    "a kind": {"kind": "CT"},
    "a hidden kind": {"kind": "CS"},
    "a year": {"year": "2024"},
    "a name": {"q": "pegawai 00"},
}


@pytest.fixture
def regency(office: Office) -> Office:
    """Return the office in a regency of thirty offices; kadis reads his office, bupati all of it."""
    with office.app.app_context():
        for role, where in (("kadis", "kominfo"), ("bupati", "kabupaten")):
            for right in ("view", "report"):
                builders.grant(
                    office.house.person(role), f"leave.{right}", office.house.unit(where), starts_on=date(2026, 1, 1)
                )
        root = office.house.unit("kabupaten")
        with builders.stored():
            heads = [builders.unit(f"Dinas {number:02}", root) for number in range(OFFICES)]
            sections = [
                (one.id, one.opd_id)
                for head in heads
                for one in (builders.unit(f"Seksi {n}", head) for n in range(SECTIONS))
            ]
        kominfo = (office.house.units["seksi"], office.house.units["kominfo"])
        _store(office, [*sections, kominfo])
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")
    return office


def _store(office: Office, places: list[tuple[UUID, UUID]]) -> None:
    """Write people with a post each, their rights of last year, and ten requests each."""
    moment, post = clock.now(), office.house.people["staf"].position_id
    made = {"version": 1, "created_at": moment}
    for start in range(0, PEOPLE, 500):
        numbers = range(start, start + 500)
        people = [{"id": ids.uuid7(), **made, "nip": f"19800101200001{number:04}"[:18], "name": f"Pegawai {number:05}",
                   "sort_name": f"pegawai {number:05}", "employment": "pns", "active": True} for number in numbers]  # fmt: skip
        held = [{"id": ids.uuid7(), **made, "person_id": one["id"], "position_id": post, "kind": "plh",
                 "starts_on": date(2020, 1, 1)} for one in people]  # fmt: skip
        rights = [{"id": ids.uuid7(), **made, "person_id": one["id"], "year": 2026, "booked_in": 2026, "kind": "entitlement",
                   "days": 12, "words": "uji", "key": f"uji:{one['id'].hex}"} for one in people]  # fmt: skip
        asked = [_request(one, places[(start + turn) % len(places)], turn, number, made)
                 for turn, one in enumerate(people) for number in range(REQUESTS // PEOPLE)]  # fmt: skip
        with done():
            run(sa.insert(Person.__table__), people)
            run(sa.insert(Appointment.__table__), held)
            run(sa.insert(model("LedgerEntry").__table__), rights)
            run(sa.insert(model("LeaveRequest").__table__), asked)


def _request(
    one: dict[str, Any], place: tuple[UUID, UUID], turn: int, number: int, made: dict[str, Any]
) -> dict[str, Any]:
    first = date(2023, 1, 1) + timedelta(days=(turn * 37 + number * 131) % 1400)
    return {
        "id": ids.uuid7(), **made, "unit_id": place[0], "opd_id": place[1], "person_id": one["id"],
        "person_name": one["name"], "kind": KINDS[(turn + number) % 10], "first_day": first,
        "last_day": first + timedelta(days=2), "travel_days": 0, "days": 3, "reason": "-", "address": "-", "phone": "-",
        "state": STATES[(turn * 3 + number) % 10],
    }  # fmt: skip


def timed(read: Callable[[], str], most: int) -> float:
    """Return the milliseconds of a page, the median of nine, which sends at most so many statements."""
    read()
    with counted() as sent:
        read()
    assert len(sent) <= most, sent
    times = []
    for _round in range(9):
        begun = perf_counter()
        read()
        times.append((perf_counter() - begun) * 1000)
    return median(times)


def read(office: Office, role: str, path: str = "", **query: str) -> Callable[[], str]:
    browser = office.browser(role)
    return lambda: opened(browser, f"{HOME}{path}", **query)


def test_pages_stay_fast_and_the_year_closes(regency: Office) -> None:
    slow, said = {}, []
    assert all("Pegawai 0" in read(regency, "bupati", path)() for path in ("", "calendar"))
    with regency.app.app_context():
        for role in ("kadis", "bupati"):
            empty = timed(read(regency, role, year="2040"), 12)
            for name, query in LISTS.items():
                spent = timed(read(regency, role, **query), 13)
                said.append(f"{role:7} {name:14} {spent:6.1f} ms (an empty list {empty:.1f})")
                if spent > empty + 40:
                    slow[role, name] = spent
            for path, most in (("calendar", 150), ("report", 400)):
                spent = timed(read(regency, role, path), 13)
                said.append(f"{role:7} {path:14} {spent:6.1f} ms")
                if spent > most:
                    slow[role, path] = spent
    regency.later(timedelta(days=190))
    begun = perf_counter()
    close(regency)
    said.append(f"a year closed for {PEOPLE} people in {perf_counter() - begun:.1f} s")
    print("\n".join(said))
    assert slow == {}
    with regency.app.app_context():
        ledger = model("LedgerEntry").__table__.c
        counts = sa.select(ledger.kind, sa.func.count()).group_by(ledger.kind)
        kinds = {row[0]: row[1] for row in db.session.execute(counts)}
    assert kinds["close"] >= PEOPLE
    assert kinds["lapse"] == PEOPLE


@pytest.mark.parametrize("role", ["kadis", "bupati"])
def test_the_list_reads_an_index_in_its_order(regency: Office, role: str) -> None:
    sent: list[tuple[str, Any]] = []

    def keep(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        sent.append((statement, parameters))

    with regency.app.app_context():
        look = read(regency, role)
        sa.event.listen(db.engine, "before_cursor_execute", keep)
        try:
            look()
        finally:
            sa.event.remove(db.engine, "before_cursor_execute", keep)
        statement, parameters = next(
            one for one in sent if re.search(r"FROM leave_leave_request|leave_leave_request AS", one[0])
        )
        word = "EXPLAIN QUERY PLAN" if db.engine.dialect.name == "sqlite" else "EXPLAIN"
        with db.engine.connect() as connection:
            plan = "\n".join(str(row) for row in connection.exec_driver_sql(f"{word} {statement}", parameters))
    assert "ix_leave_leave_request" in plan, plan
    assert not re.search(r"Seq Scan on leave_leave_request|SCAN leave_leave_request(?! USING)", plan), plan
