"""Running a small program in a process of its own: what parses or draws foreign input gets no secrets and has limits."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "XDG_CACHE_HOME", "FONTCONFIG_PATH", "LD_LIBRARY_PATH")
"""What a program may know of our environment; the rest may hold secrets."""


class ProgramFailed(RuntimeError):
    """The program ended with an error or took too long; the text is its last line."""


def run(program: Path, header: Mapping[str, Any], data: bytes = b"", *, seconds: float) -> bytes:
    """Run a program of this folder with a JSON line and `data` on its input and return its output.

    It is isolated (`-I`: no environment variables, no user's packages) and sets its own limits. Slow, so for jobs and
    `prepare` alone. Raises ProgramFailed.
    """
    line = json.dumps(header).encode() + b"\n"
    environment = {name: os.environ[name] for name in KEPT if name in os.environ}
    try:
        done = subprocess.run(  # noqa: S603 (our own program)
            [sys.executable, "-I", str(program)],
            input=line + data,
            capture_output=True,
            timeout=seconds,
            env=environment,
            cwd="/",
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ProgramFailed(f"{program.stem} took longer than {seconds:.0f} s") from None
    if done.returncode:
        words = done.stderr.decode(errors="replace").strip().splitlines()
        raise ProgramFailed(f"{program.stem} ended with {done.returncode}: {words[-1][:300] if words else ''}")
    return done.stdout
