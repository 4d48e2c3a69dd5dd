"""Step-up: what is guarded asks for the password again, and goes on with all that was typed."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from superapp.kernel import clock
from tests.login.conftest import MakeWalker
from tests.login.walker import Walker, text_of
from tests.support.builders import PASSWORD, Member

OWN = "perahu senja dan meja kayu"


@pytest.fixture
def stale(signed_in: Walker) -> Walker:
    """Return a browser whose person gave the password more than 15 minutes ago."""
    clock.shift(timedelta(minutes=15, seconds=5))
    return signed_in


@pytest.mark.parametrize(
    "page", ["/profile/factors", "/password/new", "/profile/factors/app", "/profile/factors/codes"]
)
def test_guarded_pages_ask_again_and_come_back(stale: Walker, page: str) -> None:
    asked = stale.open(page)
    assert asked.status_code == 303
    assert asked.location == f"/confirm?next={page}"
    done = stale.send("/confirm", {"confirm_password": PASSWORD, "next": page})
    assert done.location == page
    assert stale.open(page).status_code in {200, 303}
    assert not (stale.open(page).location or "").startswith("/confirm")


def test_fresh_sessions_are_not_asked(signed_in: Walker) -> None:
    clock.shift(timedelta(minutes=14))
    assert signed_in.open("/profile/factors").status_code == 200


def test_a_wrong_password_does_not_confirm(stale: Walker) -> None:
    response = stale.send("/confirm", {"confirm_password": "bukan-sandi-saya-1"})
    assert response.status_code == 422
    assert 'id="f-confirm_password-e"' in response.text
    assert stale.open("/profile/factors").status_code == 303


def test_an_empty_password_is_named(stale: Walker) -> None:
    assert "Isi kata sandi." in text_of(stale.send("/confirm", {"confirm_password": ""}))


def test_confirming_does_not_lead_away(stale: Walker) -> None:
    response = stale.send("/confirm", {"confirm_password": PASSWORD, "next": "//penipu.example"})
    assert response.location == "/"


def test_a_confirmation_lasts_for_its_session_only(stale: Walker, browser_of: MakeWalker, staf: Member) -> None:
    fresh = browser_of()
    fresh.sign_in(staf.nip)
    assert fresh.open("/profile/factors").status_code == 200
    assert stale.open("/profile/factors").status_code == 303


def test_a_guarded_form_keeps_what_was_typed_but_no_secret(signed_in: Walker) -> None:
    token = signed_in.token("/password/new")
    clock.shift(timedelta(minutes=20))
    asked = signed_in.post("/password/new", {"csrf_token": token, "next": "/tasks?status=mine", "password": OWN})
    assert asked.status_code == 403
    assert 'action="/password/new"' in asked.text
    assert 'name="next" value="/tasks?status=mine"' in asked.text
    assert OWN not in asked.text


def test_it_goes_on_in_one_step(stale: Walker) -> None:
    shown = stale.token("/profile")
    asked = stale.post("/profile/factors/app/begin", {"csrf_token": shown})
    assert asked.status_code == 403
    token = re.search(r'name="csrf_token" value="([^"]+)"', asked.text)[1]
    values = {"csrf_token": token, "confirm_password": PASSWORD}
    assert stale.post("/profile/factors/app/begin", values).location == "/profile/factors/app"
    assert stale.open("/profile/factors/app").status_code == 200


def test_changing_the_password_ends_other_sessions_and_keeps_this(
    signed_in: Walker, browser_of: MakeWalker, staf: Member
) -> None:
    other = browser_of()
    other.sign_in(staf.nip)
    assert signed_in.send("/password/new", {"password": OWN}).location == "/profile"
    assert signed_in.is_in
    assert not other.is_in
    assert other.sign_in(staf.nip).status_code == 422
    assert other.sign_in(staf.nip, OWN).status_code == 303


def test_the_present_password_is_not_chosen_again(signed_in: Walker) -> None:
    assert signed_in.send("/password/new", {"password": PASSWORD}).status_code == 422
