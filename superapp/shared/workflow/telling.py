"""Telling people what a decision brought, once it cannot be undone any more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from superapp.kernel import command
from superapp.kernel.language import N_
from superapp.kernel.language import gettext as _
from superapp.shared import notices
from superapp.shared.workflow import opening, rows
from superapp.shared.workflow.rows import Case, CaseStep

ENDED = {
    "approved": N_("{title} disetujui"),
    "rejected": N_("{title} ditolak"),
}
DECIDED = N_("{title} sudah diputus")
RETURNED = N_("{title} dikembalikan untuk diperbaiki")


def told(case: Case, step: CaseStep | None, opened: Sequence[CaseStep]) -> None:
    """Tell the requester of the end or return that a step brought, and the next deciders that it is their turn."""
    if step is not None and case.state == "ended":
        _tell_requester(case, ENDED.get(case.outcome, DECIDED), step)
    elif step is not None and case.state == "returned":
        _tell_requester(case, RETURNED, step)
    opening.tell_deciders(case, [one for one in opened if one.state == "open"])


def _tell_requester(case: Case, words: str, step: CaseStep) -> None:
    told_people = {case.requester_id, case.subject_id}
    body = step.decided_label + (f": {step.note}" if step.note else "")
    more: dict[str, Any] = {
        "body": body,
        "url": case.url,
        "kind": case.kind,
        "module": case.module,
        "opd_id": case.opd_id,
    }
    notices.notify_all(told_people, _(words, title=case.title), **more)


def settle_later(step_id: str, settling: str, opened: Sequence[str]) -> str:
    """Do what a decision brings when its seconds are over (job); nothing when it was undone."""
    from superapp.shared.workflow import deciding

    command.current()
    step = rows.step_of(UUID(step_id))
    if step.settling is None or str(step.settling) != settling:
        return "undone"
    rows.change_step(step.id, settling=None, before=None)
    deciding.settle(rows.find(step.case_id), step, opened)
    return "settled"
