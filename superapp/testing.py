"""The test kit for authors of modules: a pytest plugin (`superapp plugin test halo` loads it).

Each test gets a fresh database in which the module is migrated and on. `sign_in_as("halo.view")` gives a browser of
somebody who holds these rights; `browser.send(url, …)` fills the form on a page and sends it.
"""

from __future__ import annotations

import itertools
import re
import secrets as randomness
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from html import unescape
from pathlib import Path
from typing import Any, cast

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlalchemy import event
from werkzeug.test import TestResponse

from superapp import create_app
from superapp.access import tables as access
from superapp.access.actor import acting_as, operator
from superapp.extensions import db
from superapp.kernel import clock, command, database, ids, stamps
from superapp.kernel.tables import stamp
from superapp.login import session
from superapp.login import tables as login
from superapp.organization.models import Appointment, Person, Position, Unit
from superapp.plugin import switch
from superapp.plugin.host import EXTENSION, Host
from superapp.plugin.migrate.running import migrate
from superapp.settings import Settings, load_settings

__all__ = ["Browser", "Counted", "SignInAs"]

_numbers = itertools.count(1)
_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
SignInAs = Callable[..., "Browser"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the kit."""
    group = parser.getgroup("superapp", "modul yang diuji")
    group.addoption("--module", default="", help="Nama modul yang diuji; bersama yang diperlukannya ia diaktifkan.")
    group.addoption("--database-url", default="", help="postgresql://… dengan hak membuat basis data; bawaan: SQLite.")


class Browser(FlaskClient):
    """A client that fills forms as a browser does."""

    def open(self, *args: Any, **options: Any) -> TestResponse:
        """Send a request in a context of its own: what one person's request left behind must not serve the next."""
        with self.application.app_context():
            return super().open(*args, **options)

    def send(self, url: str, *, form: str = "", **values: Any) -> TestResponse:
        """Open the page with the form (`form`, else `url` itself), fill in `values`, and send it to `url`."""
        page = self.get(form or url)
        hidden = {name: unescape(value) for name, value in _HIDDEN.findall(page.text)}
        assert "csrf_token" in hidden, f"no form at {form or url} ({page.status})"
        return self.post(url, data={**hidden, **values}, headers={"Sec-Fetch-Site": "same-origin"})


@dataclass
class Counted:
    """The statements that ran inside a `statements()` block."""

    texts: list[str] = field(default_factory=list)

    @property
    def number(self) -> int:
        """Return how many statements ran."""
        return len(self.texts)


@contextmanager
def statements_on(engine: sa.Engine) -> Iterator[Counted]:
    """Collect the statements that reach an engine's databases within the with-block."""
    counted = Counted()

    def note(_connection: Any, _cursor: Any, text: str, *_rest: Any) -> None:
        counted.texts.append(text)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield counted
    finally:
        event.remove(engine, "before_cursor_execute", note)


@dataclass(frozen=True)
class _Template:
    """A migrated database that is copied for each test."""

    url: str
    folder: Path

    def copy(self) -> str:
        """Make a fresh copy and return its address."""
        if self.url.startswith("sqlite"):
            target = self.folder / "test.db"
            for suffix in ("", "-wal", "-shm"):
                Path(f"{target}{suffix}").unlink(missing_ok=True)
                source = Path(f"{self.folder / 'template.db'}{suffix}")
                if source.exists():
                    shutil.copyfile(source, f"{target}{suffix}")
            return f"sqlite:///{target}"
        name = _database_name(self.url)
        _administer(self.url, f'DROP DATABASE IF EXISTS "{name}_copy" WITH (FORCE)')
        _administer(self.url, f'CREATE DATABASE "{name}_copy" TEMPLATE "{name}"')
        return f"{self.url}_copy"


def _database_name(url: str) -> str:
    return url.rsplit("/", 1)[1]


def _administer(url: str, statement: str) -> None:
    address = f"{url.rsplit('/', 1)[0]}/postgres".replace("postgresql://", "postgresql+psycopg://", 1)
    engine = sa.create_engine(address, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)


@pytest.fixture(scope="session")
def _template(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Template]:
    """Migrate one database and switch the module on in it."""
    folder, server = tmp_path_factory.mktemp("superapp"), request.config.getoption("--database-url")
    if server:
        url = f"{server.rsplit('/', 1)[0]}/superapp_test_{randomness.token_hex(4)}"
        _administer(url, f'CREATE DATABASE "{_database_name(url)}"')
    else:
        url = f"sqlite:///{folder / 'template.db'}"
    app = _app(url, folder)
    with app.app_context():
        failed = [done for done in migrate() if done.failed]
        assert not failed, failed
        for name in _wanted(app.extensions[EXTENSION], request.config.getoption("--module")):
            with _commanded(), db.session.no_autoflush:
                switch.enable(name)
    _release(app)
    yield _Template(url, folder)
    if server:
        for name in (f"{_database_name(url)}_copy", _database_name(url)):
            _administer(url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _wanted(host: Host, name: str) -> list[str]:
    """Return the module under test and all that it needs, those that are needed first."""
    if not name:
        return list(host.plugins)
    broken = next((reason for found, reason in host.broken if found.name == name), None)
    assert broken is None, str(broken)
    needed = [part for other in host.plugins[name].manifest.depends for part in _wanted(host, other)]
    return list(dict.fromkeys([*needed, name]))


def _app(url: str, folder: Path) -> Flask:
    settings = Settings(
        database_url=url,
        data_dir=folder / "data",
        plugin_path=load_settings().plugin_path,
        base_url="http://localhost",
        secret_key=SecretStr("only-for-tests-" * 4),
    )
    app = create_app(settings)
    app.testing = True
    app.test_client_class = Browser
    return app


def _release(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@contextmanager
def _commanded() -> Iterator[None]:
    db.session.rollback()
    with acting_as(operator()), command.begin("test", actor=operator(), says=""):
        yield


@pytest.fixture(scope="session")
def _one_app(_template: _Template) -> Flask:
    """Make one app for all tests, because making one takes half a second; the database below it is new each time."""
    return _app(_template.copy(), _template.folder)


@pytest.fixture
def app(_template: _Template, _one_app: Flask) -> Iterator[Flask]:
    """Return the app over a fresh database; an app context is pushed."""
    _release(_one_app)
    _template.copy()
    with _one_app.app_context():
        _outdate_caches()
        yield _one_app
    clock.shift(timedelta(0))
    _release(_one_app)


def _outdate_caches() -> None:
    """Give the database stamps that none before it had: what the process keeps by stamp is then read anew."""
    moment = time.time_ns() // 1000
    with database.transaction() as connection:
        connection.execute(sa.update(stamp).values(access=stamp.c.access + moment, plugins=stamp.c.plugins + moment))


@pytest.fixture
def client(app: Flask) -> Browser:
    """Return a browser of nobody."""
    return cast(Browser, app.test_client())


@pytest.fixture
def make_unit(app: Flask) -> Callable[..., Unit]:
    """Return a function that stores a unit: `make_unit("Dinas Kesehatan", parent=…)`; without parent an OPD."""

    def make(name: str = "Dinas Contoh", *, parent: Unit | None = None) -> Unit:
        with _commanded():
            root = db.session.scalar(sa.select(Unit).where(Unit.parent_id.is_(None)))
            if root is None:
                root = _unit("Kabupaten Nunukan", None)
            return _unit(name, parent or root)

    return make


def _unit(name: str, parent: Unit | None) -> Unit:
    own, number = ids.uuid7(), (db.session.scalar(sa.select(sa.func.max(Unit.number))) or 0) + 1
    is_opd = parent is not None and parent.parent_id is None
    made = Unit(
        id=own,
        number=number,
        code=f"U{number:03}",
        name=name,
        kind="kabupaten" if parent is None else "dinas" if is_opd else "bidang",
        is_opd=is_opd,
        opd_id=own if is_opd or parent is None else parent.opd_id,
        parent_id=parent.id if parent else None,
        path=f"{parent.path if parent else '/'}{number}/",
    )
    db.session.add(made)
    db.session.flush()
    return made


@pytest.fixture
def make_person(make_unit: Callable[..., Unit]) -> Callable[..., Person]:
    """Return a function that stores a person with a post: `make_person("Sari Dewi", unit=…)`."""

    def make(name: str = "Sari Dewi", *, unit: Unit | None = None, title: str = "Analis") -> Person:
        unit = unit or make_unit()
        number, since = next(_numbers), clock.today() - timedelta(days=365)
        with _commanded():
            who = Person(name=name, sort_name=name.lower(), employment="pns", nip=f"19850317201001{number:04}")
            post = Position(unit_id=unit.id, title=title, kind="pelaksana")
            db.session.add_all([who, post])
            db.session.flush()
            db.session.add(Appointment(person_id=who.id, position_id=post.id, starts_on=since))
            stamps.raise_access()
        return who

    return make


@pytest.fixture
def sign_in_as(app: Flask, make_unit: Callable[..., Unit], make_person: Callable[..., Person]) -> SignInAs:
    """Return a function that signs somebody in: `sign_in_as("halo.view", unit=…)` gives the person's browser.

    Rights are permissions (`halo.view`) or keys of roles, held in the person's unit.
    """

    def sign_in(*rights: str, unit: Unit | None = None, person: Person | None = None) -> Browser:
        unit = unit or make_unit()
        who = person or make_person(unit=unit)
        with _commanded():
            for right in rights:
                database.run(sa.insert(access.grant).values(_grant(who, right, unit)))
            _account(who)
            stamps.raise_access()
            token = session.begin(session.NewSession(who.id, second_factor=True))
        browser = cast(Browser, app.test_client())
        browser.set_cookie(session.cookie_name(), token)
        return browser

    return sign_in


def _grant(who: Person, right: str, unit: Unit) -> dict[str, Any]:
    kind = "permission" if "." in right else "role"
    since: date = clock.today() - timedelta(days=1)
    return {"id": ids.uuid7(), "person_id": who.id, kind: right, "unit_id": unit.id, "starts_on": since}


def _account(who: Person) -> None:
    present = sa.select(login.account.c.person_id).where(login.account.c.person_id == who.id)
    if database.run(present).first() is None:
        row = {
            "person_id": who.id,
            "password_hash": "-",
            "factor_exempt": True,
            "partition_key": randomness.token_hex(16),
        }
        now = clock.now()
        database.run(sa.insert(login.account).values(row | {"password_at": now, "activated_at": now}))


@pytest.fixture
def in_command(app: Flask) -> Callable[[], Any]:
    """Return a context manager for services that write: `with in_command(): …` commits at its end."""
    return _commanded


@pytest.fixture
def statements(app: Flask) -> Callable[[], Any]:
    """Return a context manager that counts statements: `with statements() as counted: browser.get(url)`."""

    return lambda: statements_on(db.engine)
