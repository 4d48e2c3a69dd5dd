"""The processes: a dead one is started again, all stop in order, and the commands tell what they did."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from superapp.extensions import db
from superapp.kernel import command
from superapp.kernel.jobs import JobActor
from superapp.kernel.tables import audit as rows
from superapp.operations.serving.supervising import Child
from superapp.operations.serving.web import Web
from superapp.settings import Settings
from tests.operations.storm import children
from tests.support.databases import only_sqlite
from tests.support.server import environment, run_command, running_server


def until(true: Callable[[], object], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@only_sqlite
def test_dead_process_is_started_again_and_all_stop_in_order(settings: Settings) -> None:
    with running_server(settings.database_url, settings.data_dir, command="up") as server:
        until(lambda: len(children(server.pid)) == 2)
        before = children(server.pid)
        os.kill(before[1], signal.SIGKILL)
        until(lambda: len(set(children(server.pid)) - set(before)) == 1)
        os.kill(server.pid, signal.SIGTERM)
        until(lambda: not Path(f"/proc/{before[0]}").exists())
    log = server.log.read_text()
    assert "worker berhenti (status -9), dijalankan lagi" in log
    assert "Aplikasi berjalan di" in log


def test_process_that_dies_at_once_is_started_again_ever_more_slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    child, pauses = Child("web", ["/bin/false"]), []
    for _ in range(7):
        child.due = 0.0
        child.look()
        assert child.process is not None
        child.process.wait()
        child.look()
        pauses.append(child.pause)

    assert pauses == [1, 2, 4, 8, 16, 30, 30]


def test_server_takes_the_settings_unless_told_otherwise(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, port=8100, threads=6)
    web = Web.of(settings, host=None, port=None, workers=3, threads=None)

    assert (web.host, web.port, web.workers, web.threads) == ("127.0.0.1", 8100, 3, 6)
    assert "--no-control-socket" in web.arguments()
    assert web.environment()["SUPERAPP_THREADS"] == "6"
    assert Web("::1", 80, workers=1, threads=2).address == "[::1]:80"


@pytest.fixture
def run(settings: Settings) -> Callable[..., tuple[int, str]]:
    """Return a function that runs a command on the test's database, and gives its status and its words."""
    given = environment(
        settings.database_url, settings.data_dir, SUPERAPP_SECRET_KEY=settings.secret_key.get_secret_value()
    )

    def run(*arguments: str) -> tuple[int, str]:
        done = run_command(given, *arguments)
        return done.returncode, done.stdout + done.stderr

    return run


@only_sqlite
def test_operator_backs_up_verifies_and_restores(
    context: Flask, settings: Settings, run: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    db.engine.dispose()
    folder = str(tmp_path / "b")
    status, words = run("backup", folder)
    assert (status, "Cadangan siap" in words, "Kunci rahasia" in words) == (0, True, True)
    assert run("backup", folder)[0] == 1
    assert run("verify", folder)[0] == 0
    status, words = run("restore", folder)
    assert (status, "--replace" in words) == (1, True)
    assert run("restore", folder, "--replace")[0] == 0
    (tmp_path / "b/files.jsonl").write_text("x")
    status, words = run("verify", folder)
    assert (status, "files.jsonl berubah" in words) == (1, True)
    assert run("verify", str(tmp_path / "nowhere"))[0] == 1


@only_sqlite
def test_operator_verifies_the_audit_trail(context: Flask, run: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    with command.begin("test.act", actor=JobActor("test"), says="tried"):
        pass
    db.session.remove()
    status, heads = run("audit", "heads")
    assert (status, json.loads(heads)["chain"]) == (0, "core")
    (tmp_path / "anchors.jsonl").write_text(heads)
    assert run("audit", "verify", "--anchors", str(tmp_path / "anchors.jsonl"))[0] == 0
    with db.engine.begin() as connection:
        connection.execute(sa.update(rows).values(principal="somebody else"))
    status, words = run("audit", "verify")
    assert (status, "core baris 1: isi baris berubah" in words) == (1, True)


@only_sqlite
def test_worker_once_does_what_is_due_and_the_doctor_sees_it(run: Callable[..., tuple[int, str]]) -> None:
    status, words = run("doctor")
    assert (status, "belum pernah dibuat" in words) == (1, True)
    status, words = run("worker", "--once")
    assert (status, "pekerjaan dikerjakan" in words) == (0, True)
    assert "cadangan: yang terbaru" in run("doctor")[1]
