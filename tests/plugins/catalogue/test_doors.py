"""What follows an application elsewhere: its door in the launcher, clicks, search, and the module's switch."""

from __future__ import annotations

import re

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from superapp.access.actor import operator
from superapp.extensions import db
from superapp.kernel import command
from superapp.navigation.models import tile
from superapp.plugin import switch
from tests.navigation.conftest import hidden, post, rows
from tests.plugins.catalogue.conftest import HOME, Seat, fill, opened

LIVE = {"name": "Sipandu Kecamatan", "level": "kabupaten", "status": "active", "address": "https://sipandu.example.id"}


def recorded(writer: FlaskClient, **values: str) -> str:
    answer = fill(writer, f"{HOME}new", **LIVE | values)
    assert answer.status_code == 303, answer.text[:2000]
    return str(answer.headers["Location"])


def doors(app: Flask) -> list[str]:
    return [row.url for row in rows(app, sa.select(tile.c.url))]


def test_a_live_application_with_an_address_has_a_door(app: Flask, writer: FlaskClient) -> None:
    page = recorded(writer, audience="Semua pegawai")
    assert doors(app) == ["https://sipandu.example.id"]
    launcher = opened(writer, "/menu")
    assert "Sipandu Kecamatan" in launcher
    assert "https://sipandu.example.id" in launcher
    assert "Buka aplikasi" in opened(writer, page)


def test_without_an_address_there_is_no_door(app: Flask, writer: FlaskClient) -> None:
    page = recorded(writer, address="")
    assert doors(app) == []
    assert "Belum ada alamat yang bisa dibuka" in opened(writer, page)


def test_the_door_goes_when_the_application_is_retired_and_comes_back(app: Flask, writer: FlaskClient) -> None:
    page = recorded(writer)
    assert fill(writer, f"{page}/edit", **LIVE | {"status": "retired"}).status_code == 303
    assert doors(app) == []
    assert "Buka aplikasi" not in opened(writer, page)
    assert fill(writer, f"{page}/edit", **LIVE).status_code == 303
    assert doors(app) == ["https://sipandu.example.id"]


def test_the_door_goes_with_the_archive_and_comes_back(app: Flask, writer: FlaskClient) -> None:
    page = recorded(writer)
    assert fill(writer, f"{page}/archive", page=page).status_code == 303
    assert doors(app) == []
    assert fill(writer, f"{page}/restore", page=page).status_code == 303
    assert doors(app) == ["https://sipandu.example.id"]


def test_opening_from_the_detail_page_is_counted(writer: FlaskClient) -> None:
    page = recorded(writer)
    html = opened(writer, page)
    assert "Dibuka 0 kali bulan ini." in html
    key = re.search(r'data-visit="([^"]+)"', html)
    assert key
    token = hidden(opened(writer, f"{HOME}new"))["csrf_token"]
    beacon = {"key": key[1], "url": LIVE["address"], "title": LIVE["name"], "icon": "globe", "csrf_token": token}
    assert post(writer, "/menu/visits", beacon).status_code == 204
    assert "Dibuka 1 kali bulan ini." in opened(writer, page)


def test_search_finds_it_until_it_is_archived(writer: FlaskClient, seat: Seat) -> None:
    page = recorded(writer, function="Pelayanan terpadu kecamatan")
    assert page in opened(writer, "/search", q="sipandu")
    assert page not in opened(seat("dokter", "view", at="dinkes"), "/search", q="sipandu")
    assert fill(writer, f"{page}/archive", page=page).status_code == 303
    assert page not in opened(writer, "/search", q="sipandu")


def test_a_switched_off_module_is_gone(app: Flask, writer: FlaskClient) -> None:
    recorded(writer)
    assert f'href="{HOME}"' in opened(writer, "/menu")
    with app.app_context():
        db.session.rollback()
        with command.begin("test", actor=operator(), says=""):
            switch.disable("catalogue")
    assert writer.get(HOME).status_code == 404
    launcher = opened(writer, "/menu")
    assert f'href="{HOME}"' not in launcher
    assert "sipandu.example.id" not in launcher
    assert "Sipandu Kecamatan" not in opened(writer, "/search", q="sipandu").partition("<main")[2].partition("<ul")[2]
