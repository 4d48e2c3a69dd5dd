"""Administration asks for the password again after 15 minutes, and loses nothing that was typed."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from flask import Flask

from superapp.kernel import clock
from superapp.organization.models import Person
from superapp.plugin.host import EXTENSION
from tests.admin.conftest import Desk, hidden_of, stored
from tests.support.builders import PASSWORD, House

ADDED = {"name": "Yusup Lasung", "employment": "non_asn"}


def test_a_stale_command_asks_for_the_password_and_goes_on(desk: Desk, app: Flask) -> None:
    page = "/admin/people/new"
    fields = hidden_of(desk.html(page), page) | ADDED
    clock.shift(timedelta(minutes=15, seconds=5))
    asked = desk.post(page, fields)
    assert asked.status_code == 403
    assert "Yusup Lasung" in asked.text, "what was typed travels along"
    named = sa.select(Person.__table__.c.id).where(Person.__table__.c.name == "Yusup Lasung")
    assert not stored(app, named)
    assert desk.post(page, fields | {"confirm_password": "bukan-ini"}).status_code == 422
    assert not stored(app, named)
    assert desk.post(page, fields | {"confirm_password": PASSWORD}).status_code == 303
    assert len(stored(app, named)) == 1


def test_an_upload_asks_before_the_file_is_chosen(desk: Desk) -> None:
    clock.shift(timedelta(minutes=15, seconds=5))
    answer = desk.get("/admin/imports/new")
    assert answer.status_code == 303
    assert answer.location.startswith("/confirm")


def test_reading_goes_on_without_asking(desk: Desk) -> None:
    clock.shift(timedelta(minutes=30))
    assert desk.get("/admin/people").status_code == 200


def test_every_command_of_administration_needs_a_fresh_password(app: Flask, house: House) -> None:
    routes = app.extensions[EXTENSION].routes.values()
    commands = [route for route in routes if route.owner == "admin" and route.method == "POST"]
    assert len(commands) > 40
    assert all(route.prepare is not None for route in commands)
    assert all(route.permission.startswith("admin.") for route in commands)
