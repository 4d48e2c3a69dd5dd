"""Activation in bulk: who has no password yet, slips for them, and the door where a slip is used."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from superapp.access.actor import operator
from superapp.kernel import clock, command, database
from superapp.login import tables, tickets
from tests.login.conftest import MakeWalker
from tests.login.enrolling import enrol_app
from tests.login.walker import Walker, text_of
from tests.support.builders import House, Member, appointment, grant, person, position

OWN = "perahu senja dan meja kayu"


@pytest.fixture
def new(app: Flask, house: House) -> Member:
    """Return somebody of the section who has no account yet."""
    with app.app_context():
        who = person("Zainal Baru")
        post = position(house.unit("seksi"), "Analis Baru")
        appointment(who, post)
        return Member(who.id, who.nip, position_id=post.id, unit_id=house.units["seksi"])


def _slip(app: Flask, who: Member) -> str:
    with app.app_context():
        with command.begin("test", actor=operator(), says=""):
            batch = tickets.draw([who.id], "activation")
        return tickets.of_batch(batch, None)[0].code


@pytest.fixture
def desk(app: Flask, house: House, browser_of: MakeWalker) -> Walker:
    """Return the browser of `tu`, who is the admin of the section's accounts."""
    with app.app_context():
        grant(house.person("tu"), "login.activate", house.unit("seksi"))
    found = browser_of()
    found.sign_in(house.people["tu"].nip)
    return found


def _activate(walker: Walker, who: Member, code: str, password: str = OWN):
    return walker.send("/activate", {"nip": who.nip, "code": code, "password": password})


# The door -----------------------------------------------------------------------------------------------------------


def test_a_slip_opens_an_account_and_lets_its_owner_in(app: Flask, walker: Walker, new: Member) -> None:
    response = _activate(walker, new, _slip(app, new))
    assert (response.status_code, response.location) == (303, "/profile/factors/offer?next=/")
    assert walker.is_in
    walker.sign_out()
    assert walker.sign_in(new.nip, OWN).status_code == 303


@pytest.mark.parametrize(
    "written", [str.lower, lambda code: code.replace("-", ""), lambda code: f" {code[:5]} {code[6:]} "]
)
def test_a_code_may_be_written_otherwise(app: Flask, walker: Walker, new: Member, written) -> None:
    assert _activate(walker, new, written(_slip(app, new))).status_code == 303


def test_a_slip_is_good_once(app: Flask, browser_of: MakeWalker, new: Member) -> None:
    code = _slip(app, new)
    assert _activate(browser_of(), new, code).status_code == 303
    assert _activate(browser_of(), new, code, "kopi krayan manis sekali").status_code == 422


def test_of_16_who_use_one_slip_at_once_one_gets_in(app: Flask, new: Member) -> None:
    code = _slip(app, new)

    def spend(_number: int) -> bool:
        with app.app_context(), command.begin("test", actor=operator(), says=""):
            return tickets.spend(new.id, code)

    with ThreadPoolExecutor(16) as crowd:
        assert sum(crowd.map(spend, range(16))) == 1


def test_a_slip_ends_after_fourteen_days(app: Flask, walker: Walker, new: Member) -> None:
    code = _slip(app, new)
    clock.shift(timedelta(days=14, minutes=1))
    assert _activate(walker, new, code).status_code == 422


def test_a_new_slip_ends_the_old(app: Flask, walker: Walker, new: Member) -> None:
    old, fresh = _slip(app, new), _slip(app, new)
    assert _activate(walker, new, old).status_code == 422
    assert _activate(walker, new, fresh).status_code == 303


