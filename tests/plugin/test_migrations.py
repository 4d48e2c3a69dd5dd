"""Migrations: each history alone and whole, children and triggers kept on SQLite, failures named, nothing in a web process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from superapp.extensions import db
from superapp.plugin.host import EXTENSION
from superapp.plugin.listing import listed
from superapp.plugin.migrate.alembics import HistoryFault, differences
from superapp.plugin.migrate.history import core_history, plugin_history
from superapp.plugin.migrate.lock import alone
from superapp.plugin.migrate.revising import revise
from superapp.plugin.migrate.running import migrate
from tests.plugin.conftest import DUMMY, write_module
from tests.support.databases import SECRET, only_sqlite
from tests.support.server import ROOT, environment

FIRST = """
import sqlalchemy as sa
from alembic import op
revision = "0001"
down_revision = None

def upgrade():
    op.create_table("alfa_parent", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("name", sa.String(20)))
    op.create_table(
        "alfa_child",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("cascading", sa.Integer(), sa.ForeignKey("alfa_parent.id", ondelete="CASCADE")),
        sa.Column("unlinking", sa.Integer(), sa.ForeignKey("alfa_parent.id", ondelete="SET NULL")),
    )
    op.execute("INSERT INTO alfa_parent (id, name) VALUES (1, 'a'), (2, 'b')")
    op.execute("INSERT INTO alfa_child (id, cascading, unlinking) VALUES (1, 1, 2), (2, 2, 1)")

def downgrade():
    op.drop_table("alfa_child")
    op.drop_table("alfa_parent")
