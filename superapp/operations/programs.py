"""Other programs that operations start: by list, never by a shell, with nothing a client sent among the arguments."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from typing import IO, Any


def run(
    arguments: Sequence[str], *, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run a program to its end and return what it said."""
    return subprocess.run(  # noqa: S603
        arguments, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )


def start(
    arguments: Sequence[str],
    *,
    environment: Mapping[str, str] | None = None,
    stdin: int | None = subprocess.DEVNULL,
    stdout: int | None = None,
    stderr: IO[bytes] | None = None,
) -> subprocess.Popen[bytes]:
    """Start a program and return at once."""
    return subprocess.Popen(  # noqa: S603
        arguments, env=environment, stdin=stdin, stdout=stdout, stderr=stderr
    )


def environment_with(**values: Any) -> dict[str, str]:
    """Return this process's environment with some variables more; None leaves one out."""
    return os.environ | {name: str(value) for name, value in values.items() if value is not None}
