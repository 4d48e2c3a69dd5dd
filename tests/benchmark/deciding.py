"""Ten thousand tasks of the regency, some of them decisions of one reader, which can be made again and again.

Both databases are written here as they lie, the app's as copies of one request that was asked for through the app. What
was decided is put back between two requests, outside of the processes whose CPU is counted.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa

from tests.benchmark.client import Client

TASKS = 10_000
OWN = 200
"""How many of the tasks are decisions that wait for the reader; the page shows twenty of them."""
POSTS = 360
ASKED = {"kind": "CAP", "reason": "Keluarga", "address": "Nunukan", "phone": "0812000111"}
Row = dict[str, Any]


@dataclass(frozen=True)
class Pool:
    """The decisions of the reader: where they are sent to, and what their rows were before anything was decided.

    `form` is a page with the token that they are sent with.
    """

    database: Path
    form: str
    addresses: Sequence[str]
    rows: Mapping[str, Sequence[Row]] = field(repr=False)
    emptied: Sequence[str] = ()
    """What decisions have written beside these rows: statements that delete it."""

    def next_addresses(self) -> Iterator[str]:
        """Yield the addresses for ever; what was decided waits again before one comes a second time."""
        while True:
            self.put_back()
            yield from self.addresses

    def put_back(self) -> None:
        """Let all decisions wait again."""
        with closing(sqlite3.connect(self.database, timeout=30)) as database, database:
            for statement in self.emptied:
                database.execute(statement)
            for table, rows in self.rows.items():
                _write(database, table, rows)


def ask(client: Client) -> None:
    """Let somebody ask for a leave of one day through the app."""
    day = f"{date.today() + timedelta(days=30)}"  # noqa: DTZ011
    status, text = client.post(
        "/app/leave/new", client.hidden("/app/leave/new") | ASKED | {"first_day": day, "last_day": day}
    )
    assert status == 303, text[-2000:]


def fill_tasks(folder: Path) -> Pool:
    """Copy the one request of the app's database until `OWN` wait for its decider, and give the others their tasks."""
    path = folder / "superapp.db"
    with closing(sqlite3.connect(path)) as database, database:
        database.row_factory = sqlite3.Row
        model = _model(database)
        copies = [_copy(model, number) for number in range(OWN)]
        rows = {table: [row for copy in copies for row in copy[table]] for table in model}
        for table in rows:
            _write(database, table, rows[table])
        _write(database, "core_task", _of_others(database, model["core_task"][0]))
        database.execute("ANALYZE")
    steps = [next(row["id"] for row in copy["core_case_step"] if row["state"] == "open") for copy in copies]
    changing = {table: rows[table] for table in ("core_case", "core_case_step", "core_task", "leave_leave_request")}
    known = ", ".join(f"'{row['id']}'" for row in rows["core_task"])
    records = ", ".join(f"'{row['id']}'" for row in rows["leave_leave_request"])
    addresses = [f"/tasks/{UUID(step)}" for step in steps]
    return Pool(
        path,
        addresses[0],
        addresses,
        changing,
        emptied=(
            f"DELETE FROM core_task WHERE record_id IN ({records}) AND id NOT IN ({known})",
            "DELETE FROM core_job WHERE kind = 'workflow.settle'",
        ),
    )


