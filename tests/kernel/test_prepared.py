"""Prepared statements: what SQLAlchemy's own way gives, in values, errors and events."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError, OperationalError

from superapp.extensions import db
from superapp.kernel import clock, database, ids
from superapp.kernel.database import run
from superapp.kernel.prepared import Prepared
from superapp.kernel.tables import counter, idempotency, job
from superapp.testing import statements_on
from tests.kernel.conftest import write

MOMENT = datetime(2026, 11, 24, 6, 5, 4, 321000, tzinfo=UTC)
JOB = {
    "kind": "uji",
    "plugin": "",
    "state": "waiting",
    "attempts": 0,
    "max_attempts": 5,
    "run_at": MOMENT,
    "error": "",
    "progress": 0,
    "created_at": MOMENT,
}
ADD = Prepared(sa.insert(job))
READ = Prepared(sa.select(job).where(job.c.id == sa.bindparam("wanted")))
COUNT = {"scope": "surat", "period": "2026"}


def a_job(**values: Any) -> dict[str, Any]:
    return JOB | {"id": ids.uuid7(), "arguments": {}} | values


def test_values_come_back_as_their_types_read_them(app: Flask) -> None:
    kept = a_job(arguments={"ke": ["Sebatik", 3, None]}, person_id=ids.uuid7(), resume=None, error="100% “beres”")
    with write():
        ADD.run(kept)
    row = READ.one({"wanted": kept["id"]})
    assert row._asdict() == run(sa.select(job).where(job.c.id == kept["id"])).one()._asdict()
    assert isinstance(row.id, UUID)
    assert (row.run_at, row.arguments, row.error) == (MOMENT, kept["arguments"], kept["error"])


def test_none_is_null_in_a_column_of_json_too(app: Flask) -> None:
    kept = a_job(resume=None)
    with write():
        ADD.run(kept)
    assert run(sa.select(sa.func.count()).where(job.c.resume.is_(sa.null()))).scalar() == 1


def test_many_rows_and_none(app: Flask) -> None:
    with write():
        ADD.run_many([])
        ADD.run_many([a_job(), a_job(), a_job()])
    assert run(sa.select(sa.func.count()).select_from(job)).scalar() == 3
    assert Prepared(sa.select(job.c.id).order_by(job.c.id).limit(2)).all({})[1].id > min(
        run(sa.select(job.c.id)).scalars()
    )
    assert READ.first({"wanted": ids.uuid7()}) is None


def test_run_tells_how_many_rows_were_met(app: Flask) -> None:
    once = Prepared(lambda insert: insert(counter).on_conflict_do_nothing())
    raised = Prepared(sa.update(counter).where(counter.c.scope == "surat").values(value=sa.bindparam("to")))
    with write():
        assert [once.run(COUNT | {"value": 1}), once.run(COUNT | {"value": 1})] == [1, 0]
        assert [raised.run({"to": 7}), raised.run({"to": 8})] == [1, 1]
    assert run(sa.select(counter.c.value)).scalar() == 8


def test_errors_are_sqlalchemys_and_name_no_value(app: Flask) -> None:
    add = Prepared(sa.insert(counter))
    with pytest.raises(IntegrityError) as caught, write():
        add.run(COUNT | {"value": 1})
        add.run(COUNT | {"value": 1})
    assert "surat" not in str(caught.value.params)
    assert "core_counter" in (caught.value.statement or "")
    assert run(sa.select(sa.func.count()).select_from(counter)).scalar() == 0


def test_statements_are_heard_like_all_others(app: Flask) -> None:
    with statements_on(db.engine) as heard:
        READ.first({"wanted": ids.uuid7()})
    assert heard.number == 1
    assert heard.texts[0].startswith("SELECT")


def test_the_watchdog_ends_a_transaction_before_the_next_statement(app: Flask) -> None:
    guard = database.StatementGuard()
    with database.guarded(guard):
        READ.first({"wanted": ids.uuid7()})
        assert not guard.executing
        guard.expired = True
        with pytest.raises(database.TransactionExpired):
            READ.first({"wanted": ids.uuid7()})


@pytest.mark.parametrize("engine", ["postgresql"])  # SQLite has no server to lose
def test_a_lost_connection_is_given_up(app: Flask) -> None:
    READ.first({"wanted": ids.uuid7()})
    mine = database.connection().exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    with db.engine.connect() as other:
        other.execute(sa.select(sa.func.pg_terminate_backend(mine)))
    with pytest.raises(OperationalError) as caught:
        READ.first({"wanted": ids.uuid7()})
    assert caught.value.connection_invalidated
    db.session.rollback()
    assert READ.first({"wanted": ids.uuid7()}) is None


def test_what_needs_more_than_its_text_is_refused(app: Flask) -> None:
    several = Prepared(sa.select(job.c.id).where(job.c.id.in_(sa.bindparam("some", expanding=True))))
    with pytest.raises(TypeError, match="cannot be prepared"):
        several.all({"some": [ids.uuid7()]})
    with pytest.raises(TypeError, match="cannot be prepared"):
        ADD.run({"id": ids.uuid7(), "kind": "uji"})  # created_at and others have defaults
    with write():
        row = {"principal": "p", "operation": "o", "key": "k" * 8, "fingerprint": "f", "created_at": clock.now()}
        assert Prepared(sa.insert(idempotency)).run(row) == 1
