"""A served house with *Catatan lapangan* on, phones that keep their profile, and what is stored in the end."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, Error, Page, expect

from superapp import create_app
from superapp.extensions import db
from superapp.login import session
from tests.plugin.conftest import switch_on
from tests.support import builders
from tests.support.browser import FLAGS, SIZES, patience, program
from tests.support.builders import House, recall
from tests.support.databases import SECRET, _forget, _release, prepare, settings_for, worker
from tests.support.server import LiveServer, running_server
from tests.support.stage import Stage

MODULES = Path(__file__).parent / "modules"
NEW, BOX = "/app/lapangan/new", "/offline/outbox"
READY = "form[data-ready=outbox]"
TAKEN_OVER = """() => new Promise((done) => navigator.serviceWorker.controller ? done()
    : navigator.serviceWorker.addEventListener("controllerchange", () => done()))"""
BLANKS_KEPT = """async () => { for (let round = 0; round < 600; round++) {
    for (const name of await caches.keys()) if (name.startsWith("forms-")
        && await (await caches.open(name)).match("/offline/forms")) return true;
    await new Promise((done) => setTimeout(done, 50)); } throw new Error("the blank forms were not kept"); }"""


@dataclass
class Field:
    """The server, who is who, and what it stored."""

    app: Flask
    house: House
    server: LiveServer

    def notes(self) -> list[str]:
        """Return the places of all stored notes, by name."""
        with self.app.app_context():
            return sorted(db.session.execute(sa.text("SELECT place FROM lapangan_note")).scalars())

    def largest_file(self) -> int:
        """Return the bytes of the largest stored file."""
        with self.app.app_context():
            return int(db.session.execute(sa.text("SELECT max(size) FROM core_file")).scalar() or 0)

    def change(self, field: str, words: str) -> None:
        """Change all notes as a colleague does."""
        with self.app.app_context(), db.engine.begin() as connection:
            change = f"UPDATE lapangan_note SET {field} = :words, version = version + 1"
            connection.execute(sa.text(change), {"words": words})

    def forget(self) -> None:
        """Delete all notes."""
        with self.app.app_context(), db.engine.begin() as connection:
            connection.execute(sa.text("DELETE FROM lapangan_note"))

    def enter(self, context: BrowserContext, role: str) -> None:
        """Sign somebody in, at no price."""
        with self.app.app_context(), builders.stored():
            token = session.begin(session.NewSession(self.house.people[role].id))
            name = session.cookie_name()
        context.add_cookies([{"name": name, "value": token, "url": self.server.url, "expires": 4000000000}])

    def end_sessions(self, role: str) -> None:
        """End all sessions of somebody, as an administrator does."""
        with self.app.app_context(), db.engine.begin() as connection:
            connection.execute(
                sa.text("DELETE FROM core_session WHERE person_id = :id"), {"id": self.house.people[role].id.hex}
            )


@contextlib.contextmanager
def phone_at(url: str, chromium: Chromium, profile: Path, **more: Any) -> Iterator[Page]:
    """Open a phone at a server whose profile lies in a folder and outlives the browser."""
    context = chromium.browser_type.launch_persistent_context(
        str(profile), executable_path=program(), args=list(FLAGS), base_url=url, locale="id-ID",
        timezone_id="Asia/Makassar", reduced_motion="reduce", **(SIZES["phone"] | more),
    )  # fmt: skip
    context.set_default_timeout(patience())
    expect.set_options(timeout=patience())
    try:
        yield context.pages[0]
    finally:
        with contextlib.suppress(Error):  # a test may have killed it
            context.close()


def kill(profile: Path) -> None:
    """Kill the browser of a profile as a phone without battery does: nothing is written any more."""
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if f"--user-data-dir={profile}".encode() in (process / "cmdline").read_bytes().split(b"\0"):
                os.kill(int(process.name), signal.SIGKILL)


@contextlib.contextmanager
def in_the_field(stage: Stage, name: str) -> Iterator[Field]:
    """Serve a copy of the house in which staff and their head may write notes, and stop it afterwards."""
    prepare(stage, "sqlite", "house")
    url, data = stage.copy("sqlite", "house", f"live_{worker()}_{name}"), stage.folder / "data" / f"{worker()}_{name}"
    data.mkdir(parents=True, exist_ok=True)
    app = create_app(settings_for(url, data, plugin_path=str(MODULES)))
    app.testing = True
    switch_on(app, "lapangan")
    house = recall(stage.folder / "house-sqlite.json")
    with app.app_context():
        builders.role("writer", "lapangan.view", "lapangan.write", title="Pencatat")
        for role in ("staf", "kasi"):
            builders.grant(house.person(role), "writer", house.unit("seksi"))
    with running_server(url, data, SUPERAPP_SECRET_KEY=SECRET, SUPERAPP_PLUGIN_PATH=str(MODULES)) as server:
        yield Field(app, house, server)
    _release(app)
    _forget()
    stage.drop("sqlite", f"live_{worker()}_{name}")


def warm(page: Page) -> None:
    """Open the app once with a signal, and wait until the phone has what it keeps."""
    page.goto("/")
    page.evaluate(TAKEN_OVER)
    page.evaluate(BLANKS_KEPT)


def fill(page: Page, place: str) -> None:
    """Open the form and fill it, without sending."""
    page.goto(NEW)
    page.locator(READY).wait_for()
    page.get_by_label("Tempat").fill(place)
