"""Importing the holidays of a year from the joint decree: dry run, faults by row, again without a change, and back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from superapp.kernel.database import run
from superapp.shared import agenda, reference
from superapp.shared.tables.reference import holiday
from tests.organization.acting import done
from tests.shared.importing import applied, faults, plan, undone
from tests.shared.tables_of import as_csv

pytestmark = pytest.mark.usefixtures("context")
HEAD = ["TANGGAL", "JENIS", "NAMA", "SUMBER"]
DECREE = as_csv(
    [
        HEAD,
        ["01-01-2028", "Libur nasional", "Tahun Baru 2028 Masehi", "SKB 2027"],
        ["28/01/2028", "cuti bersama", "Cuti bersama Imlek", "SKB 2027"],
        ["2028-10-12", "Libur daerah", "Hari jadi Nunukan", "Perbup"],
    ]
)


def days(year: int = 2028) -> dict[date, str]:
    return {one.day: f"{one.kind} {one.name}" for one in reference.holidays(year)}


def test_a_decree_is_imported_once_and_counts_at_once(app: Flask) -> None:
    monday = date(2028, 1, 24)
    assert agenda.working_days(monday, monday + timedelta(days=6)) == 5
    assert plan("holidays", DECREE).counts["add"] == 3
    assert days() == {}, "a dry run stores nothing"
    assert applied(app, "holidays", DECREE).counts["applied"] == 3
    assert days()[date(2028, 1, 28)] == "cuti Cuti bersama Imlek"
    assert agenda.working_days(monday, monday + timedelta(days=6)) == 4
    again = plan("holidays", DECREE).counts
    assert (again["same"], again["add"] + again["change"] + again["end"]) == (3, 0)


def test_a_changed_decree_corrects_and_removes_what_it_names_and_is_taken_back(app: Flask) -> None:
    applied(app, "holidays", DECREE)
    before = days()
    changed = as_csv(
        [
            HEAD,
            ["01-01-2028", "", "Tahun Baru Masehi", ""],
            ["27-01-2028", "cuti", "Cuti bersama Imlek", "SKB perubahan"],
        ]
    )
    found = applied(app, "holidays", changed)
    assert (found.counts["add"], found.counts["change"], found.counts["end"]) == (1, 1, 1)
    assert days() == {
        date(2028, 1, 1): "libur Tahun Baru Masehi",
        date(2028, 1, 27): "cuti Cuti bersama Imlek",
        date(2028, 10, 12): "lokal Hari jadi Nunukan",
    }, "the regency's own days are not what this file is about"
    assert reference.holidays(2028)[0].source == "SKB 2027"
    undone(app, found)
    assert days() == before


def test_rows_that_cannot_be_meant_are_named(app: Flask) -> None:
    content = as_csv(
        [HEAD, ["32-01-2028", "libur", "A", ""], ["", "libur", "B", ""], ["01-02-2028", "minggu", "C", ""],
         ["02-02-2028", "libur", "", ""], ["03-02-2028", "libur", "D", ""], ["03-02-2028", "libur", "E", ""],
         ["01-01-1028", "libur", "F", ""]]
    )  # fmt: skip
    found = {(number, column) for number, column, _reason in faults(plan("holidays", content))}
    assert found == {(2, "TANGGAL"), (3, "TANGGAL"), (4, "JENIS"), (5, "NAMA"), (7, "TANGGAL"), (8, "TANGGAL")}


def test_an_estimate_becomes_certain_and_what_was_removed_does_not_come_back(app: Flask) -> None:
    with done():
        reference.fill()
    estimated = [one for one in reference.holidays(2027) if one.uncertain]
    assert estimated
    rows = [[one.day.isoformat(), "libur", one.name, "SKB 2026"] for one in estimated[1:]]
    applied(app, "holidays", as_csv([HEAD, *rows]), ends="yes")
    with done():
        reference.fill()
    assert {one.day for one in reference.holidays(2027)} == {one.day for one in estimated[1:]}
    assert not any(one.uncertain for one in reference.holidays(2027))
    with done():
        run(sa.delete(holiday))
        reference.fill()
    assert len(days(2026)) > 20
