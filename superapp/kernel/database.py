"""Both databases: column types, the model base, begin modes, and who may commit."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from typing import Any, ClassVar, Literal
from uuid import UUID

import sqlalchemy as sa
from flask import Flask, g
from sqlalchemy import event
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedColumn, Session, declared_attr, mapped_column

from superapp.extensions import db
from superapp.kernel import clock, ids
from superapp.settings import Settings

Pii = Literal["none", "basic", "sensitive", "secret"]
"""How personal a column is; drives redaction, masking, export, erasure and retention."""

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """An aware datetime, stored in UTC on both databases."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Refuse naive datetimes: they are the commonest way to be eight hours off."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime; use superapp.kernel.clock.now()")
        return value.astimezone(UTC) if dialect.name == "postgresql" else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Give what SQLite stored without a zone its UTC back."""
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


Json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
Path = sa.String(255).with_variant(sa.String(255, collation="C"), "postgresql")
"""A materialised path ('/1/4/9/'); on PostgreSQL in the C collation, so that ranges use its index."""

TYPES: dict[Any, Any] = {
    str: sa.Text(),
    datetime: UtcDateTime(),
    date: sa.Date(),
    UUID: sa.Uuid(),
    dict[str, Any]: Json,
    list[Any]: Json,
    list[str]: Json,
}


class CoreModel(DeclarativeBase):
    """Base of the core's models (tables `core_*`); plugins have a base each, from `plugin_model`."""

    metadata = sa.MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = TYPES


def column(
    type_: Any = None, *rest: Any, pii: Pii, max_length: int | None = None, label: str = "", **options: Any
) -> MappedColumn[Any]:
    """Return a mapped column with its PII class.

    `max_length` in characters makes a bounded text; `label` is the word people see in messages; the other arguments
    are those of SQLAlchemy's `mapped_column`.
    """
    info = {"pii": pii, "label": label}
    types: list[Any] = [sa.String(max_length)] if type_ is None and max_length else [type_] if type_ is not None else []
    return mapped_column(*types, *rest, info=info, **options)


def core_column(name: str, type_: Any, *rest: Any, pii: Pii = "none", **options: Any) -> sa.Column[Any]:
    """Return a column with its PII class for a bookkeeping `Table`."""
    return sa.Column(name, type_, *rest, info={"pii": pii}, **options)


class Identified:
    """Mixin: an id made by the server (UUIDv7), and when the row was made."""

    id: Mapped[UUID] = mapped_column(
        sa.Uuid(), primary_key=True, default=ids.uuid7, info={"pii": "none"}, sort_order=-20
    )
    created_at: Mapped[datetime] = mapped_column(
        UtcDateTime(), default=clock.now, nullable=False, info={"pii": "none"}, sort_order=90
    )


class Versioned:
    """Mixin: optimistic locking; an UPDATE of a row that somebody changed meanwhile raises StaleDataError."""

    version: Mapped[int] = mapped_column(sa.Integer(), nullable=False, default=1, info={"pii": "none"}, sort_order=91)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}


class CommitForbidden(RuntimeError):
    """Code inside a command called commit; the command commits, after the audit row (DESIGN: one transaction)."""


_writing: ContextVar[bool] = ContextVar("writing", default=False)
_may_commit: ContextVar[bool] = ContextVar("may_commit", default=False)
_guard: ContextVar[StatementGuard | None] = ContextVar("statement_guard", default=None)


class StatementGuard:
    """Lets a watchdog end a transaction of another thread between two of its statements, never inside one.

    `lock` is held by a statement under way. `alive` guards `over`: once the transaction has ended its connection may
    be in other hands, and the watchdog must not touch it.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.alive = threading.Lock()
        self.expired = False
        self.rolled_back = False
        self.executing = False
        self.over = False

    def check(self) -> None:
        """Raise TransactionExpired when the watchdog has ended this transaction, CommitForbidden when the view has."""
        if self.expired:
            raise TransactionExpired("the transaction ran longer than allowed and was rolled back")
        if self.over:
            raise CommitForbidden("the command's transaction was rolled back inside it; raise an error to refuse")

    def close(self) -> None:
        """Take the transaction out of the watchdog's reach; call it before its connection goes back to the pool."""
        if self.executing:
            self.leave()
        with self.alive:
            self.over = True

    def leave(self) -> None:
        """Note that the statement under way has ended."""
        self.executing = False
        self.lock.release()


class TransactionExpired(RuntimeError):
    """The watchdog rolled the transaction back; nothing was stored."""


def connect(app: Flask, settings: Settings) -> None:
    """Bind the database to the app: URL, pool, pragmas and begin modes."""
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url.replace("postgresql://", "postgresql+psycopg://", 1)
    options = _sqlite_options() if settings.sqlite else _postgresql_options(settings)
    # Errors quote their statement; what people typed must not follow it into the log.
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options | {"hide_parameters": True}
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)


def _sqlite_options() -> dict[str, Any]:
    return {"connect_args": {"isolation_level": None, "timeout": 15}, "pool_size": 16, "max_overflow": 32}


