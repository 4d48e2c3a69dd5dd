"""The access log: whoever reads a person's data is written down, and what was written down stays so."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import OperationalError

from superapp.extensions import db
from superapp.kernel import access_log, clock, database, ports
from superapp.kernel.database import run
from superapp.kernel.errors import Busy
from superapp.kernel.jobs import JobActor
from superapp.kernel.tables import access_log as table
from tests.kernel.conftest import write

SITI, BUDI, RECORD = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()


@pytest.fixture
def reader(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """Let Siti read pages that show records of persons."""
    before = ports.current_actor._filled
    ports.current_actor.fill(lambda: replace(JobActor("reader"), person_id=SITI))
    monkeypatch.setattr(access_log, "_recent", access_log._Recent())
    access_log.install(app)

    @app.get("/profile/<uuid:person>")
    def profile(person: uuid.UUID) -> str:
        access_log.note("profile", RECORD, subject=person)
        access_log.note("rank", RECORD, subject=person)
        return "shown"

    yield app
    ports.current_actor._filled = before


def read(reader: Flask, person: uuid.UUID = BUDI) -> str:
    db.session.rollback()
    return reader.test_client().get(f"/profile/{person}").text


def test_reading_is_written_down_before_the_page_is_sent(reader: Flask) -> None:
    assert read(reader) == "shown"

    found = access_log.seen_by(BUDI)
    assert {(look.person_id, look.operation, look.record_type) for look in found} == {
        (SITI, "profile", "profile"),
        (SITI, "profile", "rank"),
    }
    assert access_log.seen_by(SITI) == []


def test_reading_ones_own_data_is_no_reading(reader: Flask) -> None:
    read(reader, SITI)

    assert access_log.seen_by(SITI) == []


def test_reload_within_ten_minutes_is_one_reading(reader: Flask) -> None:
    read(reader)
    read(reader)
    assert len(access_log.seen_by(BUDI)) == 2
    clock.shift(timedelta(minutes=11))
    read(reader)
    assert len(access_log.seen_by(BUDI)) == 4


def test_reading_that_cannot_be_written_down_is_not_shown(reader: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    reader.register_error_handler(Busy, lambda error: (error.message, error.status))

    def locked() -> None:
        raise OperationalError("INSERT", {}, Exception("database is locked"))

    monkeypatch.setattr(access_log, "transaction", locked)
    answer = reader.test_client().get(f"/profile/{BUDI}")

    assert (answer.status_code, "shown" in answer.text) == (503, False)


def seal(app: Flask) -> int:
    with write("core.seal_access_log"):
        return access_log.seal()


def test_sealed_readings_verify_and_new_ones_join_the_next_seal(reader: Flask) -> None:
    read(reader)
    assert seal(reader) == 2
    read(reader, uuid.uuid4())
    assert (seal(reader), seal(reader)) == (2, 0)

    assert list(access_log.verify()) == []


@pytest.mark.parametrize(
    "crime",
    [
        sa.update(table).values(person_id=uuid.uuid4()),
        sa.update(table).values(at=clock.now() - timedelta(days=1)),
        sa.delete(table).where(table.c.record_type == "rank"),
        sa.update(table).values(batch=uuid.uuid4()),
        sa.insert(table).from_select(
            ["id", "at", "person_id", "operation", "record_type", "batch"],
            sa.select(
                sa.literal(uuid.uuid4(), sa.Uuid()),
                table.c.at,
                table.c.person_id,
                table.c.operation,
                sa.literal("x"),
                table.c.batch,
            ).limit(1),
        ),
    ],
    ids=["reader changed", "time changed", "reading deleted", "moved to another seal", "reading added"],
)
def test_tampering_with_sealed_readings_shows(reader: Flask, crime: sa.Executable) -> None:
    read(reader)
    seal(reader)
    with database.transaction() as connection:
        connection.execute(crime)
    db.session.rollback()

    assert list(access_log.verify()) != []


def test_many_readings_are_sealed_in_batches(reader: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access_log, "BATCH", 3)
    for _ in range(4):
        read(reader, uuid.uuid4())
    assert seal(reader) == 8

    assert run(sa.select(sa.func.count(table.c.batch.distinct()))).scalar() == 3
    assert list(access_log.verify()) == []


def test_nothing_noted_costs_no_transaction(reader: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access_log, "transaction", lambda: pytest.fail("wrote"))
    with reader.test_request_context():
        access_log.write()
