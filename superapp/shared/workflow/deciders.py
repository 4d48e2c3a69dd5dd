"""Who decides: the positions behind "supervisor", "head", "role" and "chosen", as they are on the day of submission."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa

from superapp.access.tables import grant
from superapp.kernel import clock
from superapp.kernel.database import run
from superapp.kernel.errors import Invalid, Refused
from superapp.kernel.language import gettext as _
from superapp.organization import holders, tree
from superapp.organization.appointments import held
from superapp.organization.holders import Post
from superapp.organization.models import Appointment, Person, Position, Unit
from superapp.shared.workflow.definition import Decider, Step

G, A, P, U = grant.c, Appointment.__table__.c, Position.__table__.c, Unit.__table__.c


@dataclass(frozen=True)
class Seat:
    """Where a decision is made: a position (whoever holds it then), or a person; `name` is who decides there today."""

    label: str
    position_id: UUID | None = field(default=None, kw_only=True)
    person_id: UUID | None = field(default=None, kw_only=True)
    name: str = field(default="", kw_only=True)
    why: str = field(default="", kw_only=True)

    @property
    def key(self) -> UUID | None:
        """Return the id that tells seats apart."""
        return self.position_id or self.person_id


@dataclass(frozen=True)
class Asking:
    """Who asks, under which post, for whom; `choices` holds the id that the requester chose for a step."""

    requester_id: UUID
    position_id: UUID | None
    unit_id: UUID = field(kw_only=True)
    opd_id: UUID = field(kw_only=True)
    subject_id: UUID = field(kw_only=True)
    choices: Mapping[str, str] = field(default_factory=dict, kw_only=True)


def seats(step: Step, asking: Asking, earlier: Mapping[str, Sequence[Seat]]) -> list[Seat]:
    """Return where a step is decided, never by whom it concerns.

    Raises Refused when nobody can decide there, Invalid when the requester has not chosen.
    """
    by = step.by
    if by.kind == "supervisor":
        found = [_above(step, _start(by, asking, earlier), asking)]
    elif by.kind == "head":
        found = [_head(step, asking)]
    elif by.kind == "role":
        found = _with_role(step, asking)
    elif by.kind == "position":
        found = [_filled(step, _post(step, UUID(by.of)), asking)]
    else:
        found = [_chosen(step, asking)]
    return found


def _start(by: Decider, asking: Asking, earlier: Mapping[str, Sequence[Seat]]) -> UUID | None:
    return (
        next((seat.position_id for seat in earlier.get(by.of, ()) if seat.position_id), None)
        if by.of
        else asking.position_id
    )


def _above(step: Step, position_id: UUID | None, asking: Asking) -> Seat:
    if position_id is None:
        raise _nobody(step)
    return _climbed(step, position_id, asking)


def above(position_id: UUID, subject_id: UUID, passed: Sequence[str] = ()) -> Seat | None:
    """Return the nearest seat above a position that is held today, not by the subject; None at the top."""
    vacant, present = list(passed), position_id
    while (post := holders.supervisor_of(present, not_held_by=subject_id)) is not None:
        if post.holder is not None:
            return _seat(post, vacant)
        vacant.append(post.title)
        present = post.position_id
    return None


def _climbed(step: Step, position_id: UUID, asking: Asking, passed: Sequence[str] = ()) -> Seat:
    found = above(position_id, asking.subject_id, passed)
    if found is None:
        raise _nobody(step)
    return found


def _filled(step: Step, post: Post, asking: Asking) -> Seat:
    """Return the seat of a post, or of the next one above when it is vacant or held by the subject."""
    if post.holder is not None and post.holder.person_id != asking.subject_id:
        return _seat(post, [])
    return _climbed(step, post.position_id, asking, [] if post.holder else [post.title])


def _seat(post: Post, passed: Sequence[str]) -> Seat:
    why = _("{title} kosong", title=passed[0]) if passed else ""
    name = post.holder.name if post.holder else ""
    return Seat(post.label[:200], position_id=post.position_id, name=name, why=why[:200])


def _nobody(step: Step) -> Refused:
    words = _("Belum ada pejabat untuk langkah “{step}”. Hubungi pengelola kepegawaian unit Anda.", step=_(step.title))
    return Refused(words)


def _head(step: Step, asking: Asking) -> Seat:
    unit_id = {"unit": asking.unit_id, "opd": asking.opd_id}.get(step.by.at) or tree.root().id
    post = holders.head_of(unit_id)
    if post is not None:
        return _filled(step, post, asking)
    return _above(step, asking.position_id, asking)


def _post(step: Step, position_id: UUID) -> Post:
    found = holders.post(position_id)
    if found is None:
        raise _nobody(step)
    return found


def _with_role(step: Step, asking: Asking) -> list[Seat]:
    """Return the seats that hold the role at the place asked for; the subject's own seat is left out."""
    today = clock.today()
    query = (
        sa.select(G.position_id, G.person_id)
        .select_from(
            grant.join(Unit.__table__, U.id == G.unit_id).outerjoin(Appointment.__table__, A.id == G.appointment_id)
        )
        .where(G.role == step.by.of, G.starts_on <= today, sa.or_(G.ends_on.is_(None), G.ends_on >= today))
        .where(sa.or_(G.appointment_id.is_(None), held(today)))
        .order_by(G.id)
    )
    rows = run(query.where(_reaches(step, asking))).all()
    posts = holders.posts({row.position_id for row in rows if row.position_id})
    found = {post.position_id: _seat(post, []) for post in posts.values() if _decides(post, asking)}
    people = {row.person_id for row in rows if row.person_id} - {asking.subject_id}
    named = (
        run(sa.select(Person.__table__.c.id, Person.__table__.c.name).where(Person.__table__.c.id.in_(people)))
        if people
        else ()
    )
    seats = [*found.values(), *(Seat(row.name[:200], person_id=row.id, name=row.name) for row in named)]
    if not seats:
        raise _nobody(step)
    return seats


def _decides(post: Post, asking: Asking) -> bool:
    return post.holder is not None and post.holder.person_id != asking.subject_id


def _reaches(step: Step, asking: Asking) -> sa.ColumnElement[bool]:
    """Return the predicate for grants at the requester's unit or one above it, within his OPD or the regency."""
    path = str(run(sa.select(U.path).where(U.id == asking.unit_id)).scalar_one())
    above = U.number.in_(tree.ancestors(path))
    return above if step.by.at == "regency" else sa.and_(above, U.opd_id == asking.opd_id)


def _chosen(step: Step, asking: Asking) -> Seat:
    said = asking.choices.get(step.key, "")
    try:
        post = holders.post(UUID(said))
    except ValueError:
        post = None
    if post is None or post.holder is None:
        raise Invalid(_("Pilih pejabat untuk “{step}”.", step=_(step.title)), field=f"choice_{step.key}")
    if post.holder.person_id == asking.subject_id:
        raise Invalid(_("Pilih pejabat lain: Anda tidak memutus permohonan Anda sendiri."), field=f"choice_{step.key}")
    return _seat(post, [])
