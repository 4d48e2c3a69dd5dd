"""SUPERAPP_TEST_CLOCK: requests and jobs follow the file, in a demo data set reached by plain http alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from superapp.kernel import clock, database
from superapp.kernel.jobs.worker import Worker
from superapp.kernel.tables import setting
from superapp.operations.demo.marking import MARK
from tests.support import builders

Make = Callable[..., Flask]
DAY = 86_400.0


@pytest.fixture(autouse=True)
def _true_clock() -> Iterator[None]:
    yield
    clock.follow(None)
    clock.shift(timedelta(0))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a file that moves the clock by a day."""
    made = tmp_path / "clock"
    made.write_text("+86400")
    return made


def moved() -> float:
    """Return by how many seconds the clock of this process is off, rounded."""
    return round((clock.now() - datetime.now(UTC)).total_seconds())


def mark(app: Flask) -> None:
    """Make the database of an app a demo data set."""
    with app.app_context(), builders.stored():
        database.run(sa.insert(setting).values(owner=MARK[0], name=MARK[1], value={"built_at": "2026-01-01"}))


def test_requests_follow_the_file_in_a_demo_data_set(make_app: Make, file: Path) -> None:
    app = make_app(test_clock=file)
    app.test_client().get("/login")
    assert moved() == 0, "no demo data set yet"
    mark(app)
    app.test_client().get("/login")
    assert moved() == DAY
    file.write_text("-3600")
    app.test_client().get("/login")
    assert moved() == -3600


def test_jobs_follow_the_file(make_app: Make, file: Path) -> None:
    app = make_app(test_clock=file)
    mark(app)
    Worker(app).drain()
    assert moved() == DAY


def test_an_installation_on_https_never_follows(make_app: Make, file: Path) -> None:
    app = make_app(test_clock=file, base_url="https://satu.example.go.id")
    mark(app)
    app.test_client().get("/login", base_url="https://satu.example.go.id")
    Worker(app).drain()
    assert moved() == 0
