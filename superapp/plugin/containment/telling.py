"""Telling people that a module was paused, and forgetting old faults: jobs of the host."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from superapp.kernel import clock, command, database, ports
from superapp.kernel.database import CoreModel, run
from superapp.kernel.jobs import Job
from superapp.kernel.jobs.ledger import row
from superapp.kernel.language import N_
from superapp.kernel.tables import job as jobs
from superapp.plugin.host import host
from superapp.plugin.tables import fault, load

TELL = "modules.tell_of_pause"
PAUSED = N_("{module} dijeda: {reason}")
KEPT = timedelta(days=90)
"""How long faults stay readable in the repair centre."""


def tell_later(connection: Connection, plugin: str, contribution: str, reason: str, where: str) -> None:
    """Enqueue the notice of a pause in the transaction that stores the pause."""
    arguments = {"plugin": plugin, "contribution": contribution, "reason": reason, "where": where}
    values = row(
        TELL, arguments, f"{TELL}:{plugin}:{contribution}:{clock.now():%Y%m%d%H%M}"[:200], None, None, None, "", 5
    )
    connection.execute(database.insert_once(jobs, values))


def tell_of_pause(plugin: str, contribution: str, reason: str, where: str) -> int:
    """Write the pause into the audit trail and a notice for the module's owner; return how many people were told."""
    title = host().title(plugin)
    words: dict[str, Any] = {"module": title, "contribution": contribution, "reason": reason, "where": where}
    command.current().also(PAUSED, "core_plugin", **words)
    if not ports.notifier.filled:
        return 0
    told = _owners(plugin)
    for person_id in told:
        heading = f"{title} dijeda" if not contribution else f"Sebagian {title} dijeda"
        body = f"{contribution} {reason} {where}".strip()
        ports.notifier()(person_id, heading, body=body, url=f"/admin/modules/{plugin}", kind="module")
    return len(told)


def _owners(plugin: str) -> list[Any]:
    """Return the people that `owner` or `contact` of the manifest name by e-mail, NIP or staff number."""
    found = host().plugins.get(plugin)
    names = {found.manifest.owner, found.manifest.contact} - {""} if found else set()
    person = CoreModel.metadata.tables["core_person"]
    known = sa.or_(
        sa.func.lower(person.c.email).in_([name.lower() for name in names]),
        person.c.nip.in_(names),
        person.c.staff_number.in_(names),
    )
    return list(run(sa.select(person.c.id).where(person.c.active, known)).scalars()) if names else []


def forget_old() -> int:
    """Delete faults older than `KEPT` and request counts of yesterday; return how many faults."""
    run(sa.delete(load).where(load.c.slot < int(clock.now().timestamp() // 60) - 24 * 60))
    return run(sa.delete(fault).where(fault.c.at < clock.now() - KEPT)).rowcount


JOBS = (
    Job(kind=TELL, function=tell_of_pause, title="Memberi tahu pemilik modul"),
    Job(kind="modules.forget_faults", function=forget_old, daily="03:40", title="Merapikan catatan kesalahan modul"),
)
