"""Copies of a PostgreSQL database with its own tools, as any owner of the database may run them."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryFile
from typing import IO, TYPE_CHECKING, Any
from uuid import uuid4

from sqlalchemy.engine import make_url

from superapp.kernel.durable import settle
from superapp.operations import programs
from superapp.operations.backup.manifest import BackupError, RowsDigest, Table
from superapp.settings import Settings

if TYPE_CHECKING:
    import psycopg

NAME = "database.pgdump"
_NO_TRIAL = (
    "Pengguna basis data tidak boleh membuat basis data sementara: jalankan ALTER ROLE {user} CREATEDB, atau uji "
    "pemulihan di mesin lain dengan superapp drill FOLDER."
)
_TABLES = (
    "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE n.nspname = 'public' AND c.relkind = 'r' ORDER BY c.relname"
)


class NoTrialError(BackupError):
    """The server allows no temporary database: nothing is wrong with the backup, restoring it cannot be tried here."""


def dump(settings: Settings, target: Path) -> Mapping[str, Table]:
    """Copy the database as of one moment, without holding anybody up; return what its tables held then."""
    with _connection(settings) as connection:
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        snapshot = str(_first(connection, "SELECT pg_export_snapshot()"))
        options = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={target}"]
        _run(settings, "pg_dump", *options)
        held = _tables(connection)
        connection.execute("ROLLBACK")
    target.chmod(0o600)
    settle(target)
    return held


def tables(settings: Settings) -> Mapping[str, Table]:
    """Return what the tables of the database hold now."""
    with _connection(settings) as connection:
        return _tables(connection)


def _tables(connection: psycopg.Connection[Any]) -> Mapping[str, Table]:
    names = [name for (name,) in connection.execute(_TABLES).fetchall()]
    return {name: _table(connection, name) for name in names}


def _table(connection: psycopg.Connection[Any], name: str) -> Table:
    """Digest a table in COPY's text form: a line a row, the same whenever the rows are."""
    from psycopg import sql

    digest, rest = RowsDigest(), b""
    statement = sql.SQL("COPY (SELECT * FROM public.{}) TO STDOUT").format(sql.Identifier(name))
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for block in copy:
            *lines, rest = (rest + bytes(block)).split(b"\n")
            for line in lines:
                digest.add(line)
    return digest.table()


def faults(path: Path) -> Iterator[str]:
    """Yield what is wrong with a dump, as far as its table of contents tells."""
    listed = programs.run([_program("pg_restore"), "--list", str(path)])
    if listed.returncode:
        yield f"salinan basis data rusak: {listed.stderr.decode(errors='replace').strip()}"


@contextmanager
def elsewhere(settings: Settings, folder: Path) -> Iterator[Settings]:
    """Yield the settings of an installation with a temporary database on the same server and files in an empty folder.

    Raises NoTrialError when the user of the database may not make another one. What a killed trial left behind goes.
    """
    from psycopg import errors, sql

    own = make_url(settings.database_url)
    prefix = f"{own.database}_trial_"[-50:]
    with _connection(settings) as connection:
        leftovers = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix])
        for (name,) in leftovers.fetchall():
            with suppress(errors.ObjectInUse):
                connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        trial = sql.Identifier(name := f"{prefix}{uuid4().hex[:8]}")
        try:
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(trial))
        except errors.InsufficientPrivilege as error:
            raise NoTrialError(_NO_TRIAL.format(user=own.username or "…")) from error
        try:
            url = own.set(database=name).render_as_string(hide_password=False)
            yield settings.model_copy(update={"data_dir": folder, "database_url": url})
        finally:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(trial))


def is_empty(settings: Settings) -> bool:
    """Tell whether there is nothing that a restore would overwrite."""
    with _connection(settings) as connection:
        return not connection.execute(_TABLES).fetchall()


