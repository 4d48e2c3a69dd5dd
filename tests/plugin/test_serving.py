"""Pages and forms of a module as people meet them."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from superapp.extensions import db
from superapp.kernel import command, tables
from superapp.plugin.blueprint import EVERYBODY
from superapp.plugin.host import EXTENSION, undeclared
from tests.plugin.conftest import post, send, switch_on, token, write_module
from tests.support import builders
from tests.support.builders import House

HOME = "/app/dummy/"


def test_a_page_is_shown_to_who_holds_its_permission(staf: FlaskClient) -> None:
    answer = staf.get(HOME)

    assert answer.status_code == 200
    assert "Boneka" in answer.get_data(as_text=True)


def test_a_page_is_refused_to_who_lacks_its_permission(kadis: FlaskClient) -> None:
    assert kadis.get(HOME).status_code == 403


def test_nobody_is_led_to_the_sign_in_page_and_back(dummy_app: Flask) -> None:
    answer = dummy_app.test_client().get("/app/dummy/?q=a%20b")

    assert answer.status_code == 302
    assert answer.location == "/login?next=/app/dummy/%3Fq%3Da%2520b"


def test_a_form_takes_effect_once_and_is_audited_in_its_words(staf: FlaskClient, dummy_app: Flask) -> None:
    answer = send(staf, HOME, name="Si Unyil")

    assert answer.status_code == 303
    assert re.fullmatch(r"/app/dummy/toys/[0-9a-f-]{36}", answer.location)
    with dummy_app.app_context():
        rows = db.session.execute(
            sa.select(tables.audit.c.message, tables.audit.c.record_type).where(
                tables.audit.c.operation == "dummy.make"
            )
        ).all()
        assert [tuple(row) for row in rows] == [("{actor} membuat boneka {name}", "dummy_toy")]


def test_a_form_sent_twice_is_answered_twice_and_stored_once(staf: FlaskClient, dummy_app: Flask) -> None:
    hidden = token(staf, HOME)

    first = post(staf, HOME, {**hidden, "name": "Ondel"})
    second = post(staf, HOME, {**hidden, "name": "Ondel"})

    assert (first.status_code, first.location) == (second.status_code, second.location)
    assert _count(dummy_app, "dummy_toy") == 1


def test_a_key_used_for_another_body_is_refused_and_keeps_the_input(staf: FlaskClient, dummy_app: Flask) -> None:
    hidden = token(staf, HOME)
    post(staf, HOME, {**hidden, "name": "Ondel"})

    answer = post(staf, HOME, {**hidden, "name": "Wayang lain"})

    assert answer.status_code == 409
    assert "Wayang lain" in answer.get_data(as_text=True)
    assert _count(dummy_app, "dummy_toy") == 1


def test_a_refused_form_is_shown_again_with_what_was_typed(staf: FlaskClient, dummy_app: Flask) -> None:
    answer = send(staf, HOME, name="terlarang", note="catatan saya")
    page = answer.get_data(as_text=True)

    assert answer.status_code == 422
    assert "Nama ini tidak boleh dipakai." in page
    assert 'value="terlarang"' in page
    assert "catatan saya" in page
    assert _count(dummy_app, "dummy_toy") == 0


def test_a_form_without_a_key_is_shown_again_with_one(staf: FlaskClient, dummy_app: Flask) -> None:
    hidden = token(staf, HOME)
    del hidden["idempotency_key"]

    answer = post(staf, HOME, {**hidden, "name": "Ondel"})

    assert answer.status_code == 422
    assert 'name="idempotency_key"' in answer.get_data(as_text=True)
    assert _count(dummy_app, "dummy_toy") == 0


def test_a_form_from_elsewhere_is_refused_and_not_prefilled(staf: FlaskClient, dummy_app: Flask) -> None:
    answer = staf.post(
        HOME, data={"name": "dari luar", "idempotency_key": "x" * 16}, headers={"Sec-Fetch-Site": "cross-site"}
    )

    assert answer.status_code == 400
    assert _count(dummy_app, "dummy_toy") == 0


def test_a_form_opened_too_long_ago_is_shown_again_with_what_was_typed(staf: FlaskClient) -> None:
    answer = staf.post(
        HOME,
        data={"name": "lama", "csrf_token": "kedaluwarsa", "idempotency_key": "x" * 16},
        headers={"Sec-Fetch-Site": "same-origin"},
    )

    assert answer.status_code == 400
    assert 'value="lama"' in answer.get_data(as_text=True)


def test_an_ended_session_asks_to_sign_in_and_keeps_what_was_typed(staf: FlaskClient, dummy_app: Flask) -> None:
    hidden = token(staf, HOME)

    answer = dummy_app.test_client().post(HOME, data={**hidden, "name": "belum tersimpan"})

    assert answer.status_code == 401
    assert _count(dummy_app, "dummy_toy") == 0


def test_a_stale_version_shows_both_texts(staf: FlaskClient) -> None:
    url = send(staf, HOME, name="Awal").location
    old = token(staf, url)
    send(staf, url, name="Diubah orang")

    answer = post(staf, url, {**old, "name": "Ubahan saya"})
    page = answer.get_data(as_text=True)

    assert answer.status_code == 409
    assert "Diubah orang" in page
    assert "Ubahan saya" in page


def test_slow_work_is_prepared_before_the_transaction(staf: FlaskClient) -> None:
    url = send(staf, HOME, name="Berat").location

    assert send(staf, f"{url}/weigh", form=url).status_code == 204
    assert "berat 36" in staf.get(url).get_data(as_text=True)


def test_a_field_with_a_nul_character_is_refused_with_a_sentence(staf: FlaskClient, dummy_app: Flask) -> None:
    answer = send(staf, HOME, name="a\0b")

    assert answer.status_code == 422
    assert "tidak bisa disimpan" in answer.get_data(as_text=True)
    assert _count(dummy_app, "dummy_toy") == 0


def test_a_public_page_needs_nobody(dummy_app: Flask) -> None:
    assert dummy_app.test_client().get("/app/dummy/open").get_data(as_text=True) == "terbuka"


def test_a_page_for_people_refuses_nobody_in_a_fragment_with_401(dummy_app: Flask, kadis: FlaskClient) -> None:
    assert kadis.get("/app/dummy/mine").status_code == 200
    assert dummy_app.test_client().get("/app/dummy/mine", headers={"HX-Request": "true"}).status_code == 401


def _count(app: Flask, table: str) -> int:
    with app.app_context():
        return db.session.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one()


RACES = """
def revoke():
    from superapp.kernel import database

    with database.transaction() as connection:
        connection.execute(sa.text("DELETE FROM core_grant WHERE permission = 'alfa.write'"))
        connection.execute(sa.text("UPDATE core_stamp SET access = access + 1"))

