"""The agenda: a month, a week, a day or a list; personal entries; the feed for the calendar of a phone."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import flash, make_response, request
from werkzeug import Response

from superapp.access.actor import current
from superapp.kernel import clock, command, limiter
from superapp.kernel.addresses import url_for
from superapp.kernel.errors import NotFound
from superapp.kernel.format import DAYS
from superapp.kernel.language import N_
from superapp.kernel.language import current as language
from superapp.kernel.language import gettext as _
from superapp.kernel.templates import render
from superapp.navigation import agenda as reads
from superapp.navigation import forms
from superapp.navigation.blueprint import bp
from superapp.plugin.blueprint import PUBLIC, SIGNED_IN, redirect_to
from superapp.shared.agenda import entries, feeds, personal
from superapp.shared.agenda.clashing import period

WORDS = {"month": N_("Bulan"), "week": N_("Minggu"), "day": N_("Hari"), "list": N_("Daftar")}
MOST_ON_HOME = 4
STRANGERS = limiter.door("agenda-feed", limit=60)
"""Who asks for addresses that do not exist is slowed down; phones with a right one are never counted."""


@bp.get("/agenda", permission=SIGNED_IN)
def agenda() -> str:
    """Show what the person has, or the people of a unit (two statements with the session's own beside)."""
    actor, view, on = current(), request.args.get("view", "month"), reads.chosen_day(request.args.get("on", ""))
    view = view if view in WORDS else "month"
    shown, unit, asked = reads.span(view, on), None, request.args.get("unit", "")
    if asked:
        unit, days = reads.of_unit(actor, forms.identity(asked), shown, on)
    else:
        days = reads.of_person(actor, shown, on)
    return render(
        "navigation/agenda.html",
        view=view,
        on=on,
        span=shown,
        unit=unit,
        days=days,
        chosen=next(one for one in days if one.day == on),
        weekdays=DAYS[language()],
        address=_addresses(view, asked),
        tabs=_tabs(view, on, asked),
    )


@bp.get("/agenda/today", permission=SIGNED_IN)
def agenda_today() -> Any:
    """Answer the home page's card of today; without script it leads to the day itself."""
    if "HX-Request" not in request.headers:
        return redirect_to("navigation.agenda", view="day")
    today = clock.today()
    [day] = reads.of_person(current(), reads.span("day", today), today)
    return render("navigation/agenda_today.html", day=day, most=MOST_ON_HOME)


def _addresses(view: str, unit: str) -> Any:
    kept = {"unit": unit} if unit else {}
    return lambda day, other="": url_for("navigation.agenda", view=other or view, on=day.isoformat(), **kept)


def _tabs(view: str, on: date, unit: str) -> list[dict[str, Any]]:
    address = _addresses(view, unit)
    return [{"label": _(words), "href": address(on, key), "current": key == view} for key, words in WORDS.items()]


@bp.get("/agenda/new", permission=SIGNED_IN)
def agenda_new() -> str:
    """Show the empty form of a personal entry."""
    day = reads.chosen_day(request.args.get("on", "")).isoformat()
    return render("navigation/agenda_form.html", one=None, first=f"{day}T09:00", last=f"{day}T10:00")


@bp.post("/agenda/new", permission=SIGNED_IN, says=N_("{actor} menambah acara pribadi"), endpoint="agenda_add")
def agenda_add() -> Response:
    """Write a personal entry; what else is on then is said, not refused."""
    actor, values = current(), _fields()
    assert actor.person_id is not None
    own = personal.add(actor.person_id, values.pop("title"), **values)
    return _told(_("Acara ditambahkan."), actor.person_id, own, values)


@bp.get("/agenda/<uuid:entry_id>/edit", permission=SIGNED_IN)
def agenda_edit(entry_id: UUID) -> str:
    """Show the form of a personal entry."""
    actor = current()
    assert actor.person_id is not None
    found = personal.one(actor.person_id, entry_id)
    last = found.ends_at - timedelta(days=1) if found.all_day else found.ends_at
    return render("navigation/agenda_form.html", one=found, first=_local(found.starts_at), last=_local(last))


@bp.post(
    "/agenda/<uuid:entry_id>/edit",
    permission=SIGNED_IN,
    says=N_("{actor} mengubah acara pribadi"),
    endpoint="agenda_save",
)
def agenda_save(entry_id: UUID) -> Response:
    """Change a personal entry."""
    actor, values = current(), _fields()
    assert actor.person_id is not None
    personal.change(actor.person_id, entry_id, forms.version(), **values)
    return _told(_("Acara disimpan."), actor.person_id, entry_id, values)


@bp.post(
    "/agenda/<uuid:entry_id>/remove",
    permission=SIGNED_IN,
    says=N_("{actor} menghapus acara pribadi"),
    form="navigation.agenda_edit",
)
def agenda_remove(entry_id: UUID) -> Response:
    """Remove a personal entry."""
    actor = current()
    assert actor.person_id is not None
    flash(_("Acara {title} dihapus.", title=personal.remove(actor.person_id, entry_id)))
    return redirect_to("navigation.agenda")


def _fields() -> dict[str, Any]:
    title = forms.text("title", most=160, label=N_("Acara"))
    place = forms.text("place", most=160, label=N_("Tempat"), required=False)
    first, last = forms.moment("starts_at"), forms.moment("ends_at")
    found = {"title": title, "place": place, "all_day": request.form.get("all_day", "") in {"1", "True", "on"}}
    if found["all_day"]:
        return found | entries.whole_days(clock.local(first).date(), clock.local(last).date())
    return found | {"starts_at": first, "ends_at": last}


def _told(done: str, person_id: UUID, own: UUID, values: dict[str, Any]) -> Response:
    flash(done)
    for row in personal.others_at(person_id, values["starts_at"], values["ends_at"], but=own)[:3]:
        flash(_("Bentrok dengan {title}, {when}.", title=row.title, when=period(row)))
    command.current().about("core_agenda_entry", own)
    return redirect_to("navigation.agenda", view="day", on=clock.local(values["starts_at"]).date().isoformat())


def _local(moment: datetime) -> str:
    return clock.local(moment).strftime("%Y-%m-%dT%H:%M")


@bp.get("/agenda/feed", permission=SIGNED_IN)
def agenda_feed() -> str:
    """Show the private address of the person's agenda, and how to keep it."""
    actor = current()
    assert actor.person_id is not None
    token = feeds.token_of(actor.person_id)
    address = url_for("navigation.agenda_calendar", token=token, _external=True) if token else ""
    return render("navigation/agenda_feed.html", address=address)


@bp.post(
    "/agenda/feed",
    permission=SIGNED_IN,
    says=N_("{actor} mengatur alamat kalendernya"),
    endpoint="agenda_feed_set",
)
def agenda_feed_set() -> Response:
    """Make a new private address, or end it."""
    actor = current()
    assert actor.person_id is not None
    if request.form.get("end"):
        feeds.remove(actor.person_id)
        flash(_("Alamat kalender dihapus."))
    else:
        feeds.renew(actor.person_id)
        flash(_("Alamat kalender baru siap. Alamat lama tidak berlaku lagi."))
    return redirect_to("navigation.agenda_feed")


@bp.get("/agenda/feed/<token>.ics", permission=PUBLIC)
def agenda_calendar(token: str) -> Response:
    """Answer the calendar at a private address; unchanged since the last time it costs no bytes."""
    try:
        found = feeds.read(token)
    except NotFound:
        limiter.reserve(STRANGERS.name, request=request)
        raise
    response = make_response(found.text)
    response.mimetype = "text/calendar"
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(found.etag)
    response.make_conditional(request)
    return response
