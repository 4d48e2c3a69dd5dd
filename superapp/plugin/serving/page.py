"""Serving a page: admitted, then run within the bulkhead."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import sqlalchemy as sa
from flask import redirect, request

from superapp.kernel import ports
from superapp.kernel.errors import AppError
from superapp.plugin.blueprint import Route
from superapp.plugin.refusals import SignInNeeded
from superapp.plugin.serving.admission import admission
from superapp.plugin.serving.containing import containing

if TYPE_CHECKING:
    from superapp.plugin.host import Host

View = Callable[..., Any]
LOGIN = "/login"


def page(host: Host, route: Route) -> View:
    """Return the view function of a page as the app serves it."""
    kind = "widget" if route.endpoint in host.widget_endpoints else "page"
    admit = admission(host, route, contribution=f"{kind}:{route.endpoint}" if kind == "widget" else "")
    contained, view, actor_of = containing(host, route, kind), route.view, ports.current_actor

    def serve(**arguments: Any) -> Any:
        actor = actor_of()()
        try:
            admit(actor)
        except SignInNeeded as needed:
            if "HX-Request" in request.headers:
                raise
            return redirect(f"{LOGIN}?next={quote(needed.next_url)}")
        return contained(lambda: _read(view, arguments), actor)

    return serve


def again(host: Host, route: Route) -> View:
    """Return the view function that shows a page once more within the request of a refused form.

    It takes those of the form's arguments that its own rule has.
    """
    admit, view, actor_of = admission(host, route), route.view, ports.current_actor

    @cache
    def taken() -> frozenset[str]:
        rules = host.app.url_map.iter_rules(route.endpoint)
        return frozenset(name for rule in rules if rule.rule == route.rule for name in rule.arguments)

    def show(**arguments: Any) -> Any:
        admit(actor_of()())
        return view(**{name: value for name, value in arguments.items() if name in taken()}, **route.defaults)

    return show


def _read(view: View, arguments: dict[str, Any]) -> Any:
    try:
        return view(**arguments)
    except (sa.exc.DataError, OverflowError) as error:
        # An address with what no row can hold (NUL, a number of 30 digits) is a wrong address, not a broken module.
        raise AppError("Alamat ini memuat isian yang tidak bisa dibaca.", status=400) from error
