"""The launcher: all modules and doors in one place, those kept on the home page, and what was opened lately."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.access.actor import Actor
from superapp.extensions import db
from superapp.kernel import clock
from superapp.kernel.database import insert_of, run
from superapp.kernel.errors import NotFound, Refused
from superapp.kernel.language import gettext as _
from superapp.kernel.prepared import Prepared
from superapp.navigation import tiles
from superapp.navigation.menu import Card, Entry, Menu, menu_of
from superapp.navigation.models import pin, recent, tile
from superapp.shared.search.folding import query_words
from superapp.shared.search.likeness import Likeness

MOST_PINS = 8
MOST_CARDS = 6
"""Cards of modules on the home page; the others stand behind *Semua kartu*."""
KEPT_RECENTS = 20
P, R, T = pin.c, recent.c, tile.c


@dataclass(frozen=True)
class Tile:
    """One tile of launcher and home: a module's page, or a door to an application outside."""

    key: str
    title: str
    url: str = field(kw_only=True)
    icon: str = field(default="external-link", kw_only=True)
    external: bool = field(default=False, kw_only=True)
    hint: str = field(default="", kw_only=True)
    audience: str = field(default="", kw_only=True)
    contact: str = field(default="", kw_only=True)
    contact_phone: str = field(default="", kw_only=True)
    about_url: str = field(default="", kw_only=True)
    pinned: bool = field(default=False, kw_only=True)


@dataclass(frozen=True)
class Launcher:
    """What the launcher shows: modules, what the core offers, administration, doors outside."""

    modules: Sequence[Tile]
    core: Sequence[Tile] = field(default=(), kw_only=True)
    admin: Sequence[Tile] = field(default=(), kw_only=True)
    doors: Sequence[Tile] = field(default=(), kw_only=True)
    pins: int = field(default=0, kw_only=True)

    @property
    def found(self) -> bool:
        """Whether there is anything to show."""
        return bool(self.modules or self.core or self.admin or self.doors)


def launcher(actor: Actor, q: str = "") -> Launcher:
    """Return the actor's launcher, narrowed to what matches all words of `q`."""
    menu, kept, fits = menu_of(actor), pinned_keys(actor), matcher(q)
    entries = [entry_tile(entry, pinned=entry.key in kept) for entry in menu.entries]
    groups: dict[str, list[Tile]] = {"module": [], "core": [], "admin": []}
    for entry, made in zip(menu.entries, entries, strict=True):
        if fits(made.title, entry.owner_title):
            groups[entry.place].append(made)
    found = [door_tile(row, pinned=tiles.key_of(row.id) in kept) for row in tiles.doors(actor)]
    doors = [made for made in found if fits(made.title, f"{made.hint} {made.audience}")]
    return Launcher(groups["module"], core=groups["core"], admin=groups["admin"], doors=doors, pins=len(kept))


def entry_tile(entry: Entry, *, pinned: bool = False) -> Tile:
    """Return the tile of a module's entry."""
    return Tile(entry.key, entry.label, url=entry.url, icon=entry.icon, pinned=pinned)


def door_tile(row: Any, *, pinned: bool = False) -> Tile:
    """Return the tile of a door's row."""
    texts = {name: getattr(row, name, "") for name in ("hint", "audience", "contact", "contact_phone", "about_url")}
    return Tile(tiles.key_of(row.id), row.title, url=row.url, external=True, pinned=pinned, **texts)


def matcher(q: str) -> Callable[[str, str], float]:
    """Return how well a title and further words fit the search, misspellings forgiven; all fit no words at all."""
    wanted = query_words(q)
    return Likeness(wanted).of if wanted else lambda title, more: 1.0


_PINS = Prepared(
    sa.select(P["key"].label("key"), T.id, T.title, T.url, T.plugin)
    .select_from(pin.outerjoin(tile, T.id == P.tile_id))
    .where(P.person_id == sa.bindparam("person"))
    .order_by(P.place, P["key"])
)


