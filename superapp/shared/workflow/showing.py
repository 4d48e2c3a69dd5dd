"""A case as people read it: where it is, who decided what, how long it waits, what comes next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from superapp.access.actor import current
from superapp.access.scope import record_type
from superapp.kernel import clock
from superapp.kernel.format import format_datetime, format_number
from superapp.kernel.language import gettext as _
from superapp.organization import holders
from superapp.shared import agenda
from superapp.shared.notices.asking import Reminder, reminders
from superapp.shared.tasks.giving import NEVER
from superapp.shared.workflow import authority, routing, rows
from superapp.shared.workflow.definition import Decision
from superapp.shared.workflow.path import Planned, usual_days
from superapp.shared.workflow.rows import Case, CaseStep


@dataclass(frozen=True)
class Line:
    """One step of a path: what, by whom, and how it stands (`state`: done, open, waiting or skipped)."""

    title: str
    label: str
    state: str
    name: str = field(default="", kw_only=True)
    words: str = field(default="", kw_only=True)
    note: str = field(default="", kw_only=True)
    at: datetime | None = field(default=None, kw_only=True)
    due_at: datetime | None = field(default=None, kw_only=True)
    waited: str = field(default="", kw_only=True)
    why: str = field(default="", kw_only=True)
    late: bool = field(default=False, kw_only=True)
    step_id: UUID | None = field(default=None, kw_only=True)
    beside: bool = field(default=False, kw_only=True)
    tone: str = field(default="", kw_only=True)

    @property
    def event(self) -> dict[str, Any]:
        """Return the line as `ui.timeline` takes it."""
        return {
            "title": self.title + (f" ({_('bersamaan')})" if self.beside else ""),
            "sub": " · ".join(filter(None, (self.label, self.name, self.words, self._when(), self.why))),
            "note": self.note,
            "tone": self.tone,
            "todo": self.state == "waiting",
        }

    def _when(self) -> str:
        if self.at is not None:
            return format_datetime(self.at) + (
                f" ({_('menunggu {waited}', waited=self.waited)})" if self.waited else ""
            )
        if self.state == "open":
            over = _("lewat waktu") if self.late else ""
            return " · ".join(filter(None, (_("menunggu {waited}", waited=self.waited) if self.waited else "", over)))
        return _("tidak diperlukan lagi") if self.state == "skipped" else ""


@dataclass(frozen=True)
class CaseView:
    """A case and its path; `task_id` is the step that the reader may decide now, if one is his."""

    case: Case
    lines: Sequence[Line]
    state: str = field(kw_only=True)
    task: UUID | None = field(default=None, kw_only=True)
    may_withdraw: bool = field(default=False, kw_only=True)
    may_reopen: bool = field(default=False, kw_only=True)
    reminders: Sequence[Reminder] = field(default=(), kw_only=True)


def view_of(record: Any) -> CaseView | None:
    """Return the latest case of a record as its page shows it, None when it never was submitted."""
    case = rows.latest_of(record_type(type(record)), record.id)
    return case_view(case) if case is not None else None


def case_view(case: Case) -> CaseView:
    """Return a case as the reader sees it, with the decisions that count no more (four statements, for who asked one more)."""
    shown, actor = _in_order(rows.steps_of(case.id, replaced=True)), current()
    steps = [step for step in shown if step.state != "replaced"]
    posts = holders.posts({step.position_id for step in steps if step.position_id})
    names = {key: post.holder.name for key, post in posts.items() if post.holder}
    lines = [_line(step, case, names, _beside(shown, index)) for index, step in enumerate(shown)]
    own = next((one.id for one in steps if one.state == "open" and authority.may_decide(one, case, actor)), None)
    asked = actor.person_id in (case.requester_id, case.subject_id)
    reopens = case.state == "ended" and routing.may_reopen(case, steps)
    return CaseView(
        case,
        lines,
        state=state_of(case, steps),
        task=own,
        may_withdraw=asked and case.open,
        may_reopen=reopens,
        reminders=reminders(_awaited(steps, posts)) if asked and case.open else (),
    )


def _awaited(steps: Sequence[CaseStep], posts: Mapping[UUID, holders.Post]) -> dict[UUID, str]:
    """Return whom open steps wait for today, with the page where each decides."""
    found: dict[UUID, str] = {}
    for step in steps:
        post = posts.get(step.position_id) if step.position_id else None
        person_id = post.holder.person_id if post and post.holder else step.person_id
        if step.state == "open" and person_id:
            found[person_id] = f"/tasks/{step.id}"
    return found


def _in_order(steps: Sequence[CaseStep]) -> list[CaseStep]:
    """Return what was decided in the order of the decisions, then what is to come; of earlier rounds the decisions alone."""
    kept = [step for step in steps if step.state != "replaced" or step.decided_at is not None]
    return sorted(kept, key=lambda step: (step.decided_at or NEVER, step.place, step.id))


def _beside(shown: Sequence[CaseStep], index: int) -> bool:
    """Tell whether a step runs together with the one before it."""
    pair = shown[index - 1 : index + 1] if index else []
    return len(pair) == 2 and pair[0].place == pair[1].place and all(one.state != "replaced" for one in pair)


def state_of(case: Case, steps: Sequence[CaseStep]) -> str:
    """Return the key of the chip that a case bears."""
    if case.state != "running":
        return case.outcome if case.state == "ended" else case.state
    return "reviewed" if any(step.state == "done" for step in steps) else "submitted"


def _line(step: CaseStep, case: Case, names: dict[UUID, str], beside: Any) -> Line:
    decision = step.definition(case.flow).decision(step.decision) if step.decision else None
    now = clock.now()
    return Line(
        _(step.title),
        step.decided_label or step.label,
        step.state,
        name="" if step.decided_label or step.position_id is None else names.get(step.position_id, ""),
        words=_(decision.words) if decision else "",
        note=step.note,
        at=step.decided_at,
        due_at=step.due_at if step.state == "open" else None,
        waited=waited(step, now),
        why=_("tidak berlaku lagi") if step.state == "replaced" else step.why,
        late=step.state == "open" and step.due_at is not None and step.due_at < now,
        step_id=step.id,
        beside=bool(beside),
        tone=_tone(step, decision, now),
    )


def _tone(step: CaseStep, decision: Decision | None, now: datetime) -> str:
    if step.state == "open":
        return "bad" if step.due_at is not None and step.due_at < now else "now"
    if decision is None or step.state == "replaced":
        return ""
    return {"next": "ok", "end": "bad"}.get(decision.leads, "warn")


def waited(step: CaseStep, now: datetime) -> str:
    """Return how long a step waited, or waits, in working time; empty before it was opened."""
    if step.opened_at is None or step.opened_at > now:
        return ""
    week = agenda.week_of_position(step.position_id)
    seconds = agenda.worked(step.opened_at, step.decided_at or now, week).total_seconds()
    return duration(seconds)


def duration(seconds: float) -> str:
    """Return working time in words: days as long as those of offices with five, or hours, or minutes."""
    days = seconds / agenda.time_of(1).total_seconds()
    if days >= 1:
        return _("{n} hari kerja", n=format_number(round(days)))
    if seconds >= 3600:
        return _("{n} jam kerja", n=round(seconds / 3600))
    return _("{n} menit", n=round(seconds / 60)) if seconds >= 60 else _("kurang dari satu menit")


def planned_lines(path: Sequence[Planned]) -> list[Line]:
    """Return a path that is going to be walked as lines, one for each who decides."""
    found = []
    for index, one in enumerate(path):
        for seat in one.seats:
            beside = index > 0 and path[index - 1].place == one.place
            found.append(Line(_(one.step.title), seat.label, "waiting", name=seat.name, why=seat.why, beside=beside))
    return found


def usually(path: Sequence[Planned]) -> str:
    """Return how long a path usually takes, in words."""
    return _("Biasanya diputus dalam {n} hari kerja.", n=format_number(usual_days(path)))


def choices_of(case: Case, step: CaseStep) -> Sequence[Decision]:
    """Return the decisions that a step offers; going back only when there is somewhere to go back to."""
    earlier = any(one.state == "done" and one.place < step.place for one in rows.steps_of(case.id))
    return [one for one in step.definition(case.flow).decisions if one.leads != "back" or earlier]
