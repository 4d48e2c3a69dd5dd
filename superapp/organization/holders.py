"""Answers about authority on a day: who holds a position, who heads a unit, who supervises, which hats a person wears."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.kernel import clock
from superapp.kernel.database import run
from superapp.organization import positions, tree
from superapp.organization.appointments import held, label
from superapp.organization.models import Appointment, Person, Position, Unit

A, N, P, U = Appointment.__table__.c, Person.__table__.c, Position.__table__.c, Unit.__table__.c
PRECEDENCE = ("plh", "definitive", "plt")
"""Who decides when several hold a post: the Plh. stands in while its holder is away; a Plt. yields to a holder."""


@dataclass(frozen=True)
class Holder:
    """A person who holds a position; `kind` is definitive, plt or plh."""

    person_id: UUID
    name: str
    kind: str = field(default="definitive", kw_only=True)
    starts_on: date = field(kw_only=True)
    ends_on: date | None = field(default=None, kw_only=True)


@dataclass(frozen=True)
class Post:
    """A position on a day, with all who hold it, the one who decides first; no holders: vacant."""

    position_id: UUID
    title: str
    unit_id: UUID = field(kw_only=True)
    unit_name: str = field(kw_only=True)
    opd_id: UUID = field(kw_only=True)
    is_head: bool = field(default=False, kw_only=True)
    holders: tuple[Holder, ...] = field(default=(), kw_only=True)

    @property
    def holder(self) -> Holder | None:
        """Return who decides in this post, None when it is vacant."""
        return self.holders[0] if self.holders else None

    @property
    def label(self) -> str:
        """Return the title as its holder signs: `Plt. Kepala Dinas …`."""
        return label(self.title, self.holder.kind) if self.holder else self.title


_POSTS = (
    sa.select(
        P.id, P.title, P.unit_id, P.is_head, P.supervisor_id, U.name.label("unit_name"), U.opd_id, U.path
    ).select_from(Position.__table__.join(Unit.__table__, U.id == P.unit_id))
)  # fmt: skip
_HOLDERS = (
    sa.select(A.position_id, A.person_id, A.kind, A.starts_on, A.ends_on, N.name)
    .join(Person.__table__, N.id == A.person_id)
    .order_by(A.starts_on.desc(), A.id)
)


def posts(position_ids: Iterable[UUID], on: date | None = None) -> dict[UUID, Post]:
    """Return posts with their holders on a day, by id (two statements for any number)."""
    wanted = list(position_ids)
    rows = run(_POSTS.where(P.id.in_(wanted))).all() if wanted else []
    return {post.position_id: post for post in _with_holders(rows, on)}


def _with_holders(rows: Iterable[Any], on: date | None) -> list[Post]:
    rows = list(rows)
    found: dict[UUID, list[Holder]] = {row.id: [] for row in rows}
    if found:
        on = on or clock.today()
        for row in run(_HOLDERS.where(A.position_id.in_(list(found)), held(on))):
            holder = Holder(row.person_id, row.name, kind=row.kind, starts_on=row.starts_on, ends_on=row.ends_on)
            found[row.position_id].append(holder)
    return [_post(row, found[row.id]) for row in rows]


def _post(row: Any, holders: list[Holder]) -> Post:
    first = tuple(sorted(holders, key=lambda holder: PRECEDENCE.index(holder.kind)))
    return Post(
        row.id,
        row.title,
        unit_id=row.unit_id,
        unit_name=row.unit_name,
        opd_id=row.opd_id,
        is_head=row.is_head,
        holders=first,
    )


def post(position_id: UUID, on: date | None = None) -> Post | None:
    """Return one post with its holders on a day, None when there is no such position."""
    return posts([position_id], on).get(position_id)


def holder(position_id: UUID, on: date | None = None) -> Holder | None:
    """Return who decides in a position on a day: Plh. before definitive before Plt.; None when it is vacant."""
    found = post(position_id, on)
    return found.holder if found else None


def head_of(unit_id: UUID, on: date | None = None) -> Post | None:
    """Return the head's post of a unit on a day, vacant or not; None when the unit has no such post."""
    on = on or clock.today()
    rows = run(_POSTS.where(P.unit_id == unit_id, P.is_head, positions.valid(on)).limit(1)).all()
    found = _with_holders(rows, on)
    return found[0] if found else None


def heads_of(unit_ids: Iterable[UUID], on: date | None = None) -> dict[UUID, Post]:
    """Return the heads' posts of many units by unit (two statements)."""
    on, wanted = on or clock.today(), list(unit_ids)
    if not wanted:
        return {}
    rows = run(_POSTS.where(P.unit_id.in_(wanted), P.is_head, positions.valid(on))).all()
    return {found.unit_id: found for found in _with_holders(rows, on)}


def supervisor_of(position_id: UUID, on: date | None = None, *, not_held_by: UUID | None = None) -> Post | None:
    """Return the post that supervises a position on a day.

    The supervisor written at the position counts first (approvals need not follow the tree: since the delayering of
    2021–2022 teams are led by functional officials); else the head of its unit, or of the nearest unit above. With
    `not_held_by` posts that this person decides in are passed over, upwards: nobody decides on his own request. None
    at the top.
    """
    on, seen, present = on or clock.today(), {position_id}, position_id
    while True:
        found = _next_above(present, on)
        if found is None or found.position_id in seen:
            return None
        if not_held_by is None or found.holder is None or found.holder.person_id != not_held_by:
            return found
        seen.add(found.position_id)
        present = found.position_id


def _next_above(position_id: UUID, on: date) -> Post | None:
    own = run(_POSTS.where(P.id == position_id)).first()
    if own is None:
        return None
    if own.supervisor_id is not None:
        named = run(_POSTS.where(P.id == own.supervisor_id, positions.valid(on))).all()
        if named:
            return _with_holders(named, on)[0]
    return _head_above(own, on)


def _head_above(own: Any, on: date) -> Post | None:
    numbers = tree.ancestors(own.path)
    heads = (
        _POSTS.where(U.number.in_(numbers), P.is_head, P.id != own.id, positions.valid(on))
        .order_by(sa.func.length(U.path).desc())
        .limit(1)
    )
    found = _with_holders(run(heads).all(), on)
    return found[0] if found else None


def hats(person_id: UUID, on: date | None = None) -> list[Post]:
    """Return the posts a person holds on a day, definitive ones first; each with the person as its only holder."""
    on = on or clock.today()
    query = (
        _POSTS.add_columns(A.person_id, A.kind, A.starts_on, A.ends_on, N.name)
        .join(Appointment.__table__, A.position_id == P.id)
        .join(Person.__table__, N.id == A.person_id)
        .where(A.person_id == person_id, held(on))
        .order_by(sa.case((A.kind == "definitive", 0), else_=1), A.starts_on, A.id)
    )
    return [_post(row, [_holder(row)]) for row in run(query)]


def _holder(row: Any) -> Holder:
    return Holder(row.person_id, row.name, kind=row.kind, starts_on=row.starts_on, ends_on=row.ends_on)
