"""Metrics of this process for Prometheus: requests by endpoint, and what the ledger says at the time of reading."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol

from prometheus_client import Counter, Gauge, Histogram

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_requests = Counter("superapp_requests", "Requests answered", ["endpoint", "method", "status"])
_seconds = Histogram("superapp_request_seconds", "Time to answer a request", ["endpoint"], buckets=_BUCKETS)
_gauges: dict[str, Gauge] = {}


class _Children(Protocol):
    def __call__(self, seconds: float) -> None: ...


_children: dict[tuple[str, str, int], _Children] = {}
MOST = 5000
"""Series kept; an attacker cannot make more, as endpoints and methods are ours."""


def observe(endpoint: str, method: str, status: int, seconds: float) -> None:
    """Count one answered request; the labelled children are cached, as looking them up is the expensive part."""
    key = (endpoint, method, status)
    child = _children.get(key)
    if child is None:
        child = _made(*key)
        if len(_children) < MOST:
            _children[key] = child
    child(seconds)


def _made(endpoint: str, method: str, status: int) -> _Children:
    counter = _requests.labels(endpoint, method if method in _METHODS else "OTHER", str(status))
    histogram = _seconds.labels(endpoint)

    def count(seconds: float) -> None:
        counter.inc()
        histogram.observe(seconds)

    return count


def gauge(name: str, words: str, value: float) -> None:
    """Set a value that is read from the database when somebody asks for the metrics."""
    if name not in _gauges:
        _gauges[name] = Gauge(name, words, multiprocess_mode="mostrecent")
    _gauges[name].set(value)


def text() -> tuple[bytes, str]:
    """Return all metrics in Prometheus' text format and its content type, over all workers of this machine."""
    from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

    return generate_latest(_registry()), CONTENT_TYPE_LATEST


def percentiles(share: float) -> dict[str, float]:
    """Return by owner (the part of endpoints before the dot) in how many seconds the given share of requests is answered.

    Counted since the server started, as exactly as the buckets of the histogram allow.
    """
    buckets: dict[str, dict[float, float]] = {}
    for family in _registry().collect():
        if family.name != "superapp_request_seconds":
            continue
        for sample in family.samples:
            if sample.name.endswith("_bucket"):
                owner, limit = sample.labels["endpoint"].partition(".")[0], float(sample.labels["le"])
                counts = buckets.setdefault(owner, {})
                counts[limit] = counts.get(limit, 0) + sample.value
    return {owner: _percentile(sorted(counts.items()), share) for owner, counts in buckets.items()}


def _percentile(counts: list[tuple[float, float]], share: float) -> float:
    """Return where the share is reached, along a straight line within its bucket."""
    wanted = counts[-1][1] * share
    lower, below = 0.0, 0.0
    for limit, up_to in counts:
        if up_to >= wanted and up_to > below:
            upper = limit if limit != float("inf") else _BUCKETS[-1]
            return lower + (upper - lower) * (wanted - below) / (up_to - below)
        lower, below = limit, up_to
    return lower


def _registry() -> CollectorRegistry:
    from prometheus_client import REGISTRY, CollectorRegistry
    from prometheus_client.multiprocess import MultiProcessCollector

    if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry
