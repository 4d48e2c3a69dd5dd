"""Leave of the past by import, the demo's files, a person's data, and what administrators are told."""

from __future__ import annotations

import csv
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from superapp.extensions import db
from superapp.shared.tables.agenda import entry
from tests.plugins.leave.conftest import Office, room
from tests.plugins.leave.test_importing import csv as with_numbers
from tests.shared.importing import applied, faults, plan, undone

DEMO = Path(__file__).parents[3] / "plugins/administration/leave/demo"
PAST = (
    "<staf>;;Cuti Sakit;2026-03-02;2026-03-04;;Demam",
    "<kasi>;;CT;29-06-2026;03-07-2026;Disetujui;Keluarga",
)


def history(office: Office, *lines: str) -> bytes:
    """Return a file of leave of the past."""
    head = b"NIP;NAMA;JENIS;MULAI;SAMPAI;STATUS;ALASAN\n"
    return head + with_numbers(office, *lines).partition(b"\n")[2]


def test_leave_of_the_past_is_imported_once_and_books_nothing(office: Office) -> None:
    with office.app.app_context():
        found = applied(office.app, "leave_history", history(office, *PAST))
        assert plan("leave_history", history(office, *PAST)).counts["same"] == 2
        rows = office.rows("LeaveRequest", "kind", "days", "state", "opd_id")
        assert [(row.kind, row.days, row.state) for row in rows] == [("CS", 3, "approved"), ("CT", 5, "approved")]
        assert {row.opd_id for row in rows} == {office.house.units["kominfo"]}
        assert db.session.scalars(sa.select(entry.c.title)).all() == ["Cuti"], "the agenda of who is away today"
        assert office.rows("LedgerEntry", "id") == []
        db.session.rollback()
        undone(office.app, found)
        assert db.session.scalars(sa.select(entry.c.title)).all() == []
    assert office.rows("LeaveRequest", "id") == []


def test_a_trial_of_the_past_names_every_fault(office: Office) -> None:
    with office.app.app_context():
        planned = plan("leave_history", history(office, "<staf>;;Cuti Panjang;2026-03-02;2026-03-01;x;", ";;CT;2026-03-02;;;", "199912312020121999;;CT;2026-03-02;2026-03-03;;"))  # fmt: skip
        found = {(number, column) for number, column, _reason in faults(planned)}
    assert found >= {(2, "JENIS"), (2, "SAMPAI"), (2, "STATUS"), (3, "NIP"), (4, "NIP")}


def test_a_request_of_the_app_is_not_overwritten(office: Office) -> None:
    office.asks()
    with office.app.app_context():
        done = applied(office.app, "leave_history", history(office, "<staf>;;CS;2026-08-03;2026-08-04;;"))
        assert done.counts["failed"] == 1
    assert office.rows("LeaveRequest", "kind") == [("CT",)]


def test_the_demo_names_each_person_and_day_once(office: Office) -> None:
    with (DEMO / "leave_history.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > 100
    assert len({(row["nama"], row["mulai"]) for row in rows}) == len(rows)
    assert all(row["mulai"].startswith("{") for row in rows)


def test_a_person_gets_and_loses_the_words_of_his_leave(office: Office) -> None:
    office.asks(reason="Ziarah", first_day="2026-07-06", last_day="2026-07-07")
    office.agree()
    personal, own = room("personal"), office.house.people["staf"].id
    with office.doing("kadis"):
        said = str(personal.data_of(own))
        assert "Ziarah" in said
        assert "Hak cuti tahunan 2026" in said
        assert personal.erase(own) == 0, "leave that is still to come keeps its address"
    office.later(timedelta(days=10))
    with office.doing("kadis"):
        assert personal.erase(own) == 1
        assert personal.erase(own) == 0
    assert office.rows("LeaveRequest", "reason", "address", "phone", "days") == [("-", "-", "-", 2)]


def test_administrators_learn_of_a_year_that_is_not_closed(office: Office) -> None:
    health = room("health")
    with office.doing("kadis"):
        assert health.report().ok
    office.book("staf", 2025, 12)
    with office.doing("kadis"):
        assert health.report().ok, "the night comes first"
    office.later(timedelta(days=3))
    with office.doing("kadis"):
        assert not health.report().ok
        assert "1 pegawai" in health.report().message
