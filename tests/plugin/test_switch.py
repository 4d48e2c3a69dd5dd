"""Switching modules: for the regency, for an OPD, refused where it would break something, seen at the next request."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from superapp.extensions import db
from superapp.kernel import stamps, tables
from superapp.kernel.errors import NotFound, Refused
from superapp.plugin import switch
from superapp.plugin.host import EXTENSION, host
from superapp.plugin.listing import listed
from superapp.plugin.migrate.history import plugin_history
from tests.plugin.conftest import commanded, switch_on, write_module
from tests.support import builders
from tests.support.builders import House

HOME = "/app/dummy/"


def set_(app: Flask, name: str, *, on: bool, opd: object = None) -> None:
    with app.app_context(), commanded():
        (switch.enable if on else switch.disable)(name, opd)  # type: ignore[arg-type]


def test_a_module_is_gone_from_pages_and_menus_at_the_next_request(staf: FlaskClient, dummy_app: Flask) -> None:
    assert 'href="/app/dummy/"' in staf.get("/").text

    set_(dummy_app, "dummy", on=False)

    assert staf.get(HOME).status_code == 404
    assert 'href="/app/dummy/"' not in staf.get("/").text
    set_(dummy_app, "dummy", on=True)
    assert staf.get(HOME).status_code == 200


def test_public_pages_of_a_module_that_is_off_are_gone_too(dummy_app: Flask) -> None:
    set_(dummy_app, "dummy", on=False)

    assert dummy_app.test_client().get("/app/dummy/open").status_code == 404


def test_a_newly_found_module_is_off(make_app: Callable[..., Flask], modules: Path, house: House) -> None:
    write_module(modules, "alfa")
    client = builders.sign_in(make_app(plugin_path=str(modules)).test_client(), house.people["admin"])

    assert client.get("/app/alfa/").status_code == 404


def test_a_module_off_for_an_opd_is_off_for_its_people_alone(staf: FlaskClient, dummy_app: Flask, house: House) -> None:
    with dummy_app.app_context():
        builders.grant(house.person("dokter"), "dummy.view", house.unit("dinkes"))
    doctor = builders.sign_in(dummy_app.test_client(), house.people["dokter"])

    set_(dummy_app, "dummy", on=False, opd=house.units["kominfo"])

    assert staf.get(HOME).status_code == 404
    assert doctor.get(HOME).status_code == 200
    with dummy_app.app_context():
        assert not host().is_on("dummy", house.units["kominfo"])
        assert host().is_on("dummy", house.units["dinkes"])
        assert host().is_on("dummy")
    set_(dummy_app, "dummy", on=True, opd=house.units["kominfo"])
    assert staf.get(HOME).status_code == 200


def test_somebody_with_hats_in_two_opds_keeps_a_module_that_is_off_in_one(dummy_app: Flask, house: House) -> None:
    with dummy_app.app_context():
        who = house.person("staf")
        builders.appointment(who, builders.position(house.unit("dinkes"), "Pembantu"), kind="plt")
        builders.grant(who, "dummy.view", house.unit("seksi"))
    set_(dummy_app, "dummy", on=False, opd=house.units["kominfo"])

    assert builders.sign_in(dummy_app.test_client(), house.people["staf"]).get(HOME).status_code == 200


def test_a_module_with_pending_migrations_is_not_switched_on(make_app: Callable[..., Flask]) -> None:
    from tests.plugin.conftest import DUMMY

    app = make_app(plugin_path=str(DUMMY))

    with app.app_context():
        with pytest.raises(Refused, match="migrasi"), commanded():
            switch.enable("dummy")
        row = listed("dummy")
        assert row is not None
        assert row.state == "pending"


def test_new_revisions_keep_a_module_off_until_they_have_run(staf: FlaskClient, dummy_app: Flask) -> None:
    found = dummy_app.extensions[EXTENSION]
    files = plugin_history(found.plugins["dummy"].found).files()

    found.states.expect("dummy", files | {"0099_later.py"})
    found.states.forget()

    assert staf.get(HOME).status_code == 404


def test_a_module_is_switched_on_after_those_it_needs(make_app: Callable[..., Flask], modules: Path) -> None:
    write_module(modules, "alfa", toml='depends = ["beta"]')
    write_module(modules, "beta", title="Beta Satu")
    app = make_app(plugin_path=str(modules))

    with app.app_context(), pytest.raises(Refused, match="Beta Satu"), commanded():
        switch.enable("alfa")
    switch_on(app, "beta", "alfa")
    with app.app_context(), pytest.raises(Refused, match="Alfa"), commanded():
        switch.disable("beta")


def test_an_unknown_module_is_not_found(dummy_app: Flask) -> None:
    with dummy_app.app_context(), pytest.raises(NotFound), commanded():
        switch.enable("tidakada")


def test_switching_is_audited_raises_the_stamp_and_is_told_to_the_module(dummy_app: Flask) -> None:
    with dummy_app.app_context():
        before = stamps.read().plugins
        lived = host().plugins["dummy"].module.superapp_lifecycle.__globals__["lived"]
        lived.clear()

        with commanded("plugin.disable"):
            switch.disable("dummy")

        assert stamps.read().plugins > before
        assert [(change.plugin, change.change) for change in lived] == [("dummy", "disabled")]
        operations = db.session.scalars(sa.select(tables.audit.c.operation)).all()
        assert "plugin.disable" in operations


def test_what_a_command_switches_and_undoes_was_never_switched(staf: FlaskClient, dummy_app: Flask) -> None:
    def fail() -> None:
        with commanded():
            switch.disable("dummy")
            raise RuntimeError

    with dummy_app.app_context(), pytest.raises(RuntimeError):
        fail()

    assert staf.get(HOME).status_code == 200
