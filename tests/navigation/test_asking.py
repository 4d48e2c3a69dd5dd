"""Reports of problems, requests for access, and the guide."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from superapp.kernel import clock, ids
from superapp.navigation.blueprint import REPORTS
from superapp.navigation.models import access_request, report
from superapp.shared.tables.work import task
from tests.navigation.conftest import Visitor, hidden, post, rows, send, text
from tests.support import builders
from tests.support.builders import House


@pytest.fixture
def handlers(app: Flask, house: House) -> House:
    """Return the house in which the administrator's post handles reports."""
    with app.app_context():
        builders.grant(house.position("tu"), REPORTS, house.unit("kabupaten"))
    return house


def report_it(client: FlaskClient, **values: Any) -> Any:
    return send(client, "/help/report", "report", **{"words": "Tombol Kirim tidak bereaksi", **values})


def test_a_report_becomes_a_task_of_those_who_handle_reports(app: Flask, handlers: House, visit: Visitor) -> None:
    answer = report_it(visit("staf"), page="/people?q=rahasia", incident="NNK-4F2A")

    assert answer.status_code == 303
    assert "Tangani laporan: Tombol Kirim tidak bereaksi" in text(visit("tu").get("/tasks"))
    page = text(visit("tu").get(answer.location))
    assert "NNK-4F2A" in page
    assert "Sari Dewi" in page
    [row] = rows(app, sa.select(report.c.version, report.c.page))
    assert row.version
    assert row.page == "/people"


def test_two_working_days_are_given_to_answer(app: Flask, handlers: House, visit: Visitor) -> None:
    friday = datetime(2026, 11, 27, 15, 30, tzinfo=clock.WITA)
    clock.shift(friday - clock.now())
    report_it(visit("staf"))
    [duty] = rows(app, sa.select(task.c.due_at))
    assert abs(duty.due_at - datetime(2026, 12, 1, 15, 0, tzinfo=clock.WITA)) < timedelta(minutes=1)


def test_an_answer_closes_the_task_and_tells_the_reporter(app: Flask, handlers: House, visit: Visitor) -> None:
    where = report_it(visit("staf")).location
    send(visit("tu"), where, "answer", answer="Sudah diperbaiki.")

    assert "Tangani laporan" not in text(visit("tu").get("/tasks"))
    assert "Laporan Anda dijawab" in text(visit("staf").get("/notices"))
    assert "Sudah diperbaiki." in text(visit("staf").get(where))


@pytest.mark.parametrize(
    ("at", "handles"), [("kabupaten", True), ("kominfo", True), ("aptika", True), ("dinkes", False)]
)
def test_who_handles_reports_at_a_unit_has_those_of_its_people_alone(
    app: Flask, house: House, visit: Visitor, at: str, handles: bool
) -> None:
    with app.app_context():
        builders.grant(house.person("dokter"), REPORTS, house.unit(at))
        builders.grant(house.person("dokter"), "admin.repair", house.unit("kabupaten"))
    where = report_it(visit("staf")).location
    client = builders.sign_in(app.test_client(), house.people["dokter"], second_factor=True)
    listed = ["Tombol Kirim" in text(client.get(url)) for url in ("/help/reports", "/tasks", "/admin/perbaikan")]
    assert listed == [handles] * 3
    assert client.get(where).status_code == (200 if handles else 404)
    fields = hidden(text(client.get("/help/report")), "report") | {"answer": "Sudah."}
    assert post(client, where, fields).status_code == (303 if handles else 404)
    assert ("Laporan Anda dijawab" in text(visit("staf").get("/notices"))) is handles


def test_who_handles_reports_elsewhere_reads_his_own_and_cannot_answer_it(
    app: Flask, house: House, visit: Visitor
) -> None:
    with app.app_context():
        builders.grant(house.person("staf"), REPORTS, house.unit("dinkes"))
    client = visit("staf")
    where = report_it(client).location
    assert 'name="answer"' not in text(client.get(where))
    fields = hidden(text(client.get("/help/report")), "report") | {"answer": "Sudah."}
    assert post(client, where, fields).status_code == 403


def test_a_second_answer_is_refused(handlers: House, visit: Visitor) -> None:
    where = report_it(visit("staf")).location
    client = visit("tu")
    fields = hidden(text(client.get(where)), "answer")
    post(client, where, {**fields, "answer": "Satu"})

    second = post(client, where, {**fields, "answer": "Dua", "idempotency_key": ids.uuid7().hex})

    assert second.status_code == 409
    assert "sudah selesai dijawab" in text(second)


def test_a_picture_travels_only_when_chosen_and_is_seen_by_both_sides_alone(
    app: Flask, handlers: House, visit: Visitor
) -> None:
    drawn = BytesIO()
    Image.new("RGB", (40, 30), "white").save(drawn, "PNG")
    drawn.seek(0)
    where = report_it(visit("staf"), picture=(drawn, "layar.png")).location

    picture = re.search(r"/files/[0-9a-f-]{36}", text(visit("tu").get(where)))
    assert picture
    for role, status in (("tu", 200), ("staf", 200), ("kasi", 404)):
        with visit(role).get(picture[0]) as file:
            assert file.status_code == status, role


