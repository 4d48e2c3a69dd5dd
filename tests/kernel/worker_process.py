"""A worker as a process of its own, for tests that kill it: `python -m tests.kernel.worker_process URL FOLDER [JSON]`.

The JSON may hold `shift` (seconds the clock is ahead), `lease` (seconds) and `forever` (else: what is due, then out).
One that runs forever says `ready` once it takes signals.
"""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from superapp.kernel import clock
from superapp.kernel.counters import next_number
from superapp.kernel.jobs import Job, Step, register
from superapp.kernel.jobs import lease as leases
from superapp.kernel.jobs.worker import Worker
from tests.kernel.conftest import leave_effect, make_app, settings_for


def effect(word: str) -> None:
    """Take a number and leave a word."""
    leave_effect(f"{word} {next_number('effects', '2026')}")


def steps(rows: int, resume: int | None) -> Iterator[Step]:
    """Leave a word a row."""
    for row in range(resume or 0, rows):
        leave_effect(f"row {row}")
        yield Step(100 * (row + 1) // rows, resume=row + 1)


KINDS = [Job(kind="core.effect", function=effect), Job(kind="core.steps", function=steps)]


def main() -> None:
    url, folder, *rest = sys.argv[1:]
    options = json.loads(rest[0]) if rest else {}
    app = make_app(settings_for(url, Path(folder)))
    register(app, KINDS)
    clock.shift(timedelta(seconds=options.get("shift", 0)))
    leases.LEASE = timedelta(seconds=options.get("lease", 60))
    worker = Worker(app, poll=0.05, housekeeping=0.2)
    if options.get("forever"):
        signal.signal(signal.SIGTERM, lambda *_: worker.stop())
        print("ready", flush=True)
        raise SystemExit(worker.run())
    worker.housekeep()
    worker.drain()


if __name__ == "__main__":
    main()
