"""Passkeys: registered once, used in place of password and code, bound to site, browser and one challenge."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from superapp.access.actor import operator
from superapp.kernel import clock, command, database
from superapp.kernel.tables import audit
from superapp.login import accounts
from tests.login.authenticator import Authenticator, text
from tests.login.conftest import MakeWalker
from tests.login.enrolling import enrol_app, enrol_passkey, session_row, set_account
from tests.login.walker import Walker
from tests.support.builders import House, Member
from tests.support.databases import only_sqlite


@pytest.fixture
def finger(signed_in: Walker) -> Authenticator:
    """Return the passkey of `staf`."""
    return enrol_passkey(signed_in)


def _options(walker: Walker) -> dict[str, Any]:
    response = walker.tell("/login/passkey/options", {})
    assert response.status_code == 200
    return response.json


def _enter(walker: Walker, device: Authenticator, target: str = "/profile") -> Any:
    return walker.tell("/login/passkey", {"next": target, "credential": device.sign(_options(walker))})


def test_a_passkey_signs_in_without_password_and_counts_as_two_factors(
    app: Flask, walker: Walker, finger: Authenticator
) -> None:
    response = _enter(walker, finger)
    assert (response.status_code, response.json) == (200, {"location": "/profile"})
    assert walker.is_in
    assert session_row(app, walker).second_factor


def test_a_passkey_replaces_the_code_too(app: Flask, walker: Walker, finger: Authenticator, staf: Member) -> None:
    enrol_app(app, staf)
    assert _enter(walker, finger).status_code == 200


def test_the_page_to_open_stays_in_the_app(walker: Walker, finger: Authenticator) -> None:
    assert _enter(walker, finger, "https://penipu.example/").json == {"location": "/"}


def test_a_page_that_is_no_text_is_the_home_page(walker: Walker, finger: Authenticator) -> None:
    assert _enter(walker, finger, 7).json == {"location": "/"}  # type: ignore[arg-type]


def test_an_answer_works_once(walker: Walker, browser_of: MakeWalker, finger: Authenticator) -> None:
    options, token = _options(walker), walker.cookie("tamu")
    body = {"credential": finger.sign(options)}
    assert walker.tell("/login/passkey", body).status_code == 200
    again = browser_of()
    again.client.set_cookie("tamu", token, domain="localhost")
    response = again.tell("/login/passkey", body)
    assert response.status_code == 422
    assert "Muat ulang" in response.json["message"]


def test_an_answer_belongs_to_the_browser_that_asked(
    walker: Walker, browser_of: MakeWalker, finger: Authenticator
) -> None:
    assert browser_of().tell("/login/passkey", {"credential": finger.sign(_options(walker))}).status_code == 422


def test_a_challenge_ends_after_an_hour(walker: Walker, finger: Authenticator) -> None:
    options = _options(walker)
    clock.shift(timedelta(minutes=61))
    assert walker.tell("/login/passkey", {"credential": finger.sign(options)}).status_code == 422


@pytest.mark.parametrize("change", [{"origin": "https://penipu.example"}, {"verified": False}])
def test_other_origins_and_unverified_users_are_refused(walker: Walker, finger: Authenticator, change: dict) -> None:
    for name, value in change.items():
        setattr(finger, name, value)
    response = _enter(walker, finger)
    assert response.status_code == 422
    assert not walker.is_in


def test_a_strange_key_is_refused(walker: Walker, house: House) -> None:
    response = _enter(walker, Authenticator())
    assert response.status_code == 422
    assert "tidak dikenal" in response.json["message"]


def test_a_forged_signature_is_refused(walker: Walker, finger: Authenticator) -> None:
    forged = Authenticator(id=finger.id)
    assert _enter(walker, forged).status_code == 422


def test_a_counter_that_does_not_rise_is_refused(signed_in: Walker, browser_of: MakeWalker) -> None:
    device = enrol_passkey(signed_in, Authenticator(count=5))
    assert _enter(browser_of(), device).status_code == 200
    copied = Authenticator(key=device.key, id=device.id, count=3)
    assert _enter(browser_of(), copied).status_code == 422


def test_a_passkey_is_never_refused_for_others_failures(
    browser_of: MakeWalker, finger: Authenticator, staf: Member
) -> None:
    for at in range(31):
        browser_of(address=f"10.{at // 5}.7.1").sign_in(staf.nip, "bukan-sandi-saya-1")
    assert _enter(browser_of(address="10.0.7.1"), finger).status_code == 200


def test_a_closed_account_is_closed_to_passkeys(
    app: Flask, walker: Walker, finger: Authenticator, staf: Member
) -> None:
    with app.app_context(), command.begin("test", actor=operator(), says=""):
        accounts.disable(staf.id)
    assert _enter(walker, finger).status_code == 422


@pytest.mark.parametrize(
    "body", [[], "x", 7, {}, {"credential": None}, {"credential": {"response": {}}}, {"credential": "x" * 1000}]
)
def test_broken_answers_are_refused_in_words(walker: Walker, house: House, body: Any) -> None:
    response = walker.tell("/login/passkey", body)
    assert response.status_code == 422
    assert response.json["message"].endswith(".")


def test_brackets_without_end_are_refused_in_words(walker: Walker, house: House) -> None:
    deep = text(b"[" * 14_000)
    assert walker.tell("/login/passkey", {"credential": {"response": {"clientDataJSON": deep}}}).status_code == 422
    headers = {"X-CSRFToken": walker.token(), "Referer": "http://localhost/login", "Content-Type": "application/json"}
    response = walker.client.post("/login/passkey", data=b"[" * 20_000, headers=headers)
    assert response.status_code == 422
    assert response.json["message"].endswith(".")


def test_no_answer_is_taken_without_the_token(walker: Walker, finger: Authenticator) -> None:
    body = {"credential": finger.sign(_options(walker))}
    assert walker.client.post("/login/passkey", json=body).status_code == 400


def test_registering_needs_a_fresh_confirmation(signed_in: Walker) -> None:
    clock.shift(timedelta(minutes=16))
    response = signed_in.tell("/profile/factors/passkeys/options", {}, page="/profile")
    assert response.status_code == 422
    assert "konfirmasi" in response.json["message"]


def test_registering_needs_a_session(walker: Walker, house: House) -> None:
    assert walker.tell("/profile/factors/passkeys/options", {}).status_code == 401


def test_one_device_registers_once(signed_in: Walker, finger: Authenticator) -> None:
    options = signed_in.tell("/profile/factors/passkeys/options", {}, page="/profile").json
    assert [key["id"] for key in options["excludeCredentials"]]
    response = signed_in.tell("/profile/factors/passkeys", {"credential": finger.register(options)}, page="/profile")
    assert response.status_code == 422


def test_the_first_passkey_brings_recovery_codes(signed_in: Walker) -> None:
    options = signed_in.tell("/profile/factors/passkeys/options", {}, page="/profile").json
    response = signed_in.tell(
        "/profile/factors/passkeys", {"credential": Authenticator().register(options)}, page="/profile"
    )
    assert response.json == {"location": "/profile/factors/codes"}


def test_a_passkey_taken_away_signs_in_no_more(signed_in: Walker, walker: Walker, finger: Authenticator) -> None:
    address = re.search(r'action="(/profile/factors/passkeys/\w+/remove)"', signed_in.open("/profile/factors").text)[1]
    assert signed_in.send(address, page="/profile/factors").status_code == 303
    assert _enter(walker, finger).status_code == 422


def test_a_passkey_confirms_in_place_of_the_password(signed_in: Walker, finger: Authenticator) -> None:
    clock.shift(timedelta(minutes=20))
    assert signed_in.open("/profile/factors").location == "/confirm?next=/profile/factors"
    options = signed_in.tell("/confirm/passkey/options", {}, page="/confirm").json
    body = {"next": "/profile/factors", "credential": finger.sign(options)}
    assert signed_in.tell("/confirm/passkey", body, page="/confirm").json == {"location": "/profile/factors"}
    assert signed_in.open("/profile/factors").status_code == 200


def test_only_the_own_passkey_confirms(signed_in: Walker, browser_of: MakeWalker, house: House) -> None:
    other = browser_of()
    other.sign_in(house.people["kasi"].nip)
    foreign = enrol_passkey(other)
    clock.shift(timedelta(minutes=20))
    options = signed_in.tell("/confirm/passkey/options", {}, page="/confirm").json
    response = signed_in.tell("/confirm/passkey", {"credential": foreign.sign(options)}, page="/confirm")
    assert response.status_code == 422


def test_an_administrator_with_a_passkey_uses_it_as_second_step(
    app: Flask, browser_of: MakeWalker, house: House
) -> None:
    admin = house.people["admin"]
    here = browser_of()
    here.sign_in(admin.nip)
    device = enrol_passkey(here)
    set_account(app, admin, factor_exempt=False)
    walker = browser_of()
    assert walker.sign_in(admin.nip).location.startswith("/login/code")
    options = walker.tell("/login/code/passkey/options", {}, page="/login/code").json
    response = walker.tell(
        "/login/code/passkey", {"next": "/profile", "credential": device.sign(options)}, page="/login/code"
    )
    assert response.json == {"location": "/profile"}
    assert walker.is_in


def test_a_passkey_kept_for_comfort_does_not_shut_the_password_out(
    browser_of: MakeWalker, finger: Authenticator, staf: Member
) -> None:
    assert browser_of().sign_in(staf.nip).location == "/"


@only_sqlite
def test_an_app_on_the_own_machine_offers_them_as_localhost(make_app, house: House) -> None:
    walker = Walker(make_app(base_url="http://127.0.0.1:8000"), base_url="http://localhost:8000")
    walker.sign_in(house.people["staf"].nip)
    enrol_passkey(walker, Authenticator(origin="http://localhost:8000"))


@only_sqlite
@pytest.mark.parametrize("base_url", ["http://127.0.0.1:8000", "https://10.1.1.1", "http://satu.nunukankab.go.id"])
def test_where_browsers_allow_none_there_is_no_button(make_app, house: House, base_url: str) -> None:
    walker = Walker(make_app(base_url=base_url), base_url=base_url)
    assert "data-passkey" not in walker.open("/login").text


def _refusals(app: Flask) -> int:
    with app.app_context():
        return database.run(sa.select(sa.func.count()).where(audit.c.operation == "login.refused")).scalar_one()


def test_what_anybody_may_send_leaves_no_row_in_the_audit(app: Flask, walker: Walker, house: House) -> None:
    _enter(walker, Authenticator())
    walker.tell("/login/passkey", {"credential": "x"})
    assert _refusals(app) == 0


def test_a_known_passkey_that_fails_is_written_down(app: Flask, walker: Walker, finger: Authenticator) -> None:
    _enter(walker, Authenticator(id=finger.id))
    assert _refusals(app) == 1
