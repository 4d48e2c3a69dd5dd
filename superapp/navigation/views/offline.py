"""Addresses of the phone's outbox: whose it is, the forms it keeps blank, and the page that shows it."""

from __future__ import annotations

from flask import Response, jsonify, make_response, request
from flask_wtf.csrf import generate_csrf

from superapp.access.actor import current
from superapp.kernel.templates import render
from superapp.navigation import offline, pwa
from superapp.navigation.blueprint import bp
from superapp.plugin.blueprint import PUBLIC, SIGNED_IN


@bp.get("/offline/session", permission=PUBLIC)
def offline_session() -> Response:
    """Tell the outbox whose session this is, with a fresh CSRF token and the keys of this phone.

    It asks before each sending. Without a session the answer says so in words of its own: a redirect would look like the
    sign-in page of a public network.
    """
    actor = current()
    if not actor.signed_in:
        response = jsonify(outbox=True, sign_in=True)
    else:
        keys = offline.keys(actor, request.args.get("installation", ""))
        response = jsonify(outbox=True, partition=actor.partition, csrf_token=generate_csrf(), keys=keys)
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/offline/forms", permission=SIGNED_IN)
def offline_forms() -> Response:
    """Give the forms that this person may fill without having opened them before."""
    response = jsonify(offline.described(offline.blank_forms(current())))
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/offline/outbox", permission=PUBLIC)
def outbox() -> Response:
    """Show the frame of *Kotak kirim*; the phone fills it with what it keeps. It names nobody without a session."""
    layout = "layout/shell.html" if current().signed_in else "layout/plain.html"
    response = make_response(render("navigation/offline_outbox.html", layout=layout, keeps_pages=pwa.keeps_pages()))
    response.headers["Cache-Control"] = "private, no-cache"
    return response
