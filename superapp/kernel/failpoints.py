"""Named points where a chaos test may end the process, as a power cut would (SUPERAPP_FAILPOINT=name)."""

from __future__ import annotations

import os

_NAME = os.environ.get("SUPERAPP_FAILPOINT", "")


def reached(name: str) -> None:
    """End the process with status 137 when `name` is the chosen failpoint."""
    if _NAME and name == _NAME:
        os._exit(137)
