"""Statements prepared once: compiled for the database at their first use, handed to its driver as text from then on.

For what every request or form does (session, stamps, keys, audit): SQLAlchemy's way from a statement to the driver and
back costs several times what such a statement does, most of it to find again what it compiled before.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Dialect

from superapp.kernel import database

Parameters = Mapping[str, Any]
Process = Callable[[Any], Any] | None


class Prepared:
    """A statement of Core that runs on the session's connection, with named parameters.

    `statement` is the statement, or a function of the dialect's `insert` (the one that knows ON CONFLICT) that returns it.
    An INSERT takes its columns from the parameters; no default of a column is filled in. Raises what SQLAlchemy raises,
    and TypeError for a statement that needs more than its text: an expanding IN, a default.
    """

    def __init__(self, statement: sa.Executable | Callable[[Any], sa.Executable]) -> None:
        self._statement = statement
        self._texts: dict[tuple[str, ...], _Text] = {}

    def run(self, parameters: Parameters) -> int:
        """Run a writing statement; return how many rows it met."""
        text, connection = self._on(parameters)
        return int(_sent(connection, text.sql, text.bound(parameters)).rowcount)

    def run_many(self, many: Sequence[Parameters]) -> None:
        """Run a writing statement for each of many rows, which name the same columns."""
        if len(many) == 1:
            self.run(many[0])
        elif many:
            text, connection = self._on(many[0])
            _sent(connection, text.sql, [text.bound(parameters) for parameters in many], many=True)

    def all(self, parameters: Parameters) -> list[Any]:
        """Return the rows of a result, with its columns as attributes."""
        text, connection = self._on(parameters)
        return [text.row(found) for found in _sent(connection, text.sql, text.bound(parameters)).fetchall()]

    def first(self, parameters: Parameters) -> Any | None:
        """Return the first row of a result, with its columns as attributes, or None."""
        return next(iter(self.all(parameters)), None)

    def one(self, parameters: Parameters) -> Any:
        """Return the one row of a result that is known to have one."""
        (found,) = self.all(parameters)
        return found

    def _on(self, parameters: Parameters) -> tuple[_Text, Connection]:
        connection = database.connection()
        key = (connection.dialect.name, *parameters)
        text = self._texts.get(key)
        if text is None:
            made: Any = self._statement
            statement = made(database.insert_of(connection.dialect)) if callable(made) else made
            text = self._texts[key] = _Text(statement, connection.dialect, list(parameters))
        return text, connection


def _sent(connection: Connection, sql: str, bound: Any, *, many: bool = False) -> Any:
    """Hand a statement to the driver between the engine's events (guard, counting); return the driver's cursor."""
    cursor, heard = connection.connection.cursor(), connection.engine.dispatch
    event = (connection, cursor, sql, bound, None, many)
    for listener in heard.before_cursor_execute:
        listener(*event)
    try:
        (cursor.executemany if many else cursor.execute)(sql, bound)
    except connection.dialect.loaded_dbapi.Error as error:
        raise _told(error, connection, sql) from error
    finally:
        for listener in heard.after_cursor_execute:
            listener(*event)
    return cursor


def _told(error: Any, connection: Connection, sql: str) -> BaseException:
    """Return the error of a driver as SQLAlchemy tells it, without the parameters; a lost connection is given up."""
    dialect = connection.dialect
    if lost := dialect.is_disconnect(error, connection.connection, None):
        connection.invalidate(error)
    told: BaseException = sa.exc.DBAPIError.instance(
        sql,
        None,
        error,
        dialect.loaded_dbapi.Error,
        hide_parameters=True,
        connection_invalidated=lost,
        dialect=dialect,
    )
    return told


class _Text:
    """A statement as one database reads it, and how values go to it and come from it."""

    def __init__(self, statement: Any, dialect: Dialect, names: list[str]) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=names)
        if compiled.post_compile_params or getattr(compiled, "insert_prefetch", None):
            raise TypeError(f"cannot be prepared, it needs more than its text: {compiled}")
        self.sql = str(compiled)
        self.fixed = {name: value for name, value in compiled.params.items() if name not in names}
        processes: dict[str, Process] = {
            name: bind.type.dialect_impl(dialect).bind_processor(dialect) for bind, name in compiled.bind_names.items()
        }
        self.named = compiled.positiontup is None
        self.names = compiled.positiontup or list(processes)
        self.binds = [(name, processes[name]) for name in self.names]
        columns = getattr(statement, "exported_columns", ())
        readers = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
        self.readers = [(place, reader) for place, reader in enumerate(readers) if reader]
        row: Any = namedtuple("Row", [column.name for column in columns])  # type: ignore[misc]
        self.make_row: Callable[[Sequence[Any]], Any] = row._make

    def bound(self, parameters: Parameters) -> Any:
        """Return the parameters as the driver takes them, in order or by name; None is NULL, in a column of JSON too."""
        given = {**self.fixed, **parameters} if self.fixed else parameters
        values = [
            value if (value := given[name]) is None or process is None else process(value)
            for name, process in self.binds
        ]
        return dict(zip(self.names, values, strict=True)) if self.named else values

    def row(self, found: Sequence[Any]) -> Any:
        """Return a row of the driver as the types of its columns read it."""
        if self.readers:
            values = list(found)
            for place, reader in self.readers:
                values[place] = reader(values[place])
            return self.make_row(values)
        return self.make_row(found)
