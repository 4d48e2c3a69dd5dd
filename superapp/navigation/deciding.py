"""The decision sheet and the check before a bulk decision: what a decider has to know, ready for a page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa

from superapp.access.actor import current
from superapp.kernel import clock
from superapp.kernel.database import run
from superapp.kernel.errors import NotFound
from superapp.kernel.format import format_datetime
from superapp.kernel.language import N_
from superapp.kernel.language import gettext as _
from superapp.navigation.due import Due, due
from superapp.navigation.finding import module_icon
from superapp.organization.models import Appointment, Person, Position, Unit
from superapp.plugin.host import host
from superapp.shared import workflow
from superapp.shared.workflow import Case, CaseStep
from superapp.shared.workflow.definition import APPROVE, Decision
from superapp.shared.workflow.showing import CaseView, case_view, choices_of

A, N, P, U = Appointment.__table__.c, Person.__table__.c, Position.__table__.c, Unit.__table__.c
PHRASES = (N_("Setuju"), N_("Lengkapi berkas"), N_("Mohon dijelaskan"))
TONES = {"next": "primary", "end": "danger", "requester": "", "back": ""}
ICONS = {"next": "check", "end": "x", "requester": "undo-2", "back": "undo-2"}
MOST = 50
"""How many tasks are decided at once."""


@dataclass(frozen=True)
class Sheet:
    """One step as its decider reads it; without choices it is not his to decide now, and `said` tells why."""

    step: CaseStep
    case: Case
    view: CaseView
    module: str = field(kw_only=True)
    icon: str = field(kw_only=True)
    asker: str = field(kw_only=True)
    due: Due | None = field(kw_only=True)
    choices: Sequence[Decision] = field(kw_only=True)
    earlier: Sequence[tuple[UUID, str]] = field(kw_only=True)
    warnings: Sequence[str] = field(kw_only=True)
    said: str = field(default="", kw_only=True)

    @property
    def needs_note(self) -> bool:
        """Whether one of the choices demands a reason."""
        return any(choice.note for choice in self.choices)


def tone(choice: Decision) -> str:
    """Return how the button of a further decision looks: only a refusal warns."""
    return "danger" if choice.outcome == "rejected" else ""


def sign(choice: Decision) -> str:
    """Return the icon of a further decision; none says "yes" that does not agree."""
    return "x" if choice.outcome == "rejected" else ICONS[choice.leads] if choice.leads in ("requester", "back") else ""


def sheet(step_id: UUID) -> Sheet:
    """Return the sheet of a step for who decides it, decided it or asked for it; NotFound for others."""
    step = workflow.step_of(step_id)
    case = workflow.find(step.case_id)
    _must_read(step, case)
    mine = step.state == "open" and case.state == "running" and workflow.may_decide(step, case, current())
    choices = choices_of(case, step) if mine else ()
    return Sheet(
        step,
        case,
        case_view(case),
        module=_(host().title(case.module)) if case.module else "",
        icon=module_icon(case.module) if case.module else "list-checks",
        asker=_name(case.requester_id),
        due=due(step.opened_at, step.due_at, clock.now()) if mine and step.opened_at else None,
        choices=choices,
        earlier=_earlier(case, step) if any(choice.leads == "back" for choice in choices) else (),
        warnings=warnings(case, APPROVE) if mine else (),
        said="" if mine else _said(step, case),
    )


def _must_read(step: CaseStep, case: Case) -> None:
    actor = current()
    involved = actor.person_id in (case.requester_id, case.subject_id, step.decided_by)
    off = bool(case.module) and not host().is_on(case.module, case.opd_id)
    if off or not (involved or workflow.may_decide(step, case, actor)):
        raise NotFound(_("Tugas ini tidak ada."))


def _said(step: CaseStep, case: Case) -> str:
    """Say why a step waits for nobody any more, or not for the reader."""
    if step.state == "done" and step.decided_at is not None:
        return _("Sudah diputus {when} oleh {who}.", when=format_datetime(step.decided_at), who=step.decided_label)
    if case.state == "withdrawn":
        return _("Permohonan ini sudah ditarik oleh pemohon.")
    if step.state in ("skipped", "replaced"):
        return _("Tugas ini sudah tidak menunggu keputusan.")
    return _("Menunggu keputusan {label}.", label=step.label)


def _earlier(case: Case, step: CaseStep) -> list[tuple[UUID, str]]:
    done = [one for one in workflow.steps_of(case.id) if one.state == "done" and one.place < step.place]
    return [(one.id, f"{_(one.title)} · {one.label}") for one in done]


def warnings(case: Case, decision: Decision) -> list[str]:
    """Return what the module warns of before a decision; a module that fails here is named in the log, not in the way."""
    check = case.flow.check
    if check is None:
        return []
    try:
        return [str(words) for words in check(case, decision)]
    except Exception as error:
        host().report(error, plugin=case.module, contribution=f"check:{case.kind}", kind="hook", where="")
        return [_("Pemeriksaan modul tidak tersedia. Buka berkasnya sebelum memutuskan.")]


def _name(person_id: UUID) -> str:
    return str(run(sa.select(N.name).where(N.id == person_id)).scalar() or "")


@dataclass(frozen=True)
class Checked:
    """One item of a bulk decision: whether it can be decided so, what speaks against it, or what came of it."""

    step: CaseStep
    case: Case
    asker: str = field(kw_only=True)
    warnings: Sequence[str] = field(default=(), kw_only=True)
    hindrance: str = field(default="", kw_only=True)

    @property
    def mine(self) -> bool:
        """Whether the reader decided it."""
        return self.step.state == "done" and self.step.decided_by == current().person_id


def checked(step_ids: Iterable[UUID], decision: str) -> list[Checked]:
    """Return the items of a bulk decision, as they are this moment; what is not the reader's is left out."""
    found = []
    for step_id in list(dict.fromkeys(step_ids))[:MOST]:
        try:
            step = workflow.step_of(step_id)
            case = workflow.find(step.case_id)
            _must_read(step, case)
        except NotFound:
            continue
        found.append(_checked(step, case, decision))
    return found


def _checked(step: CaseStep, case: Case, key: str) -> Checked:
    decision = step.definition(case.flow).decision(key)
    open_to_me = step.state == "open" and case.state == "running" and workflow.may_decide(step, case, current())
    hindrance = "" if open_to_me else _said(step, case)
    if not hindrance and (decision is None or decision.asks or decision.leads == "back"):
        hindrance = _("Perlu dibuka satu per satu.")
    notes = warnings(case, decision) if decision is not None and not hindrance else ()
    return Checked(step, case, asker=_name(case.requester_id), warnings=notes, hindrance=hindrance)


def undoable(step_id: UUID) -> tuple[CaseStep, Case] | None:
    """Return a step that the reader decided some seconds ago and may still undo, with its case."""
    try:
        step = workflow.step_of(step_id)
    except NotFound:
        return None
    late = step.settles_at is None or step.settling is None or step.settles_at <= clock.now()
    return None if late or step.decided_by != current().person_id else (step, workflow.find(step.case_id))
