"""Saved views of the list: filters and order under a name, for oneself or shared with the unit; one may open the list."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

import sqlalchemy as sa

from superapp.api import (
    Forbidden,
    Invalid,
    NotFound,
    Person,
    Refused,
    change,
    clean_text,
    create,
    current_actor,
    current_command,
    db,
    find,
    record_type,
    run,
)
from superapp.api import _ as words_of

from .kept import Kept
from .listing import Filters
from .models import OpeningView, SavedView
from .words import FOLLOW_UPS, LEVELS, ORIGINS, STATUSES

MOST_OWN, MOST_SHARED = 20, 20
"""Views of one person, and shared ones of one unit: more would be no shortcut."""
KEPT = 5.0
"""Seconds that another worker may still show the views of before a change."""
_V, _O, _P = SavedView.__table__.c, OpeningView.__table__.c, Person.__table__.c
_OPENS = sa.and_(_O.view_id == _V.id, _O.person_id == sa.bindparam("me"))
_SEEN = sa.or_(_V.person_id == sa.bindparam("me"), sa.and_(_V.shared, _V.unit_id == sa.bindparam("unit")))
_VIEWS = (
    sa.select(_V.id, _V.version, _V.name, _V.query, _V.shared, _V.person_id, _V.unit_id, _O.id.label("opens"))
    .add_columns(_P.name.label("owner"))
    .select_from(SavedView.__table__.join(Person.__table__, _P.id == _V.person_id))
    .outerjoin(OpeningView.__table__, _OPENS)
    .where(_SEEN)
    .order_by(_V.sort_name, _V.id)
)
_kept: Kept[Shelf] = Kept(KEPT, most=1024)


@dataclass(frozen=True)
class Shortcut:
    """A saved view as the actor sees it."""

    id: UUID
    name: str
    query: str = field(kw_only=True)
    version: int = field(kw_only=True)
    shared: bool = field(kw_only=True)
    opens: bool = field(kw_only=True)
    own: bool = field(kw_only=True)
    owner: str = field(kw_only=True)
    removable: bool = field(kw_only=True)

    @property
    def filters(self) -> Filters:
        """Return what the view narrows the list to; a word that the catalogue no longer knows is left out."""
        return Filters.of(dict(parse_qsl(self.query)))


@dataclass(frozen=True)
class Shelf:
    """The views above the list, by name; `opening` is what the list opens with when its address says nothing."""

    views: tuple[Shortcut, ...] = ()
    opening: Filters | None = None

    @property
    def everything(self) -> str:
        """Return the end of the address that shows the whole list in spite of an opening view."""
        return "?all=1" if self.opening else ""

    def knows(self, query: str) -> bool:
        """Tell whether one of the views is this one."""
        return any(view.query == query for view in self.views)


def shelf() -> Shelf:
    """Return the views above the list, kept for a short while, for it is shown far more often than changed."""
    actor = current_actor()
    key = (actor.person_id, actor.unit_id, actor.may("catalogue.write"))
    return _kept.get(key, read)


def read() -> Shelf:
    """Return the views as they are stored now: one's own, and those shared with the unit of the hat."""
    actor = current_actor()
    curates = actor.may("catalogue.write")
    views = tuple(
        Shortcut(
            row.id,
            row.name,
            query=row.query,
            version=row.version,
            shared=row.shared,
            opens=row.opens is not None,
            own=row.person_id == actor.person_id,
            owner=row.owner,
            removable=row.person_id == actor.person_id or curates,
        )
        for row in run(_VIEWS, {"me": actor.person_id, "unit": actor.unit_id})
    )
    return Shelf(views, next((view.filters for view in views if view.opens), None))


def forget() -> None:
    """Read anew at the next view; called after a change, for this worker."""
    _kept.forget()


def one(view_id: UUID) -> Shortcut:
    """Return a view that the actor sees; raises NotFound."""
    found = next((view for view in read().views if view.id == view_id), None)
    if found is None:
        raise NotFound
    return found


def save(name: str, filters: Filters, *, shared: bool = False, opens: bool = False) -> SavedView:
    """Save filters and order under a name for the actor, and return the view."""
    if not filters.query:
        raise Refused(words_of("Saring atau urutkan daftar dulu, lalu simpan."))
    own = [view for view in read().views if view.own]
    if len(own) >= MOST_OWN:
        raise Refused(words_of("Anda sudah menyimpan {n} tampilan. Hapus salah satu dulu.", n=MOST_OWN))
    if (same := _same(filters, own)) is not None:
        raise Invalid(same, field="name")
    actor = current_actor()
    named = _named(name, shared=shared)
    row: SavedView = create(
        SavedView,
        **named,
        person_id=actor.person_id,
        unit_id=actor.unit_id,
        opd_id=actor.opd_id,
        query=filters.query,
        shared=shared,
    )
    _open_with(row.id, opens)
    _followed(row)
    return row


def alter(view_id: UUID, version: int, name: str, *, shared: bool, opens: bool) -> SavedView:
    """Rename one of the actor's views, share it with the unit of the hat or keep it to oneself."""
    row = find(SavedView, view_id, "catalogue.view")
    place = {}
    if shared and not row.shared:
        actor = current_actor()
        place = {"unit_id": actor.unit_id, "opd_id": actor.opd_id}
    change(row, version, **_named(name, shared=shared, but=row), shared=shared, **place)
    _open_with(row.id, opens)
    _followed(row)
    return row


