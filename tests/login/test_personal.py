"""What signing in keeps about a person: handed over in words, taken away on erasure, and never a secret."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask

from superapp.access.actor import operator
from superapp.kernel import command, database
from superapp.login import personal, tables
from superapp.plugin import dispatch
from superapp.plugin.contributions import PersonSubject
from tests.login.enrolling import enrol_app, enrol_codes, enrol_passkey
from tests.login.walker import Walker
from tests.support.builders import Member


def test_devices_and_factors_are_handed_over_without_secrets(app: Flask, signed_in: Walker, staf: Member) -> None:
    phone, codes = enrol_app(app, staf), enrol_codes(app, staf)
    enrol_passkey(signed_in)
    with app.app_context():
        found = personal.kept(staf.id)
        hashed = database.run(sa.select(tables.account.c.password_hash)).scalars().first()
        assert {
            row.heading for answer in dispatch.person_data(PersonSubject(staf.id)) for row in answer.value or ()
        } >= {
            "Akun",
            "Perangkat",
        }
    words = str(found)
    assert staf.nip in words
    assert "Peramban" in words
    assert not any(secret in words for secret in (phone.generator.secret, codes[0], hashed))


def test_erasing_closes_the_account_and_forgets_everything_else(app: Flask, signed_in: Walker, staf: Member) -> None:
    enrol_app(app, staf)
    enrol_codes(app, staf)
    enrol_passkey(signed_in)
    with app.app_context():
        with command.begin("test", actor=operator(), says=""):
            assert personal.erase(staf.id) >= 5
        left = [database.run(sa.select(table).where(table.c.person_id == staf.id)).all() for table in personal.ERASED]
        assert not any(left)
    assert not signed_in.is_in
    assert signed_in.sign_in(staf.nip).status_code == 422
