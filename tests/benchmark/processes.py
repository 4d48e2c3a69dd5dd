"""Starting the servers under measurement, and reading what they used from the kernel's own accounts."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from superapp.settings import home


@dataclass(frozen=True)
class Served:
    """A running server: its port, its worker's process id, and how long its start took in seconds."""

    port: int
    worker: int
    start: float

    def cpu(self) -> float:
        """Return the CPU seconds that all threads of the worker have used."""
        tasks = Path(f"/proc/{self.worker}/task").iterdir()
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9

    def memory(self) -> float:
        """Return the worker's resident memory in MB."""
        pages = int(Path(f"/proc/{self.worker}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


@contextmanager
def serving(target: str, environment: Mapping[str, str], *, path: str = "/healthz") -> Iterator[Served]:
    """Serve a WSGI target with one gunicorn worker of eight threads on one core until the with-block ends."""
    port = free_port()
    command = ["taskset", "-c", "0", sys.executable, "-m", "tests.benchmark.serving", target]
    command += ["-k", "gthread", "-w", "1", "--threads", "8", "-b", f"127.0.0.1:{port}", "--no-control-socket"]
    command += ["--log-level", "error", "--keep-alive", "60"]
    given = {name: value for name, value in os.environ.items() if not name.startswith("SUPERAPP_")}
    started = time.monotonic()
    process = subprocess.Popen(
        command, cwd=home(), env=given | {"PYTHONPATH": str(home())} | dict(environment), stdout=subprocess.DEVNULL
    )
    try:
        answered = _first_answer(port, path, process)
        yield Served(port, _worker(process.pid), start=answered - started)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _first_answer(port: int, path: str, process: subprocess.Popen[bytes]) -> float:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError("the server ended before it answered")
        try:
            with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
                connection.request("GET", path, headers={"Host": "localhost"})
                if connection.getresponse().status < 500:
                    return time.monotonic()
        except OSError:
            time.sleep(0.005)
    raise RuntimeError("the server did not answer within 30 s")


def _worker(master: int) -> int:
    children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    return int(children[0])
