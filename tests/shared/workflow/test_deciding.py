"""Deciding: the path is walked as declared, each step decided once, and the record bears what came of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from superapp.extensions import db
from superapp.kernel import clock
from superapp.kernel.database import run
from superapp.kernel.errors import Invalid, NotFound, Refused
from superapp.organization.models import Appointment
from superapp.shared import tasks, timeline, workflow
from superapp.shared.tables import notice
from superapp.shared.workflow import Verdict
from tests.organization.acting import done
from tests.shared.workflow.conftest import Office
from tests.support import builders


def titles_of(office: Office, role: str) -> list[str]:
    return [row.title for row in tasks.waiting(actor=office.actor(role)).rows]


def told(office: Office, role: str) -> list[str]:
    db.session.rollback()
    person = office.house.people[role].id
    return list(run(sa.select(notice.c.title).where(notice.c.person_id == person).order_by(notice.c.id)).scalars())


def test_a_short_permit_is_decided_by_the_supervisor_alone(office: Office) -> None:
    case = office.asks("staf", hours=1)
    assert [(step.key, step.label) for step in office.steps(case)] == [("consider", "Kepala Seksi")]
    assert titles_of(office, "kasi") == ["Izin keluar: Ke bank"]
    assert office.decides("kasi", case).outcome == "approved"
    assert office.state(case) == "approved"


def test_a_long_permit_goes_on_to_the_head_of_the_office(office: Office) -> None:
    case = office.asks("staf", hours=4)
    assert [step.label for step in office.steps(case)] == ["Kepala Seksi", "Kepala Dinas"]
    office.decides("kasi", case)
    assert office.state(case) == "reviewed"
    assert titles_of(office, "kadis") == []
    office.later()
    assert titles_of(office, "kadis") == ["Izin keluar: Ke bank"]
    assert office.decides("kadis", case).state == "ended"


def test_effects_and_words_wait_for_the_seconds_of_an_undo_and_come_once(office: Office) -> None:
    case = office.asks("staf")
    office.decides("kasi", case)
    assert office.module.ended == []
    assert told(office, "staf") == []
    office.later()
    office.later(timedelta(minutes=2))
    assert office.module.ended == [("approved", "Ke bank")]
    assert told(office, "staf") == ["Izin keluar: Ke bank disetujui"]


def test_a_slow_worker_gives_the_effect_once_although_two_decisions_wait_for_it(office: Office) -> None:
    case = office.asks("staf", hours=4)
    office.decides("kasi", case)
    clock.shift(timedelta(minutes=1))
    office.decides("kadis", case)
    office.later(timedelta(minutes=3))
    assert office.module.ended == [("approved", "Ke bank")]


def test_an_undo_within_ten_seconds_leaves_nothing_behind(office: Office) -> None:
    case = office.asks("staf", hours=4)
    step = office.open_step(case)
    office.decides("kasi", case)
    with office.doing("kasi"):
        workflow.undo(step.id)
    assert office.state(case) == "submitted"
    assert titles_of(office, "kasi") == ["Izin keluar: Ke bank"]
    office.later()
    assert titles_of(office, "kadis") == []
    assert office.module.ended == []
    assert office.decides("kasi", case).state == "running"


def test_an_undone_end_is_no_end(office: Office) -> None:
    case = office.asks("staf")
    step = office.open_step(case)
    office.decides("kasi", case, "reject", "Rapat penting")
    with office.doing("kasi"):
        workflow.undo(step.id)
    office.later()
    assert office.module.ended == []
    assert told(office, "staf") == []
    assert office.state(case) == "submitted"


def test_an_undo_is_refused_once_its_seconds_are_over_and_to_others(office: Office) -> None:
    case = office.asks("staf")
    step = office.open_step(case)
    office.decides("kasi", case)
    with pytest.raises(NotFound), office.doing("kadis"):
        workflow.undo(step.id)
    office.later()
    with pytest.raises(Refused, match="sudah lewat"), office.doing("kasi"):
        workflow.undo(step.id)


def test_who_comes_second_hears_who_was_first_and_when(office: Office) -> None:
    case = office.asks("staf")
    step = office.open_step(case)
    office.decides("kasi", case)
    with pytest.raises(Refused, match=r"sudah diputus .* oleh Yosef Dagang"), office.doing("kasi"):
        workflow.decide(step.id, Verdict("reject", note="Terlambat"))


def test_a_return_and_a_refusal_need_a_reason(office: Office) -> None:
    case = office.asks("staf")
    for decision in ("return", "reject"):
        with pytest.raises(Invalid) as fault:
            office.decides("kasi", case, decision)
        assert list(fault.value.errors) == ["note"]
    with pytest.raises(Invalid):
        office.decides("kasi", case, "later", "Kata yang tidak ada pada langkah ini")


def test_what_is_returned_comes_again_and_its_history_stays(office: Office) -> None:
    case = office.asks("staf", hours=4)
    office.decides("kasi", case, "return", "Tulis jamnya")
    office.later()
    assert titles_of(office, "staf") == ["Perbaiki: Izin keluar: Ke bank"]
    assert told(office, "staf") == ["Izin keluar: Ke bank dikembalikan untuk diperbaiki"]
    assert office.state(case) == "returned"
    with office.doing("staf"):
        permit = builders.db.session.get(office.module.Permit, case.record_id)
        permit.hours = 2
        again = workflow.submit("izin.permit", office.module.submission(permit))
    assert again.id == case.id
    assert titles_of(office, "staf") == []
    assert [step.key for step in office.steps(case)] == ["consider"]
    assert len(workflow.steps_of(case.id, replaced=True)) == 3
    words = [one.text for one in timeline.of_record(case.record_type, case.record_id)]
    assert any("Tulis jamnya" in text for text in words)
    assert words[0].startswith("mengajukan lagi")


def test_a_withdrawn_permit_waits_for_nobody(office: Office) -> None:
    case = office.asks("staf")
    step = office.open_step(case)
    with pytest.raises(NotFound), office.doing("tu"):
        workflow.withdraw(case.id)
    with office.doing("staf"):
        workflow.withdraw(case.id, "Tidak jadi")
    assert titles_of(office, "kasi") == []
    assert office.state(case) == "withdrawn"
    assert office.module.ended == [("withdrawn", "Ke bank")]
    with pytest.raises(Refused, match="ditarik"), office.doing("kasi"):
        workflow.decide(step.id, Verdict("approve"))


def test_nobody_decides_on_his_own_request(office: Office) -> None:
    """The head of the office asks: his own step goes up to whom he answers to."""
    case = office.asks("kadis", hours=4)
    assert {step.label for step in office.steps(case)} == {"Sekretaris Daerah"}
    assert titles_of(office, "kadis") == []


def test_a_step_that_the_next_decider_decides_anyway_is_left_out(office: Office) -> None:
    case = office.asks("kabid", hours=4)
    assert [(step.key, step.label) for step in office.steps(case)] == [("decide", "Kepala Dinas")]


def test_a_vacant_post_passes_on_to_the_one_above_and_says_so(office: Office) -> None:
    with builders.stored():
        post = office.house.people["kasi"].position_id
        run(sa.delete(Appointment.__table__).where(Appointment.__table__.c.position_id == post))
    case = office.asks("staf")
    step = office.open_step(case)
    assert (step.label, step.why) == ("Kepala Bidang", "Kepala Seksi kosong")


def test_a_post_that_falls_vacant_later_passes_on_when_it_is_its_turn(office: Office) -> None:
    case = office.asks("staf", hours=4)
    with builders.stored():
        post = office.house.people["kadis"].position_id
        run(sa.delete(Appointment.__table__).where(Appointment.__table__.c.position_id == post))
    office.decides("kasi", case)
    office.later()
    assert titles_of(office, "sekda") == ["Izin keluar: Ke bank"]


def test_a_deputy_decides_and_both_names_are_on_record(office: Office) -> None:
    today = clock.today()
    kadis = office.house.position("kadis")
    builders.appointment(office.house.person("kabid"), kadis, kind="plh", starts_on=today, ends_on=today)
    case = office.asks("staf", hours=4)
    office.decides("kasi", case)
    office.later()
    office.decides("kabid", case)
    last = office.steps(case)[-1]
    assert last.decided_label == "Maria Lende, Plh. Kepala Dinas, mewakili Bambang Sutrisno"


def test_a_deputy_does_not_decide_his_own_request_either(office: Office) -> None:
    today = clock.today()
    builders.appointment(
        office.house.person("kabid"), office.house.position("kadis"), kind="plh", starts_on=today, ends_on=today
    )
    case = office.asks("kabid", hours=1)
    assert [step.label for step in office.steps(case)] == ["Sekretaris Daerah"]


def test_a_delegate_decides_the_kind_that_was_delegated_until_the_day(office: Office) -> None:
    kasi, tu = office.house.people["kasi"], office.house.people["tu"]
    with office.doing("kasi"):
        days = {"starts_on": clock.today(), "ends_on": clock.today() + timedelta(days=1)}
        workflow.delegate(kasi.position_id, tu.id, kind="izin.permit", reason="Dinas luar", **days)
    case = office.asks("staf")
    assert titles_of(office, "tu") == ["Izin keluar: Ke bank"] == titles_of(office, "kasi")
    office.decides("tu", case)
    assert office.steps(case)[0].decided_label.startswith(
        "Anton Wijaya, penerima delegasi Kepala Seksi, mewakili Yosef"
    )
    office.later(timedelta(days=2))
    other = office.asks("staf", reason="Ke pasar")
    assert titles_of(office, "tu") == []
    with pytest.raises(NotFound):
        office.decides("tu", other)


def test_a_delegation_of_another_kind_or_by_others_gives_nothing(office: Office) -> None:
    kasi, tu = office.house.people["kasi"], office.house.people["tu"]
    days = {"starts_on": clock.today(), "ends_on": clock.today()}
    with pytest.raises(NotFound), office.doing("tu"):
        workflow.delegate(kasi.position_id, tu.id, **days)
    with office.doing("kasi"):
        workflow.delegate(kasi.position_id, tu.id, kind="leave.request", **days)
    case = office.asks("staf")
    assert titles_of(office, "tu") == []
    with pytest.raises(NotFound):
        office.decides("tu", case)


def test_a_step_is_handed_over_with_a_reason_and_only_by_who_has_it(office: Office) -> None:
    case = office.asks("staf")
    step, to = office.open_step(case), office.house.people["kabid"].position_id
    with pytest.raises(NotFound), office.doing("tu"):
        workflow.hand_over(step.id, to, "Bukan bidang saya")
    with office.doing("kasi"):
        workflow.hand_over(step.id, to, "Bukan bidang saya")
    assert titles_of(office, "kasi") == []
    assert titles_of(office, "kabid") == ["Izin keluar: Ke bank"]
    assert office.decides("kabid", case).outcome == "approved"


def test_a_step_is_not_handed_to_whom_it_concerns(office: Office) -> None:
    case = office.asks("staf")
    step = office.open_step(case)
    with pytest.raises(Invalid, match="permohonannya sendiri"), office.doing("kasi"):
        workflow.hand_over(step.id, office.house.people["staf"].position_id, "Silakan")


def test_somebody_put_in_decides_first_and_the_step_comes_back(office: Office) -> None:
    case = office.asks("staf", hours=4)
    step = office.open_step(case)
    with office.doing("kasi"):
        workflow.add(step.id, office.house.people["tu"].position_id, "Mohon cek jadwal")
    assert titles_of(office, "kasi") == []
    assert titles_of(office, "tu") == ["Izin keluar: Ke bank"]
    office.decides("tu", case)
    office.later()
    assert titles_of(office, "kasi") == ["Izin keluar: Ke bank"]
    office.decides("kasi", case)
    office.later()
    assert office.decides("kadis", case).outcome == "approved"


def test_a_wrong_decision_is_reopened_by_who_made_it_or_his_supervisor(office: Office) -> None:
    case = office.asks("staf")
    office.decides("kasi", case, "reject", "Salah baca")
    office.later()
    with pytest.raises(NotFound), office.doing("tu"):
        workflow.reopen(case.id, "Keliru")
    with office.doing("kabid"):
        workflow.reopen(case.id, "Keliru")
    assert titles_of(office, "kasi") == ["Izin keluar: Ke bank"]
    assert office.state(case) == "reviewed"
    office.decides("kasi", case)
    office.later()
    assert office.state(case) == "approved"


def test_an_appointed_reader_gets_a_copy(office: Office) -> None:
    case = office.asks("staf")
    with office.doing("staf"):
        workflow.copy_to(case.id, office.house.people["dokter"].position_id)
    assert told(office, "dokter") == ["Tembusan: Izin keluar: Ke bank"]


def test_a_second_submission_of_what_is_on_its_way_is_refused(office: Office) -> None:
    case = office.asks("staf")
    with pytest.raises(Refused, match="sudah diajukan"), office.doing("staf"):
        permit = builders.db.session.get(office.module.Permit, case.record_id)
        workflow.submit("izin.permit", office.module.submission(permit))


def test_while_its_module_is_off_nothing_is_decided(office: Office) -> None:
    from superapp.plugin import switch

    case = office.asks("staf")
    with done():
        switch.disable("izin")
    with pytest.raises(NotFound):
        office.decides("kasi", case)
    with done():
        switch.enable("izin")
    assert office.decides("kasi", case).outcome == "approved"
