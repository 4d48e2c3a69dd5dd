"""The house at work over five modules (leave, the catalogue and three small ones), on a server that browsers open.

Requests are sent by HTTP within this process, on the server's database: what is looked at in a browser is looked at there,
the rest costs no browser. Time passes here alone: `later` moves the clock of the jobs.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Page

from superapp import create_app
from superapp.access.actor import operator
from superapp.extensions import db
from superapp.kernel import clock, command
from superapp.kernel.jobs.worker import Worker
from superapp.login import session
from superapp.organization.models import Person, Unit
from superapp.shared import tasks
from superapp.shared.agenda import Entry, put, whole_days
from superapp.shared.tables import case, step
from superapp.shared.tasks import Duty
from superapp.shared.workflow import UNDO
from superapp.testing import Browser
from tests.plugin.conftest import switch_on
from tests.support import builders
from tests.support.builders import House, Member, recall
from tests.support.databases import SECRET, _forget, _release, prepare, settings_for, worker
from tests.support.server import LiveServer, running_server
from tests.support.stage import Stage

MODULES = Path(__file__).parents[1] / "support" / "modules"
SMALL = ("belajar", "dinas", "ruang")
FORMS: dict[str, tuple[str, str, dict[str, str]]] = {
    "belajar": ("/app/belajar/", "/app/belajar/", {"campus": "Universitas Borneo", "months": "6"}),
    "dinas": ("/app/dinas/", "/app/dinas/", {}),
    "leave": ("/app/leave/new", "/app/leave/new", {"kind": "CAP", "reason": "Orang tua sakit keras", "address": "Nunukan",
                                                   "phone": "0812000111"}),
    "ruang": ("/app/ruang/", "/app/ruang/", {"room": "Ruang Tarakan"}),
}  # fmt: skip
"""By module: the page with the form, where it is sent, and what is filled in unless a test says otherwise."""


def day(ahead: int) -> date:
    """Return a day from now on."""
    return clock.today() + timedelta(days=ahead)


class Office:
    """Who works in the house, the server that shows it, and what the tests need done without a browser."""

    def __init__(self, app: Flask, house: House, server: LiveServer) -> None:
        self.app, self.house, self.server = app, house, server
        self.people: dict[str, Member] = dict(house.people)
        self._browsers: dict[str, Browser] = {}
        self.passed = timedelta(0)

    def hire(self, role: str, name: str, *, under: str) -> None:
        """Add somebody to the unit that the holder of another post heads, and below him."""
        head = self.people[under]
        with self.app.app_context():
            who = builders.person(name, nip=builders.new_nip(date(1988, 2, 9)))
            unit = db.session.get_one(Unit, head.unit_id)
            post = builders.position(unit, "Analis Sistem", supervisor_id=head.position_id)
            builders.appointment(who, post)
            builders.account(who)
            self.people[role] = Member(who.id, who.nip or "", position_id=post.id, unit_id=head.unit_id)

    def allow(self, *modules: str) -> None:
        """Let everybody see these modules and ask in them."""
        with self.app.app_context():
            root = self.house.unit("kabupaten")
            granted = [f"{module}.{right}" for module in modules for right in ("view", "write")]
            builders.role("asker", *granted, title="Pemohon")
            for member in self.people.values():
                builders.grant(db.session.get_one(Person, member.id), "asker", root)

    def browser(self, role: str) -> Browser:
        """Return somebody's browser within this process."""
        if role not in self._browsers:
            client = builders.sign_in(self.app.test_client(), self.people[role])
            assert isinstance(client, Browser)
            self._browsers[role] = client
        return self._browsers[role]

    def asks(self, role: str, module: str, **values: str) -> str:
        """Send the form of a module filled in by somebody and return the address of the new record."""
        page, to, usual = FORMS[module]
        sent = self.browser(role).send(to, form=page, **(usual | values))
        assert sent.status_code == 303, sent.text[-3000:]
        return str(sent.location)

    def task(self, title: str, url: str, role: str, module: str) -> None:
        """Give a task that is no decision to the post of somebody."""
        with self._commanded():
            tasks.give(
                Duty(title, url, kind=f"{module}.check", position_id=self.people[role].position_id, module=module)
            )

    def meeting(self, role: str, title: str, on: date) -> None:
        """Put a meeting of a module into the agenda of somebody."""
        with self._commanded():
            put(Entry(self.people[role].id, title, kind="ruang.meeting", module="ruang", **whole_days(on, on)))

    def decides(self, role: str, title: str, decision: str, **more: str) -> None:
        """Let somebody decide what waits under a title, as on another device."""
        sent = self.browser(role).send(self.sheet(title), decision=decision, **more)
        assert sent.status_code == 303, sent.text[-3000:]

    def sheet(self, title: str) -> str:
        """Return the address of the sheet of what waits under a title."""
        with self.app.app_context():
            query = sa.select(step.c.id).join(case, case.c.id == step.c.case_id).where(case.c.title == title)
            return f"/tasks/{db.session.execute(query.where(step.c.state == 'open')).scalar_one()}"

    def waiting(self, role: str) -> list[str]:
        """Return the titles of the decisions that wait for the post of somebody."""
        with self.app.app_context():
            query = sa.select(case.c.title).join(step, case.c.id == step.c.case_id).order_by(step.c.id)
            here = query.where(step.c.state == "open", step.c.position_id == self.people[role].position_id)
            return list(db.session.execute(here).scalars())

    def decisions(self, titles: list[str]) -> dict[str, str]:
        """Return by title what was decided in the first step of each case, "" for what still waits."""
        with self.app.app_context():
            query = sa.select(case.c.title, step.c.decision).join(case, case.c.id == step.c.case_id)
            first = query.where(case.c.title.in_(titles), step.c.place == 10)
            return {row.title: row.decision for row in db.session.execute(first)}

    def delegates(self, role: str, to: str, kind: str) -> None:
        """Let somebody delegate a kind of decisions for today."""
        whom = dict.fromkeys(("person", "person_id"), f"{self.people[to].id}")
        given = {"position": f"{self.people[role].position_id}", "kind": kind}
        days = {"starts_on": f"{day(0)}", "ends_on": f"{day(0)}"}
        sent = self.browser(role).send("/tasks/deputies", **given, **whom, **days)
        assert sent.status_code == 303, sent.text[-3000:]

    def later(self, passed: timedelta = timedelta(0)) -> None:
        """Let time pass for the jobs, and run those that are due then."""
        self.passed += passed
        clock.shift(self.passed)
        with self.app.app_context():
            Worker(self.app).drain()

    def undo_over(self) -> None:
        """Let the seconds of an undo pass."""
        self.later(UNDO + timedelta(seconds=1))

    def enter(self, page: Page, role: str) -> Page:
        """Sign somebody in on a page, at no price."""
        with self.app.app_context(), builders.stored():
            token = session.begin(session.NewSession(self.people[role].id))
            name = session.cookie_name()
        page.context.add_cookies([{"name": name, "value": token, "url": self.server.url}])
        return page

    @contextmanager
    def _commanded(self) -> Iterator[None]:
        with self.app.app_context(), command.begin("test.do", actor=operator(), says="{actor} menguji"):
            yield


@contextmanager
def at_work(stage: Stage, name: str, **variables: str) -> Iterator[Office]:
    """Serve a copy of the house with the five modules on, and stop it afterwards; `variables` are further settings."""
    prepare(stage, "sqlite", "house")
    url, data = stage.copy("sqlite", "house", f"live_{worker()}_{name}"), stage.folder / "data" / f"{worker()}_{name}"
    data.mkdir(parents=True, exist_ok=True)
    app = create_app(settings_for(url, data, plugin_path=str(MODULES)))
    app.testing = True
    app.test_client_class = Browser
    switch_on(app, *SMALL)
    with running_server(
        url, data, SUPERAPP_SECRET_KEY=SECRET, SUPERAPP_PLUGIN_PATH=str(MODULES), **variables
    ) as server:
        yield Office(app, recall(stage.folder / "house-sqlite.json"), server)
    _release(app)
    _forget()
    stage.drop("sqlite", f"live_{worker()}_{name}")