def _postgresql_options(settings: Settings) -> dict[str, Any]:
    limits = "-c lock_timeout=10000 -c statement_timeout=30000 -c idle_in_transaction_session_timeout=15000"
    return {
        "connect_args": {"prepare_threshold": None, "options": f"{limits} -c timezone=UTC", "connect_timeout": 5},
        "pool_size": settings.threads,
        "max_overflow": 4,
        "pool_pre_ping": True,
        "pool_timeout": 10,
    }


def prepare_engine(engine: Engine) -> None:
    """Give an engine the begin modes and the statement guard; SQLite also its pragmas."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_pragmas)
        event.listen(engine, "begin", _begin)
    event.listen(engine, "before_cursor_execute", _enter_statement)
    event.listen(engine, "after_cursor_execute", _leave_statement)
    event.listen(engine, "handle_error", _leave_statement)
    event.listen(engine, "rollback", _close_guard)


def _set_pragmas(connection: Any, _record: Any) -> None:
    # FULL: with NORMAL an answer is sent before the data is on disk. Each thread has a connection, so its cache is small
    # (the system's own keeps the pages). A rarer checkpoint writes pages that change at each form once, not many times.
    connection.executescript(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=15000; PRAGMA foreign_keys=ON;"
        "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-2000; PRAGMA wal_autocheckpoint=4000"
    )


def _begin(connection: Connection) -> None:
    # Deferred for reads: with IMMEDIATE everywhere four readers and a writer fell from 6,964 to 97 reads a second.
    raw: Any = connection.connection.dbapi_connection
    raw.execute("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")


def _enter_statement(*_event: Any) -> None:
    guard = _guard.get()
    # A bulk INSERT … RETURNING enters once for each of its batches and leaves once: the lock is ours already.
    if guard is None or guard.executing:
        return
    guard.lock.acquire()
    if guard.expired or guard.over:
        guard.lock.release()
        guard.check()
    guard.executing = True


def _leave_statement(*_event: Any) -> None:
    guard = _guard.get()
    if guard is not None and guard.executing:
        guard.leave()


def _close_guard(*_event: Any) -> None:
    guard = _guard.get()
    if guard is not None:
        guard.close()


@event.listens_for(db.session, "before_commit")
def _refuse_foreign_commits(session: Any) -> None:
    # Releasing a savepoint (an item of a bulk action) fires this event too, and commits nothing.
    if not _may_commit.get() and not session.in_nested_transaction():
        raise CommitForbidden("do not commit: the command commits its one transaction when the view has returned")


def commit() -> None:
    """Commit the session's transaction; for the command, jobs and migrations only."""
    guard = _guard.get()
    token = _may_commit.set(True)
    try:
        if guard is None:
            db.session.commit()
            return
        db.session.flush()
        with guard.lock:
            guard.check()
            guard.close()
            paused = _guard.set(None)
            try:
                db.session.commit()
            finally:
                _guard.reset(paused)
    finally:
        _may_commit.reset(token)


@contextmanager
def writing() -> Iterator[None]:
    """Make transactions begun inside write transactions (SQLite: BEGIN IMMEDIATE)."""
    token = _writing.set(True)
    try:
        yield
    finally:
        _writing.reset(token)


@contextmanager
def guarded(guard: StatementGuard) -> Iterator[None]:
    """Check `guard` before each statement of this context."""
    token = _guard.set(guard)
    try:
        yield
    finally:
        _guard.reset(token)


@contextmanager
def unguarded() -> Iterator[None]:
    """Leave the guard of an enclosing command aside (an own short transaction)."""
    token = _guard.set(None)
    try:
        yield
    finally:
        _guard.reset(token)


@contextmanager
def transaction() -> Iterator[Connection]:
    """Open an own short write transaction on a connection of its own and commit it at the end.

    For what must outlive a refusal (failed sign-ins, denials, faults, `last_seen`, limiter counters): before or after
    a command, never beside one (SQLite would wait for its own lock), which raises RuntimeError.
    """
    if _guard.get() is not None:
        raise RuntimeError("an own transaction beside a command would wait for the command's lock")
    with writing(), db.engine.begin() as connection:
        yield connection


def insert_of(dialect: sa.Dialect) -> Any:
    """Return the `insert` of a dialect: the one that knows ON CONFLICT."""
    if dialect.name == "postgresql":
        return postgresql.insert
    from sqlalchemy.dialects import sqlite

    return sqlite.insert


def insert_once(table: sa.Table, values: dict[str, Any]) -> sa.Executable:
    """Return `INSERT … ON CONFLICT DO NOTHING` for the dialect of the app's database; its rowcount is 1 or 0."""
    adding = insert_of(db.engine.dialect)(table).values(values)
    # Without preserve_rowcount the rowcount of an INSERT is -1 on PostgreSQL.
    made: sa.Executable = adding.on_conflict_do_nothing().execution_options(preserve_rowcount=True)
    return made


def connection() -> Connection:
    """Return the connection of the session's transaction."""
    kept: tuple[Connection, Session] | None = g.get("connection")
    # It is closed with the session's transaction; a savepoint begins when the session is asked for it.
    if kept is None or kept[0].closed or kept[1].in_nested_transaction():
        session = db.session()
        kept = g.connection = session.connection(), session
    return kept[0]


def run(statement: sa.Executable, parameters: Any = None) -> sa.CursorResult[Any]:
    """Execute a Core statement on the session's connection: rows, not entities, at half the price."""
    return connection().execute(statement, parameters)
