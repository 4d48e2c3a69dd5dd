"""A house in which *Izin keluar* is on, and ways to act in it as one of its people."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from superapp.access.actor import Actor, acting_as
from superapp.access.rights import rights_of
from superapp.extensions import db
from superapp.kernel import clock, command, stamps
from superapp.kernel.jobs.worker import Worker
from superapp.shared import workflow
from superapp.shared.workflow import Case, CaseStep, Verdict
from superapp.testing import Browser
from tests.support import builders
from tests.support.builders import House
from tests.support.databases import Modules

MODULES = Path(__file__).parent / "modules"


class Office:
    """The people of the house at work: each call is a command of one of them."""

    def __init__(self, app: Flask, house: House) -> None:
        self.app, self.house = app, house
        self._passed = timedelta(0)

    @property
    def module(self) -> Any:
        """Return the module *Izin keluar* as the host loaded it."""
        return sys.modules["superapp_plugins.izin"]

    def actor(self, role: str, *, hat: UUID | None = None) -> Actor:
        """Return somebody with the rights and hats of the present moment."""
        own = self.house.people[role].id
        rights = rights_of(own, stamps.read().access, clock.today())
        hats = [one for one in rights.hats if hat in (None, one.position_id)]
        name = self.house.person(role).name
        return Actor(
            f"person:{own.hex}", name, person_id=own, session_id="s", rights=rights, hat=hats[0] if hats else None
        )

    @contextmanager
    def doing(self, role: str) -> Iterator[None]:
        """Run the body as one command of somebody."""
        db.session.rollback()
        actor = self.actor(role)
        with acting_as(actor), command.begin("test.do", actor=actor, says="{actor} menguji"):
            yield

    def asks(self, role: str = "staf", *, hours: int = 1, reason: str = "Ke bank") -> Case:
        """Let somebody ask for a permit and return its case."""
        from superapp.api import create

        with self.doing(role):
            permit = create(self.module.Permit, reason=reason, hours=hours)
            return workflow.submit("izin.permit", self.module.submission(permit))

    def steps(self, case: Case) -> list[CaseStep]:
        """Return the present steps of a case."""
        db.session.rollback()
        return workflow.steps_of(case.id)

    def open_step(self, case: Case) -> CaseStep:
        """Return the step that waits."""
        return next(step for step in self.steps(case) if step.state == "open")

    def decides(self, role: str, case: Case, decision: str = "approve", note: str = "", **more: Any) -> Case:
        """Let somebody decide the step that waits and return the case."""
        step = self.open_step(case)
        with self.doing(role):
            return workflow.decide(step.id, Verdict(decision, note=note, **more))

    def later(self, passed: timedelta = workflow.UNDO) -> None:
        """Let time pass, the seconds of an undo if not more, and the jobs of then run."""
        self._passed += passed
        clock.shift(self._passed)
        Worker(self.app).drain()
        db.session.rollback()

    def state(self, case: Case) -> str:
        """Return the state that the record bears."""
        db.session.rollback()
        permit = db.session.get(self.module.Permit, case.record_id, populate_existing=True)
        return str(permit.state)


@pytest.fixture
def modules_on() -> Modules:
    """Return *Izin keluar*."""
    return Modules(str(MODULES), ("izin",))


@pytest.fixture
def izin_app(app: Flask) -> Flask:
    """Return an app in which *Izin keluar* is on."""
    app.test_client_class = Browser
    return app


@pytest.fixture
def office(izin_app: Flask, house: House) -> Iterator[Office]:
    """Return the house at work; everybody may ask for permits in his own unit and see those of the OPD."""
    with izin_app.app_context():
        builders.grant_everybody(house, "izin.view", "izin.write")
        made = Office(izin_app, house)
        made.module.ended.clear()
        yield made
