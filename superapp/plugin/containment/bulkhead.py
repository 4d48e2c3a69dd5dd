"""The bulkhead: one module holds at most a quarter of a worker's threads, so that a stuck one leaves the rest free."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass

PATIENCE = 0.25
"""Seconds that a request waits for a place while the module still answers; a module at rest is refused at once."""


class Full(Exception):
    """The module holds all the threads it may have."""


@dataclass(eq=False, slots=True)
class Holding:
    """One request under way: whose it is, since when, in which thread; `told` once its slowness was recorded."""

    owner: str
    endpoint: str
    since: float
    thread: int
    principal: str = ""
    told: bool = False


class Bulkhead:
    """Counts the threads that each module holds in this worker; `first` is called at the first request."""

    def __init__(self, threads: int, *, first: Callable[[], None] = lambda: None) -> None:
        self.threads = threads
        self.share = max(1, threads // 4)
        self._free = threading.Condition(threading.Lock())
        self._held: dict[str, list[Holding]] = {}
        self._waiting = 0
        self._first: Callable[[], None] | None = first

    def enter(self, owner: str, endpoint: str, *, bounded: bool, principal: str = "") -> Holding:
        """Take a thread's place for a request; give it back with `leave`.

        Raises Full when the module holds its share and none of its requests began within the last quarter second: a
        burst of fast pages waits its turn, the request after stuck ones is refused at once.
        """
        if self._first is not None:
            first, self._first = self._first, None
            first()
        with self._free:
            held = self._held.get(owner)
            if held is None:
                held = self._held[owner] = []
            if bounded and len(held) >= self.share:
                self._wait(held)
            holding = Holding(owner, endpoint, time.monotonic(), threading.get_ident(), principal)
            held.append(holding)
        return holding

    def _wait(self, held: list[Holding]) -> None:
        self._waiting += 1
        try:
            while len(held) >= self.share:
                left = max(holding.since for holding in held) + PATIENCE - time.monotonic()
                if left <= 0:
                    raise Full
                self._free.wait(left)
        finally:
            self._waiting -= 1

    def leave(self, holding: Holding) -> float:
        """Give the place back and return the seconds it was held."""
        with self._free:
            self._held[holding.owner].remove(holding)
            if self._waiting:
                self._free.notify_all()
        return time.monotonic() - holding.since

    def longer_than(self, seconds: float) -> list[Holding]:
        """Return the requests, the core's included, that have been under way for longer than `seconds`."""
        limit = time.monotonic() - seconds
        with self._free:
            return [holding for held in self._held.values() for holding in held if holding.since < limit]

    def of_modules(self, owners: Collection[str]) -> list[Holding]:
        """Return the requests that are under way in the modules named."""
        with self._free:
            return [holding for owner, held in self._held.items() if owner in owners for holding in held]

    def under_way(self) -> int:
        """Return how many requests are under way in this worker."""
        with self._free:
            return sum(map(len, self._held.values()))
