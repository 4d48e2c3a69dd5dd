"""Asking for leave: what is taken, what is refused, and how it goes through both decisions."""

from __future__ import annotations

import io
from datetime import date, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from superapp.extensions import db
from superapp.kernel.tables import audit_values
from superapp.organization import holders
from superapp.organization.models import Appointment
from superapp.shared.files import File
from tests.navigation.conftest import post
from tests.plugins.catalogue.conftest import fill, hidden_for, opened
from tests.plugins.leave.conftest import HOME, Office, identity
from tests.support import builders


def test_asking_takes_the_working_days_and_shows_the_path(office: Office) -> None:
    answer = office.asks(last_day="2026-08-10")
    assert answer.status_code == 303
    assert office.rows("LeaveRequest", "days", "state") == [(6, "submitted")]
    assert office.left() == [0, 0, 6]
    page = opened(office.browser("staf"), answer.headers["Location"])
    assert "Pertimbangan atasan langsung" in page
    assert "6 hari kerja" in page


def test_holidays_and_the_six_day_week_count(office: Office) -> None:
    assert office.asks(first_day="2026-08-14", last_day="2026-08-18").status_code == 303  # 17 August is free
    with office.app.app_context(), builders.stored():
        db.session.get_one(builders.Unit, office.house.units["dinkes"]).week = "six"
    assert office.asks("dokter", first_day="2026-08-08", last_day="2026-08-10").status_code == 303
    assert [row.days for row in office.rows("LeaveRequest", "days")] == [2, 2]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"first_day": "2026-08-07", "last_day": "2026-08-03"}, "Tanggal akhir tidak boleh sebelum tanggal mulai."),
        ({"first_day": "2026-06-01", "last_day": "2026-06-02"}, "Tanggal mulai sudah lewat."),
        ({"first_day": "2026-08-08", "last_day": "2026-08-09"}, "Tidak ada hari kerja di antara tanggal ini."),
        ({"first_day": "kapan-kapan"}, "Isi tanggalnya."),
        ({"first_day": "2026-12-28", "last_day": "2027-01-05"}, "Ajukan terpisah untuk tiap tahun"),
        ({"last_day": "2026-08-31"}, "Sisa cuti tahunan 12 hari kerja."),
        ({"travel_days": "13", "last_day": "2026-08-31"}, "Isi angka 0 sampai 12."),
        ({"kind": "CBER"}, "Pilih salah satu dari daftar."),
        ({"kind": "CM", "last_day": "2026-12-01"}, "Cuti Melahirkan paling lama 3 bulan."),
        ({"deputy_id": "0190a0a0-0000-7000-8000-000000000000"}, "Pilih salah satu dari daftar."),
        ({"reason": ""}, "Alasan"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_stored(
    office: Office, values: dict[str, str], sentence: str
) -> None:
    answer = office.asks(**values)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert office.rows("LeaveRequest", "id") == []
    assert office.rows("LedgerEntry", "id") == []


def test_days_taken_already_are_refused(office: Office) -> None:
    office.asks()
    again = office.asks(kind="CAP", first_day="2026-08-07", last_day="2026-08-12")
    assert again.status_code == 422
    assert "Sudah ada cuti lain pada" in again.text


def test_a_form_sent_twice_asks_once(office: Office) -> None:
    browser = office.browser("staf")
    values = {**hidden_for(opened(browser, f"{HOME}new"), f"{HOME}new"), "kind": "CT", "first_day": "2026-08-03",
              "last_day": "2026-08-04", "reason": "A", "address": "B", "phone": "0812"}  # fmt: skip
    assert (
        post(browser, f"{HOME}new", values).headers["Location"]
        == post(browser, f"{HOME}new", values).headers["Location"]
    )
    assert office.left() == [0, 0, 10]


def test_both_agree_and_the_letter_has_its_number(office: Office) -> None:
    own = identity(office.asks())
    office.agree()
    assert office.rows("LeaveRequest", "state") == [("approved",)]
    page = opened(office.browser("staf"), f"{HOME}{own}")
    assert "Surat izin cuti tahunan Sari Dewi" in page
    assert "800.1.11.4" in page


def test_the_supervisor_advises_and_the_authority_ends(office: Office) -> None:
    office.asks()
    office.decides("kasi", "refuse", note="Ramai")
    assert office.rows("LeaveRequest", "state") == [("reviewed",)]
    office.decides("kadis", "defer", note="Tahun depan")
    assert office.rows("LeaveRequest", "state") == [("deferred",)]
    assert office.left() == [0, 0, 12]


def test_the_authority_changes_the_days(office: Office) -> None:
    office.asks()
    office.decides("kasi")
    office.decides("kadis", "change", note="Digeser", values={"first_day": "2026-08-05", "last_day": "2026-08-06"})
    assert office.rows("LeaveRequest", "state", "first_day", "days") == [("changed", date(2026, 8, 5), 2)]
    assert office.left() == [0, 0, 10]


def test_days_come_back_when_a_request_is_withdrawn(office: Office) -> None:
    own = identity(office.asks())
    assert fill(office.browser("staf"), f"{HOME}{own}/withdraw", page=f"{HOME}{own}").status_code == 303
    assert office.rows("LeaveRequest", "state") == [("withdrawn",)]
    assert office.left() == [0, 0, 12]


def test_an_approved_leave_is_cancelled_or_ended_early(office: Office) -> None:
    own = identity(office.asks())
    office.agree()
    office.later(timedelta(days=34))
    office.browsers.clear()
    assert (
        fill(office.browser("staf"), f"{HOME}{own}/return", page=f"{HOME}{own}", last_day="2026-08-04").status_code
        == 303
    )
    assert office.rows("LeaveRequest", "last_day", "days") == [(date(2026, 8, 4), 2)]
    assert office.left() == [0, 0, 10]


def test_a_cancelled_leave_gives_all_back(office: Office) -> None:
    own = identity(office.asks())
    office.agree()
    assert fill(office.browser("staf"), f"{HOME}{own}/cancel", page=f"{HOME}{own}").status_code == 303
    assert office.rows("LeaveRequest", "state") == [("cancelled",)]
    assert office.left() == [0, 0, 12]


def test_the_deputy_of_a_head_is_plh_for_the_days_alone(office: Office) -> None:
    office.asks("kabid", deputy_id=str(office.house.people["kasi"].id))
    office.decides("kadis")
    post_id = office.house.people["kabid"].position_id
    with office.app.app_context():
        who = [holders.holder(post_id, day).name for day in (date(2026, 8, 2), date(2026, 8, 3), date(2026, 8, 8))]  # type: ignore[union-attr]
        kinds = db.session.scalars(sa.select(Appointment.kind).where(Appointment.position_id == post_id)).all()
    assert who == ["Maria Lende", "Yosef Dagang", "Maria Lende"]
    assert sorted(kinds) == ["definitive", "plh"]


def test_strangers_see_nothing(office: Office) -> None:
    own = identity(office.asks())
    for way in ("", "/withdraw", "/cancel", "/return"):
        client = office.browser("dokter")
        answer = client.get(f"{HOME}{own}") if not way else fill(client, f"{HOME}{own}{way}", page=f"{HOME}new")
        assert answer.status_code == 404, way
    assert "Sari Dewi" not in opened(office.browser("dokter"), HOME)


def test_the_reason_of_sick_leave_is_read_by_few(office: Office) -> None:
    own = identity(office.asks(kind="CS", reason="Demam berdarah"))
    assert "Demam berdarah" in opened(office.browser("staf"), f"{HOME}{own}")
    assert "Demam berdarah" not in opened(office.browser("kasi"), f"{HOME}{own}")
    with office.app.app_context():
        builders.grant(
            office.house.person("kadis"), "leave.medical", office.house.unit("kominfo"), starts_on=date(2026, 1, 1)
        )
    assert "Demam berdarah" in opened(office.browser("kadis"), f"{HOME}{own}")


def _file(office: Office, who: str, own: UUID) -> int:
    """Ask for what was handed in with a request, by its address, whoever shows it."""
    with office.app.app_context():
        file_id = db.session.scalars(
            sa.select(File.id).where(File.record_id == own, File.name.in_(["surat.pdf", "undangan.pdf"]))
        ).one()
    with office.browser(who).get(f"/files/{file_id}") as answer:
        return answer.status_code


def test_a_medical_note_is_opened_by_few(office: Office) -> None:
    own = identity(office.asks(kind="CS", attachment=(io.BytesIO(b"%PDF-1.7\n%%EOF\n"), "surat.pdf")))
    assert [_file(office, who, own) for who in ("staf", "kasi", "dokter", "kadis")] == [200, 404, 404, 404]
    with office.app.app_context():
        builders.grant(
            office.house.person("kadis"), "leave.medical", office.house.unit("kominfo"), starts_on=date(2026, 1, 1)
        )
    assert _file(office, "kadis", own) == 200


def test_the_papers_of_a_kind_that_is_not_open_are_read_by_whom_it_waits_for(office: Office) -> None:
    own = identity(office.asks(kind="CAP", attachment=(io.BytesIO(b"%PDF-1.7\n%%EOF\n"), "undangan.pdf")))
    assert [_file(office, who, own) for who in ("staf", "kasi", "dokter")] == [200, 200, 404]
    office.agree()
    assert [_file(office, who, own) for who in ("staf", "kasi")] == [200, 404]


def test_what_an_illness_was_is_not_in_the_trail(office: Office) -> None:
    office.asks(kind="CS", reason="Demam berdarah")
    with office.app.app_context():
        kept = [str(row.values) for row in db.session.execute(sa.select(audit_values.c["values"]))]
    assert any("2026-08-03" in words for words in kept)
    assert not any("Demam" in words for words in kept)


def test_long_leave_takes_the_annual_leave_of_its_year(office: Office) -> None:
    assert office.asks(kind="CB", first_day="2026-09-01", last_day="2026-09-30").status_code == 303
    office.agree()
    refused = office.asks(first_day="2026-11-02", last_day="2026-11-03")
    assert refused.status_code == 422
    assert "gugur karena cuti besar" in refused.text
