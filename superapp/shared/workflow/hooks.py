"""What the engine of decisions contributes to the app."""

from __future__ import annotations

from datetime import timedelta

from superapp.access.rights import delegations
from superapp.access.scope import stand_in
from superapp.kernel.jobs import Job
from superapp.kernel.language import N_
from superapp.plugin.contributions import NoticeType
from superapp.plugin.hookspecs import hookimpl
from superapp.shared.workflow import categories, deciding, reminding, standing, telling

delegations.fill(standing.delegated_to)
stand_in.fill(standing.reads)


@hookimpl
def superapp_notice_types() -> list[NoticeType]:
    """Give the categories of what is told about decisions."""
    return list(categories.TYPES)


@hookimpl
def superapp_jobs() -> list[Job]:
    """Give what follows a decision, and the reminders."""
    return [
        Job(kind=deciding.SETTLE, function=telling.settle_later, title=N_("Menindaklanjuti keputusan")),
        Job(kind="workflow.remind", function=reminding.remind, every=timedelta(minutes=5), title=N_("Mengingatkan")),
    ]
