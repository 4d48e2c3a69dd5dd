"""Driving Alembic for one history: upgrade, downgrade, and writing a revision."""

from __future__ import annotations

import io
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.operations.ops import AddColumnOp
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy.engine import Connection
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from superapp.plugin.migrate.history import History
from superapp.settings import home

MAY_SHRINK = "ROWS_MAY_SHRINK"
"""A revision that deletes rows on purpose names their tables in this constant."""


class HistoryFault(Exception):
    """The revision files of a history do not make one line."""


def _config(history: History, connection: Connection | None = None) -> Config:
    config = Config(cmd_opts=Namespace(quiet=True), stdout=io.StringIO(), output_buffer=io.StringIO())
    for name, value in (
        ("script_location", str(home() / "migrations")),
        ("version_locations", str(history.folder)),
        ("path_separator", "newline"),
        ("file_template", "%(rev)s_%(slug)s"),
    ):
        config.set_main_option(name, value.replace("%", "%%"))
    config.attributes |= {"history": history, "connection": connection}
    return config


def script_of(history: History, connection: Connection | None = None) -> tuple[Config, ScriptDirectory]:
    """Return the history's revisions as Alembic sees them; raises HistoryFault when they are not one line."""
    config = _config(history, connection)
    script = ScriptDirectory.from_config(config)
    try:
        heads = script.get_heads() if history.folder.is_dir() else []
    except (CommandError, KeyError) as error:
        raise HistoryFault(str(error)) from error
    if len(heads) > 1:
        raise HistoryFault(f"riwayat bercabang: {', '.join(sorted(heads))}; satu modul punya satu garis revisi")
    return config, script


def current(connection: Connection, history: History) -> str | None:
    """Return the revision the database is at, None before the first."""
    context = MigrationContext.configure(connection, opts={"version_table": history.version_table})
    return context.get_current_revision()


def between(connection: Connection, history: History, target: str) -> list[Any]:
    """Return the revisions that lie between the database and `target` ("head" or "base"), in the order they run."""
    _, script = script_of(history)
    if not history.files():
        return []
    present = current(connection, history)
    steps = (
        script._downgrade_revs(target, present) if target == "base" else script._upgrade_revs(target, present or "base")
    )
    return [step.revision for step in steps]


def may_shrink(revisions: list[Any]) -> set[str]:
    """Return the tables whose rows the revisions delete on purpose."""
    return {table for revision in revisions for table in getattr(revision.module, MAY_SHRINK, ())}


def move(connection: Connection, history: History, target: str) -> None:
    """Run the revisions of a history up to "head" or down to "base" on a connection with an open transaction."""
    config, script = script_of(history, connection)

    def steps(revision: Any, _context: Any) -> Any:
        if target == "base":
            return script._downgrade_revs(target, revision)
        return script._upgrade_revs(target, revision)

    with EnvironmentContext(config, script, fn=steps, destination_rev=target):
        script.run_env()


def write(connection: Connection, history: History, message: str, *, empty: bool = False) -> Path | None:
    """Compare the models with the database and write the next revision; None when there is nothing to write."""
    history.folder.mkdir(parents=True, exist_ok=True)
    config, _ = script_of(history, connection)
    number = max((int(name[:4]) for name in history.files() if name[:4].isdigit()), default=0) + 1

    def keep(_context: Any, _revision: Any, directives: list[Any]) -> None:
        if not empty and directives[0].upgrade_ops.is_empty():
            directives.clear()
            return
        for operation in _operations(directives[0].upgrade_ops):
            if isinstance(operation, AddColumnOp):
                _fill_present_rows(operation)

    config.attributes["process_revision_directives"] = keep
    made = command.revision(
        config, message, autogenerate=True, rev_id=f"{number:04d}", process_revision_directives=keep
    )
    written = next(iter(made), None) if isinstance(made, list) else made
    return Path(written.path) if written is not None else None


def _operations(container: Any) -> Iterator[Any]:
    for operation in container.ops:
        if hasattr(operation, "ops"):
            yield from _operations(operation)
        else:
            yield operation


def _fill_present_rows(operation: AddColumnOp) -> None:
    """Give a new column that may not be empty the model's default in the database too: there are rows already."""
    column = operation.column
    if column.nullable or column.server_default is not None:
        return
    default = column.default
    if not isinstance(default, ScalarElementColumnDefault):
        name = f"{operation.table_name}.{column.name}"
        raise HistoryFault(f"kolom baru {name} tidak boleh kosong, tetapi baris lama tidak punya isinya: beri default=")
    value = default.arg
    words = str(value).lower() if isinstance(value, bool) else repr(value) if isinstance(value, int | float) else None
    column.server_default = sa.DefaultClause(sa.text(words) if words else str(value))


def differences(connection: Connection, history: History) -> list[Any]:
    """Return what the models have and the database lacks, or the other way round."""
    from alembic.autogenerate import compare_metadata

    context = MigrationContext.configure(
        connection,
        opts={
            "version_table": history.version_table,
            "include_name": history.includes_name,
            "include_object": history.includes_object,
            "compare_type": True,
            "target_metadata": history.metadata,
        },
    )
    return list(compare_metadata(context, history.metadata))
