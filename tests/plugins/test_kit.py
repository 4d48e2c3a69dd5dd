"""Tests of a bundled module run with its kit; plain pytest says so in a sentence."""

from __future__ import annotations

import subprocess
import sys

from tests.support.server import ROOT


def test_plain_pytest_names_the_command() -> None:
    command = [sys.executable, "-m", "pytest", "-q", "--co", "plugins/catalogue"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 4
    assert "`superapp plugin test catalogue`" in done.stderr
