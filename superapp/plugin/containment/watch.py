"""The worker's watch: records what hangs, replaces a worker whose threads are stuck, writes request counts down."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from typing import TYPE_CHECKING

from superapp.kernel import database
from superapp.plugin.containment import blame
from superapp.plugin.containment.blame import Slow

if TYPE_CHECKING:
    from superapp.plugin.host import Host

STUCK = 30.0
"""Seconds after which a request counts as stuck: a thread cannot be killed, and gunicorn's timeout ends none."""
GRACE = 10.0
"""Seconds that the other requests of a worker that is replaced have to end."""
TICK = 1.0
FLUSH_EVERY = 20
_log = logging.getLogger("superapp.plugin")


def start(host: Host) -> None:
    """Start the watch of this process."""
    threading.Thread(target=_watch, args=(host,), name="worker-watch", daemon=True).start()


def _watch(host: Host) -> None:
    ticks = 0
    while True:
        time.sleep(TICK)
        ticks += 1
        if ticks % FLUSH_EVERY == 0:
            flush(host)
        _tell_slow(host)
        stuck = host.bulkhead.longer_than(STUCK)
        if len(stuck) * 2 >= host.bulkhead.threads:
            _log.error("worker replaced, stuck in %s", ", ".join(sorted({holding.endpoint for holding in stuck})))
            _replace(host, len(stuck))


def _tell_slow(host: Host) -> None:
    """Record requests over their budget while they still run, with the line where they stand: they may never end."""
    for holding in host.bulkhead.of_modules(host.plugins):
        kind, budget = host.budgets.get(holding.endpoint, ("page", 0.0))
        seconds = time.monotonic() - holding.since
        if holding.told or seconds < (budget or STUCK):
            continue
        holding.told = True
        with host.app.app_context():
            host.report(
                Slow(f"{seconds:.0f} s"),
                plugin=holding.owner,
                contribution=f"{kind}:{holding.endpoint}",
                kind=kind,
                where=blame.standing(holding.thread, host.plugins[holding.owner].folder),
                principal=holding.principal,
            )


def flush(host: Host) -> None:
    """Write the request counts of modules down, so that all workers together know how much of a module fails."""
    if not host.loads:
        return
    try:
        with host.app.app_context(), database.transaction() as connection:
            host.loads.flush(connection)
    except Exception as error:
        _log.warning("request counts were not written: %s", type(error).__name__)


def _replace(host: Host, stuck: int) -> None:
    """Stop accepting, let the other requests end, and go: the arbiter starts a fresh worker as soon as this one is gone."""
    os.kill(os.getpid(), signal.SIGTERM)
    deadline = time.monotonic() + GRACE
    while host.bulkhead.under_way() > stuck and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.5)  # answers that are finished still have to reach their sockets
    os._exit(0)
