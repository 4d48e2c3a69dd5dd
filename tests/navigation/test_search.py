"""Search and palette: people to call though a letter is wrong, units, modules, commands, and words when nothing fits."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.navigation.conftest import Visitor, text, warmed
from tests.navigation.test_launcher import put_up
from tests.support import builders
from tests.support.builders import House


@pytest.mark.parametrize("typed", ["Maria Lende", "maria lnde", "mria lende", "lende", "Marai Lende", "mariaa"])
def test_a_wrong_letter_still_finds_the_person(indexed: House, visit: Visitor, typed: str) -> None:
    assert "Maria Lende" in text(visit("staf").get("/search", query_string={"q": typed}))


def test_people_are_found_with_call_and_whatsapp(app: Flask, house: House, visit: Visitor) -> None:
    from superapp.shared.search.people import index_all
    from tests.navigation.conftest import commanded

    with app.app_context(), builders.stored():
        house.person("kabid").phone = "+628123456789"
    with app.app_context(), commanded():
        index_all()

    page = text(visit("staf").get("/search?q=maria"))

    assert 'href="tel:+628123456789"' in page
    assert 'href="https://wa.me/628123456789"' in page


def test_units_doors_and_help_are_found_too(app: Flask, indexed: House, visit: Visitor) -> None:
    put_up(app, "Aplikasi Surat Pusat")
    page = text(visit("staf").get("/search?q=aplikasi"))

    assert f"/units/{indexed.units['aptika']}" in page
    assert "Aplikasi Surat Pusat" in page
    assert "/help#pins" in page


def test_a_chip_narrows_the_search(indexed: House, visit: Visitor) -> None:
    client = visit("staf")
    both = text(client.get("/search?q=aplikasi"))
    units = text(client.get("/search?q=aplikasi&in=unit"))

    assert "in=person" in both
    assert f"/units/{indexed.units['seksi']}" in units
    assert 'href="/people/' not in units


def test_nothing_found_suggests_where_to_look(indexed: House, visit: Visitor) -> None:
    page = text(visit("staf").get("/search?q=xyzzyq&in=person"))

    assert "Tidak ada yang cocok dengan “xyzzyq”" in page
    assert "Cari di semua" in page


def test_what_was_typed_is_never_markup(indexed: House, visit: Visitor) -> None:
    page = text(visit("staf").get("/search", query_string={"q": "<script>alert(1)</script>"}))

    assert "<script>alert" not in page


@pytest.mark.parametrize(
    "typed", ["'; DROP TABLE core_person; --", '" OR 1=1', "*", "a" * 5000, "\u202emaria", "%", "NEAR("]
)
def test_strange_words_are_just_words(indexed: House, visit: Visitor, typed: str) -> None:
    client = visit("staf")

    assert client.get("/search", query_string={"q": typed}).status_code == 200
    assert client.get("/search", query_string={"q": typed, "palette": 1}).status_code == 200


def test_the_palette_offers_modules_without_words_and_people_with_them(indexed: House, visit: Visitor) -> None:
    client = visit("staf")
    empty = client.get("/search?palette=1&q=").json["items"]
    found = client.get("/search?palette=1&q=lende").json["items"]

    assert any({"url": "/people", "title": "Pegawai"}.items() <= line.items() for line in empty)
    assert [line["title"] for line in found] == ["Maria Lende"]
    assert found[0]["url"] == f"/people/{indexed.people['kabid'].id}"
    assert found[0]["group"] == "Orang"
    assert len(found) <= 20


def test_the_palette_runs_commands_after_a_sign(visit: Visitor) -> None:
    found = visit("staf").get("/search?palette=1&q=>lapor").json["items"]

    assert "/help/report" in [line["url"] for line in found]
    assert {line["group"] for line in found} == {"Perintah"}


def test_the_palette_is_not_for_strangers(app: Flask, house: House) -> None:
    answer = app.test_client().get("/search?palette=1&q=maria", headers={"Accept": "application/json"})

    assert answer.status_code in (302, 401)
    assert b"Maria" not in answer.data


def test_search_costs_the_same_with_many_people(app: Flask, indexed: House, visit: Visitor) -> None:
    from superapp.shared.search.people import index_all
    from tests.navigation.conftest import commanded

    client = visit("staf")
    few = warmed(client, app, "/search?q=maria")
    with app.app_context():
        for number in range(20):
            builders.person(f"Maria Nomor{number}")
    with app.app_context(), commanded():
        index_all()

    assert len(few) == len(warmed(client, app, "/search?q=maria"))
