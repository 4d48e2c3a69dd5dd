"""Hooks that are called while the app works: one by one, gated, contained; events, data of persons, services, settings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from superapp.extensions import db
from superapp.kernel.errors import Invalid, NotFound, Refused
from superapp.kernel.events import Event, emit
from superapp.kernel.jobs import lease
from superapp.kernel.jobs.running import Run, perform
from superapp.kernel.tables import job
from superapp.plugin import dispatch, setting, slots, switch
from superapp.plugin.between import service
from superapp.plugin.contributions import PersonSubject
from superapp.plugin.host import host
from tests.plugin.conftest import DUMMY, commanded, send, switch_on, write_module
from tests.support.builders import House

RAISES = """
@hookimpl
def superapp_slot(name, context):
    db.session.execute(sa.text("SELECT * FROM no_such_table"))

@hookimpl
def superapp_person_data(person):
    raise RuntimeError

@hookimpl
def superapp_person_erase(person):
    raise RuntimeError

@hookimpl
def superapp_event(event):
    raise RuntimeError

@hookimpl
def superapp_health():
    return "baik"
"""


@pytest.fixture
def both(make_app: Callable[..., Flask], modules: Path, house: House) -> Flask:
    """Return an app with the dummy and a module that raises in every hook, loaded before it."""
    write_module(modules, "alfa", RAISES)
    app = make_app(plugin_path=f"{modules}:{DUMMY}")
    switch_on(app, "alfa", "dummy")
    return app


def drain(app: Flask) -> None:
    while (found := lease.take("test")) is not None:
        perform(Run(found))


def test_a_slot_shows_what_modules_give_and_names_the_one_that_failed(both: Flask) -> None:
    with both.test_request_context("/"):
        shown = str(slots.slot("home", who="dunia"))
        db.session.execute(sa.text("SELECT 1"))  # the failed statement did not end the page's transaction

    assert shown == '<p>Boneka menyapa dunia</p><p class="note warn">Alfa sedang bermasalah.</p>'


def test_a_module_that_is_off_shows_nothing_in_slots(both: Flask) -> None:
    with both.app_context():
        for name in ("alfa", "dummy"):
            with commanded():
                switch.disable(name)

    with both.test_request_context("/"):
        assert slots.slot("home") == ""


def test_a_slot_that_is_not_promised_is_a_mistake_of_the_core(both: Flask) -> None:
    with both.test_request_context("/"), pytest.raises(KeyError):
        slots.slot("nowhere")


def test_each_listener_has_its_own_delivery(both: Flask) -> None:
    with both.app_context():
        heard = host().plugins["dummy"].module.superapp_event.__globals__["heard"]
        heard.clear()
        with commanded():
            emit(Event("dummy.made", {"toy_id": "7"}))
        drain(both)

        assert [event.fields["toy_id"] for event in heard] == ["7"]
        states = dict(db.session.execute(sa.select(job.c.plugin, job.c.state).where(job.c.kind == "core.event")).all())
        assert states["dummy"] == "done"
        assert states["alfa"] == "waiting"  # to be tried again, without telling the dummy twice


def test_data_of_a_person_comes_from_modules_that_are_off_too(both: Flask, house: House, staf_of: Any) -> None:
    staf_of(both)
    with both.app_context():
        with commanded():
            switch.disable("dummy")
        found = {answer.owner: answer for answer in dispatch.person_data(PersonSubject(house.people["staf"].id))}

    assert found["dummy"].value[0].rows == ({"Nama": "Pinjaman"},)
    assert found["alfa"].failed


@pytest.fixture
def staf_of(house: House) -> Callable[[Flask], None]:
    """Return a function that lends a toy to the staff member."""

    def lend(app: Flask) -> None:
        with app.app_context(), commanded():
            toys = host().plugins["dummy"].module.superapp_person_data.__globals__["Toy"]
            where = house.units["seksi"]
            toy = toys(name="Pinjaman", unit_id=where, opd_id=house.units["kominfo"], holder_id=house.people["staf"].id)
            db.session.add(toy)

    return lend


def test_an_erasure_that_one_module_cannot_do_erases_nothing(both: Flask, house: House, staf_of: Any) -> None:
    staf_of(both)
    person = PersonSubject(house.people["staf"].id)

    with both.app_context():
        with pytest.raises(Refused, match="Alfa"), commanded():
            dispatch.erase_person(person)

        assert db.session.execute(sa.text("SELECT count(*) FROM dummy_toy WHERE holder_id IS NOT NULL")).scalar() == 1


def test_an_erasure_tells_the_rows_of_each_module(dummy_app: Flask, house: House, staf_of: Any) -> None:
    staf_of(dummy_app)

    with dummy_app.app_context(), commanded():
        assert dispatch.erase_person(PersonSubject(house.people["staf"].id))["dummy"] == 1


def test_a_module_that_does_not_say_how_it_is_is_not_well(both: Flask) -> None:
    with both.app_context():
        reports = dispatch.health()

    assert reports["dummy"].ok
    assert not reports["alfa"].ok


def test_a_service_is_none_while_its_module_is_off(dummy_app: Flask) -> None:
    with dummy_app.app_context():
        offered = service("dummy")
        assert offered is not None
        assert offered.count() == 0
        with commanded():
            switch.disable("dummy")
        assert service("dummy") is None
        assert service("nobody") is None


def test_a_setting_takes_effect_at_the_next_request(staf: FlaskClient, dummy_app: Flask) -> None:
    assert "Halo" in staf.get("/app/dummy/").text

    with dummy_app.app_context(), commanded():
        setting.change("dummy", "greeting", "  Selamat datang ")

    assert "Selamat datang" in staf.get("/app/dummy/").text


def test_a_setting_is_checked_by_its_kind(dummy_app: Flask) -> None:
    with dummy_app.app_context():
        assert setting.value("dummy.limit") == 10
        with commanded():
            assert setting.change("dummy", "limit", "1.250") == 1250
        assert setting.value("dummy.limit") == 1250
        for wrong in ("banyak", "", "NaN", "1" * 40):
            with pytest.raises(Invalid), commanded():
                setting.change("dummy", "limit", wrong)
        with pytest.raises(NotFound), commanded():
            setting.change("dummy", "other", "1")
        with pytest.raises(KeyError):
            setting.value("dummy.other")


def test_a_job_and_an_event_of_a_form_run_after_its_commit(staf: FlaskClient, dummy_app: Flask) -> None:
    send(staf, "/app/dummy/", name="hapus")

    with dummy_app.app_context():
        drain(dummy_app)
        assert db.session.execute(sa.text("SELECT count(*) FROM dummy_toy")).scalar() == 0


def test_a_module_brings_its_own_words_in_english(staf: FlaskClient) -> None:
    staf.set_cookie("bahasa", "en")

    page = staf.get("/app/dummy/").text

    assert "<h1>Toys</h1>" in page
    assert "Simpan" not in page


def test_static_files_of_a_module_are_served_for_ever(staf: FlaskClient, dummy_app: Flask) -> None:
    with dummy_app.test_request_context("/"):
        from superapp.plugin.serving.static import module_asset

        address = module_asset("dummy/dummy.css")

    answer = staf.get(address)

    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.mimetype == "text/css"
    assert "immutable" not in staf.get(address.replace(address.split("/")[4], "00000000")).headers["Cache-Control"]
    for beyond in ("../plugin.toml", "..%2f__init__.py", "none.css"):
        assert staf.get(f"/app/dummy/static/00000000/{beyond}").status_code == 404