def test_every_refusal_at_the_door_looks_the_same(
    app: Flask, browser_of: MakeWalker, new: Member, staf: Member
) -> None:
    code = _slip(app, new)
    foreign = _slip(app, staf)
    tries = [("199001012015011999", code), (new.nip, "AAAAA-AAAAA"), (new.nip, foreign), (staf.nip, code)]
    answers = [browser_of().send("/activate", {"nip": nip, "code": code_, "password": OWN}) for nip, code_ in tries]
    assert {answer.status_code for answer in answers} == {422}
    pages = {re.sub(r"\d{18}", "N", text_of(answer)) for answer in answers}
    assert len(pages) == 1
    assert "tidak cocok" in pages.pop()


def test_a_weak_password_uses_nothing_up(app: Flask, walker: Walker, new: Member) -> None:
    code = _slip(app, new)
    weak = _activate(walker, new, code, "nunukan12345")
    assert weak.status_code == 422
    assert "umum" in text_of(weak)
    assert new.nip in weak.text
    assert code in weak.text
    assert _activate(walker, new, code, new.nip).status_code == 422
    assert _activate(walker, new, code).status_code == 303


def test_without_script_the_password_is_typed_twice(app: Flask, walker: Walker, new: Member) -> None:
    values = {"nip": new.nip, "code": _slip(app, new), "password": OWN}
    response = walker.send("/activate", values | {"again": "perahu senja dan meja besi"})
    assert response.status_code == 422
    assert "tidak sama" in text_of(response)
    assert walker.send("/activate", values | {"again": OWN}).status_code == 303


def test_a_slip_for_a_forgotten_password_keeps_the_second_factor(
    app: Flask, walker: Walker, browser_of: MakeWalker, staf: Member
) -> None:
    phone = enrol_app(app, staf)
    elsewhere = browser_of()
    elsewhere.sign_in(staf.nip)
    elsewhere.send("/login/code", {"code": phone.code(steps=-1)})
    assert elsewhere.is_in
    assert _activate(walker, staf, _slip(app, staf)).location == "/login"
    assert not walker.is_in
    assert not elsewhere.is_in
    assert walker.sign_in(staf.nip, OWN).location.startswith("/login/code")


def test_codes_lie_nowhere_in_the_database(app: Flask, new: Member) -> None:
    code = _slip(app, new)
    with app.app_context():
        row = str(database.run(sa.select(tables.ticket)).one()._mapping)
    assert code not in row
    assert code.replace("-", "") not in row


# The desk -----------------------------------------------------------------------------------------------------------


def test_the_list_shows_who_has_not_activated_yet(app: Flask, desk: Walker, new: Member, staf: Member) -> None:
    page = desk.open("/accounts").text
    assert "Zainal Baru" in page
    assert "Sari Dewi" not in page
    assert "Sari Dewi" in desk.open("/accounts?show=all").text


def test_the_list_ends_at_the_own_units(desk: Walker, house: House) -> None:
    page = desk.open("/accounts?show=all").text
    assert "Yosef Dagang" in page
    assert "Maria Lende" not in page
    assert "Lukman Hakim" not in page
    assert desk.open(f"/accounts?unit={house.units['dinkes']}").status_code == 404


@pytest.mark.parametrize("query", ["zain", "ZAINAL", "%", "_", "'", "x" * 500])
def test_the_list_is_searched(desk: Walker, new: Member, query: str) -> None:
    page = desk.open("/accounts", query_string={"q": query})
    assert page.status_code == 200
    assert ("Zainal Baru" in page.text) == (query.lower() in "zainal baru")


def test_others_do_not_see_the_desk(signed_in: Walker) -> None:
    assert signed_in.open("/accounts").status_code == 403


def _draw(desk: Walker, *people: UUID, **more: str):
    values = {"person": [one.hex for one in people], **more}
    return desk.send("/accounts/slips", values, page="/accounts?show=all")


def test_slips_are_drawn_printed_and_used(desk: Walker, walker: Walker, new: Member) -> None:
    response = _draw(desk, new.id)
    assert response.status_code == 303
    slips = desk.open(response.location)
    assert slips.headers["Cache-Control"] == "no-store"
    assert "Zainal Baru" in slips.text
    (code,) = re.findall(r"[2-9A-Z]{5}-[2-9A-Z]{5}", slips.text)
    assert _activate(walker, new, code).status_code == 303
    assert desk.open(response.location).status_code == 404


