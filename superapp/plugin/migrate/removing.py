"""Uninstalling a module: dry run with row counts, export, back to base, and nothing left of it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from superapp.extensions import db
from superapp.kernel import database
from superapp.kernel.database import run
from superapp.kernel.jobs.ledger import State
from superapp.kernel.tables import job, setting, stamp
from superapp.plugin.contributions import LifecycleChange
from superapp.plugin.dispatch import tell
from superapp.plugin.host import host
from superapp.plugin.migrate import guard
from superapp.plugin.migrate.history import History, plugin_history
from superapp.plugin.migrate.lock import alone
from superapp.plugin.tables import fault, load, module, module_opd, pause


@dataclass(frozen=True)
class Belongings:
    """What a module has in the database: tables with their rows, and settings."""

    name: str
    tables: dict[str, int] = field(default_factory=dict, kw_only=True)
    settings: int = field(default=0, kw_only=True)


def belongings(name: str) -> Belongings:
    """Return what a module has in the database, without changing anything."""
    with db.engine.connect() as connection:
        tables = {table: _count(connection, table) for table in _tables(connection, name)}
        query = sa.select(sa.func.count()).select_from(setting).where(setting.c.owner == name)
        return Belongings(name, tables=tables, settings=connection.execute(query).scalar_one())


def _tables(connection: Connection, name: str) -> list[str]:
    return sorted(table for table in sa.inspect(connection).get_table_names() if table.startswith(f"{name}_"))


def _count(connection: Connection, table: str) -> int:
    return int(connection.execute(sa.select(sa.func.count()).select_from(sa.table(table))).scalar_one())


def export(name: str, path: Path) -> int:
    """Write every row of a module as one JSON line (`table`, `row`) to a file only its owner reads; return how many."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    written = 0
    with os.fdopen(handle, "w", encoding="utf-8") as file, db.engine.connect() as connection:
        for table, row in _rows(connection, name):
            file.write(json.dumps({"table": table, "row": row}, ensure_ascii=False, default=_plain) + "\n")
            written += 1
        file.flush()
        os.fsync(file.fileno())
    return written


def _rows(connection: Connection, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for table in _tables(connection, name):
        found = sa.Table(table, sa.MetaData(), autoload_with=connection, resolve_fks=False)
        for row in connection.execution_options(yield_per=500).execute(sa.select(found)):
            yield table, dict(row._mapping)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, bytes):
        return value.hex()
    raise TypeError(f"cannot export {type(value).__name__}")


def remove_tables(name: str) -> None:
    """Undo all revisions of a module and drop its version table and state, in one transaction, under the lock.

    Without its code its tables are dropped as they are.
    """
    engine = db.engine
    db.session.remove()
    found = host().plugins.get(name)
    history = plugin_history(found.found) if found else None
    with alone(engine):
        _remove(engine, name, history)
    host().states.forget()


def _remove(engine: Engine, name: str, history: History | None) -> None:
    from superapp.plugin.migrate import alembics

    with engine.connect() as connection, database.writing():
        own = set(_tables(connection, name))
        connection.rollback()
        kept = {table.name for table in (fault, load, pause, module_opd, module)}
        with guard.transaction(connection, own | kept):
            if history is not None and history.files():
                alembics.move(connection, history, "base")
            _drop(connection, [*_tables(connection, name), f"alembic_version_{name}"])
            for table, column in ((fault, "plugin"), (load, "plugin"), (pause, "plugin"), (module_opd, "plugin")):
                connection.execute(sa.delete(table).where(table.c[column] == name))
            connection.execute(sa.delete(module).where(module.c.name == name))
            connection.execute(sa.update(stamp).where(stamp.c.id == 1).values(plugins=stamp.c.plugins + 1))


def _drop(connection: Connection, names: list[str]) -> None:
    present = set(sa.inspect(connection).get_table_names())
    metadata = sa.MetaData()
    tables = [
        sa.Table(name, metadata, autoload_with=connection, resolve_fks=False) for name in names if name in present
    ]
    for table in reversed(tables):
        cascade = " CASCADE" if connection.dialect.name == "postgresql" else ""
        connection.exec_driver_sql(f'DROP TABLE "{table.name}"{cascade}')


def forget(name: str) -> None:
    """Delete the settings and jobs of a module and let the core's parts delete its grants, tasks, notices …; inside a command."""
    run(sa.delete(setting).where(setting.c.owner == name))
    run(sa.delete(job).where(job.c.plugin == name, job.c.state != State.RUNNING))
    tell(LifecycleChange(name, "uninstalled"))
