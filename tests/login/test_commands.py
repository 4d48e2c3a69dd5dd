"""The command line of accounts: `superapp user create` and `superapp grant`."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from superapp.access.rights import rights_of
from superapp.kernel import clock, stamps
from superapp.login.commands import grant, user
from superapp.organization import people
from tests.login.walker import Walker
from tests.support.builders import House, new_nip

OWN = "perahu senja dan meja kayu"


@pytest.fixture
def run(app: Flask, house: House):
    """Return a function that runs a command inside the app."""

    def run_it(command: Any, *arguments: str, given: Any = None) -> Result:
        text = given if isinstance(given, str) else json.dumps(given)
        with app.app_context():
            return CliRunner().invoke(command, list(arguments), input=text)

    return run_it


def test_a_person_with_own_password_signs_in_at_once(run, walker: Walker) -> None:
    nip = new_nip()
    made = run(user, "create", given={"nip": nip, "name": "Yuliana", "password": OWN})
    assert made.exit_code == 0, made.stderr
    assert json.loads(made.stdout) == {"nip": nip, "name": "Yuliana", "must_change_password": False}
    walker.sign_in(nip, OWN)
    assert walker.is_in


def test_without_a_password_a_temporary_one_is_drawn(run, walker: Walker) -> None:
    made = json.loads(run(user, "create", given={"nip": new_nip(), "name": "Yuliana"}).stdout)
    assert made["must_change_password"]
    assert walker.sign_in(made["nip"], made["password"]).status_code == 303
    assert walker.open("/profile").location.startswith("/password/new")


def test_who_has_no_nip_gets_a_staff_number(run, walker: Walker) -> None:
    made = json.loads(run(user, "create", given={"name": "Wakil", "password": OWN, "employment": "pejabat"}).stdout)
    assert made["nip"].startswith("NP")
    assert walker.sign_in(made["nip"], OWN).status_code == 303


def test_a_person_who_is_known_gets_the_account(run, house: House, walker: Walker) -> None:
    nip = house.people["staf"].nip
    assert run(user, "create", given={"nip": nip, "password": OWN}).exit_code == 0
    assert walker.sign_in(nip, OWN).status_code == 303


def test_post_and_role_come_with_the_account(run, app: Flask, walker: Walker) -> None:
    nip = new_nip()
    given = {
        "nip": nip,
        "name": "Yuliana",
        "password": OWN,
        "unit": "SEKSI",
        "position": "Analis Data",
        "role": "unit-admin",
    }
    made = run(user, "create", given=given)
    assert made.exit_code == 0, made.stderr
    with app.app_context():
        found = people.by_number(nip)
        rights = rights_of(found.id, stamps.read().access, clock.today())
        assert [hat.title for hat in rights.hats] == ["Analis Data"]
        assert rights.holds("login.activate")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("{", "bukan JSON"),
        ("[]", "objek JSON"),
        ({"nip": "123", "name": "X"}, "18 angka"),
        ({"nip": "١٩٨٥٠٤١٢٢٠١٠٠١٢٠١٧", "name": "X"}, "NIP"),
        ({"nip": "198504122010012017"}, "name"),
        ({"nip": "198504122010012017", "name": "X", "password": "nunukan12345"}, "umum"),
        ({"nip": "198504122010012017", "name": "X", "nama": "Y"}, "tidak dikenal: nama"),
        ({"nip": 198504122010012017, "name": "X"}, "harus teks"),
        ({"nip": "198504122010012017", "name": "X", "unit": "TIDAKADA", "position": "Y"}, "TIDAKADA"),
        ({"nip": "198504122010012017", "name": "X", "role": "raja"}, "raja"),
    ],
)
def test_bad_input_ends_with_one_and_a_sentence_and_stores_nothing(run, app: Flask, given: Any, words: str) -> None:
    done = run(user, "create", given=given)
    assert done.exit_code == 1
    assert words in done.stderr
    assert done.stdout == ""
    with app.app_context():
        assert people.by_number("198504122010012017") is None


def test_a_permission_is_granted_on_a_unit(run, app: Flask, house: House, walker: Walker) -> None:
    nip = house.people["staf"].nip
    done = run(grant, nip, "login.activate", "--unit", "SEKSI")
    assert (done.exit_code, done.stdout) == (0, "Sari Dewi: login.activate @ SEKSI\n")
    walker.sign_in(nip)
    assert walker.open("/accounts").status_code == 200


def test_a_role_is_granted_over_the_regency(run, app: Flask, house: House) -> None:
    assert run(grant, house.people["staf"].nip, "admin").exit_code == 0
    with app.app_context():
        assert rights_of(house.people["staf"].id, stamps.read().access, clock.today()).reach("x.y").everywhere


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("199001012015011999", "login.activate"), "tidak ada"),
        (("NIP", "tidak.ada"), "tidak dinyatakan"),
        (("NIP", "raja"), "raja"),
        (("NIP", "login.activate", "--unit", "TIDAKADA"), "TIDAKADA"),
        (("NIP", "login.activate", "--until", "2020-01-01"), "Tanggal akhir"),
    ],
)
def test_a_grant_that_cannot_be_ends_with_one_and_a_sentence(run, house: House, arguments: tuple, words: str) -> None:
    done = run(grant, *(house.people["staf"].nip if one == "NIP" else one for one in arguments))
    assert done.exit_code == 1
    assert words in done.stderr


def test_wrong_usage_ends_with_two(run) -> None:
    assert run(grant).exit_code == 2
