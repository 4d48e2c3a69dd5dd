"""The house with *Catatan lapangan* on, whose forms may be filled without a signal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from superapp.testing import Browser
from tests.plugin.conftest import switch_on
from tests.support import builders
from tests.support.builders import House

MODULES = Path(__file__).parent / "modules"
WRITER = ("lapangan.view", "lapangan.write")


@pytest.fixture
def field_app(make_app: Callable[..., Flask], house: House) -> Flask:
    """Return an app in which staff may write notes of their section."""
    app = make_app(plugin_path=str(MODULES))
    app.test_client_class = Browser
    switch_on(app, "lapangan")
    with app.app_context():
        builders.role("writer", *WRITER, title="Pencatat")
        builders.grant(house.person("staf"), "writer", house.unit("seksi"))
    return app


@pytest.fixture
def staf(field_app: Flask, house: House) -> Browser:
    """Return the browser of a member of staff."""
    client = builders.sign_in(field_app.test_client(), house.people["staf"])
    assert isinstance(client, Browser)
    return client