def test_slips_for_all_of_a_unit_at_once(app: Flask, desk: Walker, house: House, new: Member) -> None:
    with app.app_context():
        for at in range(5):
            appointment(person(f"Anggota {at}"), position(house.unit("seksi"), f"Anggota {at}"))
    page = desk.open(_draw(desk, everybody="1", unit=house.units["seksi"].hex).location).text
    assert len(re.findall(r"[2-9A-Z]{5}-[2-9A-Z]{5}", page)) == 6
    assert "Sari Dewi" not in page


def test_the_same_form_twice_draws_once(app: Flask, desk: Walker, new: Member) -> None:
    token = desk.token("/accounts")
    values = {"csrf_token": token, "idempotency_key": "a-key-of-this-filling", "person": new.id.hex}
    first, second = desk.post("/accounts/slips", values), desk.post("/accounts/slips", values)
    assert first.location == second.location
    with app.app_context():
        assert database.run(sa.select(sa.func.count()).select_from(tables.ticket)).scalar_one() == 1


def test_printing_ends_after_an_hour(desk: Walker, new: Member) -> None:
    location = _draw(desk, new.id).location
    clock.shift(timedelta(minutes=61))
    desk.send("/confirm", {"confirm_password": "pasar-malam-tarakan-2026"})
    assert desk.open(location).status_code == 404


def test_slips_are_printed_by_whom_drew_them(
    app: Flask, desk: Walker, browser_of: MakeWalker, house: House, new: Member
) -> None:
    location = _draw(desk, new.id).location
    other = browser_of()
    other.sign_in(house.people["admin"].nip)
    assert other.open(location).status_code == 404


def test_people_elsewhere_get_no_slips_here(desk: Walker, house: House, new: Member) -> None:
    assert _draw(desk, new.id, house.people["dokter"].id).status_code == 404
    assert _draw(desk, UUID(int=7)).status_code == 404


def test_nobody_chosen_is_said_in_words(desk: Walker, new: Member) -> None:
    response = _draw(desk)
    assert response.status_code == 422
    assert "Pilih dulu pegawai" in text_of(response)


def test_a_units_admin_opens_no_account_with_more_rights(app: Flask, desk: Walker, house: House, staf: Member) -> None:
    with app.app_context():
        grant(house.position("staf"), "letters.sign", house.unit("kominfo"))
    response = _draw(desk, staf.id)
    assert response.status_code == 403
    assert "hak khusus" in text_of(response)


def test_the_regencys_admin_does(app: Flask, browser_of: MakeWalker, house: House, staf: Member) -> None:
    with app.app_context():
        grant(house.position("staf"), "letters.sign", house.unit("kominfo"))
    admin = browser_of()
    admin.sign_in(house.people["admin"].nip)
    assert _draw(admin, staf.id).status_code == 303


def test_drawing_asks_for_the_password_again_after_a_while(desk: Walker, new: Member) -> None:
    clock.shift(timedelta(minutes=20))
    asked = _draw(desk, new.id)
    assert asked.status_code == 403
    assert new.id.hex in asked.text
    key = re.search(r'name="idempotency_key" value="([^"]+)"', asked.text)[1]
    token = re.search(r'name="csrf_token" value="([^"]+)"', asked.text)[1]
    values = {"csrf_token": token, "idempotency_key": key, "person": new.id.hex}
    assert desk.post("/accounts/slips", values | {"confirm_password": "salah-sama-sekali"}).status_code == 422
    done = desk.post("/accounts/slips", values | {"confirm_password": "pasar-malam-tarakan-2026"})
    assert done.status_code == 303
    assert done.location.startswith("/accounts/slips/")
