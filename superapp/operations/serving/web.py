"""The web server: gunicorn with threads, started so that a reload brings new code."""

from __future__ import annotations

import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from superapp.settings import Settings

_SETTINGS = Path(__file__).with_name("gunicorn_settings.py")
GRACE = 30
"""Seconds that requests under way get when the server stops."""
MEMORY = Path("/dev/shm")  # noqa: S108 - for the heartbeat of workers, whose file must not block on a slow disk


@dataclass(frozen=True)
class Web:
    """How the web server is started; defaults are the installation's settings."""

    host: str
    port: int
    workers: int
    threads: int

    @classmethod
    def of(
        cls, settings: Settings, *, host: str | None, port: int | None, workers: int | None, threads: int | None
    ) -> Web:
        """Return the settings with what the command line says otherwise."""
        return cls(
            host or settings.host,
            port or settings.port,
            workers=workers or settings.workers,
            threads=threads or settings.threads,
        )

    @property
    def address(self) -> str:
        """Return host and port as gunicorn binds them."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def arguments(self) -> list[str]:
        """Return the command that starts the server."""
        given = {
            "bind": self.address,
            "worker-class": "gthread",
            "workers": self.workers,
            "threads": self.threads,
            "graceful-timeout": GRACE,
            "timeout": 60,
            "keep-alive": 5,
            "backlog": 512,
            "limit-request-line": 8190,
            "log-level": "warning",
            "config": f"file:{_SETTINGS}",
        }
        if MEMORY.is_dir() and os.access(MEMORY, os.W_OK):
            given["worker-tmp-dir"] = MEMORY
        if self.workers > 1:
            # One worker alone is not recycled: there would be a moment without any.
            given |= {"max-requests": 5000, "max-requests-jitter": 500}
        flags = [f"--{name}={value}" for name, value in given.items()]
        return [sys.executable, "-m", "gunicorn", *flags, "--no-control-socket", "superapp:create_app()"]

    def environment(self) -> dict[str, str]:
        """Return the environment of the server; several workers put their metrics together in a folder."""
        environment = dict(os.environ)
        # The threads of a worker share SUPERAPP_THREADS places of the bulkhead and of the database's pool.
        environment |= {"SUPERAPP_THREADS": str(self.threads), "SUPERAPP_WORKERS": str(self.workers)}
        if self.workers > 1 and "PROMETHEUS_MULTIPROC_DIR" not in environment:
            environment["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="superapp-metrics-")
        return environment

    def become(self) -> None:
        """Turn this process into the server; does not return."""
        command = self.arguments()
        os.execve(command[0], command, self.environment())  # noqa: S606
