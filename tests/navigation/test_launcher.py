"""The launcher: everything one may open, pins, visits, doors outside, and what can be made."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from superapp.kernel import clock, ids
from superapp.kernel.errors import Invalid
from superapp.navigation import launcher, tiles
from superapp.navigation.models import pin, recent, tile, tile_click
from superapp.navigation.tiles import Door
from superapp.plugin import switch
from tests.navigation.conftest import Visitor, commanded, counted, hidden, post, rows, text, warmed
from tests.plugin.conftest import DUMMY, switch_on
from tests.support import builders
from tests.support.builders import House


def put_up(app: Flask, title: str, url: str = "https://srikandi.arsip.go.id", **words: str) -> UUID:
    own = ids.uuid7()
    with app.app_context(), commanded():
        tiles.put_up("core_test", own, Door(title, url, **words), plugin="navigation")
    return own


def key_of(app: Flask, record_id: UUID) -> str:
    [(tile_id,)] = rows(app, sa.select(tile.c.id).where(tile.c.record_id == record_id))
    return tiles.key_of(tile_id)


def pin_it(client: FlaskClient, key: str, act: str = "put"):
    return post(client, "/menu/pins", {**hidden(text(client.get("/menu")), "pins"), act: key})


def told(client: FlaskClient, **words: str):
    return post(client, "/menu/visits", {**hidden(text(client.get("/menu")), "pins"), **words})


def test_the_launcher_shows_what_the_person_may_open(app: Flask, house: House, visit: Visitor) -> None:
    assert "Pegawai" in text(visit("staf").get("/menu"))
    assert "Laporan masalah" not in text(visit("staf").get("/menu"))
    assert "Laporan masalah" in text(visit("admin").get("/menu"))


def test_the_launcher_is_searched_with_a_misspelt_word(app: Flask, visit: Visitor) -> None:
    put_up(app, "SRIKANDI", hint="Surat elektronik pusat")
    client = visit("staf")

    found = text(client.get("/menu?q=srikndi"))
    assert "SRIKANDI" in found
    assert ">Pegawai<" not in found
    assert "Tidak ada yang cocok" in text(client.get("/menu?q=qqzzqq"))


def test_a_door_tells_where_it_leads_who_may_use_it_and_whom_to_call(app: Flask, visit: Visitor) -> None:
    put_up(app, "SRIKANDI", audience="Semua ASN", contact="Bagian Umum, 0551-123")

    page = text(visit("staf").get("/menu"))

    assert 'href="https://srikandi.arsip.go.id"' in page
    assert "membuka situs lain" in page
    assert "Untuk: Semua ASN" in page
    assert "Hubungi: Bagian Umum, 0551-123" in page


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "ftp://x", "/app/halo/", "https:///x", "https://" + "x" * 600]
)
def test_a_door_leads_only_to_web_addresses(app: Flask, house: House, address: str) -> None:
    with app.app_context(), commanded(), pytest.raises(Invalid):
        tiles.put_up("core_test", ids.uuid7(), Door("Palsu", address), plugin="navigation")


def test_a_pinned_entry_comes_to_the_home_page_and_goes_again(app: Flask, visit: Visitor) -> None:
    put_up(app, "SRIKANDI")
    record_id = put_up(app, "Si Super", "https://sisuper.nunukankab.go.id")
    client = visit("staf")

    assert pin_it(client, key_of(app, record_id)).status_code == 303
    home = text(client.get("/"))
    assert "Si Super" in home
    assert "SRIKANDI" not in home

    pin_it(client, key_of(app, record_id), "take")
    assert "Si Super" not in text(client.get("/"))


def test_pins_are_ones_own(app: Flask, visit: Visitor) -> None:
    record_id = put_up(app, "Si Super")
    pin_it(visit("staf"), key_of(app, record_id))

    assert "Si Super" not in text(visit("kasi").get("/"))


def test_only_what_one_may_open_can_be_pinned(app: Flask, visit: Visitor) -> None:
    client = visit("staf")

    assert pin_it(client, "navigation.report_list").status_code == 404
    assert pin_it(client, "tile:nonsense").status_code == 404
    assert pin_it(client, f"tile:{ids.uuid7().hex}").status_code == 404
    assert rows(app, sa.select(pin)) == []


def test_a_ninth_pin_is_refused_in_words(app: Flask, visit: Visitor) -> None:
    client = visit("staf")
    keys = [key_of(app, put_up(app, f"Aplikasi {number}")) for number in range(9)]
    answers = [pin_it(client, key) for key in keys]

    assert [answer.status_code for answer in answers] == [303] * 8 + [409]
    assert "paling banyak 8" in text(answers[-1])
    assert len(rows(app, sa.select(pin))) == 8


def test_taking_a_door_down_takes_it_from_launcher_and_pins(app: Flask, visit: Visitor) -> None:
    record_id = put_up(app, "Si Super")
    client = visit("staf")
    pin_it(client, key_of(app, record_id))

    with app.app_context(), commanded():
        tiles.take_down("core_test", record_id)
    client.get("/menu")  # says once what was pinned

    assert "Si Super" not in text(client.get("/menu"))
    assert client.get("/").status_code == 200
    assert rows(app, sa.select(pin)) == []


def test_clicks_on_doors_are_counted_by_month_without_names(app: Flask, house: House, visit: Visitor) -> None:
    record_id = put_up(app, "Si Super")
    key = key_of(app, record_id)
    for role in ("staf", "staf", "kasi"):
        assert told(visit(role), key=key, url="/x", title="Si Super").status_code == 204

    month = f"{clock.today():%Y-%m}"
    assert rows(app, sa.select(tile_click.c.month, tile_click.c["count"])) == [(month, 3)]
    assert not [column.name for column in tile_click.c if "person" in column.name]
    with app.app_context():
        assert tiles.clicks("core_test", [record_id]) == {record_id: 3}


def test_what_was_opened_lately_stands_first(app: Flask, visit: Visitor) -> None:
    client = visit("staf")
    told(client, key="navigation.people")
    told(client, url="/units/1", title="Bidang Aplikasi", icon="users")

    page = text(client.get("/menu"))

    assert page.index("Bidang Aplikasi") < page.index('aria-label="Terakhir dibuka"') + 600
    assert [line["title"] for line in client.get("/search?palette=1&q=").json["items"]][:2] == [
        "Bidang Aplikasi",
        "Pegawai",
    ]


@pytest.mark.parametrize(
    "words",
    [
        {},
        {"url": "https://evil.example/", "title": "Jahat"},
        {"url": "//evil.example/", "title": "Jahat"},
        {"url": "/\\evil.example/", "title": "Jahat"},
        {"url": "javascript:alert(1)", "title": "Jahat"},
        {"url": "/ok", "title": ""},
    ],
)
def test_visits_elsewhere_are_not_remembered(app: Flask, visit: Visitor, words: dict[str, str]) -> None:
    assert told(visit("staf"), **words).status_code == 422
    assert rows(app, sa.select(recent)) == []


def test_only_the_latest_visits_are_kept(app: Flask, visit: Visitor) -> None:
    client = visit("staf")
    fields = hidden(text(client.get("/menu")), "pins")
    for number in range(launcher.KEPT_RECENTS + 5):
        post(client, "/menu/visits", {**fields, "url": f"/units/{number}", "title": f"Unit {number}"})

    kept = {row.url for row in rows(app, sa.select(recent.c.url))}
    assert len(kept) == launcher.KEPT_RECENTS
    assert f"/units/{launcher.KEPT_RECENTS + 4}" in kept
    assert "/units/0" not in kept


def test_the_launcher_makes_the_same_statements_with_many_doors(app: Flask, visit: Visitor) -> None:
    client = visit("staf")
    few = warmed(client, app, "/menu")
    for number in range(30):
        put_up(app, f"Aplikasi {number:02}")

    assert len(few) == len(warmed(client, app, "/menu")) <= 4


@pytest.fixture
def dummy(make_app: Callable[..., Flask], house: House) -> Flask:
    app = make_app(plugin_path=str(DUMMY))
    switch_on(app, "dummy")
    with app.app_context():
        builders.grant(house.person("staf"), "dummy.view", house.unit("seksi"))
    return app


def test_a_module_comes_and_goes_at_the_next_request(dummy: Flask, house: House) -> None:
    client = builders.sign_in(dummy.test_client(), house.people["staf"])
    assert 'data-nav="dummy"' in text(client.get("/menu"))

    with dummy.app_context(), commanded():
        switch.disable("dummy")
    assert "/app/dummy/" not in text(client.get("/menu"))
    assert "/app/dummy/" not in text(client.get("/"))

    with dummy.app_context(), commanded():
        switch.enable("dummy")
    assert 'data-nav="dummy"' in text(client.get("/menu"))


def test_a_module_off_for_an_opd_is_gone_for_its_people_alone(dummy: Flask, house: House) -> None:
    with dummy.app_context():
        builders.grant(house.person("dokter"), "dummy.view", house.unit("dinkes"))
    staf = builders.sign_in(dummy.test_client(), house.people["staf"])
    dokter = builders.sign_in(dummy.test_client(), house.people["dokter"])

    with dummy.app_context(), commanded():
        switch.disable("dummy", house.units["kominfo"])

    assert "/app/dummy/" not in text(staf.get("/menu"))
    assert "/app/dummy/" in text(dokter.get("/menu"))


def test_a_right_given_shows_its_module_at_the_next_request(dummy: Flask, house: House) -> None:
    client = builders.sign_in(dummy.test_client(), house.people["kasi"])
    assert "/app/dummy/" not in text(client.get("/menu"))

    with dummy.app_context():
        builders.grant(house.person("kasi"), "dummy.view", house.unit("seksi"))

    assert "/app/dummy/" in text(client.get("/menu"))


def test_home_with_a_module_makes_no_statement_more(dummy: Flask, house: House) -> None:
    client = builders.sign_in(dummy.test_client(), house.people["staf"])

    assert len(warmed(client, dummy, "/")) == 3


def test_widgets_are_loaded_by_themselves(dummy: Flask, house: House) -> None:
    client = builders.sign_in(dummy.test_client(), house.people["staf"])
    with counted(dummy) as statements:
        page = text(client.get("/"))

    widgets = re.findall(r'data-widget="[^"]+" hx-get="(/app/dummy/[^"]+)"', page)
    assert widgets
    assert client.get(widgets[0]).status_code == 200
    assert not [statement for statement in statements if "dummy_" in statement]


def test_what_can_be_made_stands_under_buat(visit: Visitor) -> None:
    page = text(visit("staf").get("/create"))

    assert 'href="/help/report"' in page