"""


def second(body: str, number: int = 2, head: str = "") -> str:
    """Return a revision after another one."""
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    return (
        "import os, time\nimport sqlalchemy as sa\nfrom alembic import op\n"
        f'revision = "{number:04}"\ndown_revision = "{number - 1:04}"\n{head}\n'
        f"def upgrade():\n{lines}\n\ndef downgrade():\n    pass\n"
    )


BATCH = 'with op.batch_alter_table("alfa_parent") as batch:\n    batch.alter_column("name", type_=sa.String(40))'


@pytest.fixture
def alfa(make_app: Callable[..., Flask], modules: Path) -> Callable[..., Flask]:
    """Return a function that makes an app with the module alfa and these revision files."""

    def make(**revisions: str) -> Flask:
        files = {f"migrations/{name}.py": text for name, text in revisions.items()}
        write_module(modules, "alfa", **files)
        return make_app(plugin_path=str(modules))

    return make


def run(app: Flask) -> dict[str, Any]:
    with app.app_context():
        return {done.name: done for done in migrate()}


def rows(app: Flask, query: str) -> list[tuple[Any, ...]]:
    with app.app_context():
        return [tuple(row) for row in db.session.execute(sa.text(query))]


def test_each_history_has_its_own_version_table(alfa: Callable[..., Flask]) -> None:
    app = alfa(m0001_first=FIRST)

    assert run(app)["alfa"].revisions == 1
    assert run(app)["alfa"].revisions == 0
    assert rows(app, "SELECT version_num FROM alembic_version_alfa") == [("0001",)]
    assert rows(app, "SELECT applied, enabled FROM core_plugin WHERE name = 'alfa'")[0][1] in (False, 0)


def test_a_batch_migration_keeps_children_and_their_links(alfa: Callable[..., Flask], modules: Path) -> None:
    app = alfa(m0001_first=FIRST)
    run(app)
    (modules / "alfa/migrations/m0002.py").write_text(second(BATCH), encoding="utf-8")

    assert run(app)["alfa"].revisions == 1
    assert rows(app, "SELECT id, cascading, unlinking FROM alfa_child ORDER BY id") == [(1, 1, 2), (2, 2, 1)]


@only_sqlite
def test_a_batch_migration_keeps_triggers(alfa: Callable[..., Flask], modules: Path) -> None:
    app = alfa(m0001_first=FIRST)
    run(app)
    triggers = "CREATE TRIGGER {0} AFTER UPDATE ON alfa_parent BEGIN SELECT 1; END"
    with app.app_context(), db.engine.begin() as connection:
        for name in ("kept", "dropped"):
            connection.exec_driver_sql(triggers.format(name))
    body = f'{BATCH}\nop.execute("DROP TRIGGER IF EXISTS dropped")'
    (modules / "alfa/migrations/m0002.py").write_text(second(body), encoding="utf-8")

    assert not run(app)["alfa"].failed
    assert rows(app, "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'alfa_parent'") == [
        ("kept",)
    ]


@only_sqlite
@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('op.execute("DELETE FROM alfa_child WHERE id = 1")', "2 baris menjadi 1"),
        ('op.execute("UPDATE alfa_child SET cascading = 99")', "rujukan menjadi putus"),
    ],
)
def test_a_migration_that_would_lose_something_is_rolled_back(
    alfa: Callable[..., Flask], modules: Path, body: str, words: str
) -> None:
    app = alfa(m0001_first=FIRST)
    run(app)
    (modules / "alfa/migrations/m0002.py").write_text(second(body), encoding="utf-8")

    assert words in run(app)["alfa"].reason
    assert rows(app, "SELECT id, cascading, unlinking FROM alfa_child ORDER BY id") == [(1, 1, 2), (2, 2, 1)]
    assert rows(app, "PRAGMA foreign_keys") == [(1,)]


def test_a_migration_may_delete_rows_when_it_says_so(alfa: Callable[..., Flask], modules: Path) -> None:
    app = alfa(m0001_first=FIRST)
    run(app)
    text = second('op.execute("DELETE FROM alfa_child WHERE id = 1")', head='ROWS_MAY_SHRINK = ("alfa_child",)')
    (modules / "alfa/migrations/m0002.py").write_text(text, encoding="utf-8")

    assert not run(app)["alfa"].failed
    assert rows(app, "SELECT id FROM alfa_child") == [(2,)]


def test_a_failing_migration_leaves_nothing_and_others_go_on(make_app: Callable[..., Flask], modules: Path) -> None:
    bad = FIRST.replace("def downgrade", "    raise RuntimeError('sakit')\n\ndef downgrade", 1)
    write_module(modules, "alfa", **{"migrations/m0001.py": bad})
    write_module(modules, "beta", **{"migrations/m0001.py": FIRST.replace("alfa", "beta")})
    app = make_app(plugin_path=str(modules))

    done = run(app)

    line = bad.splitlines().index("    raise RuntimeError('sakit')") + 1
    assert done["alfa"].where == f"{modules / 'alfa/migrations/m0001.py'}:{line}"
    assert "sakit" in done["alfa"].reason
    assert done["beta"].revisions == 1
    with app.app_context():
        assert not sa.inspect(db.engine).has_table("alfa_parent")
        row = listed("alfa")
        assert row is not None
        assert (row.state, row.where) == ("broken", done["alfa"].where)
    (modules / "alfa/migrations/m0001.py").write_text(FIRST, encoding="utf-8")
    assert run(app)["alfa"].revisions == 1
    with app.app_context():
        assert (listed("alfa") or row).state == "off"


def test_histories_that_branch_are_refused(alfa: Callable[..., Flask]) -> None:
    app = alfa(m0001=FIRST, m0002=second("pass"), m0002b=second("pass").replace('"0002"', '"0002b"', 1))

    assert "bercabang" in run(app)["alfa"].reason


def test_migrations_never_run_in_a_web_process(dummy_app: Flask) -> None:
    with dummy_app.test_request_context("/"), pytest.raises(RuntimeError, match="web process"):
        list(migrate())


def test_the_models_of_the_core_and_the_bundled_modules_have_their_revisions(dummy_app: Flask) -> None:
    host = dummy_app.extensions[EXTENSION]
    histories = [core_history(), *(plugin_history(plugin.found) for plugin in host.plugins.values())]

    with dummy_app.app_context(), db.engine.connect() as connection:
        assert {history.name: differences(connection, history) for history in histories} == {
            history.name: [] for history in histories
        }


THING = """
class Thing(plugin_model("alfa", scope=Scope.everyone())):
    text: Mapped[str] = column(max_length=20, pii="none")
"""
MORE = """
    note: Mapped[str] = column(max_length=20, default="belum ada", pii="none")
    count: Mapped[int] = column(sa.Integer(), default=3, pii="none")
    open: Mapped[bool] = column(sa.Boolean(), default=True, pii="none")
