"""The limits of the doors: how many failures, for whom, and who is never shut out by others."""

from __future__ import annotations

from datetime import timedelta

import pytest

from superapp.kernel import clock
from tests.login.conftest import MakeWalker
from tests.login.walker import Walker, text_of
from tests.support.builders import PASSWORD, House, Member

WRONG = "bukan-sandi-saya-1"


def test_the_eleventh_failure_from_one_place_waits(walker: Walker, staf: Member) -> None:
    assert [walker.sign_in(staf.nip, WRONG).status_code for _ in range(10)] == [422] * 10
    response = walker.sign_in(staf.nip, WRONG)
    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) > 0
    assert "Tunggu" in text_of(response)
    assert "menit" in text_of(response)
    assert "admin unit" in text_of(response)


def test_the_right_password_waits_too(walker: Walker, staf: Member) -> None:
    for _ in range(10):
        walker.sign_in(staf.nip, WRONG)
    assert walker.sign_in(staf.nip).status_code == 429
    clock.shift(timedelta(minutes=6))
    assert walker.sign_in(staf.nip).status_code == 303


def test_unknown_numbers_are_counted_alike(walker: Walker, house: House) -> None:
    statuses = [walker.sign_in("199001012015011999", WRONG).status_code for _ in range(11)]
    assert statuses == [422] * 10 + [429]


def test_nip_and_staff_number_written_otherwise_are_one_account(walker: Walker, staf: Member) -> None:
    spellings = [staf.nip, f"{staf.nip[:8]} {staf.nip[8:]}", f" {staf.nip}"]
    statuses = [walker.sign_in(spellings[at % 3], WRONG).status_code for at in range(11)]
    assert statuses[-1] == 429


def test_thirty_failures_from_many_places_shut_the_account(browser_of: MakeWalker, staf: Member) -> None:
    statuses = [browser_of(address=f"10.{at // 5}.7.1").sign_in(staf.nip, WRONG).status_code for at in range(31)]
    assert statuses == [422] * 30 + [429]


def test_a_known_device_is_not_shut_out_by_strangers(browser_of: MakeWalker, staf: Member, signed_in: Walker) -> None:
    signed_in.sign_out()
    for at in range(30):
        browser_of(address=f"10.{at // 5}.7.1").sign_in(staf.nip, WRONG)
    assert browser_of(address="10.99.9.9").sign_in(staf.nip).status_code == 429
    assert signed_in.sign_in(staf.nip).status_code == 303


def test_a_known_device_has_limits_of_its_own(staf: Member, signed_in: Walker) -> None:
    signed_in.sign_out()
    statuses = [signed_in.sign_in(staf.nip, WRONG).status_code for _ in range(11)]
    assert statuses == [422] * 10 + [429]


def test_a_device_is_known_to_its_own_account_only(browser_of: MakeWalker, house: House, signed_in: Walker) -> None:
    signed_in.sign_out()
    other = house.people["kasi"]
    for at in range(30):
        browser_of(address=f"10.{at // 5}.7.1").sign_in(other.nip, WRONG)
    assert signed_in.sign_in(other.nip).status_code == 429


def test_success_is_not_counted(walker: Walker, staf: Member) -> None:
    for _ in range(12):
        assert walker.sign_in(staf.nip).status_code == 303
        walker.sign_out()


def test_an_office_behind_one_address_signs_in(browser_of: MakeWalker, house: House) -> None:
    office = [person.nip for person in house.people.values()]
    for nip in office:
        assert browser_of().sign_in(nip, WRONG).status_code == 422
        assert browser_of().sign_in(nip).status_code == 303


@pytest.mark.parametrize("number", ["199001012015011999", None])
def test_asking_for_links_is_limited_without_telling_who_exists(
    walker: Walker, staf: Member, number: str | None
) -> None:
    statuses = [walker.send("/password/forgotten", {"nip": number or staf.nip}).status_code for _ in range(6)]
    assert statuses == [303] * 5 + [429]


def test_codes_of_slips_are_not_guessed_freely(walker: Walker, staf: Member) -> None:
    values = {"nip": staf.nip, "code": "AAAAA-AAAAA", "password": PASSWORD}
    statuses = [walker.send("/activate", values).status_code for _ in range(11)]
    assert statuses == [422] * 10 + [429]


def test_step_up_is_limited(signed_in: Walker, staf: Member) -> None:
    statuses = [signed_in.send("/confirm", {"confirm_password": WRONG}).status_code for _ in range(11)]
    assert statuses == [422] * 10 + [429]