def put_in_place(settings: Settings, source: Path) -> Mapping[str, Table]:
    """Replace what the database holds by a dump, in one transaction: all of it or nothing.

    Raises BackupError when it fails, for example while the app still runs and holds locks.
    """
    arguments = ["--quiet", "--no-psqlrc", "--single-transaction", "--set=ON_ERROR_STOP=1", "--output=/dev/null"]
    psql = [_program("psql"), *_where(settings), *arguments]
    with TemporaryFile() as unpacking_said, TemporaryFile() as storing_said, _contents(source) as contents:
        options = ["--no-owner", "--no-privileges", f"--use-list={contents}", "--file=-"]
        unpacking = programs.start(
            [_program("pg_restore"), *options, str(source)], stdout=subprocess.PIPE, stderr=unpacking_said
        )
        storing = programs.start(psql, stdin=subprocess.PIPE, stderr=storing_said, environment=_environment(settings))
        if not _pumped(unpacking, storing):
            reason = _last_line(storing_said) or _last_line(unpacking_said)
            raise BackupError(f"Pemulihan dibatalkan, basis data tidak berubah: {reason}")
    return tables(settings)


@contextmanager
def _contents(source: Path) -> Iterator[str]:
    """Yield a file that lists what to unpack: all but the schema, which is made before."""
    listed = programs.run([_program("pg_restore"), "--list", str(source)])
    lines = [line for line in listed.stdout.splitlines(keepends=True) if b" SCHEMA - public " not in line]
    with NamedTemporaryFile() as file:
        file.writelines(lines)
        file.flush()
        yield file.name


_BEGIN = b"""SET lock_timeout = '3s';
SET client_min_messages = warning;
DROP SCHEMA IF EXISTS public CASCADE;
CREATE SCHEMA public;
"""


def _pumped(unpacking: subprocess.Popen[bytes], storing: subprocess.Popen[bytes]) -> bool:
    """Feed the unpacked dump to psql; True when it was committed.

    psql commits when its input ends: when unpacking fails it is ended before that, or it would commit half of it.
    """
    assert unpacking.stdout is not None
    assert storing.stdin is not None
    with suppress(BrokenPipeError):
        storing.stdin.write(_BEGIN)
        shutil.copyfileobj(unpacking.stdout, storing.stdin)
    unpacking.stdout.close()
    unpacked = unpacking.wait() == 0
    if not unpacked:
        storing.kill()
    with suppress(BrokenPipeError):
        storing.stdin.close()
    return storing.wait() == 0 and unpacked


def _last_line(file: IO[bytes]) -> str:
    file.seek(0)
    lines = file.read().decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else ""


@contextmanager
def _connection(settings: Settings) -> Iterator[psycopg.Connection[Any]]:
    import psycopg

    url = make_url(settings.database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    options = "-c statement_timeout=0 -c idle_in_transaction_session_timeout=0 -c timezone=UTC -c datestyle=ISO"
    with psycopg.connect(url, autocommit=True, options=options, prepare_threshold=None) as connection:
        yield connection


def _first(connection: psycopg.Connection[Any], statement: str) -> Any:
    row = connection.execute(statement.encode()).fetchone()
    assert row is not None
    return row[0]


def _run(settings: Settings, program: str, *options: str) -> None:
    done = programs.run([_program(program), *_where(settings), *options], environment=_environment(settings))
    if done.returncode:
        raise BackupError(f"{program} gagal: {done.stderr.decode(errors='replace').strip()}")


def _program(name: str) -> str:
    """Return the newest installed program: PostgreSQL's tools copy servers of their own version and older ones."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    program = str(found[-1]) if found else shutil.which(name)
    if program is None:
        raise BackupError(f"Program {name} tidak ada. Pasang dahulu: apt install postgresql-client")
    return program


def _where(settings: Settings) -> list[str]:
    url = make_url(settings.database_url)
    given = {"--host": url.host, "--port": url.port, "--username": url.username, "--dbname": url.database}
    return [f"{option}={value}" for option, value in given.items() if value]


def _environment(settings: Settings) -> dict[str, str]:
    """Hand the password over where `ps` does not show it."""
    password = make_url(settings.database_url).password
    return programs.environment_with(PGPASSWORD=password, PGCONNECT_TIMEOUT=10)
