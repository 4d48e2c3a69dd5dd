"""An app with the dummy module, migrated and on, and somebody who may use it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from superapp.access.actor import operator
from superapp.extensions import db
from superapp.kernel import command
from superapp.plugin import switch
from superapp.plugin.host import EXTENSION, Host
from superapp.plugin.migrate.running import migrate
from tests.support import builders
from tests.support.builders import House

DUMMY = Path(__file__).parent / "dummy_plugin"


@contextmanager
def commanded(operation: str = "test") -> Iterator[None]:
    """Run the with-block as a command of the operator."""
    db.session.rollback()
    with command.begin(operation, actor=operator(), says="{actor} menguji"):
        yield


def switch_on(app: Flask, *names: str) -> None:
    """Migrate everything and switch modules on."""
    with app.app_context():
        failed = [done for done in migrate() if done.failed]
        assert not failed, failed
        for name in names:
            with commanded("plugin.enable"):
                switch.enable(name)


@pytest.fixture
def dummy_app(make_app: Callable[..., Flask]) -> Flask:
    """Return an app in which the dummy module is on."""
    app = make_app(plugin_path=str(DUMMY))
    switch_on(app, "dummy")
    return app


@pytest.fixture
def dummy_host(dummy_app: Flask) -> Host:
    """Return the host of that app."""
    found: Host = dummy_app.extensions[EXTENSION]
    return found


@pytest.fixture
def staf(dummy_app: Flask, house: House) -> FlaskClient:
    """Return a client signed in as a staff member who may see and write toys in his section."""
    with dummy_app.app_context():
        for permission in ("dummy.view", "dummy.write"):
            builders.grant(house.person("staf"), permission, house.unit("seksi"))
    return builders.sign_in(dummy_app.test_client(), house.people["staf"])


@pytest.fixture
def kadis(dummy_app: Flask, house: House) -> FlaskClient:
    """Return a client signed in as somebody without any right on toys."""
    return builders.sign_in(dummy_app.test_client(), house.people["kadis"])


def token(client: FlaskClient, url: str) -> dict[str, str]:
    """Return the hidden fields of the form on a page."""
    page = client.get(url).get_data(as_text=True)
    found = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
    assert "csrf_token" in found, page[:2000]
    return found


def post(client: FlaskClient, url: str, values: dict[str, Any]) -> Any:
    """Send values as a browser sends a form of our own page."""
    return client.post(url, data=values, headers={"Sec-Fetch-Site": "same-origin"})


def send(client: FlaskClient, url: str, form: str = "", **values: Any) -> Any:
    """Fill the form at `form` (or `url`) and send it to `url`."""
    return post(client, url, {**token(client, form or url), **values})


def write_module(root: Path, name: str, body: str = "", *, toml: str = "", title: str = "", **files: str) -> Path:
    """Write a module with one page at `/app/<name>/`, and what `body` adds to its code; return its folder."""
    folder = root / name
    manifest = f'title = "{title or name.capitalize()}"\nversion = "1.0"\napi = "1.0"\n{toml}\n'
    permissions = "" if "[permissions]" in toml else '[permissions]\nview = "Melihat"\nwrite = "Menulis"\n'
    code = f'''\
"""A module of a test."""

import time

import sqlalchemy as sa

from superapp.api import *
from superapp.api import Mapped, Person, Scope, column, core_ref, hookimpl, plugin_model

bp = PluginBlueprint("{name}", __name__)


@bp.get("/", permission="{name}.view")
def index():
    return "{name}"


@hookimpl
def superapp_blueprints():
    return [bp]


'''
    for path, text in {"plugin.toml": manifest + permissions, "__init__.py": code + body, **files}.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def modules(tmp_path: Path) -> Path:
    """Return an empty folder for modules."""
    folder = tmp_path / "modules"
    folder.mkdir()
    return folder
