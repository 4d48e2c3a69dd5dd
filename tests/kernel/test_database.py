"""Both databases: reads do not queue up behind a writer, writers do, and what is committed is on disk."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError, StatementError

from superapp.extensions import db
from superapp.kernel import clock, database
from superapp.kernel.counters import next_number
from superapp.kernel.database import UtcDateTime, insert_once, run
from superapp.kernel.tables import setting
from tests.kernel.conftest import EFFECTS, leave_effect, words, write


def in_a_thread(app: Flask, work: object) -> threading.Thread:
    def body() -> None:
        with app.app_context():
            work()  # type: ignore[operator]

    thread = threading.Thread(target=body)
    thread.start()
    return thread


def test_reader_sees_the_last_commit_while_a_writer_works(app: Flask) -> None:
    seen: list[list[str]] = []
    with write():
        leave_effect("half")
        in_a_thread(app, lambda: seen.append(words())).join(20)
    assert seen == [[]]


def test_second_writer_waits_for_the_first(app: Flask) -> None:
    order: list[str] = []

    def second() -> None:
        with write():
            next_number("letters", "2026")
            order.append("second")

    with write():
        next_number("letters", "2026")
        thread = in_a_thread(app, second)
        thread.join(0.2)
        order.append("first")
    thread.join(20)
    assert order == ["first", "second"]


def test_commit_is_on_disk_before_it_is_answered(app: Flask) -> None:
    """SQLite: FULL (2), or a pulled plug loses what was acknowledged; PostgreSQL: its default, which nothing weakens."""
    if db.engine.dialect.name == "sqlite":
        pragmas = [run(sa.text(f"PRAGMA {name}")).scalar() for name in ("synchronous", "journal_mode", "foreign_keys")]
        assert pragmas == [2, "wal", 1]
    else:
        settings = app.config["SQLALCHEMY_ENGINE_OPTIONS"]["connect_args"]["options"]
        assert "synchronous_commit" not in settings
        assert "lock_timeout" in settings


def test_naive_datetime_is_refused(app: Flask) -> None:
    naive = datetime(2026, 11, 24, 14, 5)  # noqa: DTZ001
    with pytest.raises((ValueError, StatementError), match="naive datetime"):
        run(sa.insert(setting).values(owner="x", name="y", value=1, updated_at=naive))


def test_moment_of_another_zone_comes_back_in_utc(app: Flask) -> None:
    moment = datetime(2026, 11, 24, 14, 5, tzinfo=timezone(timedelta(hours=8)))
    with write():
        run(sa.insert(setting).values(owner="x", name="y", value=1, updated_at=moment))
    found = run(sa.select(setting.c.updated_at)).scalar_one()

    assert found == moment
    assert found.utcoffset() == timedelta(0)


def test_insert_once_tells_whether_it_was_the_first(app: Flask) -> None:
    values = {"owner": "x", "name": "y", "value": 1, "updated_at": clock.now()}
    with write():
        assert [run(insert_once(setting, values)).rowcount for _ in range(3)] == [1, 0, 0]


def test_own_transaction_outlives_the_refusal_that_follows(app: Flask) -> None:
    with database.transaction() as connection:
        connection.execute(sa.insert(EFFECTS).values(word="failed sign-in"))
    db.session.rollback()
    assert words() == ["failed sign-in"]


def test_own_transaction_that_raises_stores_nothing(app: Flask) -> None:
    def fail() -> None:
        with database.transaction() as connection:
            connection.execute(sa.insert(EFFECTS).values(word="half"))
            raise ValueError

    with pytest.raises(ValueError):
        fail()
    assert words() == []


def test_failed_statement_shows_no_values(app: Flask) -> None:
    """What a person typed must not reach a log by way of an error."""

    def twice() -> None:
        with write():
            run(sa.insert(EFFECTS).values(id=1, word="kanari"))
            run(sa.insert(EFFECTS).values(id=1, word="kanari"))

    with pytest.raises(IntegrityError) as error:
        twice()
    assert "kanari" not in str(error.value)


def test_time_is_stored_in_utc() -> None:
    stored = UtcDateTime().process_bind_param(
        datetime(2026, 11, 24, 0, tzinfo=clock.WITA), sa.create_engine("sqlite://").dialect
    )
    assert stored == datetime(2026, 11, 23, 16)  # noqa: DTZ001
    assert UtcDateTime().process_result_value(stored, None) == datetime(2026, 11, 23, 16, tzinfo=UTC)  # type: ignore[arg-type]
