"""The decision sheet, several decisions at once, the undo and passing on, as forms that people send."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import unquote
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from superapp.kernel import clock
from superapp.kernel.database import run
from superapp.navigation.deciding import sign, tone
from superapp.organization.models import Person
from superapp.shared import workflow
from superapp.shared.workflow import REJECT, RETURN, Case, Decision
from tests.plugin.conftest import token
from tests.shared.workflow.conftest import Office
from tests.support import builders

SignIn = Callable[[str], FlaskClient]


@pytest.fixture
def browser(izin_app: Flask, office: Office) -> SignIn:
    """Return a function that signs somebody of the house in."""
    return lambda role: builders.sign_in(izin_app.test_client(), office.house.people[role])


def sheet_of(office: Office, case: Case) -> str:
    return f"/tasks/{office.open_step(case).id}"


def test_two_taps_decide_and_the_undo_is_offered(office: Office, browser: SignIn) -> None:
    case = office.asks("staf")
    client, address = browser("kasi"), sheet_of(office, case)
    page = client.get("/tasks").text
    assert address in page
    shown = client.get(address).text
    assert "Ke bank" in shown
    assert "Setujui" in shown
    assert "Sari Dewi" in shown
    sent = client.post(address, data={**token(client, address), "decision": "approve"})
    assert sent.status_code == 303
    after = client.get(sent.location).text
    assert "Urungkan" in after
    assert f"{address}/undo" in after
    assert office.state(case) == "approved"
    undone = client.post(f"{address}/undo", data=token(client, sent.location))
    assert undone.status_code == 303
    assert office.state(case) == "submitted"


def test_a_refusal_without_a_reason_keeps_the_sheet(office: Office, browser: SignIn) -> None:
    case = office.asks("staf")
    client, address = browser("kasi"), sheet_of(office, case)
    sent = client.post(address, data={**token(client, address), "decision": "reject", "note": " "})
    assert sent.status_code == 422
    assert "Tuliskan alasannya" in sent.text
    assert office.state(case) == "submitted"


def test_a_stale_sheet_says_who_decided(office: Office, browser: SignIn) -> None:
    case = office.asks("staf")
    client, address = browser("kasi"), sheet_of(office, case)
    hidden = token(client, address)
    office.decides("kasi", case)
    sent = client.post(address, data={**hidden, "decision": "reject", "note": "Terlambat"})
    assert sent.status_code == 409
    assert "sudah diputus" in sent.text
    assert "Yosef Dagang" in sent.text
    assert "Setujui" not in client.get(address).text


def test_a_sheet_is_missing_for_whom_it_does_not_concern(office: Office, browser: SignIn) -> None:
    case = office.asks("staf")
    address = sheet_of(office, case)
    for role in ("dokter", "tu"):
        assert browser(role).get(address).status_code == 404
    assert browser("staf").get(address).status_code == 200
    foreign = browser("dokter")
    hidden = token(browser("kasi"), address)
    refused = foreign.post(address, data={**token(foreign, "/help/report"), "decision": "approve"})
    assert refused.status_code == 404
    assert hidden
    assert office.state(case) == "submitted"


def test_only_a_refusal_warns_and_only_the_first_word_agrees() -> None:
    agree = Decision("change", "Setujui dengan perubahan", "end", outcome="changed")
    shown = [(tone(one), sign(one)) for one in (REJECT, RETURN, agree, Decision("defer", "Usulkan penangguhan"))]
    assert shown == [("danger", "x"), ("", "undo-2"), ("", ""), ("", "")]


def test_several_are_checked_then_decided_with_a_result_each(office: Office, browser: SignIn) -> None:
    cases = [office.asks("staf", hours=hours, reason=f"Urusan {hours}") for hours in (1, 2, 7)]
    steps = [office.open_step(case).id for case in cases]
    client, address = browser("kasi"), "/tasks/check?" + "&".join(f"step={step}" for step in steps)
    page = client.get(address).text
    assert page.count("checked") == 2
    assert "Rapat dinas pukul 10.00" in page
    office.decides("kasi", cases[1], "reject", "Sudah lewat")
    sent = client.post(
        "/tasks/check",
        data={**token(client, address), "step": [str(step) for step in steps[:2]], "decision": "approve"},
    )
    assert sent.status_code == 303
    result = client.get(sent.location).text
    assert result.count("Sudah Anda putuskan") == 2
    assert [office.state(case) for case in cases] == ["approved", "rejected", "submitted"]
    assert [workflow.step_of(step).decision for step in steps] == ["approve", "reject", ""]


def test_nothing_chosen_and_a_missing_reason_are_said(office: Office, browser: SignIn) -> None:
    case = office.asks("staf")
    step = office.open_step(case).id
    client, address = browser("kasi"), f"/tasks/check?step={step}"
    for data, words in (
        ({"decision": "approve"}, "Pilih paling sedikit satu"),
        ({"step": str(step), "decision": "return"}, "Tuliskan"),
    ):
        sent = client.post("/tasks/check", data={**token(client, address), **data})
        assert sent.status_code == 422
        assert words in sent.text
    assert office.state(case) == "submitted"


def test_a_task_is_passed_on_by_a_form(office: Office, browser: SignIn) -> None:
    case = office.asks("staf")
    client, address = browser("kasi"), f"{sheet_of(office, case)}/pass-on"
    to: UUID = office.house.people["kabid"].position_id
    assert str(to) in client.get("/tasks/posts?position=maria").text
    wrong = client.post(address, data={**token(client, address), "how": "hand_over", "position": "", "note": "x"})
    assert wrong.status_code == 422
    vague = {**token(client, address), "how": "hand_over", "position": "kepala", "note": "Cuti"}
    refused = client.post(address, data=vague)
    assert refused.status_code == 422
    assert "Ada beberapa" in refused.text
    words = client.get("/tasks/posts?position=maria").text.split('value="', 1)[1].split('"', 1)[0]
    sent = client.post(address, data={**vague, "position": words, "position_id": str(to)})
    assert sent.status_code == 303
    assert sheet_of(office, case) in browser("kabid").get("/tasks").text


def test_the_page_of_the_record_shows_its_path(office: Office, browser: SignIn) -> None:
    case = office.asks("staf", hours=4)
    office.decides("kasi", case, note="Silakan")
    page = browser("staf").get(case.url).text
    assert "Yosef Dagang" in page
    assert "Silakan" in page
    assert "Kepala Dinas" in page
    assert "Tarik kembali" in page
    assert "Putuskan" not in page


def test_who_asked_can_remind_whom_it_waits_for_by_whatsapp(office: Office, browser: SignIn) -> None:
    case = office.asks("staf")
    assert "wa.me" not in browser("staf").get(case.url).text, "nobody to write to without a telephone"
    people, kasi = Person.__table__, office.house.people["kasi"]
    with builders.stored():
        run(sa.update(people).where(people.c.id == kasi.id).values(phone="081234567890"))
    page = browser("staf").get(case.url).text
    assert "https://wa.me/6281234567890?text=" in page
    link = page.partition("https://wa.me/")[2].partition('"')[0]
    assert sheet_of(office, case) in unquote(link)
    assert "Sari" not in unquote(link)
    assert "wa.me" not in browser("kasi").get(case.url).text, "he decides, he reminds nobody"


def test_the_requester_takes_it_back_on_its_page(office: Office, browser: SignIn) -> None:
    case = office.asks("staf")
    client = browser("staf")
    sent = client.post(f"{case.url}/withdraw", data=token(client, case.url))
    assert sent.status_code == 303
    assert office.state(case) == "withdrawn"


def test_how_it_is_decided_is_shown_as_a_picture_and_in_words(office: Office, browser: SignIn) -> None:
    page = browser("staf").get("/tasks/flows/izin.permit").text
    assert page.count("<rect") == 4
    assert "hanya bila hours &gt;= 3" in page
    assert "atasan langsung pemohon" in page
    assert browser("staf").get("/tasks/flows/izin.nothing").status_code == 404


def test_a_delegation_is_given_and_ended_by_a_form(office: Office, browser: SignIn) -> None:
    kasi, tu = browser("kasi"), office.house.people["tu"]
    assert str(tu.id) in kasi.get("/tasks/deputies/people?person=anton").text
    typed = {"position": str(office.house.people["kasi"].position_id), "person": "Anton Wijaya", "kind": "izin.permit"}
    wrong = kasi.post("/tasks/deputies", data={**token(kasi, "/tasks/deputies"), **typed, "starts_on": "2026-13-01"})
    assert wrong.status_code == 422
    assert wrong.text.count("Isi tanggalnya") >= 2
    days = {"starts_on": clock.today().isoformat(), "ends_on": clock.today().isoformat()}
    sent = kasi.post("/tasks/deputies", data={**token(kasi, "/tasks/deputies"), **typed, **days})
    assert sent.status_code == 303
    case = office.asks("staf")
    assert sheet_of(office, case) in browser("tu").get("/tasks").text
    page = kasi.get("/tasks/deputies").text
    assert "Anton Wijaya" in page
    assert "Izin keluar" in page
    (address,) = re.findall(r'action="(/tasks/deputies/[0-9a-f-]{36}/end)"', page)
    other = browser("tu")
    assert other.post(address, data=token(other, "/tasks/deputies")).status_code == 404
    assert kasi.post(address, data=token(kasi, "/tasks/deputies")).status_code == 303
    assert sheet_of(office, case) not in browser("tu").get("/tasks").text


def test_a_requester_chooses_who_decides_by_words_alone(office: Office, browser: SignIn) -> None:
    client, address = browser("staf"), "/app/izin/guests"
    assert 'name="choice_agree_id"' in client.get(address).text
    for words, said in (("kepala", "Ada beberapa"), ("zzz", "tidak ada dalam daftar"), ("", "Pilih pejabat")):
        refused = client.post(address, data={**token(client, address), "choice_agree": words})
        assert refused.status_code == 422
        assert said in refused.text
    sent = client.post(address, data={**token(client, address), "choice_agree": "maria lende"})
    assert sent.status_code == 303
    assert "Izin tamu" in browser("kabid").get("/tasks").text


def test_a_wrong_decision_is_reopened_on_a_page_with_both_decisions_in_the_end(office: Office, browser: SignIn) -> None:
    case = office.asks("staf")
    sheet = sheet_of(office, case)
    office.decides("kasi", case, "reject", "Salah baca")
    client, address = browser("kasi"), f"/tasks/cases/{case.id}/reopen"
    assert client.get(address).status_code == 404
    office.later()
    assert address in client.get(sheet).text
    assert browser("tu").get(address).status_code == 404
    assert address in browser("kabid").get(case.url).text
    refused = client.post(address, data={**token(client, address), "note": " "})
    assert refused.status_code == 422
    assert office.state(case) == "rejected"
    sent = client.post(address, data={**token(client, address), "note": "Keliru membaca"})
    assert sent.location == sheet_of(office, case)
    office.decides("kasi", case, note="Silakan")
    page = browser("staf").get(case.url).text
    assert page.index("Salah baca") < page.index("Silakan")
    assert "tidak berlaku lagi" in page
    assert "Keputusan atas Izin keluar: Ke bank dibuka kembali" in browser("staf").get("/notices").text


def test_notices_of_a_case_have_a_category_and_stand_together(office: Office) -> None:
    import sqlalchemy as sa

    from superapp.kernel.database import run
    from superapp.shared.notices import kinds
    from superapp.shared.tables import notice

    case = office.asks("staf")
    office.decides("kasi", case)
    office.later()
    rows = run(sa.select(notice.c.kind, notice.c.record_type, notice.c.record_id).order_by(notice.c.id)).all()
    assert [row.kind for row in rows] == ["workflow.ask", "workflow.result"]
    assert {(row.record_type, row.record_id) for row in rows} == {("izin_permit", case.record_id)}
    assert kinds.category("workflow.result", "izin").title == "Hasil permohonan Anda"


def test_what_one_asked_for_says_where_it_waits_and_since_when(office: Office, browser: SignIn) -> None:
    office.asks("staf", hours=4)
    client = browser("staf")
    page = client.get("/tasks?show=asked").text
    assert "Izin keluar: Ke bank" in page
    assert "Menunggu Kepala Seksi sejak baru saja" in page
    office.decides("kasi", office.asks("staf", reason="Ke pasar"), "return", "Lengkapi")
    page = client.get("/tasks?show=asked").text
    assert page.index("Ke pasar") < page.index("Ke bank")
    assert "Menunggu perbaikan Anda" in page
    assert "Perbaiki: " not in page
    assert "Ke bank" not in browser("kasi").get("/tasks?show=asked").text


def test_asking_a_list_of_cases_costs_the_same_for_one_and_for_many(
    izin_app: Flask, office: Office, browser: SignIn
) -> None:
    from tests.navigation.conftest import warmed

    client = browser("staf")
    office.asks("staf")
    one = warmed(client, izin_app, "/tasks?show=asked")
    for number in range(6):
        office.asks("staf", reason=f"Urusan {number}")
    assert len(warmed(client, izin_app, "/tasks?show=asked")) == len(one) == 3