def replace(view_id: UUID, version: int, filters: Filters) -> SavedView:
    """Let one of the actor's views show these filters and this order from now on, for all who see it."""
    row = find(SavedView, view_id, "catalogue.view")
    if not filters.query:
        raise Refused(words_of("Saring atau urutkan daftar dulu, lalu simpan."))
    if (same := _same(filters, [view for view in read().views if view.own and view.id != row.id])) is not None:
        raise Refused(same)
    change(row, version, query=filters.query)
    _followed(row)
    return row


def remove(view_id: UUID) -> None:
    """Delete a view: one's own, or a shared one of the unit for those who keep the catalogue there."""
    seen = one(view_id)
    if not seen.removable:
        raise Forbidden
    row = db.session.get_one(SavedView, view_id)
    _followed(row)
    run(sa.delete(OpeningView).where(_O.view_id == view_id))
    db.session.delete(row)
    db.session.flush()


def open_with(view_id: UUID) -> None:
    """Let the list open with a view that the actor sees, or, when it does already, with everything again."""
    seen = one(view_id)
    _open_with(view_id, not seen.opens)
    _followed(db.session.get_one(SavedView, view_id))


def told(filters: Filters) -> list[str]:
    """Return in words what a view narrows the list to, and its order."""
    words = [
        words_of(known[value])
        for known, value in (
            (LEVELS, filters.level),
            (STATUSES, filters.status),
            (FOLLOW_UPS, filters.follow_up),
            (ORIGINS, filters.origin),
        )
        if value
    ]
    words += [f"“{filters.q}”"] if filters.q else []
    words += [words_of("satu unit pengampu")] if filters.opd else []
    words += [words_of("belum lengkap")] if filters.missing else []
    words += [words_of("arsip")] if filters.archived else []
    return [*words, *([words_of("Urut: terbaru diperbarui")] if filters.sort == "-updated" else [])]


def kept_of(person_id: UUID) -> list[dict[str, Any]]:
    """Return the views of a person in words, for the export of personal data."""
    rows = run(sa.select(_V.name, _V.query, _V.shared).where(_V.person_id == person_id).order_by(_V.sort_name))
    return [{"Nama": row.name, "Saringan": row.query, "Dibagikan": row.shared} for row in rows]


def erase(person_id: UUID) -> int:
    """Delete the views of a person and return how many rows went; what others open the list with goes with them."""
    own = sa.select(_V.id).where(_V.person_id == person_id)
    opened = run(sa.delete(OpeningView).where(sa.or_(_O.person_id == person_id, _O.view_id.in_(own)))).rowcount
    gone: int = opened + run(sa.delete(SavedView).where(_V.person_id == person_id)).rowcount
    return gone


def _named(name: str, *, shared: bool, but: SavedView | None = None) -> dict[str, str]:
    """Return name and sort name, or raise Invalid: missing, or taken by a view the actor would confuse with it."""
    clean = " ".join(clean_text(name).split())
    key = clean.lower()[:60]
    if not key:
        raise Invalid(words_of("Beri nama, contoh “Belum lengkap”."), field="name")
    if shared and current_actor().unit_id is None:
        raise Invalid(words_of("Anda belum bertugas di unit mana pun, jadi belum bisa membagikan."), field="shared")
    others = [view for view in read().views if but is None or view.id != but.id]
    if any(view.own and view.name.lower()[:60] == key for view in others):
        raise Invalid(words_of("Anda sudah punya tampilan “{name}”. Pilih nama lain.", name=clean[:60]), field="name")
    if shared:
        _shareable(key, clean, [view for view in others if view.shared])
    return {"name": clean, "sort_name": key}


def _same(filters: Filters, own: list[Shortcut]) -> str | None:
    """Return the sentence that names a view with these filters, if there is one."""
    name = next((view.name for view in own if view.query == filters.query), None)
    return name and words_of("Saringan dan urutan ini sudah tersimpan sebagai “{name}”.", name=name)


def _shareable(key: str, name: str, others: list[Shortcut]) -> None:
    if any(view.name.lower()[:60] == key for view in others):
        words = words_of("Unit Anda sudah punya tampilan bersama “{name}”. Pilih nama lain.", name=name[:60])
        raise Invalid(words, field="name")
    if len(others) >= MOST_SHARED:
        words = words_of("Unit Anda sudah punya {n} tampilan bersama. Hapus salah satu dulu.", n=MOST_SHARED)
        raise Invalid(words, field="shared")


def _open_with(view_id: UUID, wanted: bool) -> None:
    """Store whether the list opens with this view; another choice goes only when this one is wanted."""
    mine = _O.person_id == current_actor().person_id
    run(sa.delete(OpeningView).where(mine, sa.true() if wanted else _O.view_id == view_id))
    if wanted:
        db.session.add(OpeningView(person_id=current_actor().person_id, view_id=view_id))
        db.session.flush()


def _followed(row: SavedView) -> None:
    command = current_command()
    command.about(record_type(SavedView), row.id, opd_id=row.opd_id, view=row.name)
    command.after_commit.append(forget)
