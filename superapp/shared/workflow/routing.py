"""Leading a case by hand: handing a step over, adding somebody who decides too, copying to, deciding anew."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from superapp.access import parties
from superapp.access.actor import current
from superapp.kernel import command
from superapp.kernel.errors import Invalid, NotFound, Refused
from superapp.kernel.language import N_
from superapp.kernel.language import gettext as _
from superapp.kernel.values import clean_text
from superapp.organization import holders
from superapp.organization.holders import Post
from superapp.plugin.host import host
from superapp.shared import notices, tasks, timeline
from superapp.shared.workflow import authority, categories, effects, opening, rows, telling, undoing
from superapp.shared.workflow.rows import Case, CaseStep

HANDED = N_("mengalihkan “{step}” kepada {to}: {note}")
ADDED = N_("menambahkan {to} sebelum “{step}”: {note}")
COPIED = N_("mengirim tembusan kepada {to}")
REOPENED = N_("membuka kembali keputusan “{step}”: {note}")


def hand_over(step_id: UUID, position_id: UUID, note: str) -> Case:
    """Give an open step to another position, by who decides it, in the command under way.

    Raises NotFound, Refused, and Invalid for a post that cannot decide or a missing reason.
    """
    case, step = _mine(step_id)
    post, reason = _decider(case, position_id), _reason(note)
    if post.position_id == step.position_id:
        raise Invalid(_("Tugas ini sudah berada pada jabatan itu."), field="position")
    _moved(case, step, post, reason)
    opening.tell_deciders(case, [rows.step_of(step.id)])
    return rows.find(case.id)


def move(step_id: UUID, post: Post, note: str) -> None:
    """Give a step that waits, now or later, to another post, whoever asks: the caller has seen that he may.

    Tells nobody. The post may be vacant until its next holder comes. Raises Refused when it waits no more, or
    when who holds the post asked for it.
    """
    case = rows.find(rows.step_of(step_id).case_id, lock=True)
    step = rows.step_of(step_id)
    if case.state != "running" or step.state not in ("open", "waiting"):
        raise Refused(_("Tugas ini sudah tidak menunggu keputusan."))
    if post.holder is not None and post.holder.person_id in (case.subject_id, case.requester_id):
        raise Refused(_("Pilih jabatan lain: pemohon tidak memutus permohonannya sendiri."))
    _moved(case, step, post, note)


def _moved(case: Case, step: CaseStep, post: Post, reason: str) -> None:
    rows.acted(case.id)
    rows.change_step(step.id, position_id=post.position_id, person_id=None, label=post.label[:200], why=_("dialihkan"))
    if step.task_id is not None:
        tasks.hand_over(step.task_id, position_id=post.position_id)
    parties.add(case.record_type, case.record_id, "approver", position_id=post.position_id)
    timeline.note_of(case.record_type, case.record_id, HANDED, step=step.title, to=post.label, note=reason)


def add(step_id: UUID, position_id: UUID, note: str) -> Case:
    """Let another position decide first, by who decides the open step; his own step waits for it."""
    case, step = _mine(step_id)
    post, reason = _decider(case, position_id), _reason(note)
    rows.acted(case.id)
    if step.task_id is not None:
        tasks.close(step.task_id, "cancelled")
    present = rows.steps_of(case.id)
    rows.change_steps(
        [one.id for one in present if one.place >= step.place and one.id != step.id], place=rows.S.place + 1
    )
    rows.change_step(step.id, state="waiting", task_id=None, remind_at=None, place=step.place + 1)
    put_in = undoing.afresh(step) | {"position_id": post.position_id, "person_id": None, "label": post.label[:200]}
    put_in |= {"key": f"{step.key.partition('+')[0]}+{put_in['id'].hex[-6:]}", "need": 1, "why": _("ditambahkan")}
    rows.add_steps([put_in])
    opening.open_step(case, rows.step_of(put_in["id"]))
    timeline.note_of(case.record_type, case.record_id, ADDED, step=step.title, to=post.label, note=reason)
    opening.tell_deciders(case, [rows.step_of(put_in["id"])])
    return rows.find(case.id)


def copy_to(case_id: UUID, position_id: UUID) -> None:
    """Let a position read the record, by who asks or decides in the case, and tell who holds it."""
    command.current()
    case = rows.find(case_id)
    if not _takes_part(case):
        raise NotFound(_("Permohonan ini tidak ada."))
    post = holders.post(position_id)
    if post is None:
        raise Invalid(_("Pilih jabatan dari daftar."), field="position")
    parties.add(case.record_type, case.record_id, "copy", position_id=position_id)
    words = categories.about(case, categories.RESULT)
    notices.notify_position(position_id, _("Tembusan: {title}", title=case.title), url=case.url, **words)
    timeline.note_of(case.record_type, case.record_id, COPIED, to=post.label)


def reopen(case_id: UUID, note: str) -> Case:
    """Open the last decision of an ended case again, by who made it or his supervisor, with a reason.

    The effect "reopened" of the module runs in the same command and takes back what the outcome did; it may refuse. What
    an outcome did without such an effect stays: its cases are not reopened. Who asked is told. Raises NotFound, Refused,
    and Invalid without a reason.
    """
    command.current()
    case = rows.find(case_id, lock=True)
    steps = rows.steps_of(case.id)
    last = _last(case, steps)
    if last is None or not _reopens(last):
        raise NotFound(_("Permohonan ini tidak ada."))
    if not may_reopen(case, steps):
        raise Refused(_("Keputusan ini tidak bisa dibuka kembali sekarang."))
    reason = _reason(note)
    effects.apply(case, "reopened", last)
    rows.acted(case.id, state="running", outcome="", ended_at=None, last_step_id=None)
    again = undoing.afresh(last)
    rows.change_steps([last.id], state="replaced")
    rows.add_steps([again])
    opening.open_step(rows.find(case.id), rows.step_of(again["id"]))
    opening.set_record_state(case, "reviewed")
    timeline.note_of(case.record_type, case.record_id, REOPENED, step=last.title, note=reason)
    telling.reopened(case, reason)
    opening.tell_deciders(case, [rows.step_of(again["id"])])
    return rows.find(case.id)


def may_reopen(case: Case, steps: Sequence[CaseStep]) -> bool:
    """Tell whether the actor may reopen the decision that ended a case, now; `steps` are the present ones."""
    last = _last(case, steps)
    if case.state != "ended" or last is None or last.settling is not None:
        return False
    effects_of = case.flow.effects
    undone = case.outcome not in effects_of or "reopened" in effects_of
    on = not case.module or host().is_on(case.module, case.opd_id)
    return undone and on and _reopens(last)


def _last(case: Case, steps: Sequence[CaseStep]) -> CaseStep | None:
    return next((one for one in steps if one.id == case.last_step_id), None)


def _reopens(last: CaseStep) -> bool:
    """Tell whether the actor decided a step, or is the supervisor of the post where it was decided."""
    actor = current()
    if last.decided_by is not None and last.decided_by == actor.person_id:
        return True
    above = holders.supervisor_of(last.position_id) if last.position_id else None
    return above is not None and above.position_id in {hat.position_id for hat in actor.hats}


def _takes_part(case: Case) -> bool:
    actor = current()
    return actor.person_id in (case.requester_id, case.subject_id) or any(
        authority.may_decide(one, case, actor) for one in rows.steps_of(case.id)
    )


def _mine(step_id: UUID) -> tuple[Case, CaseStep]:
    command.current()
    step = rows.step_of(step_id)
    case = rows.find(step.case_id, lock=True)
    step = rows.step_of(step_id)
    try:
        authority.under(step, case, current())
    except Refused:  # what concerns himself he may give away
        if current().person_id is None:
            raise
    if case.state != "running" or step.state != "open":
        raise Refused(_("Tugas ini sudah tidak menunggu keputusan."))
    return case, step


def _decider(case: Case, position_id: UUID) -> Post:
    post = holders.post(position_id)
    if post is None or post.holder is None:
        raise Invalid(_("Pilih jabatan yang sedang terisi."), field="position")
    if post.holder.person_id in (case.subject_id, case.requester_id):
        raise Invalid(_("Pilih jabatan lain: pemohon tidak memutus permohonannya sendiri."), field="position")
    return post


def _reason(note: str) -> str:
    reason = clean_text(note).strip()
    if not reason:
        raise Invalid(_("Tuliskan alasannya."), field="note")
    return reason[:500]
