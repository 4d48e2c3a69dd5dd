"""Copies of a SQLite database: taken while the app runs, checked row by row, put in place whole."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy.engine import make_url

from superapp.kernel.durable import settle
from superapp.operations.backup.manifest import BackupError, RowsDigest, Table
from superapp.settings import Settings

NAME = "database.sqlite"


def path_of(settings: Settings) -> Path:
    """Return the file of the database."""
    return Path(make_url(settings.database_url).database or "").resolve()


def size(settings: Settings) -> int:
    """Return how large the database is, in bytes."""
    path = path_of(settings)
    return path.stat().st_size if path.is_file() else 0


@contextmanager
def elsewhere(settings: Settings, folder: Path) -> Iterator[Settings]:
    """Yield the settings of an installation of nothing in an empty folder, to restore into on trial."""
    yield settings.model_copy(update={"data_dir": folder, "database_url": f"sqlite:///{folder / 'trial.sqlite'}"})


def dump(settings: Settings, target: Path) -> Mapping[str, Table]:
    """Copy the database as of one moment, without holding anybody up; return what its tables hold."""
    source = path_of(settings)
    if not source.is_file():
        raise BackupError(f"Basis data {source} tidak ada.")
    with closing(sqlite3.connect(source, timeout=60, isolation_level=None)) as connection:
        connection.execute("VACUUM INTO ?", (str(target),))
    target.chmod(0o600)
    settle(target)
    return tables(target)


def tables(path: Path) -> Mapping[str, Table]:
    """Return what the tables of a database file hold."""
    with closing(_reader(path)) as connection:
        names = connection.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
            "AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"
        ).fetchall()
        return {name: _table(connection, name) for (name,) in names}


def _table(connection: sqlite3.Connection, name: str) -> Table:
    digest = RowsDigest()
    quoted = name.replace('"', '""')
    for row in connection.execute(f'SELECT * FROM "{quoted}"'):  # noqa: S608 - a name of the schema, quoted
        digest.add(repr(row).encode("utf-8", "surrogatepass"))
    return digest.table()


def _reader(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)


def faults(path: Path) -> Iterator[str]:
    """Yield what is wrong inside a database file."""
    try:
        with closing(_reader(path)) as connection:
            for (words,) in connection.execute("PRAGMA integrity_check"):
                if words != "ok":
                    yield f"basis data rusak: {words}"
            for row in connection.execute("PRAGMA foreign_key_check"):
                yield f"basis data: baris tabel {row[0]} merujuk baris yang tidak ada di {row[2]}"
    except sqlite3.DatabaseError as error:
        yield f"basis data rusak: {error}"


def is_empty(settings: Settings) -> bool:
    """Tell whether there is nothing that a restore would overwrite."""
    path = path_of(settings)
    if not path.is_file() or not path.stat().st_size:
        return True
    try:
        with closing(sqlite3.connect(path)) as connection:
            return connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone() is None
    except sqlite3.DatabaseError:
        return False


def put_in_place(settings: Settings, source: Path, aside: str) -> Mapping[str, Table]:
    """Put a copy where the app's database is; the present one is kept beside it as `<name>.<aside>`.

    Raises BackupError while the app still runs.
    """
    target = path_of(settings)
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f"{target.name}.restoring")
    shutil.copyfile(source, fresh)
    fresh.chmod(0o600)
    settle(fresh)
    if target.is_file():
        _close(target)
        target.rename(target.with_name(f"{target.name}.{aside}"))
    for suffix in ("-wal", "-shm"):
        Path(f"{target}{suffix}").unlink(missing_ok=True)
    fresh.rename(target)
    settle(target.parent)
    return tables(target)


def _close(path: Path) -> None:
    """Fold the log into the file; that works only when nobody else has the database open."""
    try:
        with closing(sqlite3.connect(path, timeout=2, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as error:
        raise BackupError("Basis data sedang dipakai. Hentikan aplikasi dahulu, lalu ulangi.") from error
    except sqlite3.DatabaseError:
        return  # too broken to be opened: it is moved aside as it is
