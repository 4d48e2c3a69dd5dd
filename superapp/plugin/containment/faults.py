"""Recording faults, in a transaction of their own, and pausing what fails again and again."""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.engine import Connection

from superapp.kernel import clock, command, database, ids
from superapp.kernel.tables import stamp
from superapp.plugin.state import WHOLE
from superapp.plugin.tables import fault, load, pause

WINDOW = timedelta(minutes=5)
OFTEN = 3
"""Faults of one contribution within the window that pause it; also people hit before the whole module is paused."""
PAUSABLE = ("hook:", "job:", "slot:", "widget:")
"""Contributions that are paused by themselves; pages and forms go only with the whole module."""
_log = logging.getLogger("superapp.plugin")


@dataclass(frozen=True)
class Fault:
    """One fault of a module; `contribution` is `widget:halo.card`, `hook:superapp_event`, `page:halo.index` …"""

    plugin: str
    contribution: str
    kind: str = field(kw_only=True)
    error: str = field(kw_only=True)
    where: str = field(default="", kw_only=True)
    dependency: str = field(default="", kw_only=True)
    principal: str = field(default="", kw_only=True)
    request_id: str = field(default="", kw_only=True)


@dataclass(frozen=True)
class Pause:
    """A contribution that has just been paused (an empty one: the whole module)."""

    plugin: str
    contribution: str
    reason: str = field(kw_only=True)
    where: str = field(default="", kw_only=True)


def worker_name() -> str:
    """Return the name of this process among all workers of all machines."""
    return f"{socket.gethostname()}:{os.getpid()}"[:60]


class Loads:
    """Requests and failures of modules in this worker since they were last written down."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[str, list[int]] = {}

    def count(self, plugin: str, *, failed: bool = False) -> None:
        """Count one request of a module."""
        with self._lock:
            counts = self._counts.setdefault(plugin, [0, 0])
            counts[0] += 1
            counts[1] += failed

    def flush(self, connection: Connection) -> None:
        """Add the counts to those in the database."""
        with self._lock:
            taken, self._counts = self._counts, {}
        for plugin, (requests, failed) in sorted(taken.items()):
            connection.execute(_added(connection, plugin, requests, failed))

    def __bool__(self) -> bool:
        return bool(self._counts)


def _slot() -> int:
    return int(clock.now().timestamp() // 60)


def _added(connection: Connection, plugin: str, requests: int, failed: int) -> sa.Executable:
    values = {"plugin": plugin, "slot": _slot(), "worker": worker_name(), "requests": requests, "failed": failed}
    new = database.insert_of(connection.dialect)(load).values(values)
    more = {"requests": load.c.requests + new.excluded.requests, "failed": load.c.failed + new.excluded.failed}
    added: sa.Executable = new.on_conflict_do_update(index_elements=["plugin", "slot", "worker"], set_=more)
    return added


def record(faults: Iterable[Fault], loads: Loads) -> list[Pause]:
    """Write faults down and pause what has failed too often; return the new pauses.

    Never raises: containing a fault must not fail itself. Inside a command the record waits in a thread of its own,
    because a transaction beside the command would wait for the command's lock. A process that ends waits for the thread,
    as long as the database lets it: half a minute at most.
    """
    faults = list(faults)
    if command.under_way():
        app = current_app._get_current_object()  # type: ignore[attr-defined]
        threading.Thread(target=_record_later, args=(app, faults, loads), name="faults").start()
        return []
    return _record(faults, loads)


def _record_later(app: Any, faults: list[Fault], loads: Loads) -> None:
    with app.app_context():
        _record(faults, loads)


def _record(faults: list[Fault], loads: Loads) -> list[Pause]:
    try:
        with database.transaction() as connection:
            loads.flush(connection)
            connection.execute(sa.insert(fault), [_row(item) for item in faults])
            pauses = _keep(connection, _pauses(connection, faults))
    except Exception:
        _log.exception("a fault could not be recorded")
        return []
    for item in pauses:
        _log.error("paused %s %s: %s", item.plugin, item.contribution or "(whole)", item.reason)
    return pauses


def _row(item: Fault) -> dict[str, Any]:
    return {
        "id": ids.uuid7(),
        "at": clock.now(),
        "plugin": item.plugin,
        "contribution": item.contribution[:160],
        "kind": item.kind,
        "error": item.error[:160],
        "where": item.where[:400],
        "dependency": item.dependency,
        "counted": not item.dependency,
        "principal": item.principal[:80],
        "request_id": item.request_id[:40],
    }


def _pauses(connection: Connection, faults: list[Fault]) -> list[Pause]:
    own = [item for item in faults if not item.dependency]
    candidates = {(item.plugin, item.contribution): item for item in own if item.contribution.startswith(PAUSABLE)}
    found = []
    for (plugin, contribution), item in candidates.items():
        times = _times(connection, plugin, contribution)
        if times >= OFTEN:
            reason = f"{times} kesalahan dalam 5 menit ({item.error})"
            found.append(Pause(plugin, contribution, reason=reason, where=item.where))
    for plugin, item in {item.plugin: item for item in own}.items():
        if _whole(connection, plugin):
            reason = "tiga orang menemui kesalahan dan lebih dari separuh permintaan gagal dalam 5 menit"
            found.append(Pause(plugin, WHOLE, reason=reason, where=item.where))
    return found


def _recent(plugin: str) -> tuple[sa.ColumnElement[bool], ...]:
    return fault.c.plugin == plugin, fault.c.at > clock.now() - WINDOW, fault.c.counted


def _times(connection: Connection, plugin: str, contribution: str) -> int:
    query = sa.select(sa.func.count()).where(*_recent(plugin), fault.c.contribution == contribution)
    return int(connection.execute(query).scalar_one())


def _whole(connection: Connection, plugin: str) -> bool:
    """Tell whether three different people met faults and more than half of the requests failed, over all workers."""
    people = sa.select(sa.func.count(sa.distinct(fault.c.principal))).where(
        *_recent(plugin), fault.c.principal.startswith("person:")
    )
    if connection.execute(people).scalar_one() < OFTEN:
        return False
    minutes = int(WINDOW.total_seconds() // 60)
    sums = sa.select(sa.func.sum(load.c.requests), sa.func.sum(load.c.failed)).where(
        load.c.plugin == plugin, load.c.slot > _slot() - minutes
    )
    requests, failed = connection.execute(sums).one()
    return bool(requests) and failed * 2 > requests


def _keep(connection: Connection, pauses: list[Pause]) -> list[Pause]:
    """Store the pauses that are new, and raise the stamp so that every worker sees them; return the new ones."""
    from superapp.plugin.containment import telling

    new = [item for item in pauses if connection.execute(_stored(item)).rowcount == 1]
    for item in new:
        telling.tell_later(connection, item.plugin, item.contribution, item.reason, item.where)
    if new:
        connection.execute(sa.update(stamp).where(stamp.c.id == 1).values(plugins=stamp.c.plugins + 1))
    return new


def _stored(item: Pause) -> sa.Executable:
    values = {
        "plugin": item.plugin,
        "contribution": item.contribution[:160],
        "since": clock.now(),
        "reason": item.reason[:255],
        "where": item.where[:400],
    }
    return database.insert_once(pause, values)
