"""The home page, the tasks, the notices, and the counts that badges show."""

from __future__ import annotations

from flask import Response, jsonify, make_response, request

from superapp.access.actor import current
from superapp.kernel import clock
from superapp.kernel.language import gettext as _
from superapp.kernel.templates import render
from superapp.navigation import announcements, launcher, work
from superapp.navigation.blueprint import bp
from superapp.navigation.menu import menu_of
from superapp.plugin.blueprint import SIGNED_IN


@bp.get("/", permission=SIGNED_IN)
def home() -> str:
    """Show what waits for the person, what is kept at hand, what is new (three statements with the session's)."""
    actor = current()
    menu = menu_of(actor)
    announced, pinned = announcements.present(actor), launcher.pinned(actor, menu)
    cards = launcher.cards(menu, pinned) if request.args.get("cards") != "all" else menu.cards
    return render(
        "navigation/home.html",
        today=clock.today(),
        greeting=greeting(),
        tasks=work.first_cards(actor),
        pinned=pinned,
        beacon=any(tile.external for tile in pinned),
        cards=[(card.url, card.title, card.paused) for card in cards],
        more_cards=len(menu.cards) - len(cards),
        important=[one for one in announced if one.important],
        announced=[one for one in announced if not one.important][: announcements.ON_HOME],
    )


def greeting() -> str:
    """Return the greeting of the hour in WITA."""
    hour = clock.local(clock.now()).hour
    if hour < 11:
        return _("Selamat pagi")
    if hour < 15:
        return _("Selamat siang")
    return _("Selamat sore") if hour < 18 else _("Selamat malam")


@bp.get("/badges", permission=SIGNED_IN)
def badges() -> Response:
    """Answer the counts of badges; with an ETag, so that an unchanged answer costs no bytes."""
    actor = current()
    response = make_response(jsonify(tasks=actor.open_tasks, unread=actor.unread))
    response.set_etag(f"{actor.open_tasks}-{actor.unread}-{actor.partition}")
    response.headers["Cache-Control"] = "private, no-cache"
    response.make_conditional(request)
    return response
