"""Announcements: shown to whom they are meant for, while they hold; changed by those who may."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from superapp.kernel import clock
from superapp.navigation.blueprint import ANNOUNCE
from superapp.navigation.models import Announcement
from tests.navigation.conftest import Visitor, hidden, post, rows, send, text, warmed
from tests.support import builders
from tests.support.builders import House

A = Announcement.__table__.c


@pytest.fixture
def kadis(app: Flask, house: House, visit: Visitor) -> FlaskClient:
    """Return the client of somebody who may announce in his office."""
    with app.app_context():
        builders.grant(house.person("kadis"), ANNOUNCE, house.unit("kominfo"))
    return visit("kadis")


def write(client: FlaskClient, **values: Any) -> Any:
    return send(client, "/announcements/new", "announcement", **{"title": "Apel pagi", "body": "Pukul 07.30", **values})


def local(hours: float) -> str:
    return f"{clock.local(clock.now() + timedelta(hours=hours)):%Y-%m-%dT%H:%M}"


def test_an_announcement_reaches_its_unit_alone(house: House, kadis: FlaskClient, visit: Visitor) -> None:
    answer = write(kadis, unit_id=str(house.units["aptika"]))

    assert answer.status_code == 303
    assert "Apel pagi" in text(visit("staf").get("/"))
    assert "Apel pagi" in text(visit("kabid").get("/announcements"))
    assert "Apel pagi" not in text(visit("tu").get("/"))
    assert visit("dokter").get(answer.location).status_code == 404


def test_an_announcement_for_all_needs_the_right_for_all(house: House, kadis: FlaskClient, visit: Visitor) -> None:
    refused = write(kadis, unit_id="")

    assert refused.status_code == 422
    assert "Pilih unit yang Anda kelola." in text(refused)
    assert "Apel pagi" in text(refused)
    assert write(visit("admin"), unit_id="").status_code == 303
    assert "Apel pagi" in text(visit("dokter").get("/"))


def test_it_shows_from_its_beginning_to_its_end(house: House, visit: Visitor) -> None:
    write(visit("admin"), starts_at=local(2), ends_at=local(4))

    assert "Apel pagi" not in text(visit("staf").get("/"))
    clock.shift(timedelta(hours=3))
    assert "Apel pagi" in text(visit("staf").get("/"))
    clock.shift(timedelta(hours=5))
    assert "Apel pagi" not in text(visit("staf").get("/"))
    assert "Apel pagi" in text(visit("staf").get("/announcements?show=past"))


def test_one_taken_down_is_gone_at_the_next_request_and_can_return(app: Flask, house: House, visit: Visitor) -> None:
    admin, staf = visit("admin"), visit("staf")
    where = write(admin).location
    assert "Apel pagi" in text(staf.get("/"))

    post(admin, f"{where}/archive", {**hidden(text(admin.get(where))), "archived": "1"})
    assert "Apel pagi" not in text(staf.get("/"))

    post(admin, f"{where}/archive", {**hidden(text(admin.get(where))), "archived": "0"})
    assert "Apel pagi" in text(staf.get("/"))


def test_announcements_cost_the_home_page_no_statement(app: Flask, house: House, visit: Visitor) -> None:
    for number in range(12):
        write(visit("admin"), title=f"Kabar {number}")

    assert len(warmed(visit("staf"), app, "/")) == 3


def test_strangers_to_the_right_cannot_write(app: Flask, house: House, kadis: FlaskClient, visit: Visitor) -> None:
    where = write(kadis, unit_id=str(house.units["kominfo"])).location
    client = visit("staf")

    assert client.get("/announcements/new").status_code == 403
    assert "Tulis pengumuman" not in text(client.get("/announcements"))
    assert "Ubah" not in text(client.get(where))
    assert len(rows(app, sa.select(A.id))) == 1


def test_the_right_ends_at_the_unit(app: Flask, house: House, kadis: FlaskClient, visit: Visitor) -> None:
    where = write(visit("admin"), unit_id="").location

    assert kadis.get(f"{where}/edit").status_code == 404
    answer = post(
        kadis,
        f"{where}/edit",
        {**hidden(text(kadis.get("/announcements/new")), "announcement"), "title": "x", "body": "y", "version": "1"},
    )
    assert answer.status_code == 404
    assert [row.title for row in rows(app, sa.select(A.title))] == ["Apel pagi"]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"title": ""}, "Wajib diisi."),
        ({"body": "  "}, "Wajib diisi."),
        ({"title": "x" * 200}, "Paling banyak 120 karakter"),
        ({"body": "x" * 5000}, "Paling banyak 4000 karakter"),
        ({"starts_at": "besok"}, "Waktu tidak dikenal"),
        ({"starts_at": "2026-11-24T10:00", "ends_at": "2026-11-24T09:00"}, "sesudah waktu mulai"),
        ({"unit_id": "bukan-id"}, "Pilih salah satu dari daftar."),
        ({"unit_id": "00000000-0000-0000-0000-000000000000"}, ""),
    ],
)
def test_wrong_input_is_refused_at_the_field_and_kept(
    app: Flask, visit: Visitor, values: dict[str, str], words: str
) -> None:
    answer = write(visit("admin"), **values)

    assert 400 <= answer.status_code < 500
    assert words in text(answer)
    assert "Apel pagi" in text(answer) or "title" in values
    assert rows(app, sa.select(A.id)) == []


def test_times_are_taken_as_wita_in_both_ways_of_writing(app: Flask, visit: Visitor) -> None:
    write(visit("admin"), starts_at="24-11-2026 14.05")
    write(visit("admin"), starts_at="2026-11-24T14:05")

    [one, two] = rows(app, sa.select(A.starts_at))
    assert one.starts_at == two.starts_at
    assert clock.local(one.starts_at).hour == 14


def test_the_text_is_never_markup(visit: Visitor) -> None:
    client = visit("admin")
    where = write(client, title="<b>x</b>", body="<script>alert(1)</script>").location

    assert "<script>alert" not in text(client.get(where))
    assert "<b>x</b>" not in text(client.get(where))