"""


def test_a_new_column_fills_the_rows_that_are_there(make_app: Callable[..., Flask], modules: Path) -> None:
    write_module(modules, "alfa", THING)
    app = make_app(plugin_path=str(modules))
    found = app.extensions[EXTENSION].plugins["alfa"].found
    with app.app_context():
        assert revise(plugin_history(found), "pertama") is not None
        assert revise(plugin_history(found), "tanpa perubahan") is None
    assert run(app)["alfa"].revisions == 1
    row = {"id": "0" * 32, "t": "lama", "now": "2026-11-24 00:00:00"}
    insert = "INSERT INTO alfa_thing (id, text, created_at, version) VALUES (:id, :t, :now, 1)"
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(sa.text(insert), row)
    write_module(modules, "alfa", THING + MORE)

    newer = make_app(plugin_path=str(modules))
    with newer.app_context():
        written = revise(plugin_history(newer.extensions[EXTENSION].plugins["alfa"].found), "lebih banyak")

    assert written is not None
    assert written.name == "0002_lebih_banyak.py"
    assert run(newer)["alfa"].revisions == 1
    assert rows(newer, "SELECT text, note, count, open FROM alfa_thing") == [("lama", "belum ada", 3, True)]


def test_a_new_column_that_would_be_empty_in_old_rows_is_not_written(
    make_app: Callable[..., Flask], modules: Path
) -> None:
    write_module(modules, "alfa", THING)
    app = make_app(plugin_path=str(modules))
    with app.app_context():
        revise(plugin_history(app.extensions[EXTENSION].plugins["alfa"].found), "pertama")
    write_module(modules, "alfa", f'{THING}\n    note: Mapped[str] = column(max_length=20, pii="none")\n')

    newer = make_app(plugin_path=str(modules))
    with newer.app_context(), pytest.raises(HistoryFault, match=r"alfa_thing\.note"):
        revise(plugin_history(newer.extensions[EXTENSION].plugins["alfa"].found), "kedua")


def test_one_migrator_at_a_time(dummy_app: Flask) -> None:
    order: list[str] = []

    def second_one() -> None:
        with dummy_app.app_context(), alone(db.engine):
            order.append("second")

    with dummy_app.app_context(), alone(db.engine):
        waiting = threading.Thread(target=second_one)
        waiting.start()
        waiting.join(0.3)
        order.append("first")
    waiting.join(10)

    assert order == ["first", "second"]


def test_a_migration_that_is_killed_starts_anew(
    alfa: Callable[..., Flask], modules: Path, database_url: str, data_dir: Path
) -> None:
    app = alfa(m0001_first=FIRST)
    run(app)
    waits = f'{BATCH}\nopen(os.environ["REACHED"], "w").close()\ntime.sleep(float(os.environ.get("WAIT", 0)))'
    (modules / "alfa/migrations/m0002.py").write_text(second(waits), encoding="utf-8")
    reached = modules.parent / "reached"
    settings = environment(database_url, data_dir, SUPERAPP_PLUGIN_PATH=str(modules), SUPERAPP_SECRET_KEY=SECRET)
    settings |= {"REACHED": str(reached)}
    command = [sys.executable, "-m", "superapp.cli", "migrate"]

    killed = subprocess.Popen(command, env=settings | {"WAIT": "60"}, cwd=ROOT)
    deadline = time.monotonic() + 60
    while not reached.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()
    done = subprocess.run(command, env=settings, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert "alfa: 1 revisi" in done.stdout
    assert rows(app, "SELECT count(*) FROM alfa_child") == [(2,)]
    assert rows(app, "SELECT version_num FROM alembic_version_alfa") == [("0002",)]


def test_an_older_release_keeps_running_on_a_newer_database(make_app: Callable[..., Flask]) -> None:
    app = make_app(plugin_path=str(DUMMY))
    run(app)
    with app.app_context():
        with db.engine.begin() as connection:
            connection.execute(sa.text("UPDATE core_plugin SET enabled = true WHERE name = 'dummy'"))
            applied = '["0001_first.py", "0002_of_the_next_release.py"]'
            cast = "CAST(:files AS JSONB)" if db.engine.dialect.name == "postgresql" else ":files"
            connection.execute(
                sa.text(f"UPDATE core_plugin SET applied = {cast} WHERE name = 'dummy'"), {"files": applied}
            )
        app.extensions[EXTENSION].states.forget()
        row = listed("dummy")
        assert row is not None
        assert row.state == "on"
