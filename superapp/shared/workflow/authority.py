"""Under which authority somebody decides: his own post, an acting post, a delegation; the record names both."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import sqlalchemy as sa

from superapp.access.actor import Actor
from superapp.kernel import clock, command, ids, stamps
from superapp.kernel.database import run
from superapp.kernel.errors import Invalid, NotFound, Refused
from superapp.kernel.language import gettext as _
from superapp.organization import holders
from superapp.organization.holders import Post
from superapp.shared.tables.workflow import delegation
from superapp.shared.workflow.rows import Case, CaseStep

D = delegation.c
LONGEST_DELEGATION = 366
"""Days; what lasts longer is an appointment."""


def under(step: CaseStep, case: Case, actor: Actor) -> str:
    """Return as what an actor decides a step, in words that name whom he stands in for.

    Raises NotFound when it is not his to decide, Refused when it concerns himself.
    """
    label = _label(step, case, actor)
    if label is None:
        raise NotFound(_("Tugas ini tidak ada."))
    if actor.person_id in (case.subject_id, case.requester_id):
        raise Refused(_("Permohonan ini menyangkut Anda sendiri. Alihkan kepada atasan Anda."))
    return label


def may_decide(step: CaseStep, case: Case, actor: Actor) -> bool:
    """Tell whether a step is an actor's to decide today."""
    return actor.person_id not in (case.subject_id, case.requester_id) and _label(step, case, actor) is not None


def _label(step: CaseStep, case: Case, actor: Actor) -> str | None:
    if step.person_id is not None:
        return actor.name if step.person_id == actor.person_id else None
    assert step.position_id is not None
    hat = next((hat for hat in actor.hats if hat.position_id == step.position_id), None)
    post = holders.post(step.position_id)
    if hat is not None:
        return hat.label if hat.kind == "definitive" else _standing_in(hat.label, post, actor.person_id)
    if any(one.position_id == step.position_id and one.kind in ("", case.kind) for one in actor.rights.delegated):
        return _standing_in(
            _("penerima delegasi {title}", title=post.title if post else step.label), post, actor.person_id
        )
    return None


def _standing_in(label: str, post: Post | None, person_id: UUID | None) -> str:
    """Return a label with the name of who holds the post for good, if somebody does."""
    definite = (
        [one.name for one in post.holders if one.kind == "definitive" and one.person_id != person_id] if post else []
    )
    return _("{label}, mewakili {name}", label=label, name=definite[0]) if definite else label


def delegate(
    position_id: UUID, person_id: UUID, *, starts_on: date, ends_on: date, kind: str = "", reason: str = ""
) -> UUID:
    """Let a person decide what a position decides, for a kind of task or all, from a day to a day; in a command.

    Who holds the position today may do so. It ends by itself. Raises NotFound, Invalid.
    """
    actor = command.current().actor
    if position_id not in {hat.position_id for hat in holders.hats(actor.person_id)} if actor.person_id else True:
        raise NotFound(_("Jabatan ini tidak ada."))
    _check_period(starts_on, ends_on)
    if person_id == actor.person_id:
        raise Invalid(_("Pilih orang lain sebagai penerima delegasi."), field="person_id")
    own = ids.uuid7()
    row = {"id": own, "position_id": position_id, "person_id": person_id, "kind": kind, "reason": reason[:200]}
    period = {"starts_on": starts_on, "ends_on": ends_on}
    run(sa.insert(delegation).values(row | period | {"created_by": actor.person_id, "created_at": clock.now()}))
    stamps.raise_access()
    return own


def _check_period(starts_on: date, ends_on: date) -> None:
    if ends_on < starts_on:
        raise Invalid(_("Tanggal akhir tidak boleh sebelum tanggal mulai."), field="ends_on")
    if ends_on < clock.today():
        raise Invalid(_("Tanggal akhir sudah lewat."), field="ends_on")
    if (ends_on - starts_on).days >= LONGEST_DELEGATION:
        raise Invalid(_("Delegasi paling lama {n} hari.", n=LONGEST_DELEGATION), field="ends_on")


def end_delegation(delegation_id: UUID) -> None:
    """End a delegation today, by who holds the position; in a command. Raises NotFound."""
    actor = command.current().actor
    mine = {hat.position_id for hat in holders.hats(actor.person_id)} if actor.person_id else set()
    row = run(sa.select(D.position_id, D.starts_on).where(D.id == delegation_id)).first()
    if row is None or row.position_id not in mine:
        raise NotFound(_("Delegasi ini tidak ada."))
    run(sa.delete(delegation).where(D.id == delegation_id))
    stamps.raise_access()
