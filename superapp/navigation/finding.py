"""Finding across the app: people to call, units, records of modules, the modules themselves, doors outside, help."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from superapp.access.actor import Actor
from superapp.kernel.language import N_
from superapp.kernel.language import gettext as _
from superapp.navigation import directory, guide, launcher
from superapp.navigation.launcher import Tile
from superapp.navigation.menu import Entry, Menu, menu_of
from superapp.plugin.host import host
from superapp.shared import search
from superapp.shared.search import Hit

PERSON, UNIT, APP, HELP = "person", "unit", "app", "help"
TITLES = {PERSON: N_("Orang"), UNIT: N_("Unit"), APP: N_("Modul dan aplikasi"), HELP: N_("Bantuan")}
ICONS = {PERSON: "user", UNIT: "users", HELP: "life-buoy"}
MOST = 60
MOST_IN_PALETTE = 20
COMMAND = ">"


@dataclass(frozen=True)
class Item:
    """One line of what was found; `key` is what a beacon tells of a launcher entry."""

    title: str
    url: str
    hint: str = field(default="", kw_only=True)
    icon: str = field(default="file-text", kw_only=True)
    phone: str = field(default="", kw_only=True)
    initials: str = field(default="", kw_only=True)
    external: bool = field(default=False, kw_only=True)
    key: str = field(default="", kw_only=True)


@dataclass(frozen=True)
class Group:
    """Things of one kind that were found."""

    key: str
    title: str
    items: Sequence[Item] = field(kw_only=True)


@dataclass(frozen=True)
class Results:
    """What a search found, by kind; `more` when there was more than is shown."""

    groups: Sequence[Group]
    more: bool = field(default=False, kw_only=True)

    @property
    def count(self) -> int:
        """Return how many things are shown."""
        return sum(len(group.items) for group in self.groups)


def results(actor: Actor, q: str, scope: str = "") -> Results:
    """Return what fits the words and the actor may see, people first; `scope` is the key of one kind."""
    if not q:
        return Results(())
    kinds = [] if scope in {"", APP, HELP} else [scope]
    found = search.Found(()) if scope in {APP, HELP} else search.find(q, kinds=kinds, limit=MOST, actor=actor)
    groups = [*_hits(found.hits)]
    if scope in {"", APP}:
        groups.append(Group(APP, _(TITLES[APP]), items=_apps(actor, q)))
    if scope in {"", HELP}:
        groups.append(Group(HELP, _(TITLES[HELP]), items=[_topic(topic) for topic in guide.find(q)]))
    return Results([group for group in groups if group.items], more=found.more)


def _hits(hits: Sequence[Hit]) -> list[Group]:
    """Return hits by kind: people, units, then the kinds of modules in the order of their best hit."""
    kinds = dict.fromkeys([PERSON, UNIT, *(hit.kind for hit in hits)])
    groups = []
    for kind in kinds:
        own = [hit for hit in hits if hit.kind == kind]
        items = _people(own) if kind == PERSON else [_record(hit) for hit in own]
        groups.append(Group(kind, _title(kind, own), items=items))
    return groups


def _title(kind: str, hits: Sequence[Hit]) -> str:
    if kind in TITLES:
        return _(TITLES[kind])
    return _(host().title(hits[0].module)) if hits and hits[0].module else kind


def _people(hits: Sequence[Hit]) -> list[Item]:
    return [
        Item(
            one.name,
            f"/people/{one.id}",
            hint=" · ".join(filter(None, (one.post, one.unit))),
            phone=one.phone,
            initials=one.initials,
            icon=ICONS[PERSON],
        )
        for one in directory.colleagues(hit.record_id for hit in hits)
    ]


def _record(hit: Hit) -> Item:
    icon = ICONS.get(hit.kind) or module_icon(hit.module)
    return Item(hit.title, hit.url, hint=_shortened(hit.body), icon=icon)


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 120 else f"{text[:119].rsplit(' ', 1)[0]}…"


def module_icon(module: str) -> str:
    """Return the icon of a module's first menu entry."""
    items = (owned.item.icon for owned in host().navigation if owned.owner == module)
    return next(items, "file-text")


def _apps(actor: Actor, q: str) -> list[Item]:
    found = launcher.launcher(actor, q)
    return [_tile(one) for one in (*found.modules, *found.core, *found.admin, *found.doors)]


def _tile(one: Tile) -> Item:
    hint = one.hint or (_("{who} · hubungi {contact}", who=one.audience, contact=one.contact) if one.contact else "")
    return Item(one.title, one.url, hint=hint or one.audience, icon=one.icon, external=one.external, key=one.key)


def _topic(topic: guide.Topic) -> Item:
    return Item(_(topic.title), f"/help#{topic.key}", icon=ICONS[HELP])


def scopes(found: Results, q: str, scope: str) -> list[dict[str, Any]]:
    """Return the chips that narrow a search: all, then the kinds that were found, with their counts."""
    from urllib.parse import urlencode

    chips = [{"label": _("Semua"), "href": f"/search?{urlencode({'q': q})}", "current": not scope}]
    for group in found.groups:
        href = f"/search?{urlencode({'q': q, 'in': group.key})}"
        count = None if found.more else len(group.items)
        chips.append({"label": group.title, "href": href, "current": scope == group.key, "count": count})
    return chips


def palette(actor: Actor, q: str) -> list[dict[str, str]]:
    """Return the lines of the Ctrl-K palette, in order: recents and modules without words, commands after `>`."""
    menu = menu_of(actor)
    if not q:
        return _lines(_("Terakhir dibuka"), _recents(actor)) + _lines(_("Modul"), _entries(menu.entries))
    if q.startswith(COMMAND):
        return _lines(_("Perintah"), _commands(menu, q.removeprefix(COMMAND)))
    found = results(actor, q)
    order = sorted(found.groups, key=lambda group: group.key != APP)
    lines = [line for group in order for line in _lines(group.title, group.items)]
    return lines[:MOST_IN_PALETTE]


def _recents(actor: Actor) -> list[Item]:
    return [Item(row.title, row.url, icon=row.icon or "clock") for row in launcher.recents(actor)]


def _entries(entries: Iterable[Entry]) -> list[Item]:
    made = [Item(entry.label, entry.url, hint=entry.owner_title, icon=entry.icon) for entry in entries]
    return made[:MOST_IN_PALETTE]


def _commands(menu: Menu, words: str) -> list[Item]:
    fits = launcher.matcher(words)
    made = [
        *(Item(_("Buat: {what}", what=entry.label), entry.url, icon=entry.icon) for entry in menu.creations),
        *(Item(entry.label, entry.url, icon=entry.icon) for entry in menu.entries if entry.group == "admin"),
        Item(_("Laporkan masalah"), "/help/report", icon="life-buoy"),
        Item(_("Profil dan keamanan"), "/profile", icon="settings"),
    ]
    return [item for item in made if fits(item.title, "")]


def _lines(group: str, items: Iterable[Item]) -> list[dict[str, str]]:
    return [
        {"url": item.url, "title": item.title, "hint": item.hint, "icon": item.icon, "group": group} for item in items
    ]
