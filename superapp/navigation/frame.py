"""What the shell of every page shows: who, navigation, badges, look; called for each page, so it stays cheap."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from flask import Flask, g, request

from superapp.access.actor import Actor, current
from superapp.access.rights import Hat
from superapp.navigation.menu import menu_of
from superapp.plugin.host import host

EXTENSION = "superapp.frame"
THEMES = frozenset({"light", "dark"})
TEXT_SIZES = frozenset({"large", "larger"})
THEME_COOKIE = "tema"
TEXT_COOKIE = "huruf"
RAIL_COOKIE = "rail"
BADGES_URL = "/badges"


@dataclass(frozen=True, slots=True)
class Me:
    """The person signed in, as templates show him."""

    name: str
    first_name: str
    initials: str = field(kw_only=True)
    hat_title: str = field(kw_only=True)
    hat: Hat | None = field(kw_only=True)
    hats: tuple[Hat, ...] = field(kw_only=True)
    unread: int = field(kw_only=True)
    open_tasks: int = field(kw_only=True)
    partition: str = field(kw_only=True)


def install(app: Flask) -> None:
    """Let every page have its frame."""
    app.extensions[EXTENSION] = frame


def frame() -> dict[str, Any]:
    """Return what the layouts of this request need."""
    cookies = request.cookies
    theme, size = cookies.get(THEME_COOKIE, ""), cookies.get(TEXT_COOKIE, "")
    look: dict[str, Any] = {
        "slim": cookies.get(RAIL_COOKIE) == "slim",
        "theme": theme if theme in THEMES else "",
        "text_size": size if size in TEXT_SIZES else "",
        "request_id": g.get("request_id", ""),
    }
    actor = current()
    if not actor.signed_in:
        return look
    look["me"] = me(actor)
    look["nav"] = menu_of(actor).html
    look["nav_key"] = (request.endpoint or "").split(".", 1)[0]
    look["badges_url"] = BADGES_URL
    look["demo"] = is_demo(actor)
    return look


def me(actor: Actor) -> Me:
    """Return the person signed in for the templates."""
    return Me(
        actor.name,
        actor.first_name,
        initials=initials(actor.name),
        hat_title=actor.hat.label if actor.hat else "",
        hat=actor.hat,
        hats=actor.hats,
        unread=actor.unread,
        open_tasks=actor.open_tasks,
        partition=actor.partition,
    )


@lru_cache(maxsize=4096)
def initials(name: str) -> str:
    """Return up to two letters for a person's picture: `Nurhayati Sompa` → `NS`; titles with a dot are passed over."""
    words = [word for word in name.split(",", 1)[0].split() if word[0].isalpha() and "." not in word]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


DEMO = ("core", "demo")
"""The setting that marks a demo data set."""


def is_demo(actor: Actor) -> bool:
    """Tell whether this is a demo data set; no statement: the mark is among what every worker keeps by stamp."""
    return bool(host().states.at(actor.stamps.plugins).settings.get(DEMO))
