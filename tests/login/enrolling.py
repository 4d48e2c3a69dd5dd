"""Arrangements: people with an authenticator app, recovery codes or a passkey."""

from __future__ import annotations

from datetime import timedelta

import pyotp
import sqlalchemy as sa
from flask import Flask

from superapp.access.actor import operator
from superapp.kernel import clock, command, database, secrets
from superapp.login import tables
from superapp.login.factors import recovery, totp
from tests.login.authenticator import Authenticator
from tests.login.walker import Walker
from tests.support.builders import Member, stored


class App:
    """The authenticator app on somebody's phone."""

    def __init__(self, secret: str) -> None:
        self.generator = pyotp.TOTP(secret)

    def code(self, *, steps: int = 0) -> str:
        """Return the code of now, or of some steps of 30 seconds later or earlier."""
        return self.generator.at(clock.now() + timedelta(seconds=30 * steps))


def enrol_app(app: Flask, who: Member) -> App:
    """Give a person an authenticator app, as if the present code had confirmed it a while ago."""
    with app.app_context():
        with command.begin("test", actor=operator(), says=""):
            totp.begin(who.id)
        phone = App(totp.pending(who.id))
        with command.begin("test", actor=operator(), says=""):
            assert totp.confirm(who.id, phone.code())
            database.run(sa.update(tables.totp).where(tables.totp.c.person_id == who.id).values(last_step=0))
    return phone


def enrol_codes(app: Flask, who: Member) -> list[str]:
    """Give a person recovery codes and return them."""
    with app.app_context():
        with command.begin("test", actor=operator(), says=""):
            recovery.renew(who.id, "nowhere")
        return recovery.shown("nowhere")


def enrol_passkey(walker: Walker, device: Authenticator | None = None) -> Authenticator:
    """Register a passkey for whoever is signed in with the browser."""
    device = device or Authenticator()
    options = walker.tell("/profile/factors/passkeys/options", {}, page="/profile").json
    response = walker.tell("/profile/factors/passkeys", {"credential": device.register(options)}, page="/profile")
    assert response.status_code == 200, response.text
    return device


def set_account(app: Flask, who: Member, **values: object) -> None:
    """Change columns of a person's account."""
    with app.app_context(), stored():
        database.run(sa.update(tables.account).where(tables.account.c.person_id == who.id).values(values))


def session_row(app: Flask, walker: Walker) -> sa.Row:
    """Return the row of a browser's session."""
    own = secrets.digest(walker.cookie("satu"))
    with app.app_context():
        return database.run(sa.select(tables.session).where(tables.session.c.id == own)).one()
