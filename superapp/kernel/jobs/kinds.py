"""Kinds of jobs: which function runs, whose it is, when by itself, and how long it may take."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from flask import Flask, current_app

from superapp.kernel import clock

_EXTENSION = "superapp.jobs"
_NAME = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_.-]*")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
RAREST = timedelta(days=7)
"""The longest interval of `every`: the ledger keeps finished jobs of the schedule twice as long, to know what ran."""


@dataclass(frozen=True)
class Step:
    """What a job made of steps yields: all since the last step is committed, and a killed job goes on from here.

    `progress` in per cent; `resume` is what the function gets as its keyword `resume` when it has to go on.
    """

    progress: int
    resume: Any = None


@dataclass(frozen=True, kw_only=True)
class Job:
    """One kind of job, named `<plugin or core part>.<verb>`.

    `function` gets the enqueued arguments by keyword and runs in the job's one transaction, which also marks the job
    done: the effect happens once, wherever the process is killed. What it returns (JSON) is kept as the job's result.
    A generator function works in steps instead: each `yield Step(...)` commits what was done since the last one; it
    must take a keyword `resume` (None at first).

    `prepare` gets the same arguments and runs before, outside of any transaction: mail, HTTP, PDF and other slow work
    goes there, as it would hold every other writer up (SQLite has one). Its result is the keyword `prepared` of
    `function`. It may run again when the process was killed.

    `every` (aligned to the clock) or `daily` ("HH:MM" WITA; with `weekday`, Monday 0, once a week) makes it a job of the
    schedule, which takes no arguments.
    `timeout` is the longest the job may take, in seconds, `longest` the longest one of its transactions may take.
    """

    kind: str
    function: Callable[..., Any]
    prepare: Callable[..., Any] | None = None
    plugin: str = ""
    every: timedelta | None = None
    daily: str = ""
    weekday: int | None = None
    timeout: float = 300.0
    longest: float = 10.0
    title: str = ""

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.kind) or len(self.kind) > 100:
            raise ValueError(f"job kind {self.kind!r}: use '<owner>.<what it does>', e.g. 'letters.render'")
        if self.plugin and not self.kind.startswith(f"{self.plugin}."):
            raise ValueError(f"job kind {self.kind!r} of plugin {self.plugin!r}: must begin with '{self.plugin}.'")
        if self.daily and (self.every or not _TIME.fullmatch(self.daily)):
            raise ValueError(f"job {self.kind!r}: give either every= or daily='HH:MM'")
        if self.weekday is not None and not (self.daily and self.weekday in range(7)):
            raise ValueError(f"job {self.kind!r}: weekday= is a day from Monday 0 to Sunday 6, beside daily=")
        if self.every is not None and not timedelta(seconds=10) <= self.every <= RAREST:
            raise ValueError(f"job {self.kind!r}: every= must lie between 10 seconds and {RAREST.days} days")

    @property
    def stepwise(self) -> bool:
        """Tell whether the function is a generator of steps."""
        return inspect.isgeneratorfunction(self.function)

    def last_fire(self, moment: datetime) -> datetime | None:
        """Return the latest time the schedule fired at or before `moment` (UTC), None without a schedule."""
        if self.every is not None:
            seconds = self.every.total_seconds()
            return datetime.fromtimestamp(moment.timestamp() // seconds * seconds, UTC)
        if not self.daily:
            return None
        local = clock.local(moment)
        fire = datetime.combine(local.date(), time.fromisoformat(self.daily), clock.WITA)
        if self.weekday is not None:
            fire -= timedelta(days=(fire.weekday() - self.weekday) % 7)
        ago = timedelta(days=1 if self.weekday is None else 7)
        return (fire if fire <= local else fire - ago).astimezone(UTC)


class Kinds:
    """The kinds that an app knows, by name."""

    def __init__(self) -> None:
        self._known: dict[str, Job] = {}

    def add(self, job: Job) -> None:
        """Add a kind; the same name again replaces it only with the same owner (a reloaded app)."""
        present = self._known.get(job.kind)
        if present is not None and present.plugin != job.plugin:
            raise ValueError(f"job kind {job.kind!r} belongs to {present.plugin or 'the core'!r} already")
        self._known[job.kind] = job

    def get(self, kind: str) -> Job | None:
        """Return the kind, None when no code for it is loaded."""
        return self._known.get(kind)

    def __iter__(self) -> Iterator[Job]:
        return iter(list(self._known.values()))

    def scheduled(self) -> list[Job]:
        """Return the kinds that run by themselves."""
        return [job for job in self if job.every or job.daily]


def register(app: Flask, jobs: Iterable[Job]) -> None:
    """Make kinds known to the app, at start."""
    kinds: Kinds = app.extensions.setdefault(_EXTENSION, Kinds())
    for job in jobs:
        kinds.add(job)


def known() -> Kinds:
    """Return the kinds of the current app."""
    kinds: Kinds = current_app.extensions.setdefault(_EXTENSION, Kinds())
    return kinds
