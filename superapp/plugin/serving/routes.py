"""Putting the routes of all modules into the app, each behind its gate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from superapp.plugin.blueprint import Route
from superapp.plugin.manifest import Broken
from superapp.plugin.serving import outbox
from superapp.plugin.serving.form import form
from superapp.plugin.serving.page import View, again, page

if TYPE_CHECKING:
    from superapp.plugin.host import Host


def register_routes(host: Host) -> None:
    """Register all routes of the host; a form is bound to the page that shows it once more when it is refused."""
    pages = {route.endpoint: route for route in host.routes.values() if route.method == "GET"}
    views: dict[str, View] = {}
    for route in host.routes.values():
        if route.endpoint not in views:
            views[route.endpoint] = page(host, route) if route.method == "GET" else _form(host, route, pages)
        host.app.add_url_rule(
            route.rule,
            endpoint=route.endpoint,
            view_func=views[route.endpoint],
            methods=[route.method],
            defaults=dict(route.defaults) or None,
            provide_automatic_options=False,
        )
    outbox.install(host)


def _form(host: Host, route: Route, pages: dict[str, Route]) -> View:
    if route.form and route.form not in pages:
        raise Broken(f"form={route.form!r}: halaman itu tidak ada", route.where)
    shown = pages[route.form] if route.form else host.routes.get((route.rule, "GET"))
    return form(host, route, again(host, shown) if shown else None)
