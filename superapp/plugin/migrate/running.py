"""Running migrations: the core first, then plugins by what they depend on; one that fails stops only itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from flask import has_request_context
from sqlalchemy.engine import Connection, Engine

from superapp.extensions import db
from superapp.kernel import clock, database
from superapp.kernel.tables import stamp
from superapp.plugin.containment import blame
from superapp.plugin.host import Host, host
from superapp.plugin.migrate import guard
from superapp.plugin.migrate.history import CORE, History, core_history, plugin_history
from superapp.plugin.migrate.lock import alone
from superapp.plugin.tables import module


@dataclass(frozen=True)
class Migrated:
    """What became of one history: how many revisions ran, or why it failed and where."""

    name: str
    revisions: int = 0
    reason: str = field(default="", kw_only=True)
    where: str = field(default="", kw_only=True)

    @property
    def failed(self) -> bool:
        """Tell whether the history could not be brought to its newest revision."""
        return bool(self.reason)


def histories(made: Host | None = None) -> list[History]:
    """Return the core's history and those of all loaded plugins, in the order they are migrated."""
    made = made or host()
    return [core_history(), *(plugin_history(plugin.found) for plugin in made.plugins.values())]


def migrate(names: Iterable[str] | None = None) -> Iterator[Migrated]:
    """Bring the core and all plugins (or those named) to their newest revision, yielding what became of each.

    Runs under a lock, never in a web process. A plugin that fails is off, with its reason, until it is mended; when the
    core fails nothing else is tried.
    """
    if has_request_context():
        raise RuntimeError("migrations never run in a web process: use `superapp migrate`")
    wanted = None if names is None else set(names)
    engine = db.engine
    db.session.remove()
    with alone(engine):
        for history in histories():
            if wanted is not None and history.name not in wanted:
                continue
            result = _migrated(engine, history)
            yield result
            if result.failed and history.name == CORE:
                break
    host().states.forget()


def _migrated(engine: Engine, history: History) -> Migrated:
    try:
        return Migrated(history.name, upgrade(engine, history))
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a revision is a plugin's code too
        reason = f"{type(error).__name__}: {str(getattr(error, 'orig', None) or error).strip().splitlines()[0][:300]}"
        where = blame.where(error, history.folder)
        _note(engine, history, reason, where)
        return Migrated(history.name, reason=reason, where=where)


def upgrade(engine: Engine, history: History, *, note: bool = True) -> int:
    """Bring one history to its newest revision in one transaction; return how many revisions ran."""
    from superapp.plugin.migrate import alembics

    if not history.files():
        return 0
    with engine.connect() as connection, database.writing():
        revisions = alembics.between(connection, history, "head")
        connection.rollback()
        with guard.transaction(connection, alembics.may_shrink(revisions)) if revisions else connection.begin():
            if revisions:
                alembics.move(connection, history, "head")
            if note:
                _applied(connection, history)
    return len(revisions)


def _applied(connection: Connection, history: History) -> None:
    """Keep the names of the applied files, so that a web process sees what is pending without Alembic."""
    if history.name == CORE:
        connection.execute(database.insert_once(stamp, {"id": 1, "access": 1, "plugins": 1}))
    _upsert(
        connection, history.name, applied=sorted(history.files()), version=history.version, fault="", fault_where=""
    )


def _upsert(connection: Connection, name: str, **values: Any) -> None:
    known = connection.execute(sa.select(module.c.applied, module.c.fault).where(module.c.name == name)).first()
    if known is None:
        connection.execute(sa.insert(module).values(name=name, enabled=False, **({"applied": []} | values)))
    elif any(getattr(known, key, None) != value for key, value in values.items() if key != "version"):
        connection.execute(sa.update(module).where(module.c.name == name).values(updated_at=clock.now(), **values))
    else:
        return
    connection.execute(sa.update(stamp).where(stamp.c.id == 1).values(plugins=stamp.c.plugins + 1))


def _note(engine: Engine, history: History, reason: str, where: str) -> None:
    """Write down why a history failed: its module stays off until it is migrated."""
    if history.name == CORE:
        return
    with database.writing(), engine.begin() as connection:
        if sa.inspect(connection).has_table(module.name):
            _upsert(connection, history.name, fault=reason, fault_where=where)


def pending(history: History) -> frozenset[str]:
    """Return the revision files of a history that this database has not run; one look at the folder, no Alembic."""
    return history.files() - host().states.latest().of(history.name).applied
