"""Opening balances from a table: a trial tells every fault, a repeat changes nothing, used rights stay."""

from __future__ import annotations

import pytest

from superapp.extensions import db
from tests.plugins.leave.conftest import Office
from tests.shared.importing import applied, faults, plan, remarks, undone

KIND = "leave_balances"


def csv(office: Office, *lines: str) -> bytes:
    """Return a file; `staf` and the like in a line stand for the NIP."""
    text = "NIP;NAMA;TAHUN;N-2;N-1;N\n" + "\n".join(lines) + "\n"
    for role, member in office.house.people.items():
        text = text.replace(f"<{role}>", str(member.nip))
    return text.encode()


def test_a_trial_names_every_fault_and_stores_nothing(office: Office) -> None:
    with office.app.app_context():
        planned = plan(KIND, csv(office, "<staf>;;2026;7;13;x", "199912312020121999;;2026;;6;12", ";;2026;;6;12", "<kabid>;;26;;6;12", "<kasi>;;2026;;;", "<tu>;;2026;;9;12"))  # fmt: skip
        found = {(number, column) for number, column, _reason in faults(planned)}
        assert found == {(2, "N-2"), (2, "N-1"), (2, "N"), (3, "NIP"), (4, "NIP"), (5, "TAHUN"), (6, "N")}
        assert [number for number, _column, _reason in remarks(planned)] == [7]
    assert office.rows("LedgerEntry", "id") == []


def test_balances_are_opened_and_a_repeat_changes_nothing(office: Office) -> None:
    content = csv(office, "<staf>;;2026;6;6;12", "<kabid>;;2026;;9;4", ";Yosef Dagang;2026;;0;12")
    with office.app.app_context():
        applied(office.app, KIND, content)
        assert office.left() == [6, 6, 12]
        assert office.left("kabid") == [0, 6, 4]
        assert office.left("kasi") == [0, 0, 12]
        before = office.rows("LedgerEntry", "id")
        assert plan(KIND, content).counts["same"] == 3
        applied(office.app, KIND, content)
    assert office.rows("LedgerEntry", "id") == before


def test_a_corrected_file_books_the_difference(office: Office) -> None:
    with office.app.app_context():
        applied(office.app, KIND, csv(office, "<staf>;;2026;;6;12"))
        applied(office.app, KIND, csv(office, "<staf>;;2026;;4;12"))
    assert [row.days for row in office.rows("LedgerEntry", "days")] == [6, 12, -2]
    assert office.left() == [0, 4, 12]


def test_a_right_that_was_used_here_is_not_opened_again(office: Office) -> None:
    office.asks()
    with office.app.app_context():
        db.session.rollback()
        (fault,) = faults(plan(KIND, csv(office, "<staf>;;2026;;6;8")))
        assert "sudah dipakai 5 hari" in fault[2]
        applied(office.app, KIND, csv(office, "<staf>;;2026;;6;"))
    assert office.left() == [0, 6, 7]


@pytest.mark.parametrize("used", [False, True])
def test_undo_strikes_out_what_nobody_built_upon(office: Office, used: bool) -> None:
    with office.app.app_context():
        found = applied(office.app, KIND, csv(office, "<staf>;;2026;;6;12"))
    if used:
        office.asks()
    with office.app.app_context():
        db.session.rollback()
        undone(office.app, found)
    assert office.left() == ([0, 1, 12] if used else [0, 0, 12])
    assert bool(office.rows("LedgerEntry", "id")) == used
