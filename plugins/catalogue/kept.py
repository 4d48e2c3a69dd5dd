"""What each view of the list needs and seldom changes: kept in the worker for a short while, bounded."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from flask import current_app

T = TypeVar("T")


class Kept(Generic[T]):
    """Values of an app by key, each for `seconds` at most; with more than `most` it starts anew."""

    def __init__(self, seconds: float, *, most: int) -> None:
        self.seconds, self.most = seconds, most
        self._values: WeakKeyDictionary[Any, dict[Hashable, tuple[float, T]]] = WeakKeyDictionary()

    def get(self, key: Hashable, read: Callable[[], T]) -> T:
        """Return the value of a key, read anew when it is too old."""
        app: Any = current_app
        values, moment = self._values.setdefault(app._get_current_object(), {}), time.monotonic()
        found = values.get(key)
        if found is None or moment - found[0] > self.seconds:
            if len(values) >= self.most:
                values.clear()
            found = values[key] = (moment, read())
        return found[1]

    def forget(self) -> None:
        """Read everything anew at the next view."""
        self._values.clear()
