"""Switching modules on and off, for the regency and for an OPD, and letting paused ones go on; inside a command."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

import sqlalchemy as sa

from superapp.kernel import clock, command, stamps
from superapp.kernel.database import insert_once, run
from superapp.kernel.errors import NotFound, Refused
from superapp.kernel.language import gettext as _
from superapp.plugin.contributions import LifecycleChange
from superapp.plugin.dispatch import tell
from superapp.plugin.host import host
from superapp.plugin.listing import Listed, listed
from superapp.plugin.state import load
from superapp.plugin.tables import fault, module, module_opd, pause
from superapp.plugin.tables import load as loads

Change = Literal["enabled", "disabled"]


def enable(name: str, opd_id: UUID | None = None) -> None:
    """Switch a module on, for the regency or again for one OPD; every worker sees it at its next request.

    Raises NotFound, or Refused when it is broken, its migrations are pending, or a module it needs is off.
    """
    found = _known(name)
    if found.state in {"broken", "pending"}:
        raise Refused(
            _("Modul {title} belum bisa diaktifkan: {reason}.", title=found.title or name, reason=found.reason)
        )
    if opd_id is not None:
        run(sa.delete(module_opd).where(module_opd.c.plugin == name, module_opd.c.opd_id == opd_id))
    else:
        _needs(found)
        _set(name, enabled=True, version=found.version)
    _changed(found, "enabled", opd_id)


def disable(name: str, opd_id: UUID | None = None) -> None:
    """Switch a module off, for the regency or for one OPD; its data stays, its jobs are parked.

    Raises NotFound, or Refused when a module that is on needs it.
    """
    found = _known(name)
    if opd_id is not None:
        _set(name)
        run(insert_once(module_opd, {"plugin": name, "opd_id": opd_id}))
    else:
        _needed(name)
        _set(name, enabled=False)
    _changed(found, "disabled", opd_id)


def resume(name: str, contribution: str = "") -> None:
    """Let a paused contribution (empty: the whole module) go on; its faults so far do not count any more."""
    found = _known(name)
    gone = run(sa.delete(pause).where(pause.c.plugin == name, pause.c.contribution == contribution)).rowcount
    if not gone:
        raise Refused("Bagian ini tidak sedang dijeda.")
    counted = fault.c.plugin == name if not contribution else _faults_of(name, contribution)
    run(sa.update(fault).where(counted).values(counted=False))
    if not contribution:
        run(sa.delete(loads).where(loads.c.plugin == name))
    stamps.raise_plugins()
    _about(found, contribution=contribution)


def _faults_of(name: str, contribution: str) -> sa.ColumnElement[bool]:
    return sa.and_(fault.c.plugin == name, fault.c.contribution == contribution)


def _known(name: str) -> Listed:
    found = listed(name)
    if found is None:
        raise NotFound(_("Modul {name} tidak ditemukan.", name=name))
    return found


def _needs(found: Listed) -> None:
    state = load(run)
    depends = found.manifest.depends if found.manifest else ()
    off = [name for name in depends if not state.of(name).enabled]
    if off:
        titles = ", ".join(host().title(name) for name in off)
        raise Refused(_("Aktifkan dulu modul yang diperlukan: {titles}.", titles=titles))


def _needed(name: str) -> None:
    state = load(run)
    users = [
        plugin.title
        for plugin in host().plugins.values()
        if name in plugin.manifest.depends and state.of(plugin.name).enabled
    ]
    if users:
        raise Refused(_("Modul ini masih diperlukan oleh {titles}.", titles=", ".join(users)))


def _set(name: str, **values: object) -> None:
    run(
        insert_once(
            module, {"name": name, "enabled": False, "applied": [], "version": "", "fault": "", "fault_where": ""}
        )
    )
    if values:
        run(sa.update(module).where(module.c.name == name).values(updated_at=clock.now(), **values))


def _changed(found: Listed, change: Change, opd_id: UUID | None) -> None:
    stamps.raise_plugins()
    tell(LifecycleChange(found.name, change, opd_id=opd_id))
    _about(found)


def _about(found: Listed, **values: object) -> None:
    command.current().values |= {"module": found.title or found.name, **values}
