"""A real server in a process of its own: `superapp serve` on a free port, over a database of its own."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from superapp.access.tables import grant
from superapp.kernel import clock, ids
from superapp.kernel.tables import stamp
from tests.support.builders import House
from tests.support.postgresql import free_port

ROOT = Path(__file__).resolve().parents[2]
STARTS_WITHIN = 180.0
"""Seconds; a server that dies is noticed at once."""


class ServerDied(RuntimeError):
    """The server ended, or did not answer in time; the text is its log."""


@dataclass(frozen=True)
class LiveServer:
    """A running server; `url` has no slash at its end, `environment` starts other commands on the same data."""

    url: str
    pid: int
    environment: Mapping[str, str]
    log: Path

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `superapp …` on the data of this server and return what it said; never raises on its exit code."""
        return run_command(self.environment, *arguments)


def environment(database_url: str, data_dir: Path, **more: str) -> dict[str, str]:
    """Return the environment of a command that works on this data; nothing of the developer's own settings leaks in."""
    foreign = ("SUPERAPP_", "PYTHONDONTWRITEBYTECODE")  # each process would compile the whole app again
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    own = {"SUPERAPP_DATABASE_URL": database_url, "SUPERAPP_DATA_DIR": str(data_dir), "PYTHONPATH": str(ROOT)}
    return {**inherited, **own, **more}


def run_command(
    settings: Mapping[str, str], *arguments: str, check: bool = False, stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run `superapp …` in an environment and return what it said; with `check` a failure raises."""
    done = subprocess.run(
        [sys.executable, "-m", "superapp.cli", *arguments],
        env=dict(settings), cwd=ROOT, input=stdin, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    if check and done.returncode:
        raise RuntimeError(f"superapp {' '.join(arguments)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done


def allow(server: LiveServer, house: House, role: str, *permissions: str) -> None:
    """Grant permissions in the whole regency to somebody on a running server, as `superapp grant` does in two seconds."""
    place = {"person_id": house.people[role].id, "unit_id": house.units["kabupaten"]}
    engine = sa.create_engine(server.environment["SUPERAPP_DATABASE_URL"], poolclass=sa.NullPool)
    with engine.begin() as connection:
        for permission in permissions:
            own = {"id": ids.uuid7(), "permission": permission, "starts_on": clock.today() - timedelta(days=1)}
            connection.execute(sa.insert(grant).values(place | own))
        connection.execute(sa.update(stamp).values(access=stamp.c.access + 1))


@contextlib.contextmanager
def running_server(
    database_url: str, data_dir: Path, *options: str, command: str = "serve", **variables: str
) -> Iterator[LiveServer]:
    """Start `superapp serve` (or `up`) with `options`, wait until it is ready, and stop it afterwards.

    `variables` are further environment variables. Raises ServerDied with the server's log.
    """
    port, data_dir = free_port(), data_dir.resolve()
    data_dir.mkdir(parents=True, exist_ok=True)
    url, log = f"http://127.0.0.1:{port}", data_dir / f"server-{port}.log"
    settings = environment(database_url, data_dir, SUPERAPP_PORT=str(port), SUPERAPP_BASE_URL=url, **variables)
    with log.open("wb") as words:
        process = subprocess.Popen(
            [sys.executable, "-m", "superapp.cli", command, "--port", str(port), *options],
            env=settings, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=words, stderr=words, start_new_session=True,
        )  # fmt: skip
    try:
        _wait_until_ready(process, url, log)
        yield LiveServer(url, process.pid, settings, log)
    finally:
        _stop(process)


def _wait_until_ready(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        faults = contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError)
        with faults, urllib.request.urlopen(f"{url}/healthz", timeout=5):
            return
        time.sleep(0.02)
    raise ServerDied(f"no answer from {url}/healthz; its log:\n{log.read_text(errors='replace')[-4000:]}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the server's whole process group: in order at first, then by force."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=10)
            break
