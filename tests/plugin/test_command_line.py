"""The command line for modules: shapes that tools rely on, exit codes, and a module from `new` to `uninstall`."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.plugin.conftest import DUMMY, write_module
from tests.support.databases import SECRET, only_sqlite
from tests.support.server import ROOT, environment

Cli = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def cli(database_url: str, data_dir: Path, modules: Path) -> Cli:
    """Return a function that runs `superapp …` on this test's database and folder of modules."""
    settings = environment(
        database_url, data_dir, SUPERAPP_PLUGIN_PATH=f"{modules}:{DUMMY}", SUPERAPP_SECRET_KEY=SECRET
    )

    def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "superapp.cli", *arguments],
            env=settings | variables, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip

    return run


def listed(cli: Cli, name: str) -> dict[str, Any]:
    done = cli("plugin", "list", "--json")
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = {row["name"]: row for row in json.loads(done.stdout)}[name]
    return found


@only_sqlite
def test_a_module_from_its_first_day_to_its_last(cli: Cli, modules: Path, data_dir: Path, database_url: str) -> None:
    """`new`, `check`, `test`, `migrate`, `enable`, `disable` and `uninstall`, as an author and an operator type them."""
    made = cli("plugin", "new", "halo", "--title", "Halo Warga", "--into", str(modules))
    assert made.returncode == 0, made.stderr
    assert sorted(path.name for path in (modules / "halo").rglob("*.*") if path.suffix != ".pyc") == [
        "0001_pertama.py", "__init__.py", "index.html", "plugin.toml", "test_halo.py",
    ]  # fmt: skip
    assert len((modules / "halo/__init__.py").read_text(encoding="utf-8").splitlines()) < 50

    assert cli("plugin", "check", "halo").returncode == 0
    tested = cli("plugin", "test", "halo", "-q")
    assert tested.returncode == 0, tested.stdout + tested.stderr
    assert "3 passed" in tested.stdout

    assert listed(cli, "halo")["state"] == "pending"
    refused = cli("plugin", "enable", "halo")
    assert refused.returncode == 1
    assert "migrasi" in refused.stderr
    assert cli("migrate").returncode == 0
    assert cli("plugin", "enable", "halo").returncode == 0
    assert listed(cli, "halo") == {
        "name": "halo", "version": "0.1.0", "state": "on", "paused": [], "reason": "", "where": "", "tier": None,
    }  # fmt: skip
    assert cli("plugin", "check", "halo").returncode == 0
    assert listed(cli, "halo")["tier"] == "bronze"

    engine = sa.create_engine(database_url)
    with engine.begin() as connection:
        _fill(connection)
    counted = cli("plugin", "uninstall", "halo")
    assert counted.returncode == 0
    assert "halo_greeting" in counted.stdout
    assert "1 baris" in counted.stdout
    assert cli("plugin", "uninstall", "halo", "--yes").returncode == 1  # it is on
    assert cli("plugin", "disable", "halo").returncode == 0
    gone = cli("plugin", "uninstall", "halo", "--yes")
    assert gone.returncode == 0, gone.stderr

    kept = [json.loads(line) for line in next((data_dir / "exports").glob("*.jsonl")).read_text().splitlines()]
    assert [(row["table"], row["row"]["text"]) for row in kept] == [("halo_greeting", "Halo dari kemarin")]
    with engine.connect() as connection:
        tables = sa.inspect(connection).get_table_names()
        assert not [table for table in tables if "halo" in table]
        for table, column in (("core_plugin", "name"), ("core_setting", "owner"), ("core_grant", "permission")):
            found = connection.execute(sa.text(f"SELECT count(*) FROM {table} WHERE {column} LIKE 'halo%'")).scalar()
            assert found == 0, table
    engine.dispose()
    assert listed(cli, "halo")["state"] == "pending"  # its folder is still there, as on its first day


def _fill(connection: sa.Connection) -> None:
    unit = {"id": "0" * 31 + "1"}
    now = "2026-11-24 00:00:00"
    connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
    connection.execute(
        sa.text(
            "INSERT INTO halo_greeting (id, unit_id, opd_id, text, created_at, version) VALUES (:id, :id, :id, :t, :n, 1)"
        ),
        {**unit, "t": "Halo dari kemarin", "n": now},
    )
    connection.execute(
        sa.text("INSERT INTO core_setting (owner, name, value, updated_at) VALUES ('halo', 'x', '1', :n)"), {"n": now}
    )


