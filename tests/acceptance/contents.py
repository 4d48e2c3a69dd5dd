"""What the database holds, as one number a table: a request that was refused must leave every number as it was."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from flask import Flask

from superapp.extensions import db

WHOLE = frozenset({"*"})
TECHNICAL: Mapping[str, frozenset[str]] = {
    "core_limit": WHOLE,  # counts refused attempts: that is its purpose
    "core_fault": WHOLE,  # faults of modules, written down by a thread of its own
    "core_plugin_load": WHOLE,  # requests served, refused ones too
    "core_session": frozenset({"last_seen", "expires_at"}),
    "core_device": frozenset({"last_seen"}),
    "core_kept_input": WHOLE,  # what was typed when the session had ended, to be sent again
}
TRAIL = frozenset({"core_audit", "core_audit_values", "core_audit_head"})
"""Doors write refusals down in the trail, and nowhere else."""
Numbers = dict[str, tuple[int, int]]


class Contents:
    """A view of all tables, over a connection of its own."""

    def __init__(self, app: Flask) -> None:
        with app.app_context():
            url, inspector = db.engine.url, sa.inspect(db.engine)
        self._engine = sa.create_engine(url, poolclass=sa.StaticPool, isolation_level="AUTOCOMMIT")
        self._columns = {
            table: [
                self._quoted(column["name"])
                for column in inspector.get_columns(table)
                if column["name"] not in TECHNICAL.get(table, ())
            ]
            for table in inspector.get_table_names()
            if TECHNICAL.get(table) != WHOLE and "_fts" not in table and not table.startswith("core_search_")
        }

    def numbers(self) -> Numbers:
        """Return the number of rows and a hash of all columns, by table."""
        with self._engine.connect() as connection:
            if self._engine.dialect.name == "postgresql":
                rows = connection.exec_driver_sql(" UNION ALL ".join(map(self._hashed, self._columns))).all()
                return {table: (count, int(number)) for table, count, number in rows}
            found = {table: self._rows(connection, table) for table in self._columns}
        return {table: (len(rows), hash(frozenset(rows))) for table, rows in found.items()}

    def close(self) -> None:
        """Leave the database."""
        self._engine.dispose()

    def _hashed(self, table: str) -> str:
        row = f"hashtextextended(ROW({', '.join(self._columns[table])})::text, 0)"
        return f"SELECT '{table}', count(*), coalesce(sum({row}), 0) FROM {self._quoted(table)}"

    def _rows(self, connection: sa.Connection, table: str) -> list[tuple[object, ...]]:
        statement = f"SELECT {', '.join(self._columns[table])} FROM {self._quoted(table)}"
        return [tuple(row) for row in connection.exec_driver_sql(statement)]

    def _quoted(self, name: str) -> str:
        return self._engine.dialect.identifier_preparer.quote(name)


def changed(before: Numbers, after: Numbers, *, but: frozenset[str] = frozenset()) -> list[str]:
    """Return the tables that differ."""
    return sorted(table for table in before if table not in but and before[table] != after.get(table))
