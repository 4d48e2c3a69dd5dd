"""Importing in one go, by the operator or for the demo: stage, start, and run the job here."""

from __future__ import annotations

import os
from uuid import UUID

from superapp.access.actor import current
from superapp.kernel import command
from superapp.kernel.jobs import lease as leases
from superapp.kernel.jobs.running import Run, perform
from superapp.shared.imports.contract import Importer
from superapp.shared.imports.planning import Plan
from superapp.shared.imports.staging import APPLIED, STAGED, Ends, stage, start


def import_at_once(importer: Importer, planned: Plan, ends: Ends = "auto") -> UUID:
    """Stage a plan and apply it in this process, unless a worker is faster; return the import's id.

    Not inside a command. Either way each row is applied once.
    """
    actor = current()
    with command.begin("import.stage", actor=actor, says=STAGED) as staging:
        staging.values["actor"] = actor.name
        import_id = stage(importer, planned)
    with command.begin("import.apply", actor=actor, says=APPLIED) as applying:
        applying.values["actor"] = actor.name
        job_id = start(import_id, ends=ends)
    lease = leases.take(f"cli:{os.getpid()}", job_id)
    if lease is not None:
        perform(Run(lease))
    return import_id
