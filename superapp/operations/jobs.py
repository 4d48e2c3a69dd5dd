"""The jobs that keep an installation in order by themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

from superapp.kernel import access_log, events, idempotency, limiter
from superapp.kernel.jobs import Job, Step, ledger
from superapp.operations import anchors
from superapp.operations.backup import drilling, keeping

SUNDAY = 6
FORGETFUL: tuple[tuple[str, Callable[[], int]], ...] = (
    ("idempotency", idempotency.forget_old),
    ("limits", limiter.forget_old),
    ("jobs", ledger.forget_old),
    ("readings", access_log.forget_old),
)


def forget_old(resume: dict[str, int] | None) -> Iterator[Step]:
    """Delete bookkeeping that nobody needs any more, one table a step."""
    forgotten = dict(resume or {})
    for name, forget in FORGETFUL:
        if name not in forgotten:
            forgotten[name] = forget()
            yield Step(100 * len(forgotten) // len(FORGETFUL), resume=forgotten)
    return forgotten  # type: ignore[return-value]


def export_anchors(prepared: int) -> int:
    """Keep how many heads were exported as the job's result."""
    return prepared


JOBS: tuple[Job, ...] = (
    events.DELIVERY,
    Job(kind="core.seal_access_log", function=access_log.seal, every=timedelta(hours=1), title="Menyegel log baca"),
    Job(kind="core.forget_old", function=forget_old, daily="03:15", title="Membuang catatan lama"),
    Job(
        kind="core.export_anchors",
        prepare=anchors.export,
        function=export_anchors,
        every=timedelta(hours=1),
        title="Mengekspor jangkar audit",
    ),
    Job(
        kind="core.backup",
        prepare=keeping.take_nightly,
        function=keeping.note_nightly,
        daily="02:00",
        timeout=4 * 3600,
        title="Cadangan malam",
    ),
    Job(
        kind=drilling.KIND,
        prepare=drilling.rehearse,
        function=drilling.note,
        daily="03:30",
        weekday=SUNDAY,
        timeout=4 * 3600,
        title="Uji pemulihan cadangan",
    ),
)
