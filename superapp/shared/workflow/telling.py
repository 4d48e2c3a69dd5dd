"""Telling people what a decision brought, once it cannot be undone any more."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from superapp.kernel import command
from superapp.kernel.language import N_
from superapp.kernel.language import gettext as _
from superapp.shared import notices
from superapp.shared.workflow import categories, opening, rows
from superapp.shared.workflow.rows import Case, CaseStep

ENDED = {
    "approved": N_("{title} disetujui"),
    "rejected": N_("{title} ditolak"),
}
DECIDED = N_("{title} sudah diputus")
RETURNED = N_("{title} dikembalikan untuk diperbaiki")
REOPENED = N_("Keputusan atas {title} dibuka kembali")


def told(case: Case, step: CaseStep | None, opened: Sequence[CaseStep]) -> None:
    """Tell the requester of the end or return that a step brought, and the next deciders that it is their turn."""
    if step is not None and case.state == "ended":
        _tell_requester(case, ENDED.get(case.outcome, DECIDED), _said(step))
    elif step is not None and case.state == "returned":
        _tell_requester(case, RETURNED, _said(step))
    opening.tell_deciders(case, [one for one in opened if one.state == "open"])


def reopened(case: Case, reason: str) -> None:
    """Tell who asked that the decision is open again, and why."""
    _tell_requester(case, REOPENED, reason)


def _said(step: CaseStep) -> str:
    return step.decided_label + (f": {step.note}" if step.note else "")


def _tell_requester(case: Case, words: str, body: str) -> None:
    told_people = {case.requester_id, case.subject_id}
    notices.notify_all(
        told_people, _(words, title=case.title), body=body, url=case.url, **categories.about(case, categories.RESULT)
    )


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
