"""Profile and security: hats, deputies, look and language."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from flask import Flask

from superapp.kernel import database
from superapp.login import tables
from tests.login.conftest import MakeWalker
from tests.login.walker import Walker, text_of
from tests.support.builders import House, account, appointment, person, position


@pytest.fixture
def two_hats(app: Flask, house: House, walker: Walker) -> Walker:
    """Return the browser of `kabid`, who is also Plt. of a vacant post."""
    with app.app_context():
        post = position(house.unit("dinkes"), "Kepala Bidang Pelayanan", is_head=True)
        appointment(house.person("kabid"), post, kind="plt")
    walker.sign_in(house.people["kabid"].nip)
    return walker


def _hats(page: str) -> list[str]:
    return re.findall(r'name="position_id" value="(\w+)"', page)


def test_both_hats_are_shown_and_the_definitive_one_is_worn(two_hats: Walker) -> None:
    words = text_of(two_hats.open("/profile"))
    assert "Plt. Kepala Bidang Pelayanan" in words
    assert words.count("Dipakai") == 1


def test_another_hat_is_put_on_and_stays_on(app: Flask, two_hats: Walker) -> None:
    (other,) = _hats(two_hats.open("/profile").text)
    assert two_hats.send("/profile/hat", {"position_id": other}, page="/profile").location == "/profile"
    assert _hats(two_hats.open("/profile").text) != [other]
    with app.app_context():
        assert database.run(sa.select(tables.session.c.hat_position_id)).scalar_one().hex == other


def test_a_hat_belongs_to_its_session(two_hats: Walker, browser_of: MakeWalker, house: House) -> None:
    (other,) = _hats(two_hats.open("/profile").text)
    two_hats.send("/profile/hat", {"position_id": other}, page="/profile")
    elsewhere = browser_of()
    elsewhere.sign_in(house.people["kabid"].nip)
    assert _hats(elsewhere.open("/profile").text) == [other]


@pytest.mark.parametrize("wanted", ["", "x", "0" * 32])
def test_nobody_wears_a_strangers_hat(two_hats: Walker, house: House, wanted: str) -> None:
    foreign = house.people["sekda"].position_id.hex
    for position_id in (wanted, foreign):
        response = two_hats.send("/profile/hat", {"position_id": position_id}, page="/profile")
        assert response.status_code == 422
        assert "jabatan Anda" in text_of(response)


def test_deputies_of_today_are_shown(app: Flask, house: House, walker: Walker) -> None:
    with app.app_context():
        appointment(house.person("kasi"), house.position("kabid"), kind="plh")
    walker.sign_in(house.people["kabid"].nip)
    words = text_of(walker.open("/profile"))
    assert "Yosef Dagang Plh. Kepala Bidang" in words


def test_look_and_language_are_kept_on_this_device(signed_in: Walker) -> None:
    values = {"language": "en", "theme": "dark", "text_size": "larger"}
    assert signed_in.send("/profile/look", values, page="/profile").status_code == 303
    page = signed_in.open("/profile").text
    assert '<html lang="en" data-theme="dark" data-text="larger"' in page
    assert [signed_in.cookie(name) for name in ("bahasa", "tema", "huruf")] == ["en", "dark", "larger"]


@pytest.mark.parametrize("change", [{"language": "xx"}, {"theme": "<script>"}, {"text_size": "huge"}])
def test_other_looks_are_refused(signed_in: Walker, change: dict[str, str]) -> None:
    values = {"language": "id", "theme": "", "text_size": ""} | change
    assert signed_in.send("/profile/look", values, page="/profile").status_code == 422


@pytest.mark.parametrize(("spoken", "page"), [("/profil", "/profile"), ("/aktivasi", "/activate")])
def test_the_words_people_say_lead_on(signed_in: Walker, spoken: str, page: str) -> None:
    assert signed_in.open(spoken).location == page


def test_somebody_without_a_post_has_a_profile(app: Flask, house: House, walker: Walker) -> None:
    with app.app_context():
        who = person("Tanpa Jabatan")
        account(who)
    walker.sign_in(who.nip)
    assert "Belum ada jabatan" in text_of(walker.open("/profile"))