@bp.get("/form", permission="alfa.view")
def form():
    return render("alfa/form.html")

@bp.post("/form", permission="alfa.write", says="{actor} mencoba", prepare=revoke)
def send(prepared):
    raise AssertionError("the right was gone")

@bp.post("/double", permission="alfa.write", says="{actor} mengulang", form="alfa.form")
def double():
    run(sa.text("INSERT INTO core_stamp (id, access, plugins) VALUES (1, 1, 1)"))

@bp.post("/may", permission="alfa.write", says="{actor} bertanya", form="alfa.form", max_bytes=2000)
def may():
    return "", 204

@bp.post("/late", permission="alfa.write", says="{actor} menunggu", form="alfa.form")
def late():
    raise Stale
"""
FORM = '{% extends "layout/shell.html" %}{% block main %}{% call ui.form("") %}{{ ui.field("name", "Nama") }}{% endcall %}{% endblock %}'


@pytest.fixture
def alfa(make_app: Callable[..., Flask], modules: Path, house: House) -> FlaskClient:
    """Return a client of somebody who may use the module alfa."""
    write_module(modules, "alfa", RACES, **{"templates/alfa/form.html": FORM})
    app = make_app(plugin_path=str(modules))
    switch_on(app, "alfa")
    with app.app_context():
        for permission in ("alfa.view", "alfa.write"):
            builders.grant(house.person("staf"), permission, house.unit("seksi"))
    return builders.sign_in(app.test_client(), house.people["staf"])


def test_a_right_that_is_taken_away_while_the_form_is_on_its_way_is_gone(alfa: FlaskClient) -> None:
    assert send(alfa, "/app/alfa/form", name="x").status_code == 403


def test_a_row_that_collides_with_another_is_refused_with_a_sentence(alfa: FlaskClient) -> None:
    answer = send(alfa, "/app/alfa/double", form="/app/alfa/form", name="ganda")

    assert answer.status_code == 422
    assert "Data yang sama sudah tersimpan" in answer.text
    assert 'value="ganda"' in answer.text


def test_a_body_that_is_too_large_is_refused_with_a_sentence(alfa: FlaskClient) -> None:
    assert send(alfa, "/app/alfa/may", form="/app/alfa/form", name="x").status_code == 204

    for name, size in (("may", 3000), ("double", 3 * 1024 * 1024)):
        answer = send(alfa, f"/app/alfa/{name}", form="/app/alfa/form", name="x" * size)
        assert (answer.status_code, name) == (413, name), re.findall("oops.*", answer.text)
        assert "terlalu besar" in answer.text


def test_the_body_is_read_before_the_transaction(alfa: FlaskClient) -> None:
    hidden = urlencode({**token(alfa, "/app/alfa/form"), "name": "x"}).encode()
    under_way = []

    class Slow(BytesIO):
        def read(self, *size: int) -> bytes:
            under_way.append(command.under_way())
            return super().read(*size)

        def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
            under_way.append(command.under_way())
            return super().readinto(buffer)

    answer = alfa.post(
        "/app/alfa/may",
        input_stream=Slow(hidden),
        content_type="application/x-www-form-urlencoded",
        content_length=len(hidden),
    )

    assert answer.status_code == 204
    assert under_way
    assert not any(under_way)


@pytest.mark.parametrize("path", ["/app/dummy/toys/0", "/app/dummy/toys/00000000-0000-0000-0000-000000000000"])
def test_an_address_of_no_record_is_not_found(staf: FlaskClient, path: str) -> None:
    assert staf.get(path).status_code == 404


def test_every_route_of_the_app_was_declared_with_a_permission(dummy_app: Flask) -> None:
    found = dummy_app.extensions[EXTENSION]

    assert undeclared(dummy_app) == []
    assert all(route.permission for route in found.routes.values())
    assert {route.permission for route in found.routes.values()} <= {*EVERYBODY, *found.permissions}