def test_a_file_that_is_no_picture_is_refused_and_the_words_are_kept(app: Flask, visit: Visitor) -> None:
    answer = report_it(visit("staf"), picture=(BytesIO(b"MZ\x90"), "virus.exe"))

    assert answer.status_code == 422
    assert "Tombol Kirim tidak bereaksi" in text(answer)
    assert rows(app, sa.select(report)) == []


@pytest.mark.parametrize("words", ["", "   ", "x" * 5000])
def test_a_report_needs_words_of_a_sensible_length(app: Flask, visit: Visitor, words: str) -> None:
    assert report_it(visit("staf"), words=words).status_code == 422
    assert rows(app, sa.select(report)) == []


def test_a_report_keeps_no_address_elsewhere(app: Flask, visit: Visitor) -> None:
    report_it(visit("staf"), page="https://evil.example/")

    assert [row.page for row in rows(app, sa.select(report.c.page))] == [""]


def ask(client: FlaskClient, permission: str = REPORTS, **values: str) -> Any:
    page = f"/access/request?permission={permission}&page=/help/reports"
    return send(client, page, "access", "/access/request", **{"reason": "Menangani laporan minggu ini", **values})


def test_the_form_names_who_can_grant(house: House, visit: Visitor) -> None:
    page = text(visit("staf").get(f"/access/request?permission={REPORTS}"))

    assert "Menangani laporan masalah" in page
    assert "Petrus Krayan" in page


def test_those_nearest_are_asked_first(app: Flask, house: House, visit: Visitor) -> None:
    with app.app_context():
        builders.grant(house.position("kadis"), "admin.roles", house.unit("kominfo"))

    page = text(visit("staf").get(f"/access/request?permission={REPORTS}"))

    assert "Bambang Sutrisno" in page
    assert "Petrus Krayan" not in page


def test_a_granted_request_opens_the_page_at_the_next_request(app: Flask, house: House, visit: Visitor) -> None:
    staf = visit("staf")
    assert staf.get("/help/reports").status_code == 403
    where = ask(staf).location
    admin = visit("admin")
    assert "Permintaan akses: Menangani laporan masalah" in text(admin.get("/tasks"))

    answer = send(admin, where, "decide", to="person")

    assert answer.status_code == 303
    assert staf.get("/help/reports").status_code == 200
    assert "Akses Anda sudah dibuka" in text(staf.get("/notices"))
    assert "Permintaan akses:" not in text(admin.get("/tasks"))


def test_a_refusal_needs_words_and_reaches_the_asker(house: House, visit: Visitor) -> None:
    staf, admin = visit("staf"), visit("admin")
    where = ask(staf).location

    assert send(admin, where, "decide", to="refuse").status_code == 422
    assert send(admin, where, "decide", to="refuse", answer="Cukup lewat kepala seksi.").status_code == 303
    assert "Cukup lewat kepala seksi." in text(staf.get(where))
    assert staf.get("/help/reports").status_code == 403


def test_nobody_answers_his_own_request(app: Flask, house: House, visit: Visitor) -> None:
    with app.app_context():
        builders.grant(house.position("kadis"), "admin.roles", house.unit("kominfo"))
    kadis = visit("kadis")
    where = ask(kadis).location

    page = text(kadis.get(where))

    assert 'id="decide"' not in page
    answer = post(kadis, where, {**hidden(text(kadis.get("/help/report")), "report"), "to": "person"})
    assert answer.status_code == 404
    assert [row.state for row in rows(app, sa.select(access_request.c.state))] == ["open"]


def test_nobody_gives_what_he_does_not_hold(app: Flask, house: House, visit: Visitor) -> None:
    with app.app_context():
        builders.grant(house.position("kadis"), "admin.roles", house.unit("kominfo"))
    where = ask(visit("staf")).location

    answer = send(visit("kadis"), where, "decide", to="post")

    assert answer.status_code == 403
    assert [row.state for row in rows(app, sa.select(access_request.c.state))] == ["open"]


def test_the_same_request_is_not_made_twice(app: Flask, visit: Visitor) -> None:
    client = visit("staf")
    ask(client)

    assert ask(client).status_code == 409
    assert len(rows(app, sa.select(access_request))) == 1
    assert len(rows(app, sa.select(task.c.id).where(task.c.kind == "navigation.access"))) == 1


def test_unknown_rights_are_not_found(visit: Visitor) -> None:
    client = visit("staf")

    assert client.get("/access/request?permission=nothing.here").status_code == 404
    assert client.get("/access/request").status_code == 404


def test_who_has_the_right_is_told_so(visit: Visitor) -> None:
    assert "Anda sudah punya akses ini" in text(visit("admin").get(f"/access/request?permission={REPORTS}"))


def test_requests_of_others_are_not_seen(house: House, visit: Visitor) -> None:
    where = ask(visit("staf")).location

    assert visit("kasi").get(where).status_code == 404
    assert visit("staf").get(where).status_code == 200


def test_the_guide_answers_and_leads_to_the_report(visit: Visitor) -> None:
    page = text(visit("staf").get("/help"))

    assert "Menyelesaikan tugas" in page
    assert 'href="/help/report"' in page
