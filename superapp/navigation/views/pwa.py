"""Addresses that browsers and phones ask for by themselves."""

from __future__ import annotations

from flask import Response, jsonify, make_response, redirect
from werkzeug import Response as AnyResponse

from superapp.kernel.assets import asset
from superapp.kernel.errors import NotFound
from superapp.kernel.templates import render
from superapp.navigation import pwa
from superapp.navigation.blueprint import bp
from superapp.plugin.blueprint import PUBLIC

DAY = "public, max-age=86400"


@bp.get("/manifest.webmanifest", permission=PUBLIC)
def web_manifest() -> Response:
    """Answer the web app manifest."""
    response = jsonify(pwa.web_manifest())
    response.mimetype = "application/manifest+json"
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


@bp.get("/sw.js", permission=PUBLIC)
def service_worker() -> Response:
    """Answer the service worker; browsers must ask for it each time, or an update never arrives."""
    response = make_response(pwa.worker_script())
    response.mimetype = "text/javascript"
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Service-Worker-Allowed"] = "/"
    return response


@bp.get("/offline", permission=PUBLIC)
def offline() -> Response:
    """Show what can be done without a signal; the worker keeps this page, so it names nobody."""
    response = make_response(render("navigation/offline.html", keeps_pages=pwa.keeps_pages()))
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


@bp.get("/robots.txt", permission=PUBLIC)
def robots() -> Response:
    """Keep search engines out."""
    return _text(pwa.ROBOTS)


@bp.get("/.well-known/security.txt", permission=PUBLIC)
def security_txt() -> Response:
    """Say whom to tell of a weakness; NotFound until administrators have named somebody."""
    if not (said := pwa.security_txt()):
        raise NotFound
    return _text(said)


@bp.get("/favicon.ico", permission=PUBLIC)
def favicon() -> AnyResponse:
    """Lead browsers that guess to the icon."""
    response = redirect(asset("favicon.svg"), code=301)
    response.headers["Cache-Control"] = DAY
    return response


def _text(words: str) -> Response:
    response = make_response(words)
    response.mimetype = "text/plain"
    response.headers["Cache-Control"] = DAY
    return response
