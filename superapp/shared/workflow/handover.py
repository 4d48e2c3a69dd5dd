"""Handing over when an official moves or leaves: what he holds goes to his successor, to a chosen post, or upwards.

What waits at the post itself belongs to the post: its next holder has it without anybody's doing (DESIGN 5). What was
given to the person, and what waits at a post that nobody will hold, needs somebody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa

from superapp.access import parties
from superapp.kernel import clock, command, stamps
from superapp.kernel.database import run
from superapp.kernel.errors import NotFound, Refused
from superapp.kernel.language import N_
from superapp.kernel.language import gettext as _
from superapp.organization import holders
from superapp.organization.appointments import label
from superapp.organization.holders import Post
from superapp.organization.models import Appointment, Person, Position, Unit
from superapp.shared import tasks, timeline
from superapp.shared.gate import module_on
from superapp.shared.tables.work import task
from superapp.shared.tables.workflow import case as cases
from superapp.shared.tables.workflow import delegation
from superapp.shared.tables.workflow import step as steps
from superapp.shared.workflow import routing, rows
from superapp.shared.workflow.deciders import above
from superapp.shared.workflow.rows import CaseStep

A, N, P, U = Appointment.__table__.c, Person.__table__.c, Position.__table__.c, Unit.__table__.c
T, S, D, C = task.c, steps.c, delegation.c, cases.c
MOST = 200
"""Items that are shown and handed over at once; the page says when there are more."""
HANDED = N_("menyerahkan tugas “{title}” kepada {to}: {note}")
Kind = Literal["task", "step", "given", "received"]


@dataclass(frozen=True)
class Leaving:
    """Who leaves which post: an appointment, running or over, with the post as it will be held after it."""

    appointment_id: UUID
    person_id: UUID
    name: str = field(kw_only=True)
    label: str = field(kw_only=True)
    position_id: UUID = field(kw_only=True)
    unit_path: str = field(kw_only=True)
    opd_id: UUID = field(kw_only=True)
    ends_on: date | None = field(kw_only=True)
    successor: str = field(default="", kw_only=True)


@dataclass(frozen=True)
class Item:
    """One thing that is handed over: an open task, a decision to come, a delegation given or received."""

    kind: Kind
    id: UUID
    title: str = field(kw_only=True)
    personal: bool = field(default=False, kw_only=True)
    due_at: datetime | None = field(default=None, kw_only=True)
    subject_id: UUID | None = field(default=None, kw_only=True)
    askers: frozenset[UUID] = field(default=frozenset(), kw_only=True)
    step: CaseStep | None = field(default=None, kw_only=True)
    row: Any = field(default=None, kw_only=True)

    @property
    def key(self) -> str:
        """Return what names the item in a form."""
        return f"{self.kind}-{self.id}"


@dataclass(frozen=True)
class Going:
    """Where an item goes: a post, or nowhere because it stays (`stays` says why) or ends (a delegation).

    With a `hindrance` it cannot go there.
    """

    to: Post | None = None
    stays: str = field(default="", kw_only=True)
    ends: bool = field(default=False, kw_only=True)
    hindrance: str = field(default="", kw_only=True)


def leaving(appointment_id: UUID) -> Leaving:
    """Return who leaves; NotFound when there is no such appointment."""
    query = (
        sa.select(A.id, A.person_id, A.position_id, A.kind, A.ends_on, N.name, P.title, U.path, U.opd_id)
        .join(Person.__table__, N.id == A.person_id)
        .join(Position.__table__, P.id == A.position_id)
        .join(Unit.__table__, U.id == P.unit_id)
    )
    row = run(query.where(A.id == appointment_id)).first()
    if row is None:
        raise NotFound(_("Penugasan ini tidak ada."))
    return Leaving(
        row.id,
        row.person_id,
        name=row.name,
        label=label(row.title, row.kind),
        position_id=row.position_id,
        unit_path=row.path,
        opd_id=row.opd_id,
        ends_on=row.ends_on,
        successor=_successor(row),
    )


def _successor(row: Any) -> str:
    """Return who will hold the post when the appointment is over, or holds it beside him; empty: nobody."""
    today = clock.today()
    day = today if row.ends_on is None else max(today, row.ends_on + timedelta(days=1))
    post = holders.post(row.position_id, day)
    others = [one.name for one in post.holders if one.person_id != row.person_id] if post else []
    return others[0] if others else ""


def held_by(who: Leaving) -> list[Item]:
    """Return what a leaving official holds, the most urgent first, `MOST` at most."""
    return [*_tasks(who), *_steps_to_come(who), *_delegations(who)][:MOST]


def _tasks(who: Leaving) -> list[Item]:
    """Return the open tasks of the post and of the person, but for those of his own requests."""
    own = (
        sa.exists()
        .where(C.record_type == T.record_type, C.record_id == T.record_id, C.requester_id == who.person_id)
        .correlate(task)
    )
    his = sa.and_(T.person_id == who.person_id, ~own)
    ways = (T.position_id == who.position_id, his)
    ids_of = sa.union_all(*(sa.select(T.id).where(way, T.closed_at.is_(None)) for way in ways))
    query = (
        sa.select(task, S.id.label("step_id"), C.subject_id, C.requester_id)
        .select_from(task.outerjoin(steps, S.task_id == T.id).outerjoin(cases, C.id == S.case_id))
        .where(T.id.in_(ids_of), module_on(task))
        .order_by(T.sort_at, T.id)
        .limit(MOST)
    )
    found: Sequence[Any] = run(query).all()
    present = {one.id: one for one in rows.steps_by_id([row.step_id for row in found if row.step_id])}
    return [
        Item(
            "task",
            row.id,
            title=row.title,
            personal=row.position_id is None,
            due_at=row.due_at,
            subject_id=row.subject_id,
            askers=_askers(row),
            step=present.get(row.step_id),
            row=row,
        )
        for row in found
    ]


def _askers(row: Any) -> frozenset[UUID]:
    return frozenset({row.subject_id, row.requester_id} - {None})


def _steps_to_come(who: Leaving) -> list[Item]:
    """Return the decisions that wait for their turn and were to be made by the person himself."""
    query = (
        sa.select(S.id, S.title, C.title.label("case_title"), C.subject_id, C.requester_id)
        .join(cases, C.id == S.case_id)
        .where(S.person_id == who.person_id, S.state == "waiting", C.state == "running", module_on(cases))
        .order_by(S.id)
        .limit(MOST)
    )
    found: Sequence[Any] = run(query).all()
    present = {one.id: one for one in rows.steps_by_id([row.id for row in found])}
    words = _("{case} (giliran berikutnya: {step})")
    return [
        Item(
            "step",
            row.id,
            title=words.format(case=row.case_title, step=_(row.title)),
            personal=True,
            subject_id=row.subject_id,
            askers=_askers(row),
            step=present[row.id],
        )
        for row in found
    ]


def _delegations(who: Leaving) -> list[Item]:
    """Return the delegations that the person gave from this post, and those that were given to him."""
    given = sa.and_(D.position_id == who.position_id, D.created_by == who.person_id)
    query = (
        sa.select(D.id, D.person_id, D.ends_on, N.name, P.title)
        .join(Person.__table__, N.id == D.person_id)
        .join(Position.__table__, P.id == D.position_id)
        .where(sa.or_(given, D.person_id == who.person_id), D.ends_on >= clock.today())
        .order_by(D.ends_on, D.id)
    )
    return [_delegated(row, who) for row in run(query)]


def _delegated(row: Any, who: Leaving) -> Item:
    if row.person_id == who.person_id:
        return Item("received", row.id, title=_("Delegasi dari {title}", title=row.title), personal=True)
    return Item("given", row.id, title=_("Delegasi kepada {name}", name=row.name))


def going(item: Item, who: Leaving, to: Post | None) -> Going:
    """Return where an item goes when `to` was chosen, or nobody was: it stays with the post's successor, or goes up.

    The delegations that he gave end: who comes gives his own. Those given to him go to the chosen post's holder, or end.
    """
    if item.kind == "given" or (item.kind == "received" and to is None):
        return Going(ends=True)
    if to is not None:
        return _chosen(item, to)
    if who.successor:
        return _with_successor(item, who)
    return _up(item, who)


def _chosen(item: Item, to: Post) -> Going:
    holder = to.holder
    if holder is None:
        return Going(to, hindrance=_("Pilih jabatan yang sedang terisi."))
    if holder.person_id in item.askers:
        return Going(to, hindrance=_("{name} tidak memutus permohonannya sendiri.", name=holder.name))
    return Going(to)


def _with_successor(item: Item, who: Leaving) -> Going:
    if item.personal:
        return Going(holders.post(who.position_id))
    return Going(stays=_("Tetap pada jabatan, diterima {name}", name=who.successor))


def _up(item: Item, who: Leaving) -> Going:
    seat = above(who.position_id, item.subject_id or who.person_id)
    post = holders.post(seat.position_id) if seat is not None and seat.position_id else None
    if post is not None:
        return Going(post)
    return Going(stays=_("Belum ada penerima: menunggu pejabat berikutnya"))


def give_over(item: Item, who: Leaving, to: Post | None, note: str) -> Going:
    """Hand one item over in the command under way, where `going` says, and return where it went.

    Raises Refused when it is not his any more, or the chosen post may not decide it.
    """
    command.current()
    place = going(item, who, to)
    if place.hindrance:
        raise Refused(place.hindrance)
    if item.kind in ("given", "received"):
        _change_delegation(item, place)
    elif place.to is not None and item.step is not None:
        routing.move(item.step.id, place.to, note)
    elif place.to is not None:
        _move_task(item, place.to, note)
    return place


def _change_delegation(item: Item, place: Going) -> None:
    change: sa.Update | sa.Delete = sa.delete(delegation).where(D.id == item.id)
    if place.to is not None and place.to.holder is not None:
        change = sa.update(delegation).where(D.id == item.id).values(person_id=place.to.holder.person_id)
    if not run(change).rowcount:
        raise Refused(_("Delegasi ini sudah berakhir."))
    stamps.raise_access()


def _move_task(item: Item, to: Post, note: str) -> None:
    tasks.hand_over(item.id, position_id=to.position_id)
    if item.row.record_id is None:
        return
    record = (item.row.record_type, item.row.record_id)
    parties.add(*record, "approver", position_id=to.position_id)
    timeline.note_of(*record, HANDED, title=item.title, to=to.label, note=note)
