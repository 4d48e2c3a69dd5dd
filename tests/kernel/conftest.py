"""Fixtures of the kernel's tests: a bare app over the core's tables, on each engine."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from pydantic import SecretStr

from superapp.extensions import db
from superapp.kernel import clock, command, database, ports, tables
from superapp.kernel.jobs import Job, JobActor, register
from superapp.kernel.jobs.worker import Worker
from superapp.kernel.tables import audit, stamp
from superapp.settings import Settings
from tests.support.stage import ENGINES, Engine, Stage

OPERATOR = JobActor("test")


def settings_for(url: str, folder: Path) -> Settings:
    return Settings(data_dir=folder, database_url=url, secret_key=SecretStr("s" * 48))


def make_app(settings: Settings) -> Flask:
    """Return an app with the kernel's database alone."""
    app = Flask("kernel")
    app.extensions["superapp.settings"] = settings
    app.config["SECRET_KEY"] = "s" * 48
    database.connect(app, settings)
    return app


def fill(url: str) -> None:
    """Make the kernel's tables and one for effects in an empty database."""
    engine = sa.create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        database.CoreModel.metadata.create_all(connection, KERNEL_TABLES)
        EFFECTS.create(connection)
        connection.execute(sa.insert(stamp).values(id=1, access=1, plugins=1))
    engine.dispose()


EFFECTS = sa.Table(
    "effect", sa.MetaData(), sa.Column("id", sa.Integer(), primary_key=True), sa.Column("word", sa.String(200))
)
KERNEL_TABLES = [table for table in vars(tables).values() if isinstance(table, sa.Table)]


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Engine:
    return request.param


@pytest.fixture
def kernel_url(engine: Engine, stage: Stage) -> Iterator[str]:
    stage.template(engine, "kernel", fill)
    name = f"kernel_{uuid.uuid4().hex[:12]}"
    yield stage.copy(engine, "kernel", name)
    stage.drop(engine, name)


@pytest.fixture
def app(kernel_url: str, tmp_path: Path) -> Iterator[Flask]:
    made = make_app(settings_for(kernel_url, tmp_path))
    with made.app_context():
        yield made
        db.session.remove()
        db.engine.dispose()
    clock.shift(timedelta(0))


@pytest.fixture(autouse=True)
def _bare_ports() -> Iterator[None]:
    """Take out what an app of an earlier test in this process plugged in; the kernel is tested without the house."""
    every = [port for port in vars(ports).values() if isinstance(port, ports.Port)]
    before = [port._filled for port in every]
    for port in every:
        port._filled = None
    yield
    for port, filled in zip(every, before, strict=True):
        port._filled = filled


@dataclass
class Gate:
    """A module gate that tests open and shut."""

    off: set[str]

    def is_on(self, plugin: str, opd_id: uuid.UUID | None) -> bool:
        return plugin not in self.off


@pytest.fixture
def gate() -> Iterator[Gate]:
    made = Gate(set())
    before = ports.module_gate._filled
    ports.module_gate.fill(made)
    yield made
    ports.module_gate._filled = before


class Ledger:
    """What tests of jobs do: add a kind, enqueue in a command, drain, look."""

    def __init__(self, app: Flask) -> None:
        self.app, self.worker = app, Worker(app)

    def kind(self, function: Any, **options: Any) -> Job:
        job = Job(kind=options.pop("kind", f"core.{function.__name__}"), function=function, **options)
        register(self.app, [job])
        return job

    def enqueue(self, job: Job | str, arguments: dict[str, Any] | None = None, **options: Any) -> uuid.UUID:
        from superapp.kernel.jobs import enqueue

        with write("test.enqueue"):
            return enqueue(job if isinstance(job, str) else job.kind, arguments, **options)

    def drain(self) -> int:
        """Run what is due, then look at the database anew."""
        db.session.rollback()
        ran = self.worker.drain()
        db.session.rollback()
        return ran


@pytest.fixture
def ledger(app: Flask) -> Ledger:
    return Ledger(app)


def write(operation: str = "test.write", says: str = "") -> Any:
    """Begin a command without a key."""
    return command.begin(operation, actor=OPERATOR, says=says)


def words() -> list[str]:
    """Return the words of all effects in their order."""
    return list(database.run(sa.select(EFFECTS.c.word).order_by(EFFECTS.c.id)).scalars())


def leave_effect(word: str) -> None:
    """Write an effect in the transaction under way."""
    database.run(sa.insert(EFFECTS).values(word=word))


def audited() -> list[str]:
    """Return the words of all audit rows, in order of their chains."""
    return list(database.run(sa.select(audit.c.message).order_by(audit.c.chain, audit.c.sequence)).scalars())
