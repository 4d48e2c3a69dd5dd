"""The directory: what all colleagues see, what only the right shows, and that reading is written down."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from flask import Flask

from superapp.kernel import access_log
from superapp.kernel.tables import access_log as reads
from superapp.navigation.blueprint import PERSONAL
from tests.navigation.conftest import Visitor, rows, text, warmed
from tests.support import builders
from tests.support.builders import House


@pytest.fixture(autouse=True)
def _forget_readings() -> None:
    """Each test notes readings anew: a process writes the same reading down once in ten minutes."""
    access_log._recent._seen.clear()


def test_all_colleagues_see_name_post_unit_and_telephone(app: Flask, house: House, visit: Visitor) -> None:
    with app.app_context(), builders.stored():
        house.person("dokter").phone = "+628123456789"

    page = text(visit("staf").get(f"/people/{house.people['dokter'].id}"))

    assert "Ayu Lestari" in page
    assert "Analis Kesehatan" in page
    assert 'href="tel:+628123456789"' in page
    assert 'href="https://wa.me/628123456789"' in page


def test_without_the_right_personal_data_stay_hidden_and_the_nip_is_masked(
    app: Flask, house: House, visit: Visitor
) -> None:
    nip = house.people["dokter"].nip

    page = text(visit("staf").get(f"/people/{house.people['dokter'].id}"))

    assert nip not in page.replace(" ", "")
    assert f"•{nip[-3:]}" in page
    assert "Tanggal lahir" not in page
    assert rows(app, sa.select(reads)) == []


def test_the_right_shows_personal_data_within_its_reach_alone(app: Flask, house: House, visit: Visitor) -> None:
    with app.app_context():
        builders.grant(house.person("kadis"), PERSONAL, house.unit("kominfo"))
    client = visit("kadis")

    assert "Tanggal lahir" in text(client.get(f"/people/{house.people['staf'].id}"))
    assert "Tanggal lahir" not in text(client.get(f"/people/{house.people['dokter'].id}"))


def test_a_reading_is_written_down_and_shown_to_its_subject(app: Flask, house: House, visit: Visitor) -> None:
    with app.app_context():
        builders.grant(house.person("kadis"), PERSONAL, house.unit("kominfo"))
    visit("kadis").get(f"/people/{house.people['staf'].id}")

    page = text(visit("staf").get("/profile/access"))

    assert "Bambang Sutrisno" in page
    assert "Kepala Dinas, Dinas Komunikasi dan Informatika" in page
    assert "Data pribadi di direktori" in page
    assert "Bambang Sutrisno" not in text(visit("dokter").get("/profile/access"))


def test_ones_own_page_shows_everything_and_is_not_noted(app: Flask, house: House, visit: Visitor) -> None:
    page = text(visit("staf").get(f"/people/{house.people['staf'].id}"))

    assert house.people["staf"].nip in page.replace(" ", "")
    assert rows(app, sa.select(reads)) == []


def test_the_person_page_names_the_superior(house: House, visit: Visitor) -> None:
    assert "Yosef Dagang" in text(visit("dokter").get(f"/people/{house.people['staf'].id}"))


def test_a_unit_shows_its_place_its_head_its_parts_and_its_people(house: House, visit: Visitor) -> None:
    page = text(visit("staf").get(f"/units/{house.units['aptika']}"))

    assert "Dinas Komunikasi dan Informatika" in page
    assert "Maria Lende" in page
    assert "Seksi Pengembangan Aplikasi" in page
    assert "Sari Dewi" in page
    assert "Ayu Lestari" not in page


def test_a_unit_costs_the_same_with_many_people(app: Flask, house: House, visit: Visitor) -> None:
    client = visit("staf")
    few = warmed(client, app, f"/units/{house.units['aptika']}")
    with app.app_context():
        for number in range(25):
            who = builders.person(f"Orang {number:02}")
            builders.appointment(who, builders.position(house.unit("aptika")))

    assert len(few) == len(warmed(client, app, f"/units/{house.units['aptika']}"))


def test_the_list_pages_by_name_in_two_statements(app: Flask, house: House, visit: Visitor) -> None:
    with app.app_context():
        for number in range(25):
            builders.person(f"Orang {number:02}")
    client = visit("staf")

    first = text(client.get("/people"))
    after = re.search(r'href="(/people\?page=[^"]+)"', first)
    assert after
    second = text(client.get(after[1]))

    names = re.findall(r'class="title cover" href="/people/[0-9a-f-]{36}">([^<]+)<', first + second)
    assert len(names) == len(set(names)) == 35
    assert names == sorted(names, key=str.casefold)
    assert len(warmed(client, app, "/people")) <= 3


def test_people_who_left_are_not_in_the_directory(app: Flask, house: House, visit: Visitor) -> None:
    with app.app_context(), builders.stored():
        house.person("dokter").active = False
    client = visit("staf")

    assert "Ayu Lestari" not in text(client.get("/people"))
    assert client.get(f"/people/{house.people['dokter'].id}").status_code == 404


def test_no_address_of_a_person_holds_a_number(house: House, visit: Visitor) -> None:
    client = visit("staf")
    pages = [text(client.get(path)) for path in ("/", "/people", f"/people/{house.people['kadis'].id}")]
    addresses = [address for page in pages for address in re.findall(r'(?:href|action)="([^"]*)"', page)]

    assert addresses
    assert not [address for address in addresses if re.search(r"\d{18}", address) or "NNK0" in address]


@pytest.mark.parametrize(
    "path", ["/people/{id}", "/units/{id}", "/announcements/{id}", "/help/reports/{id}", "/access/requests/{id}"]
)
def test_what_does_not_exist_is_not_found(visit: Visitor, path: str) -> None:
    from superapp.kernel import ids

    assert visit("staf").get(path.format(id=ids.uuid7())).status_code == 404
