"""Parties over the wire: being party to a record opens reading it, wherever it lies, as long as one is; nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from superapp.access import tables
from superapp.access.actor import Actor, acting_as
from superapp.access.listing import count, page
from superapp.access.parties import is_party
from superapp.access.rights import rights_of
from superapp.extensions import db
from superapp.kernel import clock, database, ids, stamps
from superapp.kernel.errors import NotFound
from superapp.plugin.mapping import bases
from superapp.plugin.serving import admission
from superapp.shared import search
from superapp.shared.files import keeping
from superapp.shared.files.store import new_key
from superapp.shared.tables import File
from tests.navigation.conftest import hidden, post
from tests.organization.acting import counted
from tests.plugin.conftest import DUMMY, commanded, switch_on
from tests.support import builders
from tests.support.builders import House

TOYS = "/app/dummy/"


def _toy(house: House, name: str, *, at: str) -> UUID:
    toys, unit, own = bases["dummy"].metadata.tables["dummy_toy"], house.unit(at), ids.uuid7()
    place = {"unit_id": unit.id, "opd_id": unit.opd_id}
    with builders.stored():
        database.run(sa.insert(toys).values(id=own, name=name, note="", version=1, created_at=clock.now(), **place))
    return own


def _make_party(toy_id: UUID, *, until: int | None = None, **holder: UUID) -> None:
    today = clock.today()
    days = {"starts_on": today - timedelta(days=2), "ends_on": None if until is None else today + timedelta(days=until)}
    record = {"record_type": "dummy_toy", "record_id": toy_id, "role": "recipient"}
    with builders.stored():
        database.run(sa.insert(tables.party).values(id=ids.uuid7(), **holder, **record, **days))


@pytest.fixture
def toys(make_app: Callable[..., Flask], house: House) -> tuple[Flask, dict[str, UUID]]:
    """Return the app with the dummy module, and toys as they stand to the staff member of the section."""
    app = make_app(plugin_path=str(DUMMY))
    switch_on(app, "dummy")
    with app.app_context():
        places = {"own": "seksi", "foreign": "dinkes", "party": "dinkes", "former": "dinkes"}
        made = {name: _toy(house, f"Boneka {name}", at=at) for name, at in places.items()}
        staf = house.people["staf"].id
        _make_party(made["party"], person_id=staf)
        _make_party(made["former"], person_id=staf, until=-1)
    return app, made


def test_a_party_lists_and_opens_the_foreign_record_and_a_former_party_does_not(
    toys: tuple[Flask, dict[str, UUID]], house: House
) -> None:
    app, made = toys
    with app.app_context():
        builders.grant(house.person("staf"), "dummy.view", house.unit("seksi"))
    client = builders.sign_in(app.test_client(), house.people["staf"].id)
    assert _listed(client, made) == _opened(client, made) == {"own", "party"}
    assert {client.get(f"{TOYS}toys/{made[name]}").status_code for name in ("foreign", "former")} == {404}


def test_who_holds_the_right_nowhere_reads_what_he_is_party_to_and_changes_nothing(
    toys: tuple[Flask, dict[str, UUID]], house: House
) -> None:
    app, made = toys
    client = builders.sign_in(app.test_client(), house.people["staf"].id)
    assert _listed(client, made) == _opened(client, made) == {"party"}
    for name in made:
        assert _renamed(client, made[name], "Ganti") == 403


def test_who_writes_elsewhere_changes_nothing_that_he_is_party_to(
    toys: tuple[Flask, dict[str, UUID]], house: House
) -> None:
    app, made = toys
    with app.app_context():
        builders.grant(house.person("staf"), "dummy.write", house.unit("seksi"))
    client = builders.sign_in(app.test_client(), house.people["staf"].id)
    assert {name: _renamed(client, own, "Ganti") for name, own in made.items()} == {
        "own": 303, "foreign": 404, "party": 404, "former": 404,
    }  # fmt: skip
    assert client.get(f"{TOYS}toys/{made['party']}").text.count("Boneka party") > 0


def test_no_longer_party_no_longer_let_in(toys: tuple[Flask, dict[str, UUID]], house: House) -> None:
    app, made = toys
    with app.app_context(), builders.stored():
        database.run(sa.delete(tables.party).where(tables.party.c.record_id == made["party"]))
    client = builders.sign_in(app.test_client(), house.people["staf"].id)
    assert {client.get(url).status_code for url in (TOYS, f"{TOYS}toys/{made['former']}")} == {403}


def test_a_party_by_post_is_let_in_as_long_as_he_holds_it(toys: tuple[Flask, dict[str, UUID]], house: House) -> None:
    app, made = toys
    with app.app_context():
        _make_party(made["foreign"], position_id=house.position("kasi").id)
    clients = {role: builders.sign_in(app.test_client(), house.people[role].id) for role in ("kasi", "dokter")}
    assert _opened(clients["kasi"], made) == {"foreign"}
    assert {clients["dokter"].get(f"{TOYS}toys/{own}").status_code for own in made.values()} == {403}


def test_being_party_in_one_module_opens_no_other(toys: tuple[Flask, dict[str, UUID]], house: House) -> None:
    client = builders.sign_in(toys[0].test_client(), house.people["staf"].id)
    assert client.get("/app/catalogue/").status_code == 403


def test_who_holds_the_right_is_never_asked_whether_he_is_party(
    toys: tuple[Flask, dict[str, UUID]], house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, _made = toys
    asked: list[str] = []
    monkeypatch.setattr(admission, "party_check", lambda: lambda _actor, plugin: asked.append(plugin))
    with app.app_context():
        builders.grant(house.person("staf"), "dummy.view", house.unit("seksi"))
    assert builders.sign_in(app.test_client(), house.people["staf"].id).get(TOYS).status_code == 200
    assert not asked
    assert builders.sign_in(app.test_client(), house.people["kadis"].id).get(TOYS).status_code == 403
    assert asked == ["dummy"]


def test_asking_whether_somebody_is_party_costs_one_statement_and_none_without_parties(
    toys: tuple[Flask, dict[str, UUID]], house: House
) -> None:
    with toys[0].app_context():
        actor = _actor(house, "staf")
        with counted() as sent:
            assert is_party(actor, "dummy")
        assert len(sent) == 1
        with counted() as sent:
            assert not is_party(actor, "catalogue")
        assert not sent


@pytest.mark.parametrize(("permission", "seen"), [("dummy.view", {"party"}), ("dummy.write", set())])
def test_page_count_search_and_files_agree_on_what_being_party_opens(
    toys: tuple[Flask, dict[str, UUID]], house: House, permission: str, seen: set[str]
) -> None:
    app, made = toys
    toy = next(mapper.class_ for mapper in bases["dummy"].registry.mappers if mapper.class_.__name__ == "Toy")
    with app.app_context():
        attached = _documented(toy, permission)
        with acting_as(_actor(house, "staf")) as actor:
            ways = [
                {row.id for row in page(toy, permission).rows},
                {hit.record_id for hit in search.find("boneka", actor=actor).hits},
                {record_id for record_id, file_id in attached.items() if _readable(file_id)},
            ]
            assert count(toy, permission) == len(seen)
    assert ways == [{made[name] for name in seen}] * 3


def _documented(toy: type[Any], permission: str) -> dict[UUID, UUID]:
    """Put each toy into the index and attach a file to it, under the permission; return the files' ids."""
    made = {}
    with commanded():
        for row in db.session.scalars(sa.select(toy)).all():
            search.index_record(row, row.name, url=f"{TOYS}toys/{row.id}", kind="toy", permission=permission)
            kept = File(name="a.txt", content_type="text/plain", size=3, sha256="0" * 64, key=new_key())
            db.session.add(kept)
            keeping.attach(kept, row, permission=permission)
            db.session.flush()
            made[row.id] = kept.id
    return made


def _readable(file_id: UUID) -> bool:
    try:
        keeping.readable(file_id)
    except NotFound:
        return False
    return True


def _actor(house: House, role: str) -> Actor:
    own = house.people[role].id
    rights = rights_of(own, stamps.read().access, clock.today())
    return Actor(f"person:{own.hex}", role, person_id=own, session_id="x", rights=rights)


def _listed(client: FlaskClient, made: dict[str, UUID]) -> set[str]:
    page = client.get(TOYS).text
    return {name for name in made if f"Boneka {name}" in page}


def _opened(client: FlaskClient, made: dict[str, UUID]) -> set[str]:
    answers = {name: client.get(f"{TOYS}toys/{own}").status_code for name, own in made.items()}
    assert set(answers.values()) <= {200, 404}
    return {name for name, status in answers.items() if status == 200}


def _renamed(client: FlaskClient, toy_id: UUID, name: str) -> int:
    """Return the status of sending the form of a toy."""
    fields = hidden(client.get("/help/report").text) | {
        "version": "1",
        "name": name,
        "idempotency_key": ids.uuid7().hex,
    }
    return post(client, f"{TOYS}toys/{toy_id}", fields).status_code
