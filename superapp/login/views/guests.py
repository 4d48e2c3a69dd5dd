"""The door for guests: the link shows a page, and only its button lets them in (mail scanners open links)."""

from __future__ import annotations

from typing import Any

from flask import current_app, g, redirect, request

from superapp.access.actor import current
from superapp.kernel.templates import render
from superapp.login import guests, signing
from superapp.login.views.blueprint import bp
from superapp.plugin.blueprint import PUBLIC


@bp.get("/guest/<token>", permission=PUBLIC)
def guest_page(token: str) -> Any:
    """Say for whom the link is, and that it will open on this device only."""
    g.secret_page = True
    found = guests.of_link(token)
    return render("login/guest.html", guest=found, token=token, signed_in=current().signed_in)


@bp.post("/guest/<token>", permission=PUBLIC, says="", secret=True, form="login.guest_page")
def guest_enter(token: str) -> Any:
    """Begin the guest's session and lead to the record."""
    found, entered = guests.enter(token, signing.visit(request))
    opened = signing.Opened(entered.token, entered.device_token)
    return signing.give_cookies(current_app.make_response(redirect(found.url, code=303)), opened)
