"""The index objects of the search table, which Alembic does not see: FTS5 on SQLite, tsvector and pg_trgm on PostgreSQL."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from superapp.shared.tables.search import search

_SQLITE = (
    """CREATE VIRTUAL TABLE IF NOT EXISTS core_search_name USING fts5(
        folded, content='core_search', content_rowid='id', tokenize='trigram')""",
    """CREATE VIRTUAL TABLE IF NOT EXISTS core_search_text USING fts5(
        title, body, content='core_search', content_rowid='id', tokenize='unicode61 remove_diacritics 2', prefix='2 3')""",
    """CREATE TRIGGER IF NOT EXISTS core_search_added AFTER INSERT ON core_search BEGIN
        INSERT INTO core_search_name(rowid, folded) VALUES (new.id, new.folded);
        INSERT INTO core_search_text(rowid, title, body) VALUES (new.id, new.title, new.body);
    END""",
    """CREATE TRIGGER IF NOT EXISTS core_search_removed AFTER DELETE ON core_search BEGIN
        INSERT INTO core_search_name(core_search_name, rowid, folded) VALUES ('delete', old.id, old.folded);
        INSERT INTO core_search_text(core_search_text, rowid, title, body)
            VALUES ('delete', old.id, old.title, old.body);
    END""",
    """CREATE TRIGGER IF NOT EXISTS core_search_changed AFTER UPDATE OF title, body, folded ON core_search BEGIN
        INSERT INTO core_search_name(core_search_name, rowid, folded) VALUES ('delete', old.id, old.folded);
        INSERT INTO core_search_text(core_search_text, rowid, title, body)
            VALUES ('delete', old.id, old.title, old.body);
        INSERT INTO core_search_name(rowid, folded) VALUES (new.id, new.folded);
        INSERT INTO core_search_text(rowid, title, body) VALUES (new.id, new.title, new.body);
    END""",
)
_POSTGRESQL = (
    """ALTER TABLE core_search ADD COLUMN IF NOT EXISTS words tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector('indonesian', title), 'A') || setweight(to_tsvector('simple', title), 'A')
        || setweight(to_tsvector('indonesian', body), 'B') || setweight(to_tsvector('simple', body), 'B')) STORED""",
    "CREATE INDEX IF NOT EXISTS core_search_words ON core_search USING gin (words) WITH (fastupdate = off)",
)
_TRIGRAMS = "CREATE INDEX IF NOT EXISTS core_search_folded ON core_search USING gin (folded gin_trgm_ops) WITH (fastupdate = off)"
_EXTENSION = "CREATE EXTENSION IF NOT EXISTS pg_trgm"


def create_search_objects(connection: Connection) -> None:
    """Make the search table, where it is missing, and its index objects; safe to run again.

    For the core's migration and for tests. On PostgreSQL the extension pg_trgm is wanted: who may create objects in the
    database may add it (it is trusted since version 13). Without it search works, but does not forgive misspellings;
    `doctor` says so.
    """
    search.create(connection, checkfirst=True)
    _make(connection)


def _make(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        for statement in _SQLITE:
            connection.exec_driver_sql(statement)
        return
    for statement in _POSTGRESQL:
        connection.exec_driver_sql(statement)
    if add_trigrams(connection):
        connection.exec_driver_sql(_TRIGRAMS)


def add_trigrams(connection: Connection) -> bool:
    """Add pg_trgm to the database unless it is there; tell whether it is there now."""
    if has_trigrams(connection):
        return True
    try:
        with connection.begin_nested():
            connection.exec_driver_sql(_EXTENSION)
    except DBAPIError:
        return False
    return True


def has_trigrams(connection: Connection) -> bool:
    """Tell whether the database compares misspelt names (SQLite does always)."""
    if connection.dialect.name == "sqlite":
        return True
    query = sa.text("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")
    return connection.execute(query).first() is not None


def drop_search_objects(connection: Connection) -> None:
    """Remove the search table and its index objects (downgrade of the core's migration)."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("DROP TABLE IF EXISTS core_search_name")
        connection.exec_driver_sql("DROP TABLE IF EXISTS core_search_text")
    search.drop(connection, checkfirst=True)


def rebuild(connection: Connection) -> None:
    """Make the FTS5 index anew from the search table (after a restore, or when `doctor` finds it broken)."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("INSERT INTO core_search_name(core_search_name) VALUES ('rebuild')")
        connection.exec_driver_sql("INSERT INTO core_search_text(core_search_text) VALUES ('rebuild')")


@event.listens_for(search, "after_create")
def _after_create(_table: sa.Table, connection: Connection, **_options: Any) -> None:
    _make(connection)
