"""First things first: who must choose a password or set up a second factor gets to nothing else before."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response, current_app, redirect, request
from flask.typing import ResponseReturnValue

from superapp.kernel.errors import Refused
from superapp.kernel.language import gettext as _
from superapp.plugin.blueprint import PUBLIC, Route
from superapp.plugin.host import EXTENSION

PASSWORD_PAGES = frozenset({"login.new_password_page", "login.choose_password"})
FACTOR_PAGES = frozenset(
    {
        "login.factors_page",
        "login.confirm_page",
        "login.confirm",
        "login.confirm_passkey_options",
        "login.confirm_passkey",
        "login.begin_totp",
        "login.totp_page",
        "login.confirm_totp",
        "login.passkey_offer",
        "login.passkey_options",
        "login.add_passkey",
        "login.renew_codes",
        "login.codes_page",
        "login.codes_text",
    }
)
OPEN_TO = {"password": PASSWORD_PAGES, "factor": FACTOR_PAGES}
"""What stays open to whom something must be done first, beside public pages and signing out."""
WAY = {"password": "/password/new", "factor": "/profile/factors"}


def hold() -> ResponseReturnValue | None:
    """Send whoever has a duty to its page; asked before each request, at no statement of its own."""
    route = _route()
    if route is None or route.permission == PUBLIC:
        return None
    from superapp.access.actor import current

    must = current().must
    if not must or route.endpoint in OPEN_TO[must]:
        return None
    return _to_duty(must)


def _route() -> Route | None:
    asked = request._get_current_object()  # type: ignore[attr-defined]
    if asked.url_rule is None:
        return None
    method = "GET" if asked.method == "HEAD" else asked.method
    found: Route | None = current_app.extensions[EXTENSION].routes.get((asked.url_rule.rule, method))
    return found


def _to_duty(must: str) -> ResponseReturnValue:
    if "HX-Request" in request.headers:
        return Response(status=204, headers={"HX-Redirect": WAY[must]})
    if request.method != "GET":
        raise Refused(_("Lengkapi keamanan akun dulu di Profil & keamanan. Isian Anda tetap ada."))
    return redirect(f"{WAY[must]}?next={quote(request.full_path.rstrip('?'))}", code=303)
