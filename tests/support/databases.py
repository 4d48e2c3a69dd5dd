"""Fixtures: a fresh database for each test on each engine, and one app an engine over whatever database is there."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from psycopg import sql
from pydantic import SecretStr

from superapp.kernel import clock
from superapp.login import password
from superapp.settings import Settings
from tests.support.builders import House, build_house, recall, remember, switch_modules_on
from tests.support.stage import ENGINES, Engine, Stage

SECRET = "only-for-tests-" * 4
only_sqlite = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
"""For tests whose subject is the same on both engines, such as the look of a page."""
only_postgresql = pytest.mark.parametrize("engine", ["postgresql"], indirect=True)

_apps: dict[str, Flask] = {}
"""By engine, the process's app of `_kept` settings."""
_kept: dict[str, Any] = {}


@dataclass(frozen=True)
class Modules:
    """Modules of tests that the database of a test has on: their folders, joined as SUPERAPP_PLUGIN_PATH is."""

    path: str
    names: tuple[str, ...]

    @property
    def template(self) -> str:
        """Return the name of the database that is copied."""
        return "with_" + "_".join(self.names)


def settings_for(database_url: str, data_dir: Path, **more: Any) -> Settings:
    """Return the settings of an app under test; the environment of the developer plays no part."""
    given = {"base_url": "http://localhost", "secret_key": SecretStr(SECRET), **more}
    return Settings(database_url=database_url, data_dir=data_dir, **given)


@pytest.fixture(scope="session", autouse=True)
def _clean_environment() -> None:
    """Keep the developer's own SUPERAPP_* variables out of the tests."""
    for name in [name for name in os.environ if name.startswith("SUPERAPP_")]:
        del os.environ[name]


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[Callable[[], contextlib.AbstractContextManager[None]]]:
    """Hash passwords in this process at a thousandth of the price, as signing in costs nothing else.

    Servers in processes of their own pay in full. Return what gives the full price back for a while.
    """
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    full = {"_hasher": password._hasher, "_DUMMY": password._DUMMY}
    patched = {"_hasher": lambda: cheap, "_DUMMY": cheap.hash("nobody kept this")}

    @contextmanager
    def full_price() -> Iterator[None]:
        vars(password).update(full)
        yield
        vars(password).update(patched)

    vars(password).update(patched)
    yield full_price
    vars(password).update(full)


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Engine:
    """Return the database engine of this test; tests that use it run once on each."""
    chosen: Engine = request.param
    return chosen


@pytest.fixture
def data_dir(stage: Stage, engine: Engine) -> Path:
    """Return an empty SUPERAPP_DATA_DIR."""
    folder = stage.folder / "data" / f"{worker()}-{engine}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def modules_on() -> Modules | None:
    """Return the modules of tests that are on in this test's house; folders of tests that have some override this."""
    return None


@pytest.fixture
def database_url(request: pytest.FixtureRequest, stage: Stage, engine: Engine, modules_on: Modules | None) -> str:
    """Return the address of a fresh, migrated database; with the fixture `house`, one with people in it."""
    if engine in _apps:
        _release(_apps[engine])
    if modules_on is not None:
        template = prepare_with(stage, engine, modules_on)
    else:
        template = "house" if "house" in request.fixturenames else "migrated"
        prepare(stage, engine, template)
    url = stage.copy(engine, template, f"test_{worker()}")
    _outdate_caches(url)
    return url


@pytest.fixture
def settings(database_url: str, data_dir: Path) -> Settings:
    """Return the settings of the app under test."""
    return settings_for(database_url, data_dir)


@pytest.fixture
def app(keep_app: Callable[..., Flask], modules_on: Modules | None) -> Flask:
    """Return the app over this test's database; no context is pushed."""
    return keep_app(**({"plugin_path": modules_on.path} if modules_on else {}))


@pytest.fixture
def keep_app(engine: Engine, database_url: str, data_dir: Path) -> Iterator[Callable[..., Flask]]:
    """Return a function that gives the app of some settings, to be left as it was: the next test uses it too.

    There is one app an engine and process, because making one takes a quarter of a second; the database below it is new.
    """

    def keep(**more: Any) -> Flask:
        if more != _kept:
            _forget()
            _kept.update(more)
        if engine not in _apps:
            _apps[engine] = _made(settings_for(database_url, data_dir, **more))
        return _apps[engine]

    yield keep
    if engine in _apps:
        _release(_apps[engine])


