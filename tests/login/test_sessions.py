"""Sessions end by rule, with the account, and when somebody ends them elsewhere; at once on every worker."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from superapp.access.actor import operator
from superapp.kernel import clock, command, database
from superapp.login import accounts, housekeeping, session, tables
from superapp.organization import people
from tests.login.conftest import MakeWalker
from tests.login.walker import Walker
from tests.support.builders import House, Member, stored


def _use_for(walker: Walker, days: int) -> None:
    for at in range(days * 3):
        clock.shift(timedelta(hours=8 * at))
        assert walker.is_in, f"out after {8 * at} hours"


def test_an_unused_session_ends_after_twelve_hours(signed_in: Walker) -> None:
    clock.shift(session.IDLE - timedelta(minutes=1))
    assert signed_in.is_in
    clock.shift(2 * session.IDLE)
    assert not signed_in.is_in


def test_a_used_session_ends_after_thirty_days(signed_in: Walker) -> None:
    _use_for(signed_in, 30)
    clock.shift(session.LONGEST + timedelta(minutes=1))
    assert not signed_in.is_in


def test_last_seen_is_written_once_a_minute(app: Flask, signed_in: Walker) -> None:
    def seen() -> object:
        with app.app_context():
            return database.run(sa.select(tables.session.c.last_seen)).scalar_one()

    first = seen()
    assert signed_in.is_in
    assert seen() == first
    clock.shift(timedelta(seconds=61))
    assert signed_in.is_in
    assert seen() > first


def _closed(app: Flask, work: Callable[[], object]) -> None:
    with app.app_context(), command.begin("test", actor=operator(), says=""):
        work()


def test_a_closed_account_is_out_at_its_next_request(app: Flask, signed_in: Walker, staf: Member) -> None:
    _closed(app, lambda: accounts.disable(staf.id))
    assert not signed_in.is_in
    assert signed_in.sign_in(staf.nip).status_code == 422
    _closed(app, lambda: accounts.enable(staf.id))
    assert signed_in.sign_in(staf.nip).status_code == 303


def test_who_left_is_out_from_the_day_after_the_last(app: Flask, signed_in: Walker, staf: Member) -> None:
    _closed(app, lambda: people.end(people.person(staf.id), None, clock.today()))
    assert signed_in.is_in
    clock.shift(timedelta(hours=11))
    signed_in.open("/profile")
    clock.shift(timedelta(hours=22))
    signed_in.open("/profile")
    clock.shift(timedelta(hours=30))
    assert not signed_in.is_in
    assert signed_in.sign_in(staf.nip).status_code == 422


def test_another_worker_sees_the_end_at_once(make_app, house: House) -> None:
    first, second = make_app(), make_app()
    here, there = Walker(first), Walker(second)
    here.sign_in(house.people["staf"].nip)
    there.client.set_cookie("satu", here.cookie("satu"), domain="localhost")
    assert there.is_in
    here.sign_out()
    assert not there.is_in


def _references(page: str) -> list[str]:
    return re.findall(r'action="(/profile/sessions/\w+/end)"', page)


def test_devices_are_listed_and_signed_out_from_afar(signed_in: Walker, browser_of: MakeWalker, staf: Member) -> None:
    phone = browser_of()
    phone.client.environ_base["HTTP_USER_AGENT"] = (
        "Mozilla/5.0 (Linux; Android 10; K) Chrome/150.0.0.0 Mobile Safari/537.36"
    )
    phone.sign_in(staf.nip)
    page = signed_in.open("/profile").text
    assert "Chrome di Android" in page
    assert page.count("Perangkat ini") == 1
    (away,) = _references(page)
    assert signed_in.send(away, page="/profile").status_code == 303
    assert not phone.is_in
    assert signed_in.is_in


def test_all_other_devices_go_at_once(signed_in: Walker, browser_of: MakeWalker, staf: Member) -> None:
    others = [browser_of() for _ in range(3)]
    for other in others:
        other.sign_in(staf.nip)
    signed_in.send("/profile/sessions/end", page="/profile")
    assert [other.is_in for other in others] == [False] * 3
    assert signed_in.is_in


def test_nobody_signs_out_somebody_else(signed_in: Walker, browser_of: MakeWalker, house: House) -> None:
    other = browser_of()
    other.sign_in(house.people["kasi"].nip)
    mine = browser_of()
    mine.sign_in(house.people["kasi"].nip)
    (reference,) = _references(mine.open("/profile").text)
    assert signed_in.send(reference, page="/profile").status_code == 404
    assert other.is_in


def test_a_device_signed_out_from_afar_is_a_stranger(
    app: Flask, signed_in: Walker, browser_of: MakeWalker, staf: Member
) -> None:
    phone = browser_of()
    phone.sign_in(staf.nip)
    (away,) = _references(signed_in.open("/profile").text)
    signed_in.send(away, page="/profile")
    with app.app_context():
        left = database.run(sa.select(sa.func.count()).select_from(tables.device)).scalar_one()
    assert left == 1


def test_the_sweep_takes_what_is_over_and_nothing_else(
    app: Flask, signed_in: Walker, browser_of: MakeWalker, house: House
) -> None:
    old = browser_of()
    old.sign_in(house.people["kasi"].nip)
    with app.app_context():
        with stored():
            gone = tables.session.c.person_id == house.people["kasi"].id
            past = clock.now() - timedelta(days=2)
            database.run(sa.update(tables.session).where(gone).values(last_seen=past))
        with command.begin("test", actor=operator(), says=""):
            assert housekeeping.sweep()["sessions"] == 1
    assert signed_in.is_in


@pytest.mark.parametrize("cookie", ["", "x", "a" * 3000, "päß", "../../etc"])
def test_cookies_of_nobody_sign_nobody_in(walker: Walker, house: House, cookie: str) -> None:
    walker.client.set_cookie("satu", cookie, domain="localhost")
    assert walker.open("/profile").status_code == 302
    assert walker.open("/login").status_code == 200
