"""Signing in: what lets people in, and that every refusal looks the same."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from superapp.kernel import clock, database, secrets
from superapp.kernel.tables import audit
from superapp.login import tables
from tests.login.conftest import MakeWalker
from tests.login.walker import Walker, text_of
from tests.support.builders import PASSWORD, House, Member, account, person
from tests.support.databases import only_sqlite


def _spaced(nip: str) -> str:
    return f"{nip[:8]} {nip[8:14]} {nip[14]} {nip[15:]}"


def test_nip_and_password_let_a_person_in(walker: Walker, staf: Member) -> None:
    response = walker.sign_in(staf.nip)
    assert (response.status_code, response.location) == (303, "/")
    assert walker.is_in


@pytest.mark.parametrize("written", [_spaced, lambda nip: f"  {nip} ", lambda nip: nip.replace("1", "1-", 1)])
def test_a_nip_may_be_written_in_groups(walker: Walker, staf: Member, written) -> None:
    assert walker.sign_in(written(staf.nip)).status_code == 303


def test_who_has_no_nip_signs_in_with_the_staff_number(walker: Walker, house: House) -> None:
    number = house.people["bupati"].nip
    assert walker.sign_in(number.lower()).status_code == 303


def test_the_page_that_was_wanted_opens_after_signing_in(walker: Walker, staf: Member) -> None:
    assert walker.open("/profile").location == "/login?next=/profile"
    assert walker.sign_in(staf.nip, next="/profile").location == "/profile"


def test_who_is_in_already_goes_on(signed_in: Walker) -> None:
    assert signed_in.open("/login?next=/profile").location == "/profile"


@pytest.fixture
def refused(app: Flask, house: House) -> dict[str, str]:
    """Return numbers with which nobody may sign in, each for another reason."""
    with app.app_context():
        closed, left, never = (
            person("Tutup"),
            person("Pergi", ended_on=clock.today() - timedelta(days=1)),
            person("Baru"),
        )
        account(closed, disabled_at=clock.now())
        account(left)
        return {"unknown": "199001012015011999", "closed": closed.nip, "left": left.nip, "never": never.nip}


def test_every_refusal_has_the_same_text_and_status(
    browser_of: MakeWalker, staf: Member, refused: dict[str, str]
) -> None:
    answers = {"wrong": browser_of().sign_in(staf.nip, "bukan-sandi-saya-1")}
    answers |= {why: browser_of().sign_in(number) for why, number in refused.items()}
    assert {answer.status_code for answer in answers.values()} == {422}
    pages = {re.sub(r"\d{18}", "N", text_of(answer)) for answer in answers.values()}
    assert len(pages) == 1
    assert "tidak cocok" in pages.pop()
    assert {len(answer.headers.getlist("Set-Cookie")) for answer in answers.values()} == {0}


def test_a_refused_form_keeps_the_number_and_never_the_password(walker: Walker, staf: Member) -> None:
    page = walker.sign_in(staf.nip, "rahasia-sekali-99").text
    assert staf.nip in page
    assert "rahasia-sekali-99" not in page


def test_a_wrong_length_is_named_before_anything_is_looked_up(walker: Walker, staf: Member) -> None:
    assert "NIP terdiri atas 18 angka. Anda mengisi 17." in text_of(walker.sign_in(staf.nip[:17]))


@pytest.mark.parametrize("values", [{"nip": ""}, {"password": ""}, {"nip": "", "password": ""}])
def test_empty_fields_are_named(walker: Walker, staf: Member, values: dict[str, str]) -> None:
    response = walker.send("/login", {"nip": staf.nip, "password": PASSWORD} | values)
    assert response.status_code == 422
    assert response.text.count('class="errtext"') == len(values)


@pytest.mark.parametrize("number", ["１９８５０３１７", "x" * 1_000_000, "' OR 1=1 --", "\u202e123", "1985\t0317"])
def test_odd_numbers_are_refused_in_words(walker: Walker, house: House, number: str) -> None:
    response = walker.sign_in(number)
    assert response.status_code == 422
    assert 'class="errtext"' in response.text


def test_a_password_of_a_megabyte_is_refused_as_wrong(walker: Walker, staf: Member) -> None:
    assert walker.sign_in(staf.nip, "a" * 1_000_000).status_code == 422


def test_refusals_are_written_down_without_what_was_typed(app: Flask, walker: Walker, staf: Member) -> None:
    walker.sign_in(staf.nip, "bukan-sandi-saya-1")
    walker.sign_in("sandi-di-kolom-salah")
    with app.app_context():
        rows = database.run(
            sa.select(audit).where(audit.c.operation == "login.refused").order_by(audit.c.sequence)
        ).all()
        assert [row.record_id for row in rows] == [staf.id, None]
        assert not any("sandi" in str(value) for row in rows for value in (row.principal, row.request_id))


# Sessions -----------------------------------------------------------------------------------------------------------


def test_the_session_id_is_new_after_signing_in(walker: Walker, staf: Member) -> None:
    walker.client.set_cookie("satu", "planted-by-somebody-else", domain="localhost")
    walker.sign_in(staf.nip)
    first = walker.cookie("satu")
    assert first != "planted-by-somebody-else"
    walker.sign_out()
    walker.sign_in(staf.nip)
    assert walker.cookie("satu") != first


def test_signing_in_again_ends_the_session_before(app: Flask, signed_in: Walker, staf: Member, walker: Walker) -> None:
    old = signed_in.cookie("satu")
    response = signed_in.post(
        "/login", {"csrf_token": signed_in.token("/profile"), "nip": staf.nip, "password": PASSWORD}
    )
    assert response.status_code == 303
    walker.client.set_cookie("satu", old, domain="localhost")
    assert not walker.is_in


def test_only_the_hash_of_the_session_is_stored(app: Flask, signed_in: Walker) -> None:
    token = signed_in.cookie("satu")
    with app.app_context():
        assert list(database.run(sa.select(tables.session.c.id)).scalars()) == [secrets.digest(token)]


def test_a_visitors_form_token_is_worth_nothing_after_signing_in(walker: Walker, staf: Member) -> None:
    before = walker.token("/login")
    walker.sign_in(staf.nip)
    assert walker.post("/profile/look", {"csrf_token": before, "idempotency_key": "k" * 16}).status_code == 400


def test_signing_out_kills_the_cookie_everywhere(signed_in: Walker, walker: Walker) -> None:
    token = signed_in.cookie("satu")
    assert signed_in.sign_out().location == "/login"
    assert signed_in.cookie("satu") is None
    walker.client.set_cookie("satu", token, domain="localhost")
    assert not walker.is_in


def test_signing_out_twice_is_no_fault(signed_in: Walker) -> None:
    token = signed_in.token("/profile")
    cookie = signed_in.cookie("satu")
    signed_in.post("/logout", {"csrf_token": token})
    signed_in.client.set_cookie("satu", cookie, domain="localhost")
    assert signed_in.post("/logout", {"csrf_token": token}).status_code == 303


def test_a_get_never_signs_out(signed_in: Walker) -> None:
    assert signed_in.open("/logout").status_code == 405
    assert signed_in.is_in


# Cookies and tokens -------------------------------------------------------------------------------------------------


def _cookies(response) -> dict[str, str]:
    return {header.split("=", 1)[0]: header for header in response.headers.getlist("Set-Cookie")}


def test_cookies_on_http_are_httponly_and_lax(walker: Walker, staf: Member) -> None:
    given = _cookies(walker.open("/login")) | _cookies(walker.sign_in(staf.nip))
    assert {"tamu", "satu", "perangkat"} <= set(given)
    for header in given.values():
        assert "HttpOnly" in header
        assert "Path=/" in header
        assert "Secure" not in header
        assert "SameSite=Lax" in header or "Max-Age=0" in header


@only_sqlite
def test_cookies_on_https_are_host_only_and_secure(make_app, house: House) -> None:
    app = make_app(base_url="https://satu.nunukankab.go.id")
    walker = Walker(app, base_url="https://satu.nunukankab.go.id")
    given = _cookies(walker.open("/login"))
    response = walker.sign_in(house.people["staf"].nip)
    assert response.status_code == 303
    given |= _cookies(response)
    assert {"__Host-tamu", "__Host-satu", "__Host-perangkat"} <= set(given)
    for header in given.values():
        assert "Secure" in header
        assert "HttpOnly" in header
        assert "Domain" not in header
    assert walker.is_in
    assert walker.open("/login").headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


@only_sqlite
@pytest.mark.parametrize("referer", ["https://penipu.example/login", ""])
def test_on_https_a_form_from_elsewhere_is_refused(make_app, house: House, referer: str) -> None:
    app = make_app(base_url="https://satu.nunukankab.go.id")
    walker = Walker(app, base_url="https://satu.nunukankab.go.id")
    values = {"csrf_token": walker.token(), "nip": house.people["staf"].nip, "password": PASSWORD}
    assert walker.post("/login", values, headers={"Referer": referer}).status_code == 400


@pytest.mark.parametrize("token", ["", "x", None])
def test_no_form_is_taken_without_its_token(walker: Walker, staf: Member, token: str | None) -> None:
    walker.open("/login")
    values = {"nip": staf.nip, "password": PASSWORD} | ({} if token is None else {"csrf_token": token})
    assert walker.post("/login", values).status_code == 400
    assert not walker.is_in


def test_the_token_of_another_visitor_is_refused(browser_of: MakeWalker, staf: Member) -> None:
    stranger, victim = browser_of(), browser_of()
    victim.open("/login")
    values = {"csrf_token": stranger.token(), "nip": staf.nip, "password": PASSWORD}
    assert victim.post("/login", values).status_code == 400


def test_pages_of_the_doors_are_never_stored(walker: Walker) -> None:
    assert walker.open("/login").headers["Cache-Control"] == "no-store"
