"""A real PostgreSQL cluster in a temporary directory; works as root too (it then runs as the user postgres)."""

from __future__ import annotations

import contextlib
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

USER = "superapp"


class PostgresqlMissing(RuntimeError):
    """No PostgreSQL binaries are installed; `make test` installs Debian's."""


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    if not found and not on_path:
        raise PostgresqlMissing("PostgreSQL is missing: run the tests with `make test`, or install postgresql")
    return (found[-1] if found else Path(on_path or "")).parent


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Cluster:
    """One PostgreSQL server. `durable` keeps fsync on: for tests that kill it and count what survived."""

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        self.folder, self.durable = folder, durable
        self.port, self.password = 0, secrets.token_hex(8)

    @property
    def data(self) -> Path:
        """Return the server's data folder."""
        return self.folder / "data"

    def url(self, database: str) -> str:
        """Return the address of one database of this server, as SUPERAPP_DATABASE_URL takes it."""
        return f"postgresql://{USER}:{self.password}@127.0.0.1:{self.port}/{database}"

    def create(self) -> None:
        """Make the data folder (initdb) and start the server."""
        self.folder.mkdir(parents=True, exist_ok=True)
        secret = self.folder / "password"
        secret.write_text(self.password, encoding="ascii")
        if os.geteuid() == 0:
            account = pwd.getpwnam("postgres")
            for path in (self.folder, secret):
                os.chown(path, account.pw_uid, account.pw_gid)
        arguments = ["-D", self.data, "-U", USER, "-A", "password", f"--pwfile={secret}", "-E", "UTF8"]
        self._run("initdb", *arguments, "--locale=C.UTF-8", "--no-sync", "--no-instructions")
        self.start()

    def start(self) -> None:
        """Start the server on a free port of 127.0.0.1 and wait until it answers."""
        self.port = self.port or free_port()
        speed = [] if self.durable else ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
        options = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=200", *speed]
        flags = " ".join([f"-p {self.port}", *(f"-c {option}" for option in options)])
        self._run("pg_ctl", "-D", self.data, "-l", self.folder / "log", "-o", flags, "-w", "-t", "60", "start")

    def stop(self, mode: str = "immediate") -> None:
        """Stop the server: `fast` in order, `immediate` like a crash without the pulled plug."""
        with contextlib.suppress(subprocess.CalledProcessError):
            self._run("pg_ctl", "-D", self.data, "-m", mode, "-w", "stop")

    def kill(self) -> None:
        """End every process of the server with SIGKILL, as a crash of the machine would."""
        postmaster = int((self.data / "postmaster.pid").read_text(encoding="ascii").split()[0])
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text(encoding="ascii").split()
        for pid in (postmaster, *map(int, children)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + 10
        while Path(f"/proc/{postmaster}").exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def remove(self) -> None:
        """Stop the server and delete all it stored."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def execute(self, *statements: str, names: Sequence[str] = ()) -> None:
        """Run administrative statements over one connection; `{}` in each become the quoted names."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            for statement in statements:
                connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def create_database(self, name: str, template: str = "template0") -> str:
        """Make (or make anew) a database as a copy of `template` and return its address."""
        strategy = "WAL_LOG" if self.durable or self._version() < 15 else "FILE_COPY"
        suffix = f" STRATEGY = {strategy}" if self._version() >= 15 else ""
        copying = f"CREATE DATABASE {{0}} TEMPLATE {{1}}{suffix}"
        self.execute("DROP DATABASE IF EXISTS {0} WITH (FORCE)", copying, names=(name, template))
        return self.url(name)

    @staticmethod
    def _version() -> int:
        return int(re.sub(r"\D", "", _programs().parts[-2]) or 15)

    def _run(self, program: str, *arguments: Any) -> None:
        command = [str(_programs() / program), *map(str, arguments)]
        identity = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
        # Output to a file, not a pipe: the server inherits it, and a pipe would stay open until the server ends.
        with tempfile.TemporaryFile() as words:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=words, stderr=words, cwd="/", timeout=120, **identity
            )
            words.seek(0)
            if done.returncode:
                raise subprocess.CalledProcessError(done.returncode, command, words.read().decode(errors="replace"))


@contextlib.contextmanager
def temporary_cluster(*, durable: bool = True) -> Iterator[Cluster]:
    """Start a cluster of one's own and remove it afterwards; for tests that stop, kill or fill the server."""
    cluster = Cluster(Path(tempfile.mkdtemp(prefix="superapp-cluster-")), durable=durable)
    try:
        cluster.create()
        yield cluster
    finally:
        cluster.remove()