def pinned_keys(actor: Actor) -> frozenset[str]:
    """Return the keys a person has pinned."""
    query = sa.select(P["key"]).where(P.person_id == actor.person_id)
    return frozenset(run(query).scalars())


def pinned(actor: Actor, menu: Menu) -> list[Tile]:
    """Return the tiles of the home page, in one statement: the pinned ones, or the first modules until somebody pins."""
    rows = _PINS.all({"person": actor.person_id})
    if not rows:
        return [entry_tile(entry) for entry in menu.usual[:MOST_PINS]]
    made = []
    for row in rows:
        if row.id is not None:
            made.append(door_tile(row))
        elif row.key in menu.by_key:
            made.append(entry_tile(menu.by_key[row.key]))
    return made


def cards(menu: Menu, pinned: Iterable[Tile]) -> Sequence[Card]:
    """Return the cards of the home page: those of pinned modules first, `MOST_CARDS` at most."""
    if len(menu.cards) <= MOST_CARDS:
        return menu.cards
    near = {tile.key.partition(".")[0] for tile in pinned}
    firsts = [card for card in menu.cards if card.owner in near]
    return (firsts + [card for card in menu.cards if card.owner not in near])[:MOST_CARDS]


def put_pin(actor: Actor, key: str) -> str:
    """Keep an entry on the person's home page and return its title; inside a command.

    Raises NotFound for what he may not open, Refused beyond eight.
    """
    title, tile_id = _pinnable(actor, key)
    places = list(run(sa.select(P["key"], P.place).where(P.person_id == actor.person_id).with_for_update()))
    if any(row.key == key for row in places):
        return title
    if len(places) >= MOST_PINS:
        raise Refused(_("Beranda memuat paling banyak {n} modul. Lepas satu dulu.", n=MOST_PINS))
    place = max((row.place for row in places), default=0) + 1
    run(sa.insert(pin).values(person_id=actor.person_id, key=key, place=place, tile_id=tile_id))
    return title


def _pinnable(actor: Actor, key: str) -> tuple[str, UUID | None]:
    entry = menu_of(actor).by_key.get(key)
    if entry is not None:
        return entry.label, None
    tile_id = tiles.id_of(key)
    title = run(sa.select(T.title).where(T.id == tile_id)).scalar() if tile_id else None
    if title is None:
        raise NotFound
    return str(title), tile_id


def take_pin(actor: Actor, key: str) -> None:
    """Take an entry off the person's home page; inside a command."""
    run(sa.delete(pin).where(P.person_id == actor.person_id, P["key"] == key))


@dataclass(frozen=True)
class Visit:
    """Something a person opened: a local address, the words it is known by, its icon."""

    url: str
    title: str
    icon: str = field(default="", kw_only=True)


def visited(actor: Actor, visit: Visit) -> None:
    """Remember what a person opened, newest first, a few only; inside a command."""
    values = {"title": visit.title[:160], "icon": visit.icon[:40], "at": clock.now()}
    key = {"person_id": actor.person_id, "url": visit.url}
    run(_upsert(recent, key, values))
    old = sa.select(R.at).where(R.person_id == actor.person_id).order_by(R.at.desc()).offset(KEPT_RECENTS).limit(1)
    last = run(old).scalar()
    if last is not None:
        run(sa.delete(recent).where(R.person_id == actor.person_id, R.at <= last))


def _upsert(table: sa.Table, key: dict[str, Any], values: dict[str, Any]) -> sa.Executable:
    insert = insert_of(db.engine.dialect)
    upsert: sa.Executable = (
        insert(table).values(**key, **values).on_conflict_do_update(index_elements=list(key), set_=values)
    )
    return upsert


_RECENTS = sa.select(R.url, R.title, R.icon).where(R.person_id == sa.bindparam("person")).order_by(R.at.desc()).limit(8)


def recents(actor: Actor) -> Sequence[Any]:
    """Return what a person opened lately: rows of url, title, icon."""
    return run(_RECENTS, {"person": actor.person_id}).all()
