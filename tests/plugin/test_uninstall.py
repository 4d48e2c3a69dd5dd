"""Uninstalling a module leaves nothing of it and nothing of others harmed, on both engines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from superapp.access import tables as access
from superapp.extensions import db
from superapp.kernel import tables
from superapp.plugin import setting, switch
from superapp.plugin.host import host
from superapp.plugin.migrate.removing import belongings, export, forget, remove_tables
from superapp.plugin.tables import module
from tests.plugin.conftest import commanded, send
from tests.support import builders
from tests.support.builders import House


@pytest.fixture
def filled(staf: FlaskClient, dummy_app: Flask, house: House) -> Flask:
    """Return the app with two toys, a setting and a role with a right on toys."""
    for name in ("Unyil", "Ogah"):
        send(staf, "/app/dummy/", name=name)
    with dummy_app.app_context():
        builders.role("penata", "dummy.view", "admin.modules")
        with commanded():
            setting.change("dummy", "limit", "3")
            switch.disable("dummy")
    return dummy_app


def test_the_dry_run_counts_rows_and_changes_nothing(filled: Flask) -> None:
    with filled.app_context():
        owned = belongings("dummy")

        assert owned.tables == {"dummy_part": 2, "dummy_toy": 2}
        assert owned.settings == 1
        assert belongings("dummy") == owned


def test_the_export_holds_every_row_and_only_its_owner_reads_it(filled: Flask, tmp_path: Path) -> None:
    path = tmp_path / "exports" / "dummy.jsonl"

    with filled.app_context():
        assert export("dummy", path) == 4
        with pytest.raises(FileExistsError):
            export("dummy", path)

    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert sorted(row["row"]["name"] for row in rows if row["table"] == "dummy_toy") == ["Ogah", "Unyil"]
    assert path.stat().st_mode & 0o777 == 0o600


def test_nothing_is_left_of_the_module_and_all_of_the_rest(filled: Flask) -> None:
    with filled.app_context():
        people = db.session.execute(sa.text("SELECT count(*) FROM core_person")).scalar()
        with commanded("plugin.uninstall"):
            forget("dummy")
        remove_tables("dummy")

        names = sa.inspect(db.engine).get_table_names()
        assert not [name for name in names if "dummy" in name]
        permissions = [*_all(access.role_permission.c.permission), *_all(access.grant.c.permission)]
        assert "admin.modules" in permissions
        assert not [name for name in permissions if name and name.startswith("dummy.")]
        assert "dummy" not in _all(module.c.name)
        assert "dummy" not in _all(tables.setting.c.owner)
        assert "dummy" not in _all(tables.job.c.plugin)
        assert db.session.execute(sa.text("SELECT count(*) FROM core_person")).scalar() == people
        assert not host().is_on("dummy")


def test_a_module_without_code_is_removed_as_its_tables_lie(filled: Flask) -> None:
    with filled.app_context():
        host().plugins.pop("dummy")
        remove_tables("dummy")

        assert not [name for name in sa.inspect(db.engine).get_table_names() if "dummy" in name]


def _all(column: sa.Column[str]) -> list[str]:
    return list(db.session.scalars(sa.select(column)))
