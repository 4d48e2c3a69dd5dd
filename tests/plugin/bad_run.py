"""One process with one bad module beside the good one: uses both, and tells what people saw."""

from __future__ import annotations

import time
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from flask import Flask

from superapp import CORE_PARTS
from superapp.extensions import db
from superapp.kernel.errors import AppError
from superapp.kernel.events import Event, emit
from superapp.kernel.jobs import lease
from superapp.kernel.jobs.running import Run, perform
from superapp.plugin import dispatch, slots, switch
from superapp.plugin.contributions import PersonSubject
from superapp.plugin.host import host
from superapp.plugin.listing import listing
from superapp.plugin.migrate.running import migrate
from tests.plugin.conftest import DUMMY, commanded
from tests.support import builders
from tests.support.databases import settings_for


def main(root: str, url: str, data_dir: str, house_file: str) -> dict[str, Any]:
    """Return the statuses and times of home and the good page, and the row of the bad module."""
    from superapp import create_app

    app = create_app(settings_for(url, Path(data_dir), plugin_path=f"{DUMMY}:{root}"))
    app.testing = True
    with app.app_context():
        failed = [done.name for done in migrate() if done.failed]
        refusals = [_switch_on(name) for name in host().plugins]
    house = builders.recall(Path(house_file))
    client = builders.sign_in(app.test_client(), house.people["admin"])
    client.get("/")  # compiles the templates
    with app.app_context():
        _use(house)
    client.get("/app/sakit/boom")
    seen = {name: _get(client, path) for name, path in (("home", "/"), ("good", "/app/dummy/"), ("bad", "/app/sakit/"))}
    with app.app_context():
        rows = {row.name: row.as_json() for row in listing()}
    page = client.get("/").get_data(as_text=True)
    return {
        "page": page,
        "seen": seen,
        "rows": rows,
        "failed": failed,
        "refused": [words for words in refusals if words],
    }


def _switch_on(name: str) -> str:
    try:
        with commanded("plugin.enable"):
            switch.enable(name)
    except AppError as refusal:
        return refusal.message
    return ""


def _use(house: builders.House) -> None:
    """Call every hook that is called while the app works, as the core does."""
    person = PersonSubject(house.people["staf"].id, "Sari Dewi")
    app: Flask = host().app
    with app.test_request_context("/"):
        slots.slot("home", who="semua")
    dispatch.person_data(person)
    dispatch.health()
    try:
        with commanded("person.erase"):
            dispatch.erase_person(person)
    except AppError:
        db.session.rollback()
    with commanded("dummy.make"):
        emit(Event("dummy.made", {"toy_id": "1"}))
    while (found := lease.take("test")) is not None:
        perform(Run(found))


def _get(client: Any, path: str) -> tuple[int, float]:
    began = time.monotonic()
    return client.get(path).status_code, time.monotonic() - began


def run(answer: Connection, *arguments: str) -> None:
    """Run one case in this process, which was made for it, and send what people saw."""
    answer.send(main(*arguments))
    answer.close()


for part in CORE_PARTS:
    import_module(part)  # once, in the process that the others are forked from
