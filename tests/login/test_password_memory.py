"""A worker that checked many passwords is as light as before: the memory of hashes goes back to the system."""

from __future__ import annotations

import subprocess
import sys

from tests.support.server import ROOT

GROWTH = """
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from superapp.login import password

def held():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 // 1_000_000

password.hash_password("pasar malam")
before = held()
for _round in range(2):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(password.hash_password, ["pasar malam"] * 16))
print(held() - before)
"""


def test_threads_that_hashed_hold_nothing_of_it() -> None:
    done = subprocess.run(
        [sys.executable, "-c", GROWTH], cwd=ROOT, capture_output=True, text=True, check=True, timeout=120
    )
    assert int(done.stdout) < 15, f"{done.stdout.strip()} MB more"
