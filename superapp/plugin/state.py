"""What is on, off and paused, and what is set: rows kept per worker until the `plugins` stamp rises."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import current_app

from superapp.extensions import db
from superapp.kernel import clock, command
from superapp.kernel.database import run
from superapp.kernel.ports import Actor
from superapp.kernel.tables import setting, stamp
from superapp.plugin.tables import module, module_opd, pause

FRESH = 2.0
"""Seconds that jobs and public pages, which carry no stamp, may lag behind a switch."""
WHOLE = ""
"""The contribution name of a pause of the whole module."""


@dataclass(frozen=True)
class ModuleState:
    """What the database says of one module."""

    enabled: bool = False
    off_opds: frozenset[UUID] = field(default=frozenset(), kw_only=True)
    paused: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), kw_only=True)
    paused_where: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), kw_only=True)
    applied: frozenset[str] = field(default=frozenset(), kw_only=True)
    fault: str = field(default="", kw_only=True)
    fault_where: str = field(default="", kw_only=True)
    tier: str | None = field(default=None, kw_only=True)
    pending: bool = field(default=False, kw_only=True)

    @property
    def on(self) -> bool:
        """Whether the module is on for the regency: enabled, not paused as a whole, its migrations done."""
        return self.enabled and not self.fault and not self.pending and WHOLE not in self.paused


UNKNOWN = ModuleState()
"""A module without a row: newly found, off until enabled."""


@dataclass(frozen=True)
class State:
    """Everything that the `plugins` stamp covers, as of one stamp."""

    stamp: int
    modules: Mapping[str, ModuleState] = field(default_factory=lambda: MappingProxyType({}))
    settings: Mapping[tuple[str, str], Any] = field(default_factory=lambda: MappingProxyType({}), kw_only=True)

    def of(self, plugin: str) -> ModuleState:
        """Return the state of one module."""
        return self.modules.get(plugin, UNKNOWN)

    def is_on(self, plugin: str, opd_id: UUID | None) -> bool:
        """Tell whether a module is on for the OPD of a record (None: for the regency)."""
        found = self.of(plugin)
        return found.on and opd_id not in found.off_opds

    def open_to(self, plugin: str, actor: Actor) -> bool:
        """Tell whether a module is on for somebody: for any of the OPDs of his hats."""
        found = self.of(plugin)
        if not found.on or not found.off_opds:
            return found.on
        opds = {hat.opd_id for hat in getattr(actor, "hats", ())} or {actor.opd_id}
        return not opds <= found.off_opds


Execute = Callable[[sa.Executable], sa.Result[Any]]
_STAMP = sa.select(stamp.c.plugins).where(stamp.c.id == 1)
_MODULES = sa.select(module)
_OPDS = sa.select(module_opd.c.plugin, module_opd.c.opd_id)
_PAUSES = sa.select(pause.c.plugin, pause.c.contribution, pause.c.reason, pause.c.where)
_SETTINGS = sa.select(setting.c.owner, setting.c.name, setting.c.value)


def load(execute: Execute) -> State:
    """Read the state and its stamp; the stamp first, so that a change meanwhile is read again later."""
    present = execute(_STAMP).scalar()
    opds: dict[str, set[UUID]] = {}
    for row in execute(_OPDS):
        opds.setdefault(row.plugin, set()).add(row.opd_id)
    paused: dict[str, dict[str, tuple[str, str]]] = {}
    for row in execute(_PAUSES):
        paused.setdefault(row.plugin, {})[row.contribution] = (row.reason, row.where)
    modules = {
        row.name: _module(row, frozenset(opds.get(row.name, ())), paused.get(row.name, {})) for row in execute(_MODULES)
    }
    settings = {(row.owner, row.name): row.value for row in execute(_SETTINGS)}
    return State(present or 0, MappingProxyType(modules), settings=MappingProxyType(settings))


def _module(row: Any, off_opds: frozenset[UUID], paused: Mapping[str, tuple[str, str]]) -> ModuleState:
    return ModuleState(
        row.enabled,
        off_opds=off_opds,
        paused=MappingProxyType({name: reason for name, (reason, _) in paused.items()}),
        paused_where=MappingProxyType({name: where for name, (_, where) in paused.items()}),
        applied=frozenset(row.applied),
        fault=row.fault,
        fault_where=row.fault_where,
        tier=row.tier,
    )


def _unmigrated(error: sa.exc.DBAPIError) -> bool:
    return getattr(error.orig, "sqlstate", None) == "42P01" or "no such table" in str(error.orig)


class StateCache:
    """The state as this worker knows it."""

    def __init__(self) -> None:
        self._expected: dict[str, frozenset[str]] = {}
        self._state = State(-1)
        self._looked = float("-inf")
        self._lock = threading.Lock()

    def expect(self, plugin: str, revisions: frozenset[str]) -> None:
        """Say which revision files the code of a module has: while one has not run, the module is off."""
        if revisions:
            self._expected[plugin] = revisions

    def _load(self, execute: Execute) -> State:
        state = load(execute)
        waiting = {name for name, files in self._expected.items() if not files <= state.of(name).applied}
        if not waiting:
            return state
        modules = {name: replace(found, pending=name in waiting) for name, found in state.modules.items()}
        return replace(state, modules=MappingProxyType(modules))

    def at(self, present: int) -> State:
        """Return the state of the stamp that came with the session's statement; no statement while it is the same."""
        if self._state.stamp < present:
            self._keep(self._load(run))
        return self._state

    def latest(self) -> State:
        """Return the state for callers without a stamp; looks every two seconds (in tests each time).

        Inside a command the state is the one that the command sees. Before the first migration nothing is on.
        """
        if command.under_way():
            return self._of_command()
        moment = clock.elapsed()
        if moment - self._looked > FRESH or current_app.testing:
            with self._lock:  # the first requests of a worker wait for the state instead of finding everything off
                if moment > self._looked:
                    self._look()
                    self._looked = moment
        return self._state

    def _look(self) -> None:
        try:
            with db.engine.connect() as connection:
                if connection.execute(_STAMP).scalar() != self._state.stamp:
                    self._state = self._load(connection.execute)
        except sa.exc.DBAPIError as error:
            if not _unmigrated(error):
                raise
            self._state = State(-1)

    def _of_command(self) -> State:
        """Read on the command's own connection; what it has not committed is not kept for others."""
        return self._state if run(_STAMP).scalar() == self._state.stamp else self._load(run)

    def seen_by(self, actor: Actor) -> State:
        """Return the state as an actor must see it: at once for people, within two seconds for others."""
        return self.at(actor.stamps.plugins) if actor.stamps.plugins else self.latest()

    def forget(self) -> None:
        """Read anew at the next question (this worker changed something, or a test did)."""
        self._state, self._looked = State(-1), float("-inf")

    def _keep(self, state: State) -> None:
        with self._lock:
            if state.stamp >= self._state.stamp:
                self._state = state
