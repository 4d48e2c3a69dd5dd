"""The page about modules with a workflow: its code is made into a module, and a request is decided in it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from superapp.extensions import db
from superapp.plugin.host import EXTENSION
from superapp.plugin.mapping import bases
from superapp.plugin.migrate.history import plugin_history
from superapp.plugin.migrate.revising import revise
from superapp.settings import home
from superapp.testing import Browser
from tests.plugin.conftest import switch_on, token
from tests.support import builders
from tests.support.builders import House

PAGE = (home() / "docs" / "alur.md").read_text(encoding="utf-8")
FILE = re.compile(r"`([\w./]+)`:\n\n```\w+\n(.*?)```", re.S)


@pytest.fixture
def pinjam(tmp_path: Path, make_app: Callable[..., Flask]) -> Flask:
    """Write the module of the page, its first revision, and return an app in which it is on."""
    folder = tmp_path / "modul" / "pinjam"
    for name, text in FILE.findall(PAGE):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    app = make_app(plugin_path=str(tmp_path / "modul"))
    with app.app_context():
        assert revise(plugin_history(app.extensions[EXTENSION].plugins["pinjam"].found), "pertama") is not None
    app = make_app(plugin_path=str(tmp_path / "modul"))
    app.test_client_class = Browser
    switch_on(app, "pinjam")
    return app


def test_the_code_is_as_short_as_its_title_says() -> None:
    (code,) = [text for name, text in FILE.findall(PAGE) if name == "__init__.py"]
    lines = [line for line in code.splitlines() if line.strip()]
    assert len(lines) <= 60, len(lines)


def test_a_request_goes_its_way(pinjam: Flask, house: House) -> None:
    with pinjam.app_context():
        for permission in ("pinjam.view", "pinjam.write"):
            builders.grant(house.person("staf"), permission, house.unit("seksi"))
    staf = builders.sign_in(pinjam.test_client(), house.people["staf"])
    sent = staf.post("/app/pinjam/", data={**token(staf, "/app/pinjam/"), "purpose": "Ke Sebatik", "days": "1"})
    assert sent.status_code == 303
    assert "Persetujuan atasan" in staf.get(sent.location).text
    kasi = builders.sign_in(pinjam.test_client(), house.people["kasi"])
    (address,) = re.findall(r'href="(/tasks/[0-9a-f-]{36})"', kasi.get("/tasks").text)
    assert "1 hari" in kasi.get(address).text
    assert kasi.post(address, data={**token(kasi, address), "decision": "approve"}).status_code == 303
    with pinjam.app_context():
        table = bases["pinjam"].metadata.tables["pinjam_loan"]
        assert db.session.execute(table.select()).one().state == "approved"
