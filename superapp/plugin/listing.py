"""The list of modules as `plugin list` and the module manager show it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa

from superapp.kernel import clock
from superapp.kernel.database import run
from superapp.plugin.discovery import Found
from superapp.plugin.host import Host, Plugin, host
from superapp.plugin.manifest import Manifest
from superapp.plugin.migrate.history import plugin_history
from superapp.plugin.state import WHOLE, ModuleState, State
from superapp.plugin.tables import fault

Word = Literal["on", "off", "paused", "pending", "broken"]


@dataclass(frozen=True)
class Listed:
    """One module in the list; `where` is "file:line" of what is wrong with it."""

    name: str
    state: Word
    title: str = field(default="", kw_only=True)
    version: str = field(default="", kw_only=True)
    paused: tuple[str, ...] = field(default=(), kw_only=True)
    reason: str = field(default="", kw_only=True)
    where: str = field(default="", kw_only=True)
    tier: str | None = field(default=None, kw_only=True)
    enabled: bool = field(default=False, kw_only=True)
    manifest: Manifest | None = field(default=None, kw_only=True)
    pending: tuple[str, ...] = field(default=(), kw_only=True)

    def as_json(self) -> dict[str, object]:
        """Return the public shape of `plugin list --json`."""
        return {
            "name": self.name,
            "version": self.version,
            "state": self.state,
            "paused": list(self.paused),
            "reason": self.reason,
            "where": self.where,
            "tier": self.tier,
        }


def listing(state: State | None = None) -> list[Listed]:
    """Return all modules found, the broken ones too, sorted by name; rows without code are listed as broken."""
    made = host()
    state = state or made.states.latest()
    last = last_faults() if state.stamp >= 0 else {}
    rows = [_loaded(plugin, state.of(plugin.name), last.get(plugin.name)) for plugin in made.plugins.values()]
    rows += [_broken(found, reason.reason, reason.where) for found, reason in made.broken]
    rows += _without_code(made, state)
    return sorted(rows, key=lambda row: (row.name, row.where))


def listed(name: str) -> Listed | None:
    """Return one module of the list, None when there is none of that name."""
    return next((row for row in listing() if row.name == name), None)


@dataclass(frozen=True)
class LastFault:
    """The latest fault of a module within a day."""

    contribution: str
    error: str
    where: str = field(default="", kw_only=True)
    at: datetime = field(kw_only=True)


def last_faults() -> dict[str, LastFault]:
    """Return the latest fault of each module that had one within a day, by module."""
    since = clock.now() - timedelta(days=1)
    newest = (
        sa.select(sa.func.max(fault.c.at)).where(fault.c.plugin == _OUTER.c.plugin).correlate(_OUTER).scalar_subquery()
    )
    query = sa.select(_OUTER).where(_OUTER.c.at > since, _OUTER.c.at == newest)
    return {row.plugin: LastFault(row.contribution, row.error, where=row.where, at=row.at) for row in run(query)}


_OUTER = fault.alias("latest")


def _loaded(plugin: Plugin, state: ModuleState, last: LastFault | None) -> Listed:
    waiting = plugin_history(plugin.found).files() - state.applied
    word, reason, where = _judged(state, bool(waiting))
    if last is not None and not reason:
        reason, where = f"kesalahan terakhir pada {last.contribution}: {last.error}", last.where
    return Listed(
        plugin.name,
        word,
        title=plugin.title,
        version=plugin.manifest.version,
        paused=tuple(sorted(state.paused)),
        reason=reason,
        where=where,
        tier=state.tier,
        enabled=state.enabled,
        manifest=plugin.manifest,
        pending=tuple(sorted(waiting)),
    )


def _judged(state: ModuleState, waiting: bool) -> tuple[Word, str, str]:
    if state.fault:
        return "broken", f"migrasi gagal: {state.fault}", state.fault_where
    if waiting:
        return "pending", "migrasi belum dijalankan: superapp migrate", ""
    if WHOLE in state.paused:
        return "paused", state.paused[WHOLE], state.paused_where[WHOLE]
    first = next(iter(sorted(state.paused)), None)
    reason, where = (state.paused[first], state.paused_where[first]) if first else ("", "")
    return ("on" if state.enabled else "off"), reason, where


def _broken(found: Found, reason: str, where: str) -> Listed:
    manifest = found.manifest
    version, title = (manifest.version, manifest.title) if manifest else ("", "")
    return Listed(found.name, "broken", title=title, version=version, reason=reason, where=where, manifest=manifest)


def _without_code(made: Host, state: State) -> list[Listed]:
    if made.settings.safe_mode:
        return []
    known = {*made.plugins, "core", *(found.name for found, _ in made.broken)}
    reason = "kode modul tidak ditemukan; datanya masih ada"
    return [
        Listed(name, "broken", reason=reason, where="", enabled=row.enabled)
        for name, row in state.modules.items()
        if name not in known
    ]
