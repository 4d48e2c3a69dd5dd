"""An app whose dummy module issues letters, toys to issue them of, and everybody who has to do with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask, g
from flask.testing import FlaskClient

from superapp.access.actor import Actor, acting_as, operator
from superapp.access.rights import rights_of
from superapp.extensions import db
from superapp.kernel import command, stamps
from superapp.kernel.database import run
from superapp.kernel.jobs.worker import Worker
from superapp.plugin.mapping import bases
from superapp.shared.documents import issuing, reading
from superapp.shared.documents.reading import Document
from superapp.shared.documents.signatories import Signatory
from superapp.shared.files import store
from superapp.shared.tables import File
from tests.plugin.conftest import DUMMY
from tests.support import builders
from tests.support.builders import House
from tests.support.databases import Modules

VALUES = {"name": "Si Unyil", "since": None, "parts": ["kepala", "badan"]}


class _Client(FlaskClient):
    """Each request forgets what the one before left in the context that the test keeps open."""

    def open(self, *arguments: Any, **options: Any) -> Any:
        """Send a request as a process would that knows nothing of the test."""
        db.session.rollback()
        vars(g._get_current_object()).clear()
        try:
            return super().open(*arguments, **options)
        finally:
            vars(g._get_current_object()).clear()
            db.session.rollback()


@dataclass
class Office:
    """The app with its house; every act is a command of its own."""

    app: Flask
    house: House = field(kw_only=True)

    @contextmanager
    def acting(self, role: str = "") -> Iterator[command.Command]:
        """Run the with-block as a command of somebody of the house, of the operator without a role."""
        db.session.rollback()
        actor = self.actor(role) if role else operator()
        with acting_as(actor), command.begin("test.do", actor=actor, says="{actor} menguji") as under_way:
            under_way.values["actor"] = actor.name or "Uji"
            yield under_way

    def actor(self, role: str) -> Actor:
        """Return somebody of the house as the actor of a request."""
        from superapp.kernel import clock

        member = self.house.people[role]
        rights = rights_of(member.id, stamps.read().access, clock.today())
        return Actor(
            f"person:{member.id}", self.house.person(role).name, person_id=member.id, session_id="s", rights=rights
        )

    def toy(self, unit: str = "kominfo") -> Any:
        """Return a new record of the dummy in an OPD."""
        model = next(one.class_ for one in bases["dummy"].registry.mappers if one.class_.__name__ == "Toy")
        place = self.house.unit(unit)
        with self.acting():
            made = model(name="Unyil", unit_id=place.id, opd_id=place.opd_id)
            db.session.add(made)
        return db.session.get_one(model, made.id)

    def issue(self, by: str = "kadis", *, unit: str = "kominfo", signer: str = "kadis", **more: Any) -> Document:
        """Issue a letter with a number, signed by nobody yet."""
        toy = more.pop("toy", None) or self.toy(unit)
        given = {"title": "Surat tugas ke Krayan", "permission": "dummy.view", "number": True, **more}
        post = Signatory(self.house.people[signer].position_id)
        with self.acting(by):
            return issuing.issue(toy, "dummy.letter", given.pop("values", VALUES), signer=post, **given)

    def work(self) -> None:
        """Run all due jobs."""
        db.session.rollback()
        Worker(self.app).drain()
        db.session.rollback()

    def again(self, document: Document) -> Document:
        """Return a document as it is stored now."""
        db.session.rollback()
        return reading.find(document.id)

    def bytes_of(self, document: Document) -> bytes:
        """Return the file of a document."""
        found = self.again(document)
        assert found.file_id is not None, found
        key = run(sa.select(File.__table__.c.key).where(File.__table__.c.id == found.file_id)).scalar_one()
        return store().get(key)

    def client(self, role: str = "") -> FlaskClient:
        """Return a client signed in as somebody of the house, of a stranger without a role."""
        made = _Client(self.app, self.app.response_class, use_cookies=True)
        return builders.sign_in(made, self.house.people[role]) if role else made

    def unit_id(self, name: str) -> UUID:
        """Return the id of a unit."""
        return self.house.units[name]


@pytest.fixture
def modules_on() -> Modules:
    """Return the dummy."""
    return Modules(str(DUMMY), ("dummy",))


@pytest.fixture
def make_office(keep_app: Callable[..., Flask], house: House) -> Iterator[Callable[..., Office]]:
    """Return a function that makes an office: `make_office(esign="simulator")`."""
    contexts = []

    def make(**settings: Any) -> Office:
        app = keep_app(plugin_path=str(DUMMY), **settings)
        context = app.app_context()
        context.push()
        contexts.append(context)
        return Office(app, house=house)

    yield make
    for context in reversed(contexts):
        context.pop()


@pytest.fixture
def office(make_office: Callable[..., Office]) -> Office:
    """Return an office that does not sign electronically."""
    return make_office()


@pytest.fixture
def simulated(make_office: Callable[..., Office]) -> Office:
    """Return an office that signs with the simulator."""
    return make_office(esign="simulator")
