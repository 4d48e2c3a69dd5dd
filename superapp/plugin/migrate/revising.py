"""Writing a revision: the history is replayed in an empty database of its own and compared with the models."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from superapp.kernel.database import prepare_engine, writing
from superapp.plugin.migrate import alembics
from superapp.plugin.migrate.history import CORE, History, core_history
from superapp.plugin.migrate.running import upgrade


def revise(history: History, message: str, *, empty: bool = False) -> Path | None:
    """Write the next revision of a history and return its file; None when the models have not changed.

    `empty` writes one without changes, to be filled by hand. The app's own database is not looked at.
    """
    with _replayed(history) as engine, engine.connect() as connection:
        return alembics.write(connection, history, message, empty=empty)


def unwritten(history: History) -> list[str]:
    """Return what the models have and the revisions lack, in words; empty when they agree."""
    with _replayed(history) as engine, engine.connect() as connection:
        return [_words(difference) for difference in alembics.differences(connection, history)]


def left_after_going_back(history: History) -> list[str]:
    """Return the tables of a history that are left after all its revisions were undone."""
    with _replayed(history) as engine:
        with engine.connect() as connection, writing(), connection.begin():
            if history.files():
                alembics.move(connection, history, "base")
        return [name for name in sa.inspect(engine).get_table_names() if history.owns(name)]


def _words(difference: object) -> str:
    found = difference[0] if isinstance(difference, list) else difference
    assert isinstance(found, tuple)
    names = [str(getattr(part, "name", part)) for part in found[1:] if part is not None]
    return f"{found[0]}: {' '.join(names)[:120]}"


@contextmanager
def _replayed(history: History) -> Iterator[Engine]:
    """Give an empty SQLite database with the core's tables and the history's revisions so far."""
    with tempfile.TemporaryDirectory(prefix="superapp-revision-") as folder:
        engine = sa.create_engine(
            f"sqlite:///{folder}/replay.db", connect_args={"isolation_level": None}, poolclass=sa.NullPool
        )
        prepare_engine(engine)
        if history.name != CORE:
            upgrade(engine, core_history(), note=False)
        upgrade(engine, history, note=False)
        yield engine
        engine.dispose()
