"""Codes of an authenticator app: enrolled with a picture, each good once, for whoever comes first."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from superapp.access.actor import operator
from superapp.kernel import clock, command, database
from superapp.login import tables
from superapp.login.factors import recovery, totp
from tests.login.conftest import MakeWalker
from tests.login.enrolling import App, enrol_app, enrol_codes, session_row, set_account
from tests.login.walker import Walker, text_of
from tests.support.builders import House, Member


@pytest.fixture
def phone(app: Flask, staf: Member) -> App:
    """Return the authenticator app of `staf`."""
    return enrol_app(app, staf)


def _first_step(walker: Walker, who: Member, target: str = "/") -> Walker:
    response = walker.sign_in(who.nip, next=target)
    assert response.status_code == 303
    assert response.location.startswith("/login/code?next=")
    return walker


def test_a_password_alone_is_not_enough_any_more(walker: Walker, staf: Member, phone: App) -> None:
    _first_step(walker, staf)
    assert walker.cookie("satu") is None
    assert not walker.is_in


def test_password_and_code_let_a_person_in(app: Flask, walker: Walker, staf: Member, phone: App) -> None:
    _first_step(walker, staf, "/profile")
    response = walker.send("/login/code", {"code": phone.code(), "next": "/profile"})
    assert (response.status_code, response.location) == (303, "/profile")
    assert walker.is_in
    assert session_row(app, walker).second_factor
    assert walker.cookie("langkah") is None


@pytest.mark.parametrize("written", [lambda code: f"{code[:3]} {code[3:]}", lambda code: f" {code} ", lambda code: f"{code[:3]}-{code[3:]}"])  # fmt: skip
def test_a_code_may_be_written_in_groups(walker: Walker, staf: Member, phone: App, written) -> None:
    _first_step(walker, staf)
    assert walker.send("/login/code", {"code": written(phone.code())}).status_code == 303


def test_a_code_is_good_once(browser_of: MakeWalker, staf: Member, phone: App) -> None:
    code = phone.code()
    assert _first_step(browser_of(), staf).send("/login/code", {"code": code}).status_code == 303
    second = _first_step(browser_of(), staf).send("/login/code", {"code": code})
    assert second.status_code == 422
    assert "sudah dipakai" in text_of(second)


def test_an_older_code_is_worth_nothing_after_a_newer_one(browser_of: MakeWalker, staf: Member, phone: App) -> None:
    older, newer = phone.code(steps=-1), phone.code()
    statuses = [
        _first_step(browser_of(), staf).send("/login/code", {"code": code}).status_code
        for code in (newer, older, newer)
    ]
    assert statuses == [303, 422, 422]


@pytest.mark.parametrize(("steps", "status"), [(-2, 422), (-1, 303), (0, 303), (1, 303), (2, 422)])
def test_a_code_lives_for_its_step_and_the_ones_beside_it(
    walker: Walker, staf: Member, phone: App, steps: int, status: int
) -> None:
    _first_step(walker, staf)
    assert walker.send("/login/code", {"code": phone.code(steps=steps)}).status_code == status


def test_of_32_who_send_one_code_at_once_one_gets_in(app: Flask, staf: Member, phone: App) -> None:
    code = phone.code()

    def spend(_number: int) -> bool:
        with app.app_context(), command.begin("test", actor=operator(), says=""):
            return totp.spend(staf.id, code)

    with ThreadPoolExecutor(32) as crowd:
        assert sum(crowd.map(spend, range(32))) == 1


@pytest.mark.parametrize("code", ["", "   ", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "000000", "x" * 100_000])
def test_other_codes_are_refused_in_words(walker: Walker, staf: Member, phone: App, code: str) -> None:
    _first_step(walker, staf)
    response = walker.send("/login/code", {"code": code})
    assert response.status_code == 422
    assert 'class="errtext"' in response.text


def test_guessing_codes_is_limited(walker: Walker, staf: Member, phone: App) -> None:
    _first_step(walker, staf)
    statuses = [walker.send("/login/code", {"code": "AAAAA-AAAA2"}).status_code for _ in range(11)]
    assert statuses == [422] * 10 + [429]


def test_the_second_step_ends_after_ten_minutes(walker: Walker, staf: Member, phone: App) -> None:
    _first_step(walker, staf)
    token = walker.token("/login/code")
    clock.shift(timedelta(minutes=11))
    walker.post("/login/code", {"csrf_token": token, "code": phone.code()})
    assert not walker.is_in
    assert walker.open("/login/code").location == "/login"


def test_the_second_step_belongs_to_its_browser(
    walker: Walker, browser_of: MakeWalker, staf: Member, phone: App
) -> None:
    _first_step(walker, staf)
    assert browser_of().open("/login/code").location == "/login"


def test_secrets_lie_encrypted(app: Flask, staf: Member, phone: App) -> None:
    with app.app_context():
        row = database.run(sa.select(tables.totp)).one()
    assert phone.generator.secret not in str(row._mapping)


def test_enrolling_shows_picture_key_and_codes(app: Flask, signed_in: Walker) -> None:
    assert signed_in.send("/profile/factors/app/begin", page="/profile/factors").location == "/profile/factors/app"
    page = signed_in.open("/profile/factors/app")
    assert "<svg" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    secret = re.search(r'<code class="mark">([A-Z2-7 ]+)</code>', page.text)[1].replace(" ", "")
    wrong = signed_in.send("/profile/factors/app", {"code": "000000"})
    assert wrong.status_code == 422
    done = signed_in.send("/profile/factors/app", {"code": App(secret).code()})
    assert done.location == "/profile/factors/codes"
    assert len(re.findall(r"[2-9A-Z]{5}-[2-9A-Z]{5}", signed_in.open(done.location).text)) == 10
    assert session_row(app, signed_in).second_factor
    assert signed_in.open("/profile/factors/app").location == "/profile/factors"


def test_the_code_that_enrolled_the_app_does_not_sign_in(
    signed_in: Walker, browser_of: MakeWalker, staf: Member
) -> None:
    signed_in.send("/profile/factors/app/begin", page="/profile/factors")
    page = signed_in.open("/profile/factors/app").text
    phone = App(re.search(r'<code class="mark">([A-Z2-7 ]+)</code>', page)[1].replace(" ", ""))
    code = phone.code()
    signed_in.send("/profile/factors/app", {"code": code})
    assert _first_step(browser_of(), staf).send("/login/code", {"code": code}).status_code == 422


def test_a_new_phone_replaces_the_old_only_when_confirmed(
    signed_in: Walker, browser_of: MakeWalker, app: Flask, staf: Member
) -> None:
    old = enrol_app(app, staf)
    signed_in.send("/profile/factors/app/begin", page="/profile/factors")
    assert _first_step(browser_of(), staf).send("/login/code", {"code": old.code()}).status_code == 303
    page = signed_in.open("/profile/factors/app").text
    new = App(re.search(r'<code class="mark">([A-Z2-7 ]+)</code>', page)[1].replace(" ", ""))
    signed_in.send("/profile/factors/app", {"code": new.code()})
    clock.shift(timedelta(seconds=90))
    assert _first_step(browser_of(), staf).send("/login/code", {"code": old.code()}).status_code == 422
    assert _first_step(browser_of(), staf).send("/login/code", {"code": new.code()}).status_code == 303


def test_the_last_factor_of_who_needs_one_stays(app: Flask, browser_of: MakeWalker, house: House) -> None:
    admin = house.people["admin"]
    phone = enrol_app(app, admin)
    set_account(app, admin, factor_exempt=False)
    walker = _first_step(browser_of(), admin)
    walker.send("/login/code", {"code": phone.code()})
    response = walker.send("/profile/factors/app/remove", page="/profile/factors")
    assert response.status_code == 409
    assert "mewajibkan faktor kedua" in text_of(response)


def test_others_may_take_the_app_away(app: Flask, signed_in: Walker, browser_of: MakeWalker, staf: Member) -> None:
    enrol_app(app, staf)
    assert signed_in.send("/profile/factors/app/remove", page="/profile/factors").status_code == 303
    assert browser_of().sign_in(staf.nip).location == "/"


# Recovery codes -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("written", [str, str.lower, lambda code: code.replace("-", ""), lambda code: " ".join(code)])
def test_a_recovery_code_stands_in_for_the_app(app: Flask, walker: Walker, staf: Member, phone: App, written) -> None:
    codes = enrol_codes(app, staf)
    _first_step(walker, staf)
    assert walker.send("/login/code", {"code": written(codes[3])}).status_code == 303
    assert "tersisa 9" in walker.open("/profile").text


def test_recovery_codes_have_a_field_with_letters(walker: Walker, staf: Member, phone: App) -> None:
    _first_step(walker, staf)
    assert 'inputmode="numeric"' in walker.open("/login/code").text
    page = walker.open("/login/code?backup=1&next=/profile").text
    assert 'inputmode="numeric"' not in page
    assert 'name="next" value="/profile"' in page
    refused = walker.send("/login/code", {"code": "AAAAA-AAAAA", "backup": "1"}, page="/login/code?backup=1")
    assert refused.status_code == 422
    assert 'inputmode="numeric"' not in refused.text


def test_a_recovery_code_is_good_once(app: Flask, browser_of: MakeWalker, staf: Member, phone: App) -> None:
    codes = enrol_codes(app, staf)
    statuses = [
        _first_step(browser_of(), staf).send("/login/code", {"code": code}).status_code
        for code in (codes[0], codes[0], codes[1])
    ]
    assert statuses == [303, 422, 303]


def test_of_32_who_send_one_recovery_code_one_gets_in(app: Flask, staf: Member) -> None:
    (code, *_others) = enrol_codes(app, staf)

    def spend(_number: int) -> bool:
        with app.app_context(), command.begin("test", actor=operator(), says=""):
            return recovery.spend(staf.id, code)

    with ThreadPoolExecutor(32) as crowd:
        assert sum(crowd.map(spend, range(32))) == 1


def test_new_codes_end_the_old(app: Flask, signed_in: Walker, browser_of: MakeWalker, staf: Member, phone: App) -> None:
    old = enrol_codes(app, staf)
    signed_in.send("/profile/factors/codes", page="/profile/factors")
    assert _first_step(browser_of(), staf).send("/login/code", {"code": old[0]}).status_code == 422


def test_codes_are_shown_for_a_while_and_then_never(app: Flask, signed_in: Walker, phone: App) -> None:
    signed_in.send("/profile/factors/codes", page="/profile/factors")
    file = signed_in.open("/profile/factors/codes.txt")
    assert len(re.findall(r"[2-9A-Z]{5}-[2-9A-Z]{5}", file.text)) == 10
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert file.headers["Cache-Control"] == "no-store"
    signed_in.send("/profile/factors/codes/kept", page="/profile/factors/codes")
    assert signed_in.open("/profile/factors/codes").location == "/profile/factors"
    signed_in.send("/profile/factors/codes", page="/profile/factors")
    clock.shift(timedelta(minutes=11))
    assert signed_in.open("/profile/factors/codes").location == "/profile/factors"


def test_codes_belong_to_the_session_that_drew_them(
    signed_in: Walker, browser_of: MakeWalker, staf: Member, app: Flask
) -> None:
    phone = enrol_app(app, staf)
    signed_in.send("/profile/factors/codes", page="/profile/factors")
    other = _first_step(browser_of(), staf)
    other.send("/login/code", {"code": phone.code()})
    assert other.open("/profile/factors/codes").location == "/profile/factors"


def test_stored_codes_cannot_be_read(app: Flask, staf: Member) -> None:
    codes = enrol_codes(app, staf)
    with app.app_context():
        stored = str(database.run(sa.select(tables.recovery_code)).all()) + str(
            database.run(sa.select(tables.challenge)).all()
        )
    assert not any(code in stored or code.replace("-", "") in stored for code in codes)
