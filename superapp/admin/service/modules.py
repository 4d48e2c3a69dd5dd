"""Modules as their administrators see them: state, faults of the last day, how fast, what they contribute."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.access.actor import current
from superapp.admin.service.reach import UNITS, units_within
from superapp.kernel import clock, metrics
from superapp.kernel.database import run
from superapp.kernel.errors import Forbidden, NotFound
from superapp.plugin.host import Plugin, host
from superapp.plugin.listing import Listed, listing
from superapp.plugin.migrate.history import plugin_history
from superapp.plugin.state import load
from superapp.plugin.tables import fault, pause

MAY = "admin.modules"
DAY = timedelta(hours=24)
SLOW = 0.5
"""Seconds: a module whose 95th percentile is longer is called slow."""


@dataclass(frozen=True)
class Row:
    """One module of the list: as the host lists it, with the faults of a day and how fast it answers."""

    listed: Listed
    faults: int = field(default=0, kw_only=True)
    people: int = field(default=0, kw_only=True)
    p95: float | None = field(default=None, kw_only=True)

    @property
    def health(self) -> str:
        """Return how the module is: broken, pending, paused, off, faulty, slow or healthy."""
        if self.listed.state != "on":
            return self.listed.state
        if self.listed.paused:
            return "partly"
        if self.faults:
            return "faulty"
        return "slow" if self.p95 is not None and self.p95 > SLOW else "healthy"


def rows() -> list[Row]:
    """Return all modules, those that need somebody first."""
    speeds, counts = metrics.percentiles(0.95), fault_counts()
    found = [
        Row(
            one,
            faults=counts.get(one.name, (0, 0))[0],
            people=counts.get(one.name, (0, 0))[1],
            p95=speeds.get(one.name),
        )
        for one in listing(load(run))
    ]
    return sorted(found, key=lambda row: (row.health not in {"broken", "paused", "partly", "pending"}, row.listed.name))


def fault_counts() -> dict[str, tuple[int, int]]:
    """Return the faults of the last 24 hours by module: how many, and how many people met them."""
    people = sa.func.count(sa.distinct(sa.case((fault.c.principal.startswith("person:"), fault.c.principal))))
    counts = sa.select(fault.c.plugin, sa.func.count().label("times"), people.label("people"))
    rows_ = run(counts.where(fault.c.at > clock.now() - DAY).group_by(fault.c.plugin))
    return {row.plugin: (row.times, row.people) for row in rows_}


def faults(plugin: str = "", *, limit: int = 20) -> Sequence[Any]:
    """Return the latest faults, of one module or of all, newest first."""
    query = sa.select(fault).order_by(fault.c.at.desc(), fault.c.id.desc()).limit(limit)
    return run(query.where(fault.c.plugin == plugin) if plugin else query).all()


def pauses(plugin: str = "") -> Sequence[Any]:
    """Return what is paused, of one module or of all, the latest first; an empty contribution is the whole module."""
    query = sa.select(pause).order_by(pause.c.since.desc())
    return run(query.where(pause.c.plugin == plugin) if plugin else query).all()


@dataclass(frozen=True)
class Contribution:
    """One kind of thing that a module hands to the core, with the names of each."""

    kind: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Detail:
    """One module with all that is known of it; `plugin` is None when it was not loaded."""

    row: Row
    plugin: Plugin | None = field(kw_only=True)
    others: tuple[Listed, ...] = field(default=(), kw_only=True)
    contributions: tuple[Contribution, ...] = field(default=(), kw_only=True)
    permissions: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    migrations: tuple[tuple[str, bool], ...] = field(default=(), kw_only=True)
    changelog: str = field(default="", kw_only=True)
    pauses: Sequence[Any] = field(default=(), kw_only=True)
    faults: Sequence[Any] = field(default=(), kw_only=True)
    off_opds: Sequence[Any] = field(default=(), kw_only=True)


def detail(name: str) -> Detail:
    """Return one module; NotFound when there is none of that name."""
    found = [row for row in rows() if row.listed.name == name]
    if not found:
        raise NotFound
    plugin = host().plugins.get(name)
    manifest = found[0].listed.manifest
    return Detail(
        found[0],
        plugin=plugin,
        others=tuple(row.listed for row in found[1:]),
        contributions=tuple(_contributions(plugin)) if plugin else (),
        permissions=manifest.permissions if manifest else {},
        migrations=_migrations(plugin) if plugin else (),
        changelog=_changelog(plugin) if plugin else "",
        pauses=pauses(name),
        faults=faults(name),
        off_opds=off_opds(name),
    )


def _contributions(plugin: Plugin) -> Iterable[Contribution]:
    given = plugin.given
    kinds = {
        "Halaman": [route.rule for route in given.routes if route.method == "GET"],
        "Perintah": [route.rule for route in given.routes if route.method == "POST"],
        "Navigasi": [item.label for item in given.navigation],
        "Widget": [item.title for item in given.widgets],
        "Pengaturan": [item.label for item in given.settings],
        "Pekerjaan": [job.kind for job in given.jobs],
        "Layanan": [item.name for item in given.services],
        "Peristiwa": [item.name for item in given.event_types],
        "Kait": [caller.name for caller in host().hooks.get_hookcallers(plugin.module) or ()],
    }
    return (Contribution(kind, tuple(names)) for kind, names in kinds.items() if names)


def _migrations(plugin: Plugin) -> tuple[tuple[str, bool], ...]:
    applied = load(run).of(plugin.name).applied
    return tuple((name, name in applied) for name in sorted(plugin_history(plugin.found).files()))


LONGEST_CHANGELOG = 20_000


def _changelog(plugin: Plugin) -> str:
    for name in ("CHANGELOG.md", "CHANGES.md"):
        path = plugin.folder / name
        if path.is_file():
            return path.read_text(encoding="utf-8", errors="replace")[:LONGEST_CHANGELOG]
    return ""


def off_opds(name: str) -> Sequence[Any]:
    """Return the OPDs within reach for which a module is off: id and name."""
    off = load(run).of(name).off_opds
    return [opd for opd in opds() if opd.id in off]


def opds() -> Sequence[Any]:
    """Return the OPDs for which the actor may switch modules: id and name."""
    within = units_within(MAY)
    query = sa.select(UNITS.c.id, UNITS.c.name).where(UNITS.c.is_opd, UNITS.c.valid_to.is_(None)).order_by(UNITS.c.name)
    return run(query if within is None else query.where(within)).all()


def require_reach(opd_id: UUID | None) -> None:
    """Raise unless the actor may switch modules for the OPD, or (None) for the regency."""
    if opd_id is None:
        if not everywhere():
            raise Forbidden("Hanya admin kabupaten yang mengatur modul untuk semua OPD.")
    elif opd_id not in {opd.id for opd in opds()}:
        raise NotFound


def everywhere() -> bool:
    """Tell whether the actor manages modules for the whole regency."""
    return current().reach(MAY).everywhere
