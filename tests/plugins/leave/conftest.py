"""The house asking for leave: forms sent as browsers do, decisions as commands of who decides."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from superapp.access.actor import Actor, acting_as
from superapp.access.rights import rights_of
from superapp.extensions import db
from superapp.kernel import clock, command, database, stamps
from superapp.kernel.jobs.worker import Worker
from superapp.plugin.mapping import bases
from superapp.shared import workflow
from superapp.shared.tables import holiday
from superapp.shared.workflow import Case, Verdict
from tests.plugins.catalogue.conftest import fill
from tests.support import builders
from tests.support.builders import House

HOME = "/app/leave/"


def model(name: str) -> Any:
    """Return a model of leave as the app has loaded it."""
    mappers = bases["leave"].registry.mappers  # type: ignore[attr-defined]
    return next(mapper.class_ for mapper in mappers if mapper.class_.__name__ == name)


def room(name: str) -> Any:
    """Return a file of the module as the app has loaded it."""
    return sys.modules[f"{model('LeaveRequest').__module__.rpartition('.')[0]}.{name}"]


class Office:
    """The people of the house at work on leave."""

    def __init__(self, app: Flask, house: House) -> None:
        self.app, self.house = app, house
        self._passed = timedelta(0)
        self.browsers: dict[str, FlaskClient] = {}

    def browser(self, role: str) -> FlaskClient:
        """Return the browser of somebody who may ask for leave."""
        if role not in self.browsers:
            self.browsers[role] = builders.sign_in(self.app.test_client(), self.house.people[role])
        return self.browsers[role]

    def asks(self, role: str = "staf", **values: Any) -> TestResponse:
        """Send the form of somebody: annual leave of five working days unless told otherwise."""
        given = {"kind": "CT", "first_day": "2026-08-03", "last_day": "2026-08-07", "reason": "Keluarga",
                 "address": "Nunukan", "phone": "0812000111"}  # fmt: skip
        return fill(self.browser(role), f"{HOME}new", **(given | values))

    @contextmanager
    def doing(self, role: str) -> Iterator[None]:
        """Run the body as one command of somebody."""
        with self.app.app_context():
            db.session.rollback()
            own = self.house.people[role].id
            rights = rights_of(own, stamps.read().access, clock.today())
            hat = rights.hats[0] if rights.hats else None
            actor = Actor(f"person:{own.hex}", role, person_id=own, session_id="s", rights=rights, hat=hat)
            with acting_as(actor), command.begin("test.do", actor=actor, says="{actor} menguji"):
                yield

    def case(self) -> Case:
        """Return the case of the first request."""
        row = self.rows("LeaveRequest", "id")[0]
        with self.app.app_context():
            found = workflow.latest_of("leave_leave_request", row.id)
        assert found is not None
        return found

    def decides(self, role: str, decision: str = "approve", **more: Any) -> None:
        """Let somebody decide the step that waits."""
        case = self.case()
        with self.app.app_context():
            step = next(one for one in workflow.steps_of(case.id) if one.state == "open")
        with self.doing(role):
            workflow.decide(step.id, Verdict(decision, **more))
        self.later()

    def agree(self) -> None:
        """Let all who are asked agree to a request of the staff."""
        self.decides("kasi")
        self.decides("kadis")

    def later(self, passed: timedelta = workflow.UNDO) -> None:
        """Let time pass, and the jobs of then run."""
        self._passed += passed
        clock.shift(self._passed)
        with self.app.app_context():
            Worker(self.app).drain()
            db.session.rollback()

    def rows(self, of: str, *names: str) -> list[Any]:
        """Return the named columns of all rows of a model."""
        with self.app.app_context():
            columns = model(of).__table__.c
            return list(db.session.execute(sa.select(*(columns[name] for name in names)).order_by(columns.id)).all())

    def book(self, role: str, year: int, days: int, kind: str = "entitlement", booked_in: int | None = None) -> None:
        """Write a booking of somebody's ledger directly."""
        own = self.house.people[role].id
        with self.app.app_context(), builders.stored():
            count = db.session.scalar(sa.select(sa.func.count()).select_from(model("LedgerEntry")))
            db.session.add(
                model("LedgerEntry")(person_id=own, year=year, booked_in=booked_in or year, kind=kind, days=days,
                                     words="uji", key=f"test:{count}")
            )  # fmt: skip

    def left(self, role: str = "staf", year: int = 2026) -> list[int]:
        """Return what somebody has left of N-2, N-1 and N."""
        with self.app.app_context():
            return list(room("balance").of(self.house.people[role].id, year).left.values())


@pytest.fixture
def office(app: Flask, house: House) -> Office:
    """Return the house at work on 1 July 2026; everybody may ask for leave."""
    made = Office(app, house)
    made._passed = datetime(2026, 7, 1, 9, tzinfo=clock.WITA) - clock.now()
    clock.shift(made._passed)
    with app.app_context():
        with builders.stored():
            database.run(
                sa.insert(holiday).values(
                    day=date(2026, 8, 17), kind="libur", name="Proklamasi Kemerdekaan", source="SKB"
                )
            )
        builders.grant_everybody(house, "leave.view", "leave.write", starts_on=date(2026, 1, 1))
    return made


def identity(answer: TestResponse) -> UUID:
    """Return the id of the request whose page an answer leads to."""
    return UUID(answer.headers["Location"].rpartition("/")[2])
