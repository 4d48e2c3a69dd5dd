"""Personal data goes when its time is over: readings, sessions, staged imports, answers of forms (ASVS 14.2.7)."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from superapp.access.actor import operator
from superapp.extensions import db
from superapp.kernel import access_log, audit, clock, command
from superapp.kernel import tables as kernel
from superapp.kernel.database import run, transaction
from superapp.kernel.jobs import ledger
from superapp.kernel.jobs.worker import Worker
from superapp.login.tables import session
from superapp.shared.tables import import_, import_row
from tests.shared.importing import staged
from tests.shared.tables_of import as_csv, siasn, somebody
from tests.support.builders import House

READINGS = kernel.access_log


def aged(days: float) -> None:
    """Move the clock on and let the worker do what the nights in between would have done once."""
    clock.shift(timedelta(days=days))
    db.session.rollback()


def night(app: Flask, *kinds: str) -> None:
    with command.begin("test.night", actor=operator(), says=""):
        for kind in kinds:
            ledger.enqueue(kind)
    Worker(app).drain()
    db.session.rollback()


def count(table: sa.Table) -> int:
    return run(sa.select(sa.func.count()).select_from(table)).scalar_one()


def read_once() -> None:
    row = {"id": uuid.uuid4(), "at": clock.now(), "operation": "test", "record_type": "x"}
    with transaction() as connection:
        connection.execute(sa.insert(READINGS).values(row))


def faults() -> list[audit.Fault]:
    db.session.rollback()
    return [*audit.verify(), *access_log.verify()]


def test_readings_go_after_two_years_and_the_trail_proves_it(context: Flask) -> None:
    read_once()
    night(context, "core.seal_access_log")
    aged(400)
    read_once()
    night(context, "core.seal_access_log", "core.forget_old")
    assert count(READINGS) == 2
    aged(access_log.KEPT.days + 1)
    night(context, "core.forget_old")
    assert (count(READINGS), faults()) == (1, [])


def test_batch_deleted_by_hand_still_shows_beside_one_deleted_by_age(context: Flask) -> None:
    read_once()
    night(context, "core.seal_access_log")
    aged(access_log.KEPT.days + 1)
    night(context, "core.forget_old")
    read_once()
    night(context, "core.seal_access_log")
    assert faults() == []
    with transaction() as connection:
        connection.execute(sa.delete(READINGS))
    assert [fault.reason for fault in faults()] == ["pembacaan data yang disegel berubah"]


def test_unsealed_reading_is_never_deleted(context: Flask) -> None:
    read_once()
    aged(access_log.KEPT.days + 1)
    with command.begin("test", actor=operator(), says=""):
        assert access_log.forget_old() == 0
    assert count(READINGS) == 1


@pytest.mark.parametrize(("days", "left"), [(29, 1), (31, 0)])
def test_answers_of_forms_stay_thirty_days(context: Flask, days: int, left: int) -> None:
    row = {"principal": "person:x", "operation": "o", "key": "k", "fingerprint": "f", "created_at": clock.now()}
    with transaction() as connection:
        connection.execute(sa.insert(kernel.idempotency).values(row))
    aged(days)
    night(context, "core.forget_old")
    assert count(kernel.idempotency) == left


def test_sessions_that_are_over_go_by_night(context: Flask, house: House) -> None:
    who, moment = house.people["staf"].id, clock.now()
    with transaction() as connection:
        for name, hours in (("over", 1), ("running", 1000)):
            row = {"id": name, "person_id": who, "last_seen": moment, "expires_at": moment + timedelta(hours=hours)}
            connection.execute(sa.insert(session).values(created_at=moment, **row))
    aged(2 / 24)
    night(context, "login.sweep")
    assert run(sa.select(session.c.id)).scalars().all() == ["running"]


def test_staged_import_that_nobody_applies_goes_with_its_rows(context: Flask, house: House) -> None:
    staged("people", as_csv(siasn(somebody(1))))
    aged(6)
    night(context, "shared.tidy")
    assert count(import_) == 1
    aged(8)
    night(context, "shared.tidy")
    assert (count(import_), count(import_row)) == (0, 0)


@pytest.mark.parametrize(("state", "days"), [("applied", 30), ("applying", 37)])
def test_rows_of_an_import_go_when_it_cannot_be_undone_any_more(
    context: Flask, house: House, state: str, days: int
) -> None:
    staged("people", as_csv(siasn(somebody(1), somebody(2, **{"NIP BARU": "1,98E+17"}))))
    kept = count(import_row)
    with transaction() as connection:
        applied_at = clock.now() + timedelta(days=5) if state == "applied" else None
        connection.execute(sa.update(import_).values(state=state, applied_at=applied_at))
    late = 5 if state == "applied" else 0
    aged(days + late - 1)
    night(context, "shared.tidy")
    assert count(import_row) == kept > 1
    aged(days + late + 1)
    night(context, "shared.tidy")
    assert (count(import_), count(import_row)) == (1, 0)
