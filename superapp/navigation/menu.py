"""What a person may open: the navigation entries and widgets of all modules, built once for everybody with the same rights.

A page costs one look-up here, however many modules there are.
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any
from uuid import UUID

from flask import current_app, url_for
from markupsafe import Markup
from werkzeug.routing import BuildError

from superapp.access.actor import Actor
from superapp.kernel import assets, language, logs
from superapp.kernel.assets import icon
from superapp.plugin.blueprint import EVERYBODY, SIGNED_IN
from superapp.plugin.contributions import NavItem, Owned, Widget
from superapp.plugin.host import Host, host

log = logs.get("navigation.menu")
EXTENSION = "superapp.navigation"
REMEMBERED = 256
"""Menus kept at once: role sets × languages, never people."""
CREATE = "create"
"""The group whose entries make something; they stand under *Buat*, not in the menu."""
ADMIN = "admin"
Key = tuple[frozenset[str], frozenset[UUID], int, str]


@dataclass(frozen=True)
class Entry:
    """Something a person can open: its key for pins, its module, its address, and how it looks."""

    key: str
    owner: str
    label: str = field(kw_only=True)
    url: str = field(kw_only=True)
    icon: str = field(kw_only=True)
    group: str = field(default="", kw_only=True)
    owner_title: str = field(default="", kw_only=True)

    @property
    def place(self) -> str:
        """Return where it stands in the launcher: `module`, `core` or `admin`."""
        return ADMIN if self.group == ADMIN else "module" if self.owner_title else "core"


@dataclass(frozen=True)
class Card:
    """A widget of the home page, loaded by itself from `url`."""

    owner: str
    title: str
    url: str = field(kw_only=True)
    size: str = field(default="small", kw_only=True)
    paused: bool = field(default=False, kw_only=True)


@dataclass(frozen=True)
class Menu:
    """All that one set of rights may open."""

    entries: tuple[Entry, ...]
    creations: tuple[Entry, ...] = field(default=(), kw_only=True)
    cards: tuple[Card, ...] = field(default=(), kw_only=True)
    html: Markup = field(default=Markup(), kw_only=True)
    by_key: dict[str, Entry] = field(default_factory=dict, kw_only=True)

    @cached_property
    def usual(self) -> tuple[Entry, ...]:
        """Return the entries of modules, then those of the core: what the home page shows until somebody pins."""
        return tuple(entry for place in ("module", "core") for entry in self.entries if entry.place == place)

    def chosen(self, keys: Iterable[str]) -> list[Entry]:
        """Return the entries of these keys, in their order; what a person may no longer open is left out."""
        return [self.by_key[key] for key in keys if key in self.by_key]


class Menus:
    """The menus of one app, by rights, modules' state and language; bounded, for all threads."""

    def __init__(self) -> None:
        self._menus: OrderedDict[Key, Menu] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Key) -> Menu | None:
        """Return the menu of a key, or None when it has to be built."""
        with self._lock:
            found = self._menus.get(key)
            if found is not None:
                self._menus.move_to_end(key)
            return found

    def keep(self, key: Key, menu: Menu) -> None:
        """Keep a menu; the one unused for longest goes."""
        with self._lock:
            self._menus[key] = menu
            while len(self._menus) > REMEMBERED:
                self._menus.popitem(last=False)


def menu_of(actor: Actor) -> Menu:
    """Return what the actor may open, as the modules are at his stamps."""
    menus = _menus()
    rights = actor.rights
    key = (frozenset(rights.reaches), rights.opds, actor.stamps.plugins, language.current())
    found = menus.get(key)
    if found is None:
        found = build(host(), actor)
        menus.keep(key, found)
    return found


def _menus() -> Menus:
    found: Menus = current_app.extensions.setdefault(EXTENSION, Menus())
    return found


def build(of: Host, actor: Actor) -> Menu:
    """Return the menu of an actor, built anew."""
    permissions = {route.endpoint: route.permission for route in of.routes.values() if route.method == "GET"}
    items = [owned for owned in of.navigation if _open(of, owned, actor, permissions)]
    made = [(owned.item.group, entry) for owned in _sorted(items) if (entry := _entry(of, owned)) is not None]
    widgets = [owned for owned in of.widgets if _open(of, owned, actor, permissions)]
    cards = [_card(of, owned, actor) for owned in sorted(widgets, key=lambda owned: owned.item.order)]
    entries = tuple(entry for group, entry in made if group != CREATE)
    return Menu(
        entries,
        creations=tuple(entry for group, entry in made if group == CREATE),
        cards=tuple(card for card in cards if card is not None),
        html=_rail([entry for entry in entries if entry.owner in of.plugins]),
        by_key={entry.key: entry for entry in entries},
    )


def _open(of: Host, owned: Owned[Any], actor: Actor, permissions: Mapping[str, str]) -> bool:
    """Tell whether the contribution's module is on for the actor and its page allowed to him."""
    item: NavItem | Widget = owned.item
    permission = item.permission or permissions.get(item.endpoint, SIGNED_IN)
    return of.open_to(owned.owner, actor) and (permission in EVERYBODY or actor.may(permission))


def _sorted(items: list[Owned[NavItem]]) -> list[Owned[NavItem]]:
    return sorted(items, key=lambda owned: (owned.item.order, _words(owned.owner, owned.item.label).casefold()))


def _words(owner: str, text: str) -> str:
    return language.translate(text, language.current(), owner)


def _address(owned: Owned[Any]) -> str:
    """Return the address of a contribution's page, empty when it has none that can be opened without more."""
    try:
        return url_for(owned.item.endpoint)
    except BuildError:
        log.warning("page without an address", module=owned.owner, endpoint=owned.item.endpoint)
        return ""


def _entry(of: Host, owned: Owned[NavItem]) -> Entry | None:
    item, url = owned.item, _address(owned)
    if not url:
        return None
    return Entry(
        item.endpoint,
        owned.owner,
        label=_words(owned.owner, item.label),
        url=url,
        icon=known_icon(item.icon),
        group=item.group,
        owner_title=_words(owned.owner, of.title(owned.owner)) if owned.owner in of.plugins else "",
    )


def _card(of: Host, owned: Owned[Widget], actor: Actor) -> Card | None:
    item, url = owned.item, _address(owned)
    if not url:
        return None
    paused = f"widget:{item.endpoint}" in of.states.seen_by(actor).of(owned.owner).paused
    return Card(owned.owner, _words(owned.owner, item.title), url=url, size=item.size, paused=paused)


_ITEM = Markup('<li><a href="{}" data-nav="{}">{}<span>{}</span></a></li>')
MOST_IN_RAIL = 12


def _rail(entries: list[Entry]) -> Markup:
    """Return the modules of the rail as finished HTML; the shell marks the present one by its `data-nav`."""
    firsts = {entry.owner: entry for entry in reversed(entries)}
    shown = [entry for entry in entries if firsts[entry.owner] is entry][:MOST_IN_RAIL]
    return Markup("").join(_ITEM.format(entry.url, entry.owner, icon(entry.icon), entry.label) for entry in shown)


@cache
def _icons() -> frozenset[str]:
    names = json.loads((assets.dist() / "icons.json").read_text(encoding="utf-8"))
    return frozenset(names)


def known_icon(name: str) -> str:
    """Return the name of an icon that the sprite has: the wanted one, or a puzzle piece."""
    return name if name in _icons() else "puzzle"
