"""The directory: people and units as every colleague may see them; personal data only with the right, and written down."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.access.actor import Actor
from superapp.access.listing import Page, page_of
from superapp.kernel import access_log, clock
from superapp.kernel.database import run
from superapp.kernel.errors import NotFound
from superapp.kernel.format import format_date
from superapp.kernel.language import gettext as _
from superapp.navigation.blueprint import PERSONAL
from superapp.navigation.frame import initials
from superapp.organization import holders, kinds, nip, phone, tree
from superapp.organization.appointments import held, label
from superapp.organization.models import Appointment, Person, Position, Unit
from superapp.shared import search as index

A, N, P, U = Appointment.__table__.c, Person.__table__.c, Position.__table__.c, Unit.__table__.c
FOUND = 50


@dataclass(frozen=True)
class Colleague:
    """A person as all colleagues see him: name, posts of today, unit, telephone."""

    id: UUID
    name: str
    posts: tuple[Post, ...] = field(default=(), kw_only=True)
    phone: str = field(default="", kw_only=True)

    @property
    def initials(self) -> str:
        """Return the letters of the person's picture."""
        return initials(self.name)

    @property
    def whatsapp(self) -> str:
        """Return the address of a chat, or an empty text."""
        return phone.whatsapp_link(self.phone)

    @property
    def post(self) -> str:
        """Return the first post, or an empty text."""
        return self.posts[0].label if self.posts else ""

    @property
    def unit(self) -> str:
        """Return the unit of the first post, empty when the post names it already (`Camat Krayan`)."""
        name = self.posts[0].unit_name if self.posts else ""
        last = name.split(" ", 1)[-1]
        return "" if last.casefold() in self.post.casefold() else name


@dataclass(frozen=True)
class Post:
    """A post that somebody holds today, as signed."""

    label: str
    position_id: UUID = field(kw_only=True)
    unit_id: UUID = field(kw_only=True)
    unit_name: str = field(kw_only=True)
    ends_on: date | None = field(default=None, kw_only=True)


@dataclass(frozen=True)
class UnitCard:
    """A unit with those it belongs to, from the regency down, and its parts."""

    id: UUID
    name: str
    kind: str = field(kw_only=True)
    path: str = field(kw_only=True)
    opd_id: UUID = field(kw_only=True)
    above: tuple[tuple[UUID, str], ...] = field(default=(), kw_only=True)
    parts: Sequence[Any] = field(default=(), kw_only=True)

    @property
    def crumbs(self) -> list[tuple[str, str]]:
        """Return the units above as (name, address), from the regency down."""
        return [(name, f"/units/{unit_id}") for unit_id, name in self.above]


_HELD = Appointment.__table__.join(Position.__table__, P.id == A.position_id).join(Unit.__table__, U.id == P.unit_id)
_BY_NAME = (N.sort_name, N.id)
_PEOPLE = sa.select(N.id, N.name, N.title_before, N.title_after, N.phone, N.sort_name)
_POSTS = (
    sa.select(
        A.person_id, A.kind, A.ends_on, P.title, P.id.label("position_id"), U.id.label("unit_id"), U.name.label("unit")
    )
    .select_from(_HELD)
    .order_by(sa.case((A.kind == "definitive", 0), else_=1), A.starts_on, A.id)
)


def people(*, unit: UnitCard | None = None, cursor: str = "") -> Page:
    """Return one page of active people by name, those of a unit and the units below it when one is given."""
    query = _PEOPLE.where(N.active)
    if unit is not None:
        inside = sa.select(A.person_id).select_from(_HELD).where(tree.within(unit.path), held(clock.today()))
        query = query.where(N.id.in_(inside))
    found = page_of(query, _BY_NAME, cursor)
    return Page(_with_posts(found.rows), next=found.next)


def search(actor: Actor, q: str) -> Page:
    """Return the people whose name, post or unit fits, the likeliest first; misspellings are forgiven."""
    found = index.find(q, kinds=["person"], limit=FOUND, actor=actor)
    return Page(colleagues(hit.record_id for hit in found.hits))


def colleagues(person_ids: Iterable[UUID]) -> list[Colleague]:
    """Return these people in this order, those who left omitted (two statements)."""
    wanted = list(person_ids)
    if not wanted:
        return []
    rows = {row.id: row for row in run(_PEOPLE.where(N.id.in_(wanted), N.active))}
    return _with_posts([rows[key] for key in wanted if key in rows])


