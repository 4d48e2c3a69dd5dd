"""The embedded engine: a worker that reads the ledger itself; any number may run, on any number of machines.

An engine that carries ids through a broker instead would call `lease.take(worker, job_id)` and `running.perform`: the
ledger stays the truth, a lost message is a late job.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import NoReturn

from flask import Flask

from superapp.kernel import clock, logs
from superapp.kernel.jobs import lease as leases
from superapp.kernel.jobs.kinds import known
from superapp.kernel.jobs.running import Run, perform

_log = logs.get("jobs")
HEARTBEAT = 15.0
"""Seconds between two renewals of a lease: three may fail before it ends."""
HOUSEKEEPING = 5.0
STUCK = 75
"""Exit status when a job hangs and cannot be ended: whoever started the worker starts a new one."""


class Worker:
    """Runs due jobs until it is told to stop; `threads` at a time, so that a long import does not hold up the rest.

    In seconds: `poll` between two looks for due jobs, `housekeeping` between two looks for dead workers and the schedule,
    `patience` that running jobs get when it stops.
    """

    def __init__(
        self,
        app: Flask,
        *,
        threads: int = 2,
        poll: float = 1.0,
        housekeeping: float = HOUSEKEEPING,
        patience: float = 25.0,
    ) -> None:
        self._app, self._threads, self._poll, self._patience = app, threads, poll, patience
        self._housekeeping = housekeeping
        self.name = f"{socket.gethostname()[:30]}:{os.getpid()}"
        self._stopping, self._wake = threading.Event(), threading.Event()
        self._runs: set[Run] = set()
        self._lock = threading.Lock()
        self._fired: dict[str, datetime] = {}
        self._next_round = 0.0
        self.stuck = False

    def stop(self) -> None:
        """Take no more jobs; jobs made of steps end after the present one. Safe in a signal handler."""
        self._stopping.set()
        for run in list(self._runs):
            run.stopping.set()
        self._wake.set()

    def run(self) -> int:
        """Work until `stop`; return the exit status: 0, or STUCK when a job hangs and the process must be replaced."""
        heart = threading.Thread(target=self._beat, name="heartbeat", daemon=True)
        heart.start()
        pool = ThreadPoolExecutor(self._threads, thread_name_prefix="job")
        failures = 0
        while not self._stopping.is_set():
            failures = 0 if self._contained(lambda: self._fill(pool)) else min(failures + 1, 10)
            self._wake.wait(self._poll * (1 + failures))
            self._wake.clear()
        pool.shutdown(wait=False, cancel_futures=True)
        self._wait_for_runs()
        return STUCK if self._runs else 0

    def drain(self, *, limit: int = 10_000) -> int:
        """Run in this thread whatever is due now, follow-up jobs included; return how many runs it took."""
        ran = 0
        while ran < limit and not self._stopping.is_set() and (run := self._take()) is not None:
            self._perform(run)
            ran += 1
        return ran

    def housekeep(self) -> None:
        """Free what dead workers held, unpark what may run again, and enqueue what the schedule wants now."""
        with self._app.app_context():
            clock.refresh()
            leases.sweep()
            for job in known().scheduled():
                fire = job.last_fire(clock.now())
                if fire is not None and self._fired.get(job.kind) != fire:
                    leases.fire(job, fire)
                    self._fired[job.kind] = fire

    @staticmethod
    def leave(status: int) -> NoReturn:
        """End the process at once, with a job that hangs still in one of its threads."""
        logging.shutdown()
        os._exit(status)

    def _fill(self, pool: ThreadPoolExecutor) -> None:
        if time.monotonic() >= self._next_round:
            self.housekeep()
            self._next_round = time.monotonic() + self._housekeeping
        while len(self._runs) < self._threads and not self._stopping.is_set() and (run := self._take()) is not None:
            pool.submit(self._perform, run)

    def _take(self) -> Run | None:
        with self._app.app_context():
            clock.refresh()
            lease = leases.take(self.name)
        if lease is None:
            return None
        run = Run(lease)
        with self._lock:
            self._runs.add(run)
        if self._stopping.is_set():
            run.stopping.set()
        return run

    def _perform(self, run: Run) -> None:
        def perform_in_context() -> None:
            with self._app.app_context():
                perform(run)

        try:
            self._contained(perform_in_context)
        finally:
            with self._lock:
                self._runs.discard(run)
            self._wake.set()

    def _beat(self) -> None:
        last = time.monotonic()
        while True:
            time.sleep(1)
            due = time.monotonic() - last >= HEARTBEAT
            last = time.monotonic() if due else last
            for run in list(self._runs):
                if run.overdue:
                    self._contained(lambda run=run: self._give_up(run))  # type: ignore[misc]
                elif due:
                    self._contained(lambda run=run: self._renew(run))  # type: ignore[misc]

    def _renew(self, run: Run) -> None:
        with self._app.app_context():
            leases.renew(run.lease)

    def _give_up(self, run: Run) -> None:
        """Fail a job that hangs. Its thread cannot be killed, so the process has to go once the others are done."""
        run.deadline = 0.0
        with self._app.app_context():
            leases.failed(run.lease, "Pekerjaan berjalan lebih lama dari batas jenisnya.")
        self.stuck = True
        self.stop()

    def _wait_for_runs(self) -> None:
        deadline = time.monotonic() + self._patience
        while self._runs and time.monotonic() < deadline:
            time.sleep(0.05)

    @staticmethod
    def _contained(work: Callable[[], None]) -> bool:
        """Do some work; what it raises is logged, and the worker goes on (the database may be away)."""
        try:
            work()
        except Exception as error:
            _log.warning("worker goes on", error=f"{type(error).__name__}: {error}"[:300])
            return False
        return True
