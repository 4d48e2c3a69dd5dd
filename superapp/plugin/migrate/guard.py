"""What a migration must not lose: on SQLite a batch migration would empty children and drop triggers silently."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection


class RowsLost(Exception):
    """A migration would lose rows, break references or drop triggers; it was rolled back."""


_DROP_TRIGGER = re.compile(r"\s*DROP\s+TRIGGER\s+(?:IF\s+EXISTS\s+)?[\"'`\[]?(\w+)", re.IGNORECASE)


@contextmanager
def transaction(connection: Connection, may_shrink: Iterable[str]) -> Iterator[None]:
    """Open the one transaction of a migration, check at its end that nothing was lost, and commit it.

    `may_shrink` names tables whose rows the migration deletes on purpose. Raises RowsLost.
    """
    with _postgresql(connection) if connection.dialect.name == "postgresql" else _sqlite(connection, set(may_shrink)):
        yield


@contextmanager
def _postgresql(connection: Connection) -> Iterator[None]:
    with connection.begin():
        for name, value in (
            ("statement_timeout", "0"),
            ("idle_in_transaction_session_timeout", "0"),
            # A lock that is not had within a minute would stop the running release too: better try again later.
            ("lock_timeout", "60s"),
        ):
            connection.execute(sa.text(f"SET LOCAL {name} = '{value}'"))
        yield


@contextmanager
def _sqlite(connection: Connection, may_shrink: set[str]) -> Iterator[None]:
    raw: Any = connection.connection.dbapi_connection
    raw.execute("PRAGMA foreign_keys=OFF")  # has no effect within a transaction, so before it
    try:
        with connection.begin():
            before = _Contents(connection)
            with before.noting_dropped_triggers():
                yield
            before.compare(may_shrink)
    finally:
        raw.execute("PRAGMA foreign_keys=ON")


class _Contents:
    """Row counts, broken references and triggers of an SQLite database at one moment."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.counts = self._counts()
        self.broken = self._broken()
        self.triggers = self._triggers()
        self.dropped: set[str] = set()

    def _counts(self) -> dict[str, int]:
        query = (
            "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' "
            "AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_alembic_tmp_%' AND name NOT LIKE 'alembic_version_%'"
        )
        names = [row.name for row in self._run(query)]
        quote = self.connection.dialect.identifier_preparer.quote_identifier
        return {name: self._run(f"SELECT count(*) FROM {quote(name)}").scalar_one() for name in names}  # noqa: S608

    def _broken(self) -> set[tuple[Any, ...]]:
        return {tuple(row) for row in self._run("PRAGMA foreign_key_check")}

    def _triggers(self) -> dict[str, tuple[str, str]]:
        rows = self._run("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'")
        return {row.name: (row.tbl_name, row.sql) for row in rows}

    def _run(self, statement: str) -> sa.CursorResult[Any]:
        return self.connection.exec_driver_sql(statement)

    @contextmanager
    def noting_dropped_triggers(self) -> Iterator[None]:
        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if found := _DROP_TRIGGER.match(statement):
                self.dropped.add(found[1])

        event.listen(self.connection, "before_cursor_execute", note)
        try:
            yield
        finally:
            event.remove(self.connection, "before_cursor_execute", note)

    def compare(self, may_shrink: set[str]) -> None:
        """Put lost triggers back and raise RowsLost for lost rows and newly broken references."""
        now = _Contents(self.connection)
        for name, (table, statement) in self.triggers.items():
            if name not in now.triggers and name not in self.dropped and table in now.counts:
                self._run(statement)
        for table, rows in self.counts.items():
            left = now.counts.get(table, rows)
            if left < rows and table not in may_shrink:
                raise RowsLost(f"tabel {table}: {rows} baris menjadi {left}; nyatakan ROWS_MAY_SHRINK jika disengaja")
        new = now.broken - self.broken
        if new:
            tables = sorted({str(row[0]) for row in new})
            raise RowsLost(f"{len(new)} rujukan menjadi putus pada tabel {', '.join(tables)}")