def _with_posts(rows: Iterable[Any]) -> list[Colleague]:
    rows = list(rows)
    posts: dict[UUID, list[Post]] = {row.id: [] for row in rows}
    if posts:
        for row in run(_POSTS.where(A.person_id.in_(list(posts)), held(clock.today()))):
            posts[row.person_id].append(_post(row))
    return [_colleague(row, posts[row.id]) for row in rows]


def _post(row: Any) -> Post:
    return Post(
        label(row.title, row.kind),
        position_id=row.position_id,
        unit_id=row.unit_id,
        unit_name=row.unit,
        ends_on=row.ends_on,
    )


def _colleague(row: Any, posts: Iterable[Post]) -> Colleague:
    before = f"{row.title_before} " if row.title_before else ""
    name = f"{before}{row.name}" + (f", {row.title_after}" if row.title_after else "")
    return Colleague(row.id, name, posts=tuple(posts), phone=row.phone)


def colleague(person_id: UUID) -> Colleague:
    """Return one person; raises NotFound, also for one who left."""
    found = colleagues([person_id])
    if not found:
        raise NotFound
    return found[0]


_PERSONAL = sa.select(
    N.nip, N.staff_number, N.employment, N.rank_code, N.rank_since, N.birth_date, N.sex, N.email
).where(N.id == sa.bindparam("id"))
_PLACES = sa.select(U.path, U.opd_id).select_from(_HELD).where(A.person_id == sa.bindparam("id"))


def may_see_personal(actor: Actor, person_id: UUID) -> bool:
    """Tell whether the actor may read a person's personal data: his own, or by a right that reaches his unit today."""
    if actor.person_id == person_id:
        return True
    reach = actor.reach(PERSONAL)
    if reach.everywhere or not reach:
        return reach.everywhere
    places = run(_PLACES.where(held(clock.today())), {"id": person_id}).all()
    return any(reach.covers(row.path, row.opd_id) for row in places)


def read_personal(actor: Actor, person_id: UUID) -> list[tuple[str, str]]:
    """Return a person's personal data as (label, words) and note the reading; without the right only a masked NIP."""
    allowed = may_see_personal(actor, person_id)
    row = run(_PERSONAL, {"id": person_id}).one()
    if not allowed:
        return [(_("NIP"), masked(row.nip))] if row.nip else []
    access_log.note("core_person", person_id, subject=person_id)
    number = (_("NIP"), nip.display(row.nip)) if row.nip else (_("Nomor pegawai"), row.staff_number or "")
    since = f", {_('sejak')} {format_date(row.rank_since)}" if row.rank_since else ""
    return [
        number,
        (_("Jenis pegawai"), _(kinds.EMPLOYMENTS.get(row.employment, row.employment))),
        (_("Golongan"), f"{row.rank_code}{since}" if row.rank_code else ""),
        (_("Tanggal lahir"), format_date(row.birth_date)),
        (_("Jenis kelamin"), _(kinds.SEXES.get(row.sex, row.sex)) if row.sex else ""),
        (_("Surel"), row.email),
    ]


def head(of: UnitCard) -> holders.Post | None:
    """Return the head's post of a unit, vacant or not; None when the unit has no such post."""
    return holders.head_of(of.id)


def masked(number: str) -> str:
    """Return an identity number of which only the last three characters can be read."""
    return f"{'•' * (len(number) - 3)}{number[-3:]}"


def superior(of: Colleague) -> holders.Post | None:
    """Return the post above the first post of a person, vacant or not; None at the top or without a post."""
    return holders.supervisor_of(of.posts[0].position_id, not_held_by=of.id) if of.posts else None


def unit(unit_id: UUID) -> UnitCard:
    """Return a unit with the units above it and its parts of today; raises NotFound."""
    row = run(sa.select(U.id, U.name, U.kind, U.path, U.opd_id).where(U.id == unit_id)).first()
    if row is None:
        raise NotFound
    numbers = tree.ancestors(row.path)
    related = run(
        sa.select(U.id, U.name, U.kind, U.number, U.parent_id)
        .where(sa.or_(U.number.in_(numbers), sa.and_(U.parent_id == unit_id, tree.valid(clock.today()))))
        .order_by(U.name, U.id)
    ).all()
    by_number = {other.number: other for other in related}
    above = tuple((by_number[number].id, by_number[number].name) for number in numbers[:-1])
    parts = [other for other in related if other.parent_id == unit_id]
    return UnitCard(row.id, row.name, kind=row.kind, path=row.path, opd_id=row.opd_id, above=above, parts=parts)
