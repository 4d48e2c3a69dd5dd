"""The pages of a handover: who may hand over, what goes where, what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.access.actor import Actor, current
from superapp.access.scope import subtrees
from superapp.extensions import db
from superapp.kernel import clock, command
from superapp.kernel.database import run
from superapp.kernel.errors import AppError, Invalid, NotFound
from superapp.kernel.language import N_
from superapp.kernel.language import gettext as _
from superapp.organization import holders
from superapp.organization.appointments import label
from superapp.organization.holders import Post
from superapp.organization.models import Appointment, Person, Position, Unit
from superapp.shared import notices, timeline
from superapp.shared.tables.work import task
from superapp.shared.workflow import categories, handover
from superapp.shared.workflow.handover import Going, Item, Leaving

ENDERS = "admin.people"
"""Who holds this ends appointments, within his reach."""
BEFORE, AFTER = timedelta(days=14), timedelta(days=60)
"""How long before its last day, and after it, an appointment is offered to the head of the office."""
RECORD = "core_appointment"
HANDED = N_("{actor} menyerahkan {title} dari {person}")
NOTED = N_("menyerahkan “{title}”. {to}. Alasan: {note}")
TOLD = N_("Serah terima dari {name}: {n} hal")
A, N, P, U, T = Appointment.__table__.c, Person.__table__.c, Position.__table__.c, Unit.__table__.c, task.c


@dataclass(frozen=True)
class Line:
    """One item of a handover, with where it goes or went."""

    item: Item
    going: Going
    words: str = field(kw_only=True)


def leaving(appointment_id: UUID) -> Leaving:
    """Return who leaves, for himself, for who ends appointments there, and for the head of his office.

    NotFound for everybody else.
    """
    who = handover.leaving(appointment_id)
    if not _may(current(), who):
        raise NotFound(_("Penugasan ini tidak ada."))
    return who


def _may(actor: Actor, who: Leaving) -> bool:
    if actor.person_id == who.person_id or actor.reach(ENDERS).covers(who.unit_path, who.opd_id):
        return True
    return any(who.unit_path.startswith(path) for path in _headed(actor))


def _headed(actor: Actor) -> frozenset[str]:
    """Return the paths of the units that an actor heads today."""
    posts = holders.posts(actor.rights.positions)
    return frozenset(hat.unit_path for hat in actor.hats if posts[hat.position_id].is_head)


def lines(who: Leaving, keys: Sequence[str], to: Post | None) -> list[Line]:
    """Return the items of these keys that he still holds, with where each would go."""
    return [line for line in all_lines(who, to) if line.item.key in set(keys)]


def all_lines(who: Leaving, to: Post | None = None) -> list[Line]:
    """Return everything that he still holds, with where it would go."""
    return [_line(item, who, to) for item in handover.held_by(who)]


def _line(item: Item, who: Leaving, to: Post | None) -> Line:
    place = handover.going(item, who, to)
    return Line(item, place, words=_words(item, place))


def _words(item: Item, place: Going) -> str:
    if place.ends:
        return _("Berakhir: pejabat baru mendelegasikan sendiri") if item.kind == "given" else _("Berakhir")
    if place.to is None:
        return place.stays
    holder = place.to.holder
    return _("Kepada {to}", to=f"{place.to.label} · {holder.name}" if holder else place.to.label)


def hand_over(who: Leaving, keys: Sequence[str], to: Post | None, note: str) -> tuple[int, int]:
    """Hand items over in the command under way, each with a savepoint and an audit row of its own; tell who receives.

    Returns how many were handed over, and how many stay where they are. Raises Invalid without items or a reason.
    """
    if not keys:
        raise Invalid(_("Pilih paling sedikit satu."))
    if not note:
        raise Invalid(_("Tuliskan alasannya."), field="note")
    wanted = lines(who, keys, to)
    places = [place for line in wanted if (place := _hand_one(line.item, who, to, note)) is not None]
    _tell(who, [place.to.position_id for place in places if place.to is not None], note)
    return len(places), len(wanted) - len(places)


def _hand_one(item: Item, who: Leaving, to: Post | None, note: str) -> Going | None:
    """Hand one of many over and return where it went, None when it stays; what is refused is no bar to the others."""
    try:
        with db.session.begin_nested():
            place = handover.give_over(item, who, to, note)
    except AppError:
        return None
    if place.stays:
        return None
    values = {"title": item.title, "person": who.name, "opd_id": who.opd_id}
    command.current().also(HANDED, RECORD, who.appointment_id, actor=current().name, **values)
    to_whom = _words(item, place)
    timeline.note_of(RECORD, who.appointment_id, NOTED, title=item.title, to=to_whom, note=note)
    return place


def _tell(who: Leaving, receivers: Sequence[UUID], note: str) -> None:
    for position_id in dict.fromkeys(receivers):
        words = _(TOLD, name=who.name, n=receivers.count(position_id))
        notices.notify_position(position_id, words, body=note, url="/tasks", kind=categories.ASK)


def history(who: Leaving) -> Sequence[timeline.Happening]:
    """Return what was handed over from this appointment so far, the latest first."""
    return timeline.of_record(RECORD, who.appointment_id)


def near() -> Sequence[Any]:
    """Return the appointments that the reader may hand over and that end or ended lately, with open tasks behind them."""
    paths, today = _headed(current()), clock.today()
    own: sa.ColumnElement[bool] = A.person_id == current().person_id
    mine = sa.or_(own, subtrees(paths)) if paths else own
    waiting = sa.exists().where(
        T.closed_at.is_(None), sa.or_(T.position_id == A.position_id, T.person_id == A.person_id)
    )
    later = Appointment.__table__.alias("later")
    followed = sa.exists().where(later.c.position_id == A.position_id, later.c.starts_on > A.starts_on)
    query = (
        sa.select(A.id, A.kind, A.ends_on, N.name, P.title)
        .join(Person.__table__, N.id == A.person_id)
        .join(Position.__table__, P.id == A.position_id)
        .join(Unit.__table__, U.id == P.unit_id)
        .where(mine, A.ends_on.between(today - AFTER, today + BEFORE), waiting, ~followed)
        .order_by(A.ends_on, A.id)
        .limit(20)
    )
    return [
        {"id": row.id, "name": row.name, "label": label(row.title, row.kind), "ends_on": row.ends_on}
        for row in run(query)
    ]