@pytest.fixture
def make_app(database_url: str, data_dir: Path) -> Iterator[Callable[..., Flask]]:
    """Return a function that makes an app of its own from settings, e.g. `make_app(safe_mode=True)`."""
    made: list[Flask] = []

    def make(**more: Any) -> Flask:
        made.append(_made(settings_for(database_url, data_dir, **more)))
        return made[-1]

    yield make
    for app in made:
        _release(app)
    _forget()


@pytest.fixture
def context(app: Flask) -> Iterator[Flask]:
    """Push an app context for the test, for services that are called without a request."""
    with app.app_context():
        yield app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Return a client without cookies."""
    return app.test_client()


@pytest.fixture
def house(stage: Stage, engine: Engine, database_url: str) -> House:
    """Return the small organisation that this test's database holds (builders.build_house says who is who)."""
    return recall(stage.folder / f"house-{engine}.json")


@pytest.fixture(autouse=True)
def _still_clock() -> Iterator[None]:
    """Give each test the machine's time back after one that moved the clock."""
    yield
    clock.shift(timedelta(0))
    clock.follow(None)


def worker() -> str:
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


def _made(settings: Settings) -> Flask:
    from superapp import create_app

    app = create_app(settings)
    app.testing = True
    return app


def _release(app: Flask) -> None:
    """Close the app's connections, so that its database can be replaced.

    A fault met inside a command is written down by a thread of its own. Were the engine disposed meanwhile, that thread's
    connection would go back to a pool that nobody closes.
    """
    from superapp.extensions import db

    for thread in threading.enumerate():
        if thread.name == "faults":
            thread.join(timeout=10)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def _forget() -> None:
    """Let the next test make its own app: what a whole process shares (ports, registries) is the last one's."""
    _apps.clear()
    _kept.clear()


def prepare(stage: Stage, engine: Engine, template: str) -> None:
    """Make the templates of this run, if no process has made them yet."""
    stage.template(engine, "migrated", lambda url: _migrate(stage, engine, url))
    if template == "house":
        stage.template(engine, "house", lambda url: _fill_house(stage, engine, url))


def _migrate(stage: Stage, engine: Engine, url: str) -> None:
    """Run every migration on an empty database, as `superapp migrate` does."""
    from superapp.plugin.migrate.running import migrate

    with _working_on(stage, engine, url):
        faults = [f"{done.name}: {done.reason} ({done.where})" for done in migrate() if done.failed]
    assert not faults, "\n".join(faults)


def _fill_house(stage: Stage, engine: Engine, url: str) -> None:
    stage.copy(engine, "migrated", "template_house")
    with _working_on(stage, engine, url):
        remember(build_house(), stage.folder / f"house-{engine}.json")
        switch_modules_on()


def prepare_with(stage: Stage, engine: Engine, modules: Modules) -> str:
    """Make the house in which modules of tests are on, if no process has made it yet, and return its template."""
    prepare(stage, engine, "house")
    stage.template(engine, modules.template, lambda url: _fill_with(stage, engine, url, modules))
    return modules.template


def _fill_with(stage: Stage, engine: Engine, url: str, modules: Modules) -> None:
    stage.copy(engine, "house", f"template_{modules.template}")
    with _working_on(stage, engine, url, plugin_path=modules.path):
        switch_modules_on(*modules.names)


@contextmanager
def _working_on(stage: Stage, engine: Engine, url: str, **more: Any) -> Iterator[None]:
    """Push an app over a template, for the process that makes it."""
    app = _made(settings_for(url, stage.folder / "data" / f"template-{engine}", **more))
    try:
        with app.app_context():
            yield
    finally:
        _release(app)
        _forget()


def _outdate_caches(url: str) -> None:
    """Give the database stamps that no database before it had: what a process keeps by stamp is then read anew."""
    present = time.time_ns() // 1000
    statement = f"UPDATE core_stamp SET access = access + {present}, plugins = plugins + {present}"
    if url.startswith("postgresql"):
        with psycopg.connect(url) as connection:
            connection.execute(sql.SQL(statement))
    else:
        with contextlib.closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection, connection:
            connection.execute(statement)
