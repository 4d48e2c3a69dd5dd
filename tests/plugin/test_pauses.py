"""Faults and pauses: three faults pause one contribution, three people and half the requests the whole module."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from superapp.extensions import db
from superapp.kernel import clock, ports
from superapp.kernel.jobs import lease
from superapp.kernel.jobs.running import Run, perform
from superapp.plugin import switch
from superapp.plugin.containment import faults, telling
from superapp.plugin.containment.faults import Fault, Loads, record
from superapp.plugin.host import EXTENSION, Host, host
from superapp.plugin.listing import listed
from superapp.plugin.tables import fault, load, pause
from tests.plugin.conftest import commanded, switch_on, write_module
from tests.support import builders
from tests.support.builders import House

BODY = """
@bp.get("/card", permission="alfa.view")
def card():
    raise RuntimeError(request.args.get("say", ""))

@bp.get("/boom", permission="alfa.view")
def boom():
    raise RuntimeError("rahasia 198503172010011001")

@bp.get("/busy", permission="alfa.view")
def busy():
    raise ConnectionResetError

@bp.get("/refuse", permission="alfa.view")
def refuse():
    raise Refused("Belum bisa.")

@hookimpl
def superapp_widgets():
    return [Widget("alfa.card", "Alfa")]
"""
PEOPLE = ("staf", "kasi", "kabid")


@pytest.fixture
def alfa(make_app: Callable[..., Flask], modules: Path, house: House) -> Flask:
    """Return an app with a module whose pages fail."""
    write_module(modules, "alfa", BODY, toml='contact = "pemilik@contoh.go.id"')
    app = make_app(plugin_path=str(modules))
    switch_on(app, "alfa")
    with app.app_context():
        for role in PEOPLE:
            builders.grant(house.person(role), "alfa.view", house.unit("kominfo"))
    return app


@pytest.fixture
def client(alfa: Flask, house: House) -> FlaskClient:
    """Return a client of one of its people."""
    return builders.sign_in(alfa.test_client(), house.people["staf"])


def test_a_page_that_raises_names_its_module_inside_the_shell(client: FlaskClient) -> None:
    answer = client.get("/app/alfa/boom")

    assert answer.status_code == 500
    assert "Alfa sedang bermasalah" in answer.text
    assert 'href="/menu"' in answer.text
    assert "rahasia" not in answer.text


def test_a_fault_is_recorded_with_its_place_and_without_its_message(
    client: FlaskClient, alfa: Flask, modules: Path
) -> None:
    client.get("/app/alfa/boom")

    with alfa.app_context():
        row = db.session.execute(sa.select(fault)).one()
        assert (row.plugin, row.contribution, row.error) == ("alfa", "page:alfa.boom", "RuntimeError")
        assert row.where == f"{modules / 'alfa' / '__init__.py'}:{_line(modules, 'rahasia')}"
        assert row.principal.startswith("person:")
        assert "198503172010011001" not in str(row)


def test_a_refusal_and_a_missing_page_are_no_faults(client: FlaskClient, alfa: Flask) -> None:
    assert client.get("/app/alfa/refuse").status_code == 409
    assert client.get("/app/alfa/none").status_code == 404

    assert _count(alfa, fault) == 0


def test_three_faults_pause_the_widget_and_nothing_else(client: FlaskClient, alfa: Flask, modules: Path) -> None:
    assert [client.get("/app/alfa/card").status_code for _ in range(5)] == [500, 500, 500, 503, 503]

    assert client.get("/app/alfa/").status_code == 200
    with alfa.app_context():
        row = listed("alfa")
        assert row is not None
        assert row.state == "on"
        assert row.paused == ("widget:alfa.card",)
        assert "3 kesalahan" in row.reason
        assert row.where.endswith(f":{_line(modules, 'say')}")


def test_faults_older_than_five_minutes_do_not_count(client: FlaskClient, alfa: Flask) -> None:
    client.get("/app/alfa/card")
    client.get("/app/alfa/card")
    clock.shift(timedelta(minutes=6))

    client.get("/app/alfa/card")

    assert _count(alfa, pause) == 0


def test_a_resumed_widget_starts_with_a_clean_sheet(client: FlaskClient, alfa: Flask) -> None:
    for _ in range(4):
        client.get("/app/alfa/card")
    with alfa.app_context(), commanded("plugin.resume"):
        switch.resume("alfa", "widget:alfa.card")

    assert [client.get("/app/alfa/card").status_code for _ in range(2)] == [500, 500]
    assert _count(alfa, pause) == 0


def test_pages_that_fail_for_one_person_pause_nothing(client: FlaskClient, alfa: Flask) -> None:
    for _ in range(6):
        client.get("/app/alfa/boom")

    assert _count(alfa, pause) == 0


def test_three_people_and_half_the_requests_pause_the_whole_module(alfa: Flask, house: House) -> None:
    people = [builders.sign_in(alfa.test_client(), house.people[role]) for role in PEOPLE]
    for one in people:
        one.get("/app/alfa/boom")

    answer = people[0].get("/app/alfa/")

    assert answer.status_code == 503
    assert "dijeda" in answer.text
    assert people[0].get("/").status_code == 200
    with alfa.app_context():
        row = listed("alfa")
        assert row is not None
        assert row.state == "paused"
        with commanded("plugin.resume"):
            switch.resume("alfa")
    assert people[0].get("/app/alfa/").status_code == 200


def test_three_people_with_faults_among_many_good_requests_pause_nothing(alfa: Flask, house: House) -> None:
    people = [builders.sign_in(alfa.test_client(), house.people[role]) for role in PEOPLE]
    for one in people:
        one.get("/app/alfa/")
        one.get("/app/alfa/")
        one.get("/app/alfa/boom")

    assert _count(alfa, pause) == 0


def test_requests_of_other_workers_count(alfa: Flask, house: House) -> None:
    with alfa.app_context(), db.engine.begin() as connection:
        values = {"plugin": "alfa", "slot": faults._slot(), "worker": "other:1", "requests": 20, "failed": 0}
        connection.execute(sa.insert(load).values(**values))

    for role in PEOPLE:
        builders.sign_in(alfa.test_client(), house.people[role]).get("/app/alfa/boom")

    assert _count(alfa, pause) == 0


def test_faults_of_other_workers_count(client: FlaskClient, alfa: Flask) -> None:
    with alfa.app_context():
        other = Fault("alfa", "widget:alfa.card", kind="widget", error="RuntimeError")
        record([other], Loads())
        record([other], Loads())

    client.get("/app/alfa/card")

    assert client.get("/app/alfa/card").status_code == 503


def test_a_fault_of_a_shared_dependency_is_not_charged_to_the_module(client: FlaskClient, alfa: Flask) -> None:
    for _ in range(4):
        assert client.get("/app/alfa/busy").status_code == 500

    with alfa.app_context():
        rows = db.session.execute(sa.select(fault.c.dependency, fault.c.counted)).all()
        assert [tuple(row) for row in rows] == [("network", False)] * 4
    assert _count(alfa, pause) == 0


def test_the_owner_is_told_of_a_pause_and_the_trail_has_it(client: FlaskClient, alfa: Flask) -> None:
    with alfa.app_context():
        owner = builders.person("Pemilik Modul", email="Pemilik@contoh.go.id").id
    for _ in range(3):
        client.get("/app/alfa/card")
    told: list[Any] = []
    before = ports.notifier._filled
    ports.notifier.fill(lambda person_id, title, **words: told.append((person_id, title, words["url"])))

    with alfa.app_context():
        while (found := lease.take("test")) is not None:
            perform(Run(found))
    ports.notifier._filled = before

    assert told == [(owner, "Sebagian Alfa dijeda", "/admin/modules/alfa")]


def test_recording_never_fails_itself(alfa: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faults, "_row", lambda item: 1 / 0)

    with alfa.app_context():
        assert record([Fault("alfa", "page:x", kind="page", error="X")], Loads()) == []


def test_a_fault_inside_a_command_is_recorded_after_it(alfa: Flask) -> None:
    import threading

    with alfa.app_context():
        with commanded():
            host().report(RuntimeError(), plugin="alfa", contribution="hook:x", kind="hook")
        for thread in threading.enumerate():
            if thread.name == "faults":
                thread.join()

    assert _count(alfa, fault) == 1


def test_old_faults_are_forgotten(alfa: Flask) -> None:
    with alfa.app_context():
        record([Fault("alfa", "page:x", kind="page", error="X")], Loads())
        clock.shift(timedelta(days=91))
        with commanded():
            assert telling.forget_old() == 1


def test_a_job_that_fails_thrice_is_paused(dummy_app: Flask) -> None:
    made: Host = dummy_app.extensions[EXTENSION]
    with dummy_app.app_context():
        for _ in range(3):
            ports.job_faults().note("dummy", "dummy.tidy", RuntimeError())

        assert ports.job_faults().is_paused("dummy", "dummy.tidy")
        assert not ports.job_faults().is_paused("dummy", "dummy.other")
        assert made.is_on("dummy")


def _line(modules: Path, words: str) -> int:
    lines = (modules / "alfa" / "__init__.py").read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if words in line)


def _count(app: Flask, table: sa.Table) -> int:
    with app.app_context():
        return db.session.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
