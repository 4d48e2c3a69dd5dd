"""Error pages: a sentence, a code, the input kept and sendable; never a secret, never a trace."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from superapp.extensions import db
from superapp.kernel import clock, ids
from superapp.kernel.errors import Busy, KeyReused, NotFound, Refused, Stale, TooMany
from superapp.login.session import IDLE
from superapp.navigation import errors, kept
from superapp.navigation.models import Announcement, kept_input, report
from superapp.plugin.refusals import ModuleFault
from tests.navigation.conftest import Visitor, hidden, post, rows, send, text
from tests.support import builders
from tests.support.builders import House
from tests.support.databases import only_sqlite

pytestmark = only_sqlite
TYPED = "Sinyal di Krayan hilang sejak pagi"


@pytest.fixture
def refusing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[Exception], None]:
    """Return a function that makes the next report fail in a given way."""

    def refuse(error: Exception) -> None:
        def fail(*_arguments: Any) -> Any:
            raise error

        monkeypatch.setattr("superapp.navigation.reports.submit", fail)

    return refuse


def report_it(client: FlaskClient, **values: str) -> Any:
    return send(client, "/help/report", "report", words=TYPED, **values)


def kept_fields(page: str) -> dict[str, str]:
    return hidden(page, "kept-form")


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Busy(), 503),
        (TooMany("Terlalu banyak percobaan. Tunggu 4 menit, lalu coba lagi.", retry_after=240), 429),
        (Refused("Laporan ini sudah diputus."), 409),
        (RuntimeError("boom: nilai rahasia 19850412"), 500),
    ],
)
def test_a_refused_form_keeps_its_input_and_can_be_sent_again(
    visit: Visitor,
    refusing: Callable[[Exception], None],
    error: Exception,
    status: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = visit("staf")
    refusing(error)
    answer = report_it(client, page="/people")
    page = text(answer)

    assert answer.status_code == status
    assert re.search(r"NNK-[0-9A-F]{4}", page)
    assert f'<li class="typed">{TYPED}</li>' in page
    assert "rahasia" not in page
    assert "Traceback" not in page
    assert answer.headers["Cache-Control"] == "no-store"

    monkeypatch.undo()
    again = post(client, "/help/report", kept_fields(page))
    assert again.status_code == 303, text(again)


def test_a_form_sent_again_after_a_fault_takes_effect_once(
    app: Flask, visit: Visitor, refusing: Callable[[Exception], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = visit("staf")
    refusing(Busy())
    fields = kept_fields(text(report_it(client)))
    monkeypatch.undo()

    first, second = post(client, "/help/report", fields), post(client, "/help/report", fields)

    assert first.location == second.location
    assert len(rows(app, sa.select(report))) == 1


def test_a_wait_is_told_to_machines_too(visit: Visitor, refusing: Callable[[Exception], None]) -> None:
    refusing(TooMany("Tunggu 4 menit, lalu coba lagi.", retry_after=240))

    assert report_it(visit("staf")).headers["Retry-After"] == "240"


def test_a_key_used_for_another_text_offers_to_send_it_as_new(app: Flask, visit: Visitor) -> None:
    client = visit("staf")
    fields = hidden(text(client.get("/help/report")), "report")
    post(client, "/help/report", {**fields, "words": "Yang pertama"})

    answer = post(client, "/help/report", {**fields, "words": "Yang kedua"})
    page = text(answer)

    assert answer.status_code == 409
    assert "Kirim sebagai baru" in page
    assert kept_fields(page)["idempotency_key"] != fields["idempotency_key"]
    assert post(client, "/help/report", kept_fields(page)).status_code == 303
    assert {row.words for row in rows(app, sa.select(report.c.words))} == {"Yang pertama", "Yang kedua"}


def announced(app: Flask) -> Announcement:
    with app.app_context(), builders.stored():
        made = Announcement(title="Rapat", body="Pukul 09.00", important=False, starts_at=clock.now())
        db.session.add(made)
    return made


def test_two_who_change_one_record_see_both_texts_and_choose(app: Flask, house: House, visit: Visitor) -> None:
    made = announced(app)
    path = f"/announcements/{made.id}/edit"
    mine, theirs = visit("admin"), visit("admin")
    fields = hidden(text(mine.get(path)), "announcement")
    send(theirs, path, "announcement", title="Rapat besar", body="Pukul 10.00")

    answer = post(mine, path, {**fields, "title": "Rapat kecil", "body": "Pukul 09.00"})
    page = text(answer)

    assert answer.status_code == 409
    assert "Rapat kecil" in page
    assert "Rapat besar" in page
    assert re.search(r'name="title" value="Rapat kecil"[^>]* checked', page)

    chosen = {**kept_fields(page), "title": "Rapat besar", "body": "Pukul 09.00"}
    assert post(mine, path, chosen).status_code == 303
    [row] = rows(app, sa.select(Announcement.__table__.c.title, Announcement.__table__.c.body))
    assert tuple(row) == ("Rapat besar", "Pukul 09.00")


def test_a_conflict_without_field_names_still_shows_the_input(
    visit: Visitor, refusing: Callable[[Exception], None]
) -> None:
    refusing(Stale(fields={"Isi": ("Milik mereka", TYPED)}))
    page = text(report_it(visit("staf")))

    assert f'<li class="typed">{TYPED}</li>' in page
    assert "Buka lagi formulirnya" in page


def test_secrets_are_never_shown_again(app: Flask, house: House) -> None:
    values = {
        "password": "rahasia-besar-1",
        "new_password": "rahasia-besar-2",
        "otp": "123456",
        "unit_code": "DINKES-1",
        "note": TYPED,
    }
    with app.test_request_context("/x", method="POST", data=values, headers={"Sec-Fetch-Site": "same-origin"}):
        found = kept.of_request()
        page = text(errors.on_fault(RuntimeError("x")))

    assert found is not None
    assert dict(found.fields) == {"unit_code": "DINKES-1", "note": TYPED}
    assert not found.sendable
    assert "rahasia-besar" not in page
    assert "123456" not in page
    assert "Kirim lagi" not in page


def test_a_form_from_elsewhere_is_not_offered_again(app: Flask, house: House) -> None:
    options: dict[str, Any] = {"method": "POST", "data": {"note": TYPED}}
    with app.test_request_context("/x", headers={"Sec-Fetch-Site": "cross-site"}, **options):
        foreign = text(errors.on_app_error(KeyReused()))
        fault = text(errors.on_fault(RuntimeError("x")))
    with app.test_request_context("/x", headers={"Origin": "https://evil.example"}, **options):
        old_browser = text(errors.on_fault(RuntimeError("x")))

    for page in (foreign, fault, old_browser):
        assert 'id="kept-form"' not in page


def test_an_ended_session_loses_no_input(app: Flask, house: House, visit: Visitor) -> None:
    client = visit("staf")
    fields = hidden(text(client.get("/help/report")), "report")
    clock.shift(IDLE * 2)

    answer = post(client, "/help/report", {**fields, "words": TYPED})
    page = text(answer)

    assert answer.status_code == 401
    assert TYPED in page
    assert 'action="/login"' in page
    word = re.search(r'name="next" value="(/resume/[\w-]+)"', page)
    assert word
    [(sealed,)] = rows(app, sa.select(kept_input.c.sealed))
    assert TYPED.encode() not in sealed

    builders.sign_in(client, house.people["staf"])
    again = text(client.get(word[1]))
    assert TYPED in again
    assert post(client, "/help/report", kept_fields(again)).status_code == 303
    assert [row.words for row in rows(app, sa.select(report.c.words))] == [TYPED]


def test_what_one_typed_is_not_shown_to_the_next_who_signs_in(app: Flask, house: House, visit: Visitor) -> None:
    client = visit("staf")
    fields = hidden(text(client.get("/help/report")), "report")
    clock.shift(IDLE * 2)
    page = text(post(client, "/help/report", {**fields, "words": TYPED}))
    word = re.search(r"/resume/[\w-]+", page)
    assert word

    answer = visit("kasi").get(word[0])

    assert answer.status_code == 404
    assert TYPED not in text(answer)


def test_what_nobody_came_back_for_is_forgotten(app: Flask, house: House, visit: Visitor) -> None:
    client = visit("staf")
    fields = hidden(text(client.get("/help/report")), "report")
    clock.shift(IDLE * 2)
    page = text(post(client, "/help/report", {**fields, "words": TYPED}))
    word = re.search(r"/resume/[\w-]+", page)
    assert word
    clock.shift(IDLE * 2 + kept.LONGEST * 2)

    assert builders.sign_in(client, house.people["staf"]).get(word[0]).status_code == 404
    with app.app_context(), builders.stored():
        assert kept.forget_old() == 1


def test_strangers_are_led_to_the_sign_in_page(app: Flask, house: House) -> None:
    answer = app.test_client().get("/tasks?show=done")

    assert (answer.status_code, answer.location) == (302, "/login?next=/tasks%3Fshow%3Ddone")


def test_a_missing_right_says_so_and_offers_to_ask_for_it(visit: Visitor) -> None:
    answer = visit("staf").get("/help/reports")
    page = text(answer)

    assert answer.status_code == 403
    assert "Minta akses" in page
    assert "/access/request?permission=navigation.reports" in page
    assert "Akses diberikan oleh" in page
    assert "Petrus Krayan" in page


def test_foreign_and_missing_records_look_alike(app: Flask, house: House, visit: Visitor) -> None:
    answer = report_it(visit("staf"))
    stranger = visit("kasi")

    foreign, missing = stranger.get(answer.location), stranger.get(f"/help/reports/{ids.uuid7()}")

    assert foreign.status_code == missing.status_code == 404
    assert _bare(text(foreign)) == _bare(text(missing))


def _bare(page: str) -> str:
    """Return a page without what differs by its address: codes, ids, times."""
    return re.sub(r"NNK-\w+|[0-9a-f]{8}(-|%2D)?[0-9a-f-]{20,36}|\d\d\.\d\d WITA", "", page)


def test_errors_work_without_a_session(app: Flask, house: House) -> None:
    answer = app.test_client().get("/nope")
    page = text(answer)

    assert answer.status_code == 404
    assert "Halaman tidak ditemukan" in page
    assert 'class="frame"' not in page


def test_errors_work_when_the_database_does_not(app: Flask, visit: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    client = visit("staf")
    fields = hidden(text(client.get("/help/report")), "report")

    def fail(*_arguments: Any) -> Any:
        raise sa.exc.OperationalError("SELECT", {}, Exception("disk I/O error"))

    monkeypatch.setattr("superapp.login.session._READ.first", fail)
    answer = post(client, "/help/report", {**fields, "words": TYPED})
    page = text(answer)

    assert answer.status_code == 500
    assert TYPED in page
    assert "disk I/O" not in page
    assert re.search(r"NNK-[0-9A-F]{4}", page)


def test_fragments_get_a_note_instead_of_a_page(visit: Visitor) -> None:
    answer = visit("staf").get("/help/reports", headers={"HX-Request": "true"})

    assert answer.status_code == 403
    assert "<html" not in text(answer)
    assert "NNK-" in text(answer)


@pytest.mark.parametrize(
    ("page", "back"),
    [
        ("http://localhost/people?q=sari", "/people%3Fq%3Dsari"),
        ("https://evil.example//evil.example/x", "/"),
        ("", "/"),
    ],
)
def test_a_fragment_whose_session_ended_opens_the_sign_in_page_whole(
    app: Flask, house: House, page: str, back: str
) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": page}
    answer = app.test_client().get("/people?page=x", headers=headers)

    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == f"/login?next={back}"


def test_programs_get_words_as_json(visit: Visitor) -> None:
    answer = visit("staf").get("/help/reports", headers={"Accept": "application/json"})

    assert answer.status_code == 403
    assert set(answer.json) == {"message", "code"}


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_refused_in_words(visit: Visitor, method: str) -> None:
    answer = getattr(visit("staf"), method)("/tasks")

    assert answer.status_code == 405
    assert "The method" not in text(answer)


def test_our_own_words_are_kept_and_those_of_the_library_are_not(app: Flask, house: House) -> None:
    from werkzeug.exceptions import BadRequest

    with app.test_request_context("/x"):
        ours = text(errors.on_http_error(BadRequest("Alamat ini tidak dikenal.")))
        theirs = text(errors.on_http_error(BadRequest()))

    assert "Alamat ini tidak dikenal." in ours
    assert "browser (or proxy)" not in theirs
    assert "Muat ulang halaman" in theirs


def test_a_not_found_says_what_the_part_said(app: Flask, house: House) -> None:
    with app.test_request_context("/x"):
        page = text(errors.on_app_error(NotFound("Tugas ini tidak ada.")))

    assert "Tugas ini tidak ada." in page


def test_a_broken_module_is_named_inside_the_shell(app: Flask, house: House, visit: Visitor) -> None:
    cookie = visit("staf").get_cookie("satu")
    assert cookie is not None
    with app.test_request_context("/app/halo/", headers={"Cookie": f"satu={cookie.value}"}):
        page = text(errors.on_app_error(ModuleFault("halo", "Halo")))

    assert "Halo sedang bermasalah. Bagian lain tetap bisa dipakai." in page
    assert 'class="frame"' in page
