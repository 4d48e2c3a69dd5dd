"""A job takes effect once, wherever its process is killed."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from superapp.extensions import db
from superapp.kernel.jobs import enqueue
from superapp.kernel.jobs import ledger as view
from superapp.kernel.jobs.ledger import State
from tests.kernel.conftest import Ledger, words, write

KILLED = 137


def start(url: str, folder: Path, failpoint: str = "", **options: object) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.kernel.worker_process", url, str(folder), json.dumps(options)]
    process = subprocess.Popen(command, env=os.environ | {"SUPERAPP_FAILPOINT": failpoint}, stdout=subprocess.PIPE)
    _started.append(process)
    return process


_started: list[subprocess.Popen[bytes]] = []


@pytest.fixture(autouse=True)
def _none_left() -> Iterator[None]:
    yield
    while _started:
        process = _started.pop()
        process.kill()
        process.communicate()


@pytest.mark.parametrize(
    ("failpoint", "stored_before"),
    [("before-commit:job:core.effect", []), ("after-commit:job:core.effect", ["letter 1"])],
)
def test_job_killed_around_its_commit_takes_effect_once(
    ledger: Ledger, kernel_url: str, tmp_path: Path, failpoint: str, stored_before: list[str]
) -> None:
    job_id = ledger.enqueue("core.effect", {"word": "letter"})
    assert start(kernel_url, tmp_path, failpoint).wait(60) == KILLED
    assert words() == stored_before
    db.session.rollback()
    assert start(kernel_url, tmp_path, shift=61).wait(60) == 0

    assert words() == ["letter 1"]
    assert view.find(job_id).state is State.DONE


@pytest.mark.parametrize("failpoint", ["after-step:core.steps", "before-commit:job:core.steps"])
def test_job_killed_at_every_step_does_every_row_once(
    ledger: Ledger, kernel_url: str, tmp_path: Path, failpoint: str
) -> None:
    job_id = ledger.enqueue("core.steps", {"rows": 3})
    shift, killed = 0, 0
    while start(kernel_url, tmp_path, failpoint if killed < 3 else "", shift=shift).wait(60) == KILLED:
        killed, shift = killed + 1, shift + 61

    assert killed == 3
    assert words() == ["row 0", "row 1", "row 2"]
    assert view.find(job_id).state is State.DONE


def storm(app: Flask, url: str, folder: Path, *, jobs: int, kills: int) -> None:
    """Enqueue jobs and kill the worker again and again, each time after it got a little further."""
    with write():
        for number in range(jobs):
            enqueue("core.effect", {"word": f"job-{number}"}, max_attempts=1000)
    chance = random.Random(7)
    for goal in sorted(chance.sample(range(1, jobs), kills)):
        worker = start(url, folder, forever=True, lease=1)
        wait_for(goal)
        worker.send_signal(signal.SIGKILL)
        worker.wait(20)
    worker = start(url, folder, forever=True, lease=1)
    wait_for(jobs)
    worker.terminate()
    assert worker.wait(30) == 0


def wait_for(done: int) -> None:
    deadline = time.monotonic() + 120
    while view.count(State.DONE, limit=done) < done:
        assert time.monotonic() < deadline
        db.session.rollback()
        time.sleep(0.01)


def judge(jobs: int) -> None:
    db.session.rollback()
    stored = [word.split(" ") for word in words()]
    assert sorted(word for word, _ in stored) == sorted(f"job-{number}" for number in range(jobs))
    assert sorted(int(number) for _, number in stored) == list(range(1, jobs + 1))


def test_storm_of_kills_loses_and_doubles_no_job(app: Flask, kernel_url: str, tmp_path: Path) -> None:
    storm(app, kernel_url, tmp_path, jobs=120, kills=3)
    judge(120)


@pytest.mark.slow
def test_long_storm_of_kills_loses_and_doubles_no_job(app: Flask, kernel_url: str, tmp_path: Path) -> None:
    storm(app, kernel_url, tmp_path, jobs=1000, kills=25)
    judge(1000)


def test_two_workers_at_once_do_each_job_once(app: Flask, kernel_url: str, tmp_path: Path) -> None:
    workers = [start(kernel_url, tmp_path / name, forever=True) for name in ("one", "two")]
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"ready\n"
    with write():
        for number in range(60):
            enqueue("core.effect", {"word": f"job-{number}"})
    wait_for(60)
    for worker in workers:
        worker.terminate()
    assert [worker.wait(30) for worker in workers] == [0, 0]
    judge(60)