@only_sqlite
def test_a_single_file_becomes_a_folder(cli: Cli, modules: Path, tmp_path: Path) -> None:
    source = tmp_path / "halo.py"
    source.write_text(
        '"""Halo.\n\n---\ntitle = "Halo"\nversion = "1.0"\napi = "1.0"\n---\n"""\n'
        "from superapp.api import SIGNED_IN, PluginBlueprint, hookimpl\n"
        'bp = PluginBlueprint("halo", __name__)\n'
        '@bp.get("/", permission=SIGNED_IN)\ndef index():\n    return "halo"\n'
        "@hookimpl\ndef superapp_blueprints():\n    return [bp]\n",
        encoding="utf-8",
    )

    made = cli("plugin", "new", "halo", "--from", str(source), "--into", str(modules))

    assert made.returncode == 0, made.stderr
    assert 'title = "Halo"' in (modules / "halo/plugin.toml").read_text(encoding="utf-8")
    assert "---" not in (modules / "halo/__init__.py").read_text(encoding="utf-8")
    assert listed(cli, "halo")["state"] == "off"


@only_sqlite
@pytest.mark.parametrize("name", ["Halo", "core", "admin", "a b"])
def test_a_module_with_a_bad_name_is_not_made(cli: Cli, modules: Path, name: str) -> None:
    made = cli("plugin", "new", name, "--into", str(modules))

    assert made.returncode == 1
    assert "tidak bisa dipakai" in made.stderr
    assert not list(modules.iterdir())


@only_sqlite
def test_migrate_ends_with_1_when_any_history_failed_and_does_the_others(cli: Cli, modules: Path) -> None:
    bad = 'revision = "0001"\ndown_revision = None\ndef upgrade():\n    raise ValueError("sakit")\n'
    write_module(modules, "alfa", **{"migrations/0001.py": bad})

    done = cli("migrate")

    assert done.returncode == 1
    assert f"{modules / 'alfa/migrations/0001.py'}:4" in done.stderr
    assert "dummy: 1 revisi" in done.stdout


def test_routes_name_their_module_and_permission(cli: Cli) -> None:
    done = cli("routes", "--json")

    rows = {(row["endpoint"]): row for row in json.loads(done.stdout)}
    assert rows["dummy.index"] == {
        "rule": "/app/dummy/", "methods": ["GET"], "endpoint": "dummy.index", "plugin": "dummy", "permission": "dummy.view",
    }  # fmt: skip
    assert rows["dummy.open_page"]["permission"] == "public"
    assert rows["dummy.mine"]["permission"] == "signed-in"
    assert all(row["permission"] for row in rows.values())


@only_sqlite
def test_commands_of_a_module_stand_below_its_name(cli: Cli) -> None:
    assert cli("migrate").returncode == 0

    assert cli("dummy", "count").stdout == "0 boneka\n"


@only_sqlite
def test_a_wrong_call_ends_with_2_and_an_unknown_module_with_1(cli: Cli) -> None:
    assert cli("plugin", "enable").returncode == 2
    assert cli("plugin", "fly").returncode == 2
    unknown = cli("plugin", "enable", "tidakada")
    assert unknown.returncode == 1
    assert "tidak ditemukan" in unknown.stderr


@only_sqlite
def test_wrong_settings_are_listed_one_a_line(cli: Cli) -> None:
    done = cli("plugin", "list", SUPERAPP_PORT="0", SUPERAPP_THREADS="many")

    assert done.returncode == 1
    assert len([line for line in done.stderr.splitlines() if line.startswith("SUPERAPP_")]) == 2


@only_sqlite
def test_the_list_is_read_before_the_first_migration(tmp_path: Path, cli: Cli) -> None:
    done = cli("plugin", "list", SUPERAPP_DATABASE_URL=f"sqlite:///{tmp_path}/empty.db")

    assert done.returncode == 0
    assert "menunggu migrasi" in done.stdout
