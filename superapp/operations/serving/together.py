"""`superapp up`: web server and worker as children of a small supervisor."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from superapp.operations.serving.web import Web

_SUPERVISOR = Path(__file__).with_name("supervising.py")


def become(web: Web) -> None:
    """Turn this process into the supervisor of a web server and a worker; does not return."""
    commands = {"web": web.arguments(), "worker": [sys.executable, "-m", "superapp.cli", "worker"]}
    command = [sys.executable, str(_SUPERVISOR), json.dumps(commands), f"http://{web.address}"]
    os.execve(command[0], command, web.environment())  # noqa: S606
