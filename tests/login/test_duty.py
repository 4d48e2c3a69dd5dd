"""First things first: a temporary password and a missing second factor come before everything else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from superapp.kernel import clock
from superapp.login import accounts
from tests.login.enrolling import set_account
from tests.login.walker import Walker, text_of
from tests.support.builders import PASSWORD, House, Member, grant

OWN = "perahu senja dan meja kayu"


@pytest.fixture
def temporary(app: Flask, staf: Member) -> Member:
    """Return somebody whose password is temporary."""
    set_account(app, staf, must_change=True, temporary_until=clock.now() + accounts.TEMPORARY)
    return staf


def test_a_temporary_password_leads_to_an_own_one_and_then_home(walker: Walker, temporary: Member) -> None:
    assert walker.sign_in(temporary.nip, next="/profile").location == "/profile"
    assert walker.open("/profile").location == "/password/new?next=/profile"
    chosen = walker.send("/password/new", {"password": OWN, "next": "/profile"}, page="/password/new?next=/profile")
    assert chosen.location == "/profile/factors/offer?next=/profile"
    offer = walker.open(chosen.location)
    assert offer.status_code == 200
    assert 'href="/profile"' in offer.text
    assert walker.open("/profile").status_code == 200


def test_the_temporary_password_works_no_more_once_replaced(walker: Walker, temporary: Member) -> None:
    walker.sign_in(temporary.nip)
    walker.send("/password/new", {"password": OWN})
    walker.sign_out()
    assert walker.sign_in(temporary.nip).status_code == 422
    assert walker.sign_in(temporary.nip, OWN).status_code == 303


def test_the_temporary_password_is_not_chosen_again(walker: Walker, temporary: Member) -> None:
    walker.sign_in(temporary.nip)
    response = walker.send("/password/new", {"password": PASSWORD})
    assert response.status_code == 422
    assert "berbeda" in text_of(response)


def test_an_expired_temporary_password_says_where_to_get_a_new_one(walker: Walker, app: Flask, staf: Member) -> None:
    set_account(app, staf, must_change=True, temporary_until=clock.now() - timedelta(minutes=1))
    response = walker.sign_in(staf.nip)
    assert response.status_code == 422
    assert "kedaluwarsa. Minta slip baru" in text_of(response)


@pytest.mark.parametrize("page", ["/", "/profile", "/profile/factors", "/accounts", "/tasks"])
def test_nothing_else_opens_before(walker: Walker, temporary: Member, page: str) -> None:
    walker.sign_in(temporary.nip)
    response = walker.open(page)
    assert response.status_code == 303
    assert response.location.startswith("/password/new")


def test_a_form_sent_before_is_refused_and_not_lost(walker: Walker, temporary: Member) -> None:
    walker.sign_in(temporary.nip)
    values = {"csrf_token": walker.token("/password/new"), "idempotency_key": "k" * 20, "theme": "dark"}
    response = walker.post("/profile/look", values)
    assert response.status_code == 409
    assert "Lengkapi keamanan akun" in text_of(response)


def test_public_pages_and_signing_out_stay_open(walker: Walker, temporary: Member) -> None:
    walker.sign_in(temporary.nip)
    assert walker.open("/password/forgotten").status_code == 200
    assert walker.send("/logout", page="/password/new").status_code == 303


def test_a_fragment_reloads_the_page_at_the_duty(walker: Walker, temporary: Member) -> None:
    walker.sign_in(temporary.nip)
    response = walker.open("/profile", headers={"HX-Request": "true"})
    assert response.headers["HX-Redirect"] == "/password/new"


@pytest.fixture
def administrator(app: Flask, house: House) -> Member:
    """Return an administrator who is not excused from a second factor."""
    set_account(app, house.people["admin"], factor_exempt=False)
    return house.people["admin"]


def test_an_administrator_without_a_second_factor_gets_to_nothing_else(walker: Walker, administrator: Member) -> None:
    walker.sign_in(administrator.nip)
    assert walker.open("/profile").location == "/profile/factors?next=/profile"
    page = walker.open("/profile/factors")
    assert page.status_code == 200
    assert "memerlukan faktor kedua" in page.text


@pytest.mark.parametrize("permission", ["admin.people", "login.activate", "letters.sign"])
def test_who_becomes_administrator_or_signer_needs_it_at_the_next_request(
    app: Flask, signed_in: Walker, house: House, staf: Member, permission: str
) -> None:
    set_account(app, staf, factor_exempt=False)
    assert signed_in.is_in
    with app.app_context():
        grant(house.person("staf"), permission, house.unit("seksi"))
    assert signed_in.open("/profile").location == "/profile/factors?next=/profile"


def test_demo_accounts_are_excused(walker: Walker, house: House) -> None:
    walker.sign_in(house.people["admin"].nip)
    assert walker.is_in
