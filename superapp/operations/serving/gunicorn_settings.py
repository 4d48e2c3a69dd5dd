"""Settings of the web server that flags cannot express; read by gunicorn by path, so nothing of the app is imported.

The server's parent must not import the app: then a reload (HUP) starts workers with the new code.
"""

from __future__ import annotations

import os
from typing import Any


def child_exit(_server: Any, worker: Any) -> None:
    """Let the metrics of a worker that ended be counted once and its files be forgotten."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        from prometheus_client import multiprocess

        multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]
