"""What a phone needs to work without a signal: who it works for, its keys, the forms it may keep blank."""

from __future__ import annotations

import base64
import hmac
import re
from dataclasses import dataclass, field
from typing import Any

from flask import url_for
from werkzeug.routing import BuildError

from superapp.access.actor import Actor
from superapp.kernel import language, secrets
from superapp.navigation.menu import menu_of
from superapp.plugin.blueprint import SIGNED_IN, Route
from superapp.plugin.host import Host, host

INSTALLATION = re.compile(r"[0-9a-f-]{32,40}")
"""The random id that a browser draws for itself once."""


@dataclass(frozen=True)
class BlankForm:
    """A form that the phone keeps blank: the address of its page, and what it is called."""

    url: str
    title: str
    owner: str = field(default="", kw_only=True)


def keys(actor: Actor, installation: str) -> list[str]:
    """Return the keys (base64, 32 bytes each) of a person on one phone: the present one, then those it opens with too.

    Each is an HMAC over partition and installation, so nothing is stored and the phone gets the same key back at the
    next sign-in. Empty for an installation id that no browser of ours draws.
    """
    if not INSTALLATION.fullmatch(installation):
        return []
    message = f"{actor.partition}\x1f{installation}".encode()
    made = [hmac.digest(key, message, "sha256") for key in secrets.keys_for("offline")]
    return [base64.b64encode(key).decode() for key in made]


def blank_forms(actor: Actor) -> list[BlankForm]:
    """Return the forms marked `offline=True` that the actor may open, by title; those about one record are left out."""
    of = host()
    titles = {entry.url: entry.label for entry in menu_of(actor).creations}
    found = {}
    for route in of.routes.values():
        page = _page_of(of, route) if route.offline else None
        if page is None or not _may_open(of, page, actor) or not (url := _address(page)):
            continue
        plugin = of.plugins.get(route.owner)
        owner = language.translate(plugin.title, language.current(), route.owner) if plugin else ""
        found[url] = BlankForm(url, titles.get(url) or owner or url, owner=owner)
    return sorted(found.values(), key=lambda form: form.title.casefold())


def _page_of(of: Host, route: Route) -> Route | None:
    if not route.form:
        return of.routes.get((route.rule, "GET"))
    return next((page for page in of.routes.values() if page.endpoint == route.form and page.method == "GET"), None)


def _may_open(of: Host, page: Route, actor: Actor) -> bool:
    return of.open_to(page.owner, actor) and (page.permission == SIGNED_IN or actor.may(page.permission))


def _address(page: Route) -> str:
    try:
        return url_for(page.endpoint)
    except BuildError:
        return ""


def described(forms: list[BlankForm]) -> list[dict[str, Any]]:
    """Return the forms as the service worker reads them."""
    return [{"url": form.url, "title": form.title, "owner": form.owner} for form in forms]
