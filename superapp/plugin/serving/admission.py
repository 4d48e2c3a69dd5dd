"""Who is let in: the module is on, and the actor holds the route's permission, or reads as party to one of its records."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flask import g, request

from superapp.kernel import ports
from superapp.kernel.errors import Forbidden, NotFound
from superapp.kernel.ports import Actor, Port
from superapp.plugin.blueprint import GUEST, PUBLIC, SIGNED_IN, Route
from superapp.plugin.refusals import ModulePaused, SignInNeeded
from superapp.plugin.state import WHOLE

if TYPE_CHECKING:
    from superapp.plugin.host import Host

Admit = Callable[[Actor], None]
PartyCheck = Callable[[Any, str], bool]
party_check: Port[PartyCheck] = Port("party_check")
"""Answers whether an actor is party to any record of a plugin today; filled by access."""


def admission(host: Host, route: Route, *, contribution: str = "") -> Admit:
    """Return the check of one route.

    It raises NotFound when the module is off for the actor, ModulePaused, SignInNeeded or Forbidden.
    """
    permitted = _permission(route)
    if route.owner not in host.plugins:
        return permitted
    gate = _gate(host, route.owner, contribution)

    def admit(actor: Actor) -> None:
        gate(actor)
        permitted(actor)

    return admit


def _gate(host: Host, plugin: str, contribution: str) -> Admit:
    states, title = host.states, host.plugins[plugin].title

    def gate(actor: Actor) -> None:
        state = states.seen_by(actor)
        found = state.of(plugin)
        if not state.open_to(plugin, actor):
            if found.enabled and WHOLE in found.paused:
                raise ModulePaused(plugin, title)
            raise NotFound
        if contribution and contribution in found.paused:
            raise ModulePaused(plugin, title)

    return gate


def _permission(route: Route) -> Admit:
    permission = route.permission
    if permission == PUBLIC:
        return _everybody
    if permission == SIGNED_IN:
        return _signed_in
    if permission == GUEST:
        return _guest

    def holder(actor: Actor) -> None:
        if ports.authorizer().allows(actor, permission):
            return
        if not actor.signed_in and not actor.principal.startswith("guest:"):
            raise SignInNeeded(own_address())
        if _read_by_parties(route) and party_check()(actor, route.owner):
            return
        g.missing_permission = permission
        raise Forbidden

    return holder


def _read_by_parties(route: Route) -> bool:
    """Tell whether a route only shows what its module lets people see: parties get in without the right to it."""
    return route.method == "GET" and route.permission == f"{route.owner}.view"


def _everybody(_actor: Actor) -> None:
    """Let everybody in."""


def _signed_in(actor: Actor) -> None:
    if not actor.signed_in:
        raise SignInNeeded(own_address())


def _guest(actor: Actor) -> None:
    if not actor.principal.startswith("guest:"):
        raise Forbidden("Halaman ini untuk tamu. Buka lagi tautan yang Anda terima.")


def own_address() -> str:
    """Return the local address of this request, to come back to after signing in."""
    return request.full_path.rstrip("?") if request.method == "GET" else request.path
