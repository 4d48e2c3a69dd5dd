"""Ten thousand people with fifty entries each: a month stays as fast as with few."""

from __future__ import annotations

from datetime import date, timedelta
from statistics import median
from time import perf_counter

import pytest
import sqlalchemy as sa
from flask import Flask

from superapp.kernel import clock, ids
from superapp.kernel.database import run
from superapp.organization.models import Person
from superapp.shared import agenda
from superapp.shared.agenda.entries import midnight
from superapp.shared.tables import entry
from tests.organization.acting import counted, done
from tests.support.builders import House

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("context")]
PEOPLE, EACH = 10_000, 50
FIRST = date(2026, 11, 1)


def people() -> list[object]:
    rows = [
        {"id": ids.uuid7(), "version": 1, "created_at": clock.now(), "staff_number": f"S{number}", "name": "Uji",
         "sort_name": "uji", "employment": "non_asn", "active": True}
        for number in range(PEOPLE)
    ]  # fmt: skip
    with done():
        run(sa.insert(Person.__table__), rows)
    return [row["id"] for row in rows]


def fill(owners: list[object]) -> None:
    moment = clock.now()
    for start in range(0, len(owners), 500):
        rows = [
            {"id": ids.uuid7(), "person_id": owner, "title": "Rapat", "kind": "core.x", "created_at": moment,
             "starts_at": midnight(FIRST + timedelta(days=7 * number)) + timedelta(hours=9),
             "ends_at": midnight(FIRST + timedelta(days=7 * number)) + timedelta(hours=10)}
            for owner in owners[start : start + 500]
            for number in range(EACH)
        ]  # fmt: skip
        with done():
            run(sa.insert(entry), rows)


def taken(owner: object) -> float:
    times = []
    for _round in range(15):
        begun = perf_counter()
        rows = agenda.of_person(owner, midnight(FIRST), midnight(FIRST + timedelta(days=42)))  # type: ignore[arg-type]
        times.append(perf_counter() - begun)
        assert len(rows) == 6
    return median(times)


def test_a_month_costs_the_same_among_half_a_million_entries(context: Flask, house: House) -> None:
    fill([house.people["staf"].id])
    alone = taken(house.people["staf"].id)
    fill(people())
    with counted() as sent:
        among_many = taken(house.people["staf"].id)
    assert len(sent) == 15
    assert among_many < 3 * alone + 0.002, f"{alone * 1000:.2f} ms alone, {among_many * 1000:.2f} ms among many"
    print(f"{alone * 1000:.2f} ms alone, {among_many * 1000:.2f} ms among many")
