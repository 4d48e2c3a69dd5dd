"""Submitting a record, again after a return, and taking it back: where a case begins and may end early."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.access import parties
from superapp.access.actor import Actor, current
from superapp.access.scope import record_type
from superapp.kernel import clock, command, ids
from superapp.kernel.database import run
from superapp.kernel.errors import Forbidden, NotFound, Refused
from superapp.kernel.jobs.ledger import plain
from superapp.kernel.language import N_
from superapp.kernel.language import gettext as _
from superapp.shared import tasks, timeline
from superapp.shared.tables.workflow import case as cases
from superapp.shared.workflow import effects, opening, rows, versions
from superapp.shared.workflow.deciders import Asking, Seat
from superapp.shared.workflow.definition import Workflow
from superapp.shared.workflow.path import Planned, planned
from superapp.shared.workflow.rows import Case

SUBMITTED = N_("mengajukan")
RESUBMITTED = N_("mengajukan lagi")
WITHDRAWN = N_("menarik kembali permohonan")


@dataclass(frozen=True)
class Submission:
    """What a module submits: the record, how it is called and read, and what conditions look at.

    `summary` is what a decider reads without opening the record: lines of (label, value). `choices` holds, by step, the id
    of the position that the requester chose. `subject_id` is whom it concerns, if not the requester.
    """

    record: Any
    title: str
    url: str
    summary: Sequence[tuple[str, str]] = field(default=(), kw_only=True)
    facts: Mapping[str, Any] = field(default_factory=dict, kw_only=True)
    choices: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    subject_id: UUID | None = field(default=None, kw_only=True)


def preview(key: str, submission: Submission) -> list[Planned]:
    """Return the path that a submission would go, with names and usual days, for the page before it is sent."""
    return planned(versions.declared(key), _asking(submission), submission.facts)


def submit(key: str, submission: Submission) -> Case:
    """Send a record on its way, or again after it was returned, in the command under way; return its case.

    Raises Refused when it is on its way already, was decided, or a step has nobody who could decide; Invalid when the
    requester has to choose somebody.
    """
    command.current()
    record = submission.record
    present = rows.latest_of(record_type(type(record)), record.id)
    if present is not None and present.state in ("running", "ended"):
        words = (
            _("Permohonan ini sudah diajukan.") if present.state == "running" else _("Permohonan ini sudah diputus.")
        )
        raise Refused(words)
    if present is not None and present.state == "returned":
        case = _again(present, submission)
    else:
        case = _first(versions.declared(key), submission)
    opening.set_record_state(case, "submitted")
    opening.tell_deciders(case, _opened(case))
    return case


def _asking(submission: Submission) -> Asking:
    actor, record = _person(), submission.record
    unit_id, opd_id = getattr(record, "unit_id", None) or actor.unit_id, getattr(record, "opd_id", None) or actor.opd_id
    if unit_id is None or opd_id is None:
        raise Refused(_("Anda belum memiliki jabatan, jadi belum bisa mengajukan."))
    return Asking(
        _id(actor),
        actor.position_id,
        unit_id=unit_id,
        opd_id=opd_id,
        subject_id=submission.subject_id or _id(actor),
        choices=submission.choices,
    )


def _person() -> Actor:
    actor = current()
    if actor.person_id is None:
        raise Forbidden
    return actor


def _id(actor: Actor) -> UUID:
    assert actor.person_id is not None
    return actor.person_id


def _first(flow: Workflow, submission: Submission) -> Case:
    asking = _asking(submission)
    path = planned(flow, asking, submission.facts)
    own, record = ids.uuid7(), submission.record
    row = {
        "id": own,
        "workflow_id": versions.kept(flow),
        "kind": flow.key,
        "module": flow.module,
        "unit_id": asking.unit_id,
        "opd_id": asking.opd_id,
        "record_type": record_type(type(record)),
        "record_id": record.id,
        "requester_id": asking.requester_id,
        "requester_position_id": asking.position_id,
        "subject_id": asking.subject_id,
        "state": "running",
        "outcome": "",
        "version": 1,
        "submitted_at": clock.now(),
    }
    run(sa.insert(cases).values(row | _told(submission)))
    case = rows.find(own)
    for person_id, role in ((case.requester_id, "requester"), (case.subject_id, "subject")):
        if role == "requester" or person_id != case.requester_id:
            parties.add(case.record_type, case.record_id, role, person_id=person_id)
    _begin(case, path, SUBMITTED)
    return case


def _again(present: Case, submission: Submission) -> Case:
    locked = rows.find(present.id, lock=True)
    if _person().person_id != locked.requester_id:
        raise NotFound(_("Permohonan ini tidak ada."))
    path = planned(locked.flow, _asking(submission), submission.facts)
    tasks.close_of(locked.record_type, locked.record_id, kinds=[f"{locked.kind}.revise"])
    rows.change_steps([step.id for step in rows.steps_of(locked.id)], state="replaced")
    rows.acted(locked.id, state="running", outcome="", **_told(submission))
    case = rows.find(locked.id)
    _begin(case, path, RESUBMITTED)
    return case


def _told(submission: Submission) -> dict[str, Any]:
    return {
        "title": submission.title[:160],
        "url": submission.url[:255],
        "facts": plain(dict(submission.facts)),
        "summary": [[str(label), str(value)] for label, value in submission.summary],
        "choices": dict(submission.choices),
    }


def _begin(case: Case, path: Sequence[Planned], words: str) -> None:
    rows.add_steps([_row(case, one, seat) for one in path for seat in one.seats])
    timeline.note_of(case.record_type, case.record_id, words)
    opening.open_next(case)


def _row(case: Case, one: Planned, seat: Seat) -> dict[str, Any]:
    step = {
        "place": one.place,
        "key": one.step.key,
        "title": one.step.title[:120],
        "need": one.need,
        "days": one.step.days,
    }
    who = {"position_id": seat.position_id, "person_id": seat.person_id, "label": seat.label, "why": seat.why}
    return rows.waiting(case.id, **step, **who)


def _opened(case: Case) -> list[rows.CaseStep]:
    return [step for step in rows.steps_of(case.id) if step.state == "open"]


def withdraw(case_id: UUID, reason: str = "") -> Case:
    """Take a case back that is not decided yet, by who submitted it; its effect "withdrawn" runs in the same command.

    Raises NotFound for others, Refused when it is over.
    """
    command.current()
    case = rows.find(case_id, lock=True)
    if current().person_id not in (case.requester_id, case.subject_id):
        raise NotFound(_("Permohonan ini tidak ada."))
    if not case.open:
        raise Refused(_("Permohonan ini sudah selesai, jadi tidak bisa ditarik."))
    opening.close_steps([step for step in rows.steps_of(case.id) if step.state in ("open", "waiting")])
    tasks.close_of(case.record_type, case.record_id, kinds=[f"{case.kind}.revise"], outcome="cancelled")
    rows.acted(case.id, state="withdrawn", outcome="withdrawn", ended_at=clock.now())
    opening.set_record_state(case, "withdrawn")
    timeline.note_of(case.record_type, case.record_id, WITHDRAWN, reason=reason[:500])
    ended = rows.find(case.id)
    effects.apply(ended, "withdrawn")
    return ended