def fill_floor(folder: Path) -> Pool:
    """Write the same into the floor's database: a request of two steps for each decision, and the tasks of others."""
    from tests.benchmark.floor import Base

    path, now = folder / "floor.db", datetime.now(UTC).replace(tzinfo=None)
    engine = sa.create_engine(f"sqlite:///{path}")
    Base.metadata.create_all(engine)
    engine.dispose()
    due = {"created_at": f"{now}", "due_at": f"{now + timedelta(days=2)}", "closed_at": None}
    undecided = {"decision": "", "note": "", "decided_by": None, "decided_at": None}
    own = range(1, OWN + 1)
    rows: dict[str, list[Row]] = {
        "request": [{"id": n, "title": f"Cuti ({n:03})", "state": "submitted"} for n in own],
        "step": [
            {"id": n + OWN * place, "request_id": n, "post_id": 1 + place, "place": place, "state": state, **undecided}
            for n in own
            for place, state in enumerate(("open", "waiting"))
        ],
        "task": [{"id": n, "post_id": 1, "step_id": n, "title": f"Cuti ({n:03})", "words": "Cuti", **due} for n in own],
    }
    others = range(OWN + 1, TASKS + 1)
    with closing(sqlite3.connect(path)) as database, database:
        _write(database, "post", [{"id": n, "user_id": 1 if n == 1 else 2} for n in range(1, POSTS + 1)])
        for table in rows:
            _write(database, table, rows[table])
        more = {"step_id": None, "title": "Cuti", "words": "Cuti", **due}
        _write(database, "task", [{"id": n, "post_id": 2 + n % (POSTS - 1), **more} for n in others])
        database.execute("ANALYZE")
    addresses = [f"/tasks/{n}" for n in own]
    return Pool(path, "/tasks", addresses, rows, emptied=(f"DELETE FROM task WHERE id > {TASKS}",))


def _model(database: sqlite3.Connection) -> dict[str, list[Row]]:
    """Return all rows of the request that was asked for last, by table."""
    case = dict(database.execute("SELECT * FROM core_case WHERE module = 'leave' ORDER BY id DESC LIMIT 1").fetchone())
    record = {"record_id": case["record_id"], "record_type": case["record_type"]}
    wanted = {
        "leave_leave_request": {"id": case["record_id"]},
        "core_case": {"id": case["id"]},
        "core_case_step": {"case_id": case["id"]},
        "core_task": record,
        "core_party": record,
        "core_timeline": record,
    }
    return {table: _read(database, table, of) for table, of in wanted.items()}


def _read(database: sqlite3.Connection, table: str, of: Row) -> list[Row]:
    where = " AND ".join(f"{name} = :{name}" for name in of)
    return [dict(row) for row in database.execute(f"SELECT * FROM {table} WHERE {where}", of)]


def _copy(model: Mapping[str, Sequence[Row]], number: int) -> dict[str, list[Row]]:
    """Return the rows under ids of their own, wherever one of them names another."""
    names: dict[str, str] = {}
    for old in (row["id"] for rows in model.values() for row in rows if isinstance(row["id"], str)):
        new = uuid4()
        names |= {old: new.hex, str(UUID(old)): str(new)}
    return {table: [_renamed(row, names) | _titled(row, number) for row in rows] for table, rows in model.items()}


def _renamed(row: Row, names: Mapping[str, str]) -> Row:
    """Return a row with new ids, also at the end of addresses; a number as its own id is given by the database."""
    fresh: Row = {}
    for name, value in row.items():
        head, slash, tail = value.rpartition("/") if isinstance(value, str) else ("", "", None)
        fresh[name] = f"{head}{slash}{names[tail]}" if tail in names else value
    return fresh if isinstance(row["id"], str) else fresh | {"id": None}


def _titled(row: Row, number: int) -> Row:
    """Return what tells copies of a case or a task apart for readers, and the duty of a task for the database."""
    titled = {"title": f"{row['title']} ({number:03})"} if "url" in row else {}
    return titled | ({"key": f"bench:{number}"} if "sort_at" in row else {})


def _of_others(database: sqlite3.Connection, model: Row) -> Iterator[Row]:
    posts = [row[0] for row in database.execute("SELECT id FROM core_position WHERE id <> ?", [model["position_id"]])]
    for number in range(TASKS - OWN):
        yield model | {"id": uuid4().hex, "position_id": posts[number % len(posts)], "url": "/tasks", "key": None}


def _write(database: sqlite3.Connection, table: str, rows: Any) -> None:
    found = list(rows)
    names = ", ".join(f'"{name}"' for name in found[0])
    marks = ", ".join("?" for _ in found[0])
    statement = f"INSERT OR REPLACE INTO {table} ({names}) VALUES ({marks})"
    database.executemany(statement, (list(row.values()) for row in found))
