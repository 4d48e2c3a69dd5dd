"""Parties over the wire: a module whose records have parties shows them wherever they lie, as long as one is party."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from superapp.access import tables
from superapp.kernel import clock, database, ids
from superapp.plugin.mapping import bases
from tests.plugin.conftest import DUMMY, switch_on
from tests.support import builders
from tests.support.builders import House

TOYS = "/app/dummy/"


def _toy(house: House, name: str, *, at: str) -> UUID:
    toys, unit, own = bases["dummy"].metadata.tables["dummy_toy"], house.unit(at), ids.uuid7()
    place = {"unit_id": unit.id, "opd_id": unit.opd_id}
    with builders.stored():
        database.run(sa.insert(toys).values(id=own, name=name, note="", version=1, created_at=clock.now(), **place))
    return own


def _make_party(house: House, toy_id: UUID, *, until: int | None) -> None:
    today = clock.today()
    days = {"starts_on": today - timedelta(days=2), "ends_on": None if until is None else today + timedelta(days=until)}
    with builders.stored():
        record = {"record_type": "dummy_toy", "record_id": toy_id, "role": "recipient"}
        database.run(
            sa.insert(tables.party).values(id=ids.uuid7(), person_id=house.people["staf"].id, **record, **days)
        )


@pytest.fixture
def toys(make_app: Callable[..., Flask], house: House) -> tuple[Flask, dict[str, UUID]]:
    """Return the app with the dummy module, and toys as they stand to the staff member of the section."""
    app = make_app(plugin_path=str(DUMMY))
    switch_on(app, "dummy")
    with app.app_context():
        places = {"own": "seksi", "foreign": "dinkes", "party": "dinkes", "former": "dinkes"}
        made = {name: _toy(house, f"Boneka {name}", at=at) for name, at in places.items()}
        _make_party(house, made["party"], until=None)
        _make_party(house, made["former"], until=-1)
    return app, made


def test_a_party_lists_and_opens_the_foreign_record_and_a_former_party_does_not(
    toys: tuple[Flask, dict[str, UUID]], house: House
) -> None:
    app, made = toys
    with app.app_context():
        builders.grant(house.person("staf"), "dummy.view", house.unit("seksi"))
    client = builders.sign_in(app.test_client(), house.people["staf"].id)
    listing = client.get(TOYS).text
    listed = {name for name in made if f"Boneka {name}" in listing}
    opened = {name for name, own in made.items() if client.get(f"{TOYS}toys/{own}").status_code == 200}
    assert listed == opened == {"own", "party"}
    assert {client.get(f"{TOYS}toys/{made[name]}").status_code for name in ("foreign", "former")} == {404}


def test_who_holds_the_right_nowhere_gets_into_the_module_by_no_party_row(
    toys: tuple[Flask, dict[str, UUID]], house: House
) -> None:
    app, made = toys
    client = builders.sign_in(app.test_client(), house.people["staf"].id)
    assert client.get(f"{TOYS}toys/{made['party']}").status_code == 403
