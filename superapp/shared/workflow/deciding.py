"""Deciding a step: one decision for each, whoever presses first; then on, back, or to the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from superapp.access.actor import current
from superapp.kernel import clock, command, ids
from superapp.kernel.errors import Invalid, NotFound, Refused
from superapp.kernel.format import format_datetime
from superapp.kernel.jobs import enqueue
from superapp.kernel.jobs.ledger import plain
from superapp.kernel.language import N_
from superapp.kernel.language import gettext as _
from superapp.kernel.values import clean_text
from superapp.plugin.host import host
from superapp.shared import tasks, timeline
from superapp.shared.tasks import Duty
from superapp.shared.workflow import authority, effects, opening, rows, undoing
from superapp.shared.workflow.definition import Ask, Decision, Step
from superapp.shared.workflow.rows import Case, CaseStep

UNDO = timedelta(seconds=10)
"""How long a decision may be undone; its effects and the next task wait so long."""
SETTLE = "workflow.settle"
LONGEST_NOTE = 1000
DECIDED = N_("{what} “{step}” sebagai {label}")
WITH_NOTE = N_("{what} “{step}” sebagai {label}: {note}")


@dataclass(frozen=True)
class Verdict:
    """What a decider says: the key of a decision, a note, the values asked for, and where to go back to."""

    decision: str
    note: str = field(default="", kw_only=True)
    values: Mapping[str, Any] = field(default_factory=dict, kw_only=True)
    back_to: UUID | None = field(default=None, kw_only=True)


def decide(step_id: UUID, verdict: Verdict) -> Case:
    """Decide an open step in the command under way and return the case as it is then.

    The decision counts at once; its effects, and the next task, wait for `UNDO` unless the decision is `at_once`. Raises
    NotFound when the step is not the actor's, Refused when somebody decided it before or it concerns himself, Invalid for
    a missing note or value.
    """
    running = command.current()
    step = rows.step_of(step_id)
    case = rows.find(step.case_id, lock=True)
    step = rows.step_of(step_id)
    if case.module and not host().is_on(case.module, case.opd_id):
        raise NotFound(_("Tugas ini tidak ada."))
    label = authority.under(step, case, current())
    _still_open(case, step)
    definition = step.definition(case.flow)
    decision = _decision(definition, verdict)
    note, values = _note(decision, verdict), _values(decision, verdict)
    settles_at = None if decision.at_once else clock.now() + UNDO
    before = None if settles_at is None else undoing.picture(case)
    _write(step, decision, note, values, label, settles_at, before)
    rows.acted(case.id, last_step_id=step.id)
    opened = _move(case, step, decision, note, settles_at, verdict)
    _tell(running, case, step, decision, note, label)
    _follow(case.id, step.id, opened, settles_at)
    return rows.find(case.id)


def _still_open(case: Case, step: CaseStep) -> None:
    """Refuse what was decided or taken back meanwhile, with the name and the hour of who was first."""
    if step.state == "done":
        raise Refused(
            _("Tugas ini sudah diputus {when} oleh {who}.", when=format_datetime(_moment(step)), who=step.decided_label)
        )
    if case.state == "withdrawn":
        raise Refused(_("Permohonan ini sudah ditarik oleh pemohon."))
    if case.state != "running" or step.state != "open":
        raise Refused(_("Tugas ini sudah tidak menunggu keputusan."))


def _moment(step: CaseStep) -> datetime:
    return step.decided_at or clock.now()


def _decision(definition: Step, verdict: Verdict) -> Decision:
    found = definition.decision(verdict.decision)
    if found is None:
        raise Invalid(_("Pilih salah satu keputusan."), field="decision")
    return found


def _note(decision: Decision, verdict: Verdict) -> str:
    note = clean_text(verdict.note).strip()
    if decision.note and not note:
        raise Invalid(_("Tuliskan alasannya, agar pemohon tahu apa yang perlu diperbaiki."), field="note")
    if len(note) > LONGEST_NOTE:
        raise Invalid(_("Catatan paling panjang {n} huruf.", n=LONGEST_NOTE), field="note")
    return note


def _values(decision: Decision, verdict: Verdict) -> dict[str, Any]:
    found, faults = {}, {}
    for ask in decision.asks:
        said = clean_text(str(verdict.values.get(ask.name, ""))).strip()
        try:
            found[ask.name] = _value(ask, said)
        except ValueError:
            faults[ask.name] = _("Isi {label} dengan benar.", label=_(ask.label))
    if faults:
        raise Invalid(errors=faults)
    return found


def _value(ask: Ask, said: str) -> Any:
    """Return a value asked for; ValueError when it is missing or of another kind."""
    if not said:
        if ask.required:
            raise ValueError
        return None
    if ask.kind == "date":
        from datetime import date

        return date.fromisoformat(said).isoformat()
    if ask.kind == "number":
        return float(said.replace(".", "").replace(",", "."))
    return said[:LONGEST_NOTE]


def _write(
    step: CaseStep,
    decision: Decision,
    note: str,
    values: Mapping[str, Any],
    label: str,
    settles_at: datetime | None,
    before: Mapping[str, Any] | None,
) -> None:
    actor = current()
    mine = rows.change_step(
        step.id,
        "open",
        state="done",
        decision=decision.key,
        note=note,
        values=plain(dict(values)),
        decided_at=clock.now(),
        decided_by=actor.person_id,
        decided_position_id=step.position_id,
        decided_label=f"{actor.name}, {label}"[:400] if label != actor.name else actor.name,
        settles_at=settles_at,
        settling=ids.uuid7() if settles_at else None,
        before=before,
        remind_at=None,
    )
    if not mine:
        raise Refused(_("Tugas ini sudah tidak menunggu keputusan."))
    if step.task_id is not None:
        tasks.close(step.task_id)


def _move(
    case: Case, step: CaseStep, decision: Decision, note: str, settles_at: datetime | None, verdict: Verdict
) -> Sequence[CaseStep]:
    """Lead the case where the decision says, and return the steps that it opens."""
    if decision.leads == "end":
        opening.end(case, decision.outcome)
        return ()
    if decision.leads == "requester":
        _return_to_requester(case, note, settles_at)
        return ()
    if decision.leads == "back":
        return _back(case, step, verdict.back_to, settles_at)
    return _on(case, step, settles_at)


def _on(case: Case, step: CaseStep, settles_at: datetime | None) -> Sequence[CaseStep]:
    """Go on when enough of this place agreed: others of the same step are not asked any more."""
    here = [one for one in rows.steps_of(case.id) if one.place == step.place]
    agreed = [one for one in here if one.key == step.key and one.state == "done"]
    if len(agreed) >= step.need:
        opening.close_steps([one for one in here if one.key == step.key and one.state == "open"])
        here = [one for one in here if one.key != step.key]
    if len(agreed) < step.need or any(one.state == "open" for one in here):
        return ()
    opened = opening.open_next(case, opens_at=settles_at)
    if opened:
        opening.set_record_state(case, "reviewed")
    else:
        opening.end(case, case.flow.outcome)
    return opened


def _return_to_requester(case: Case, note: str, settles_at: datetime | None) -> None:
    opening.close_steps([one for one in rows.steps_of(case.id) if one.state in ("open", "waiting")])
    rows.change_case(case.id, state="returned")
    opening.set_record_state(case, "returned")
    tasks.give(
        Duty(
            _("Perbaiki: {title}", title=case.title),
            case.url,
            kind=f"{case.kind}.revise",
            person_id=case.requester_id,
            module=case.module,
            opd_id=case.opd_id,
            record_type=case.record_type,
            record_id=case.record_id,
            consequence=note,
            opens_at=settles_at,
        )
    )


def _back(case: Case, step: CaseStep, back_to: UUID | None, settles_at: datetime | None) -> Sequence[CaseStep]:
    """Let an earlier step be decided again, and all after it: their rows stay as history, copies take their place."""
    present = rows.steps_of(case.id)
    target = next(
        (one for one in present if one.id == back_to and one.state == "done" and one.place < step.place), None
    )
    if target is None:
        raise Invalid(_("Pilih langkah tujuan pengembalian."), field="back_to")
    again = [one for one in present if one.place >= target.place]
    opening.close_steps([one for one in again if one.state == "open"])
    rows.change_steps([one.id for one in again], state="replaced", remind_at=None)
    rows.add_steps([undoing.afresh(one) for one in again])
    return opening.open_next(case, opens_at=settles_at)


def _tell(running: command.Command, case: Case, step: CaseStep, decision: Decision, note: str, label: str) -> None:
    words = WITH_NOTE if note else DECIDED
    values = {"what": decision.words, "step": step.title, "label": label, "note": note}
    timeline.note_of(case.record_type, case.record_id, words, **values)
    running.about(
        case.record_type, case.record_id, opd_id=case.opd_id, decision=decision.key, step=step.key, title=case.title
    )


def _follow(case_id: UUID, step_id: UUID, opened: Sequence[CaseStep], settles_at: datetime | None) -> None:
    """Let what follows happen when the time for an undo is over, or now."""
    step = rows.step_of(step_id)
    ids_of_opened = [str(one.id) for one in opened]
    if settles_at is None:
        settle(rows.find(case_id), step, ids_of_opened)
        return
    arguments = {"step_id": step_id, "settling": step.settling, "opened": ids_of_opened}
    enqueue(SETTLE, arguments, key=f"{SETTLE}:{step.settling}", run_at=settles_at, opd_id=rows.find(case_id).opd_id)


def settle(case: Case, step: CaseStep, opened: Sequence[str]) -> None:
    """Do what a decision brings: the effect of an end, the words to those who wait."""
    from superapp.shared.workflow import telling

    last = case.last_step_id == step.id
    if last and case.state == "ended":
        effects.apply(case, case.outcome, step)
    telling.told(case, step if last else None, [rows.step_of(UUID(one)) for one in opened])
