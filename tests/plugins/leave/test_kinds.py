"""What each kind of leave asks for besides days, and who may know which kind it is."""

from __future__ import annotations

import io
from datetime import date

import pytest
import sqlalchemy as sa

from superapp.extensions import db
from superapp.kernel import clock
from superapp.kernel.errors import AppError, Invalid, Refused
from superapp.shared.tables.work import task
from superapp.shared.workflow.authority import delegate
from tests.plugins.catalogue.conftest import opened, titles
from tests.plugins.leave.conftest import HOME, Office, identity, model
from tests.support import builders

LONG = {"kind": "CS", "first_day": "2026-08-03", "last_day": "2026-08-17"}
UNPAID = {"kind": "CLTN", "first_day": "2026-09-01", "last_day": "2027-08-31"}


def refusal(office: Office, role: str, decision: str, **more: object) -> AppError:
    """Return what a decision is refused with."""
    with pytest.raises(AppError) as found:
        office.decides(role, decision, **more)
    return found.value


def test_more_than_fourteen_days_of_illness_need_a_note(office: Office) -> None:
    answer = office.asks(**LONG)
    assert answer.status_code == 422
    assert "lebih dari 14 hari memerlukan surat dokter pemerintah" in answer.text
    assert office.asks(**LONG, attachment=(io.BytesIO(b"%PDF-1.7\n%%EOF\n"), "surat.pdf")).status_code == 303
    assert office.asks("kabid", **(LONG | {"last_day": "2026-08-16"})).status_code == 303


def test_a_fourth_child_takes_long_leave(office: Office) -> None:
    with office.app.app_context(), builders.stored():
        staff = office.house.people["staf"]
        for year in (2019, 2021, 2023):
            row = {"person_id": staff.id, "person_name": "Sari Dewi", "kind": "CM", "first_day": date(year, 1, 1),
                   "last_day": date(year, 3, 1), "days": 60, "reason": "-", "address": "-", "phone": "-",
                   "state": "approved"}  # fmt: skip
            db.session.add(model("LeaveRequest")(**row, unit_id=staff.unit_id, opd_id=office.house.units["kominfo"]))
    answer = office.asks(kind="CM", last_day="2026-10-30")
    assert answer.status_code == 422
    assert "sudah dipakai 3 kali" in answer.text


@pytest.mark.parametrize(
    ("days", "field"),
    [
        ({"first_day": "2026-08-19", "last_day": "2026-08-20"}, "first_day"),  # another leave is there
        ({"first_day": "2026-08-03", "last_day": "2026-08-31"}, "last_day"),  # beyond the balance, or the other leave
        ({"first_day": "2026-06-01", "last_day": "2026-06-02"}, "first_day"),
        ({"first_day": "2026-08-06", "last_day": "2026-08-05"}, "last_day"),
        ({"first_day": "2026-12-30", "last_day": "2027-01-04"}, "last_day"),
    ],
)
def test_days_that_the_authority_changes_are_checked_as_a_request_is(
    office: Office, days: dict[str, str], field: str
) -> None:
    office.asks()
    office.decides("kasi")
    with office.app.app_context(), builders.stored():
        staff = office.house.people["staf"]
        row = {"person_id": staff.id, "person_name": "Sari Dewi", "kind": "CAP", "first_day": date(2026, 8, 20),
               "last_day": date(2026, 8, 21), "days": 2, "reason": "-", "address": "-", "phone": "-",
               "state": "withdrawn" if days["last_day"] == "2026-08-31" else "approved"}  # fmt: skip
        db.session.add(model("LeaveRequest")(**row, unit_id=staff.unit_id, opd_id=office.house.units["kominfo"]))
    fault = refusal(office, "kadis", "change", note="Digeser", values=days)
    assert isinstance(fault, Invalid)
    assert list(fault.errors) == [field]
    assert office.left() == [0, 0, 7]


def test_other_days_stay_within_the_months_of_the_kind(office: Office) -> None:
    office.asks(kind="CAP", first_day="2026-08-03", last_day="2026-08-20")
    office.decides("kasi")
    fault = refusal(office, "kadis", "change", note="x", values={"first_day": "2026-08-03", "last_day": "2026-09-03"})
    assert "paling lama 1 bulan" in str(fault)


def test_unpaid_leave_is_decided_by_the_regent_himself(office: Office) -> None:
    own = identity(office.asks(**UNPAID))
    office.decides("kasi")
    with office.doing("bupati"):
        day = clock.today()
        delegate(office.house.people["bupati"].position_id, office.house.people["sekda"].id, starts_on=day, ends_on=day)
    said = {"values": {"approval": "BKN 12/2026"}}
    assert isinstance(refusal(office, "sekda", "approve", **said), Refused)
    assert isinstance(refusal(office, "sekda", "refuse", note="Tidak"), Refused)
    assert office.rows("LeaveRequest", "state") == [("reviewed",)]
    assert isinstance(refusal(office, "bupati", "approve"), Invalid)
    office.decides("bupati", "approve", **said)
    assert office.rows("LeaveRequest", "state") == [("approved",)]
    assert "Surat izin cuti Sari Dewi" in opened(office.browser("staf"), f"{HOME}{own}")


def test_why_somebody_is_away_is_not_told_to_the_office(office: Office) -> None:
    own = identity(office.asks(kind="CS"))
    office.decides("kasi")
    with office.app.app_context():
        builders.grant(
            office.house.person("tu"), "leave.view", office.house.unit("kominfo"), starts_on=date(2026, 1, 1)
        )
        said = set(db.session.scalars(sa.select(task.c.title)))
    assert said == {"Cuti: Sari Dewi, 3–7 Agustus 2026"}
    stranger, herself, decider = (office.browser(role) for role in ("tu", "staf", "kadis"))
    for page in (opened(stranger, HOME), opened(stranger, f"{HOME}{own}"), opened(stranger, f"{HOME}calendar")):
        assert "Cuti Sakit" not in page.replace('<option value="CS">Cuti Sakit', "")
    assert titles(opened(stranger, HOME)) == ["Sari Dewi"]
    assert titles(opened(stranger, HOME, kind="CS")) == []
    assert titles(opened(herself, HOME, kind="CS")) == ["Sari Dewi"]
    assert "Cuti Sakit: Sari Dewi" in opened(herself, f"{HOME}{own}")
    assert "Cuti Sakit: Sari Dewi" in opened(decider, f"{HOME}{own}")


def test_who_may_read_medical_notes_knows_the_kind(office: Office) -> None:
    office.asks(kind="CS")
    with office.app.app_context():
        for right in ("view", "medical"):
            builders.grant(
                office.house.person("tu"), f"leave.{right}", office.house.unit("kominfo"), starts_on=date(2026, 1, 1)
            )
    assert titles(opened(office.browser("tu"), HOME, kind="CS")) == ["Sari Dewi"]


def test_the_letter_of_an_illness_does_not_name_it_to_others(office: Office) -> None:
    own = identity(office.asks(kind="CS"))
    office.agree()
    assert "Surat izin cuti Sari Dewi" in opened(office.browser("staf"), f"{HOME}{own}")
    with office.app.app_context():
        builders.grant(
            office.house.person("tu"), "leave.view", office.house.unit("kominfo"), starts_on=date(2026, 1, 1)
        )
    page = opened(office.browser("tu"), f"{HOME}{own}")
    assert "800.1.11.2" not in page
    assert "Surat izin" not in page
