"""*Serah terima*: what an official who moves or leaves holds, given over in one go after a look at where it goes."""

from __future__ import annotations

from uuid import UUID

from flask import flash, request
from werkzeug import Response

from superapp.kernel import command
from superapp.kernel.errors import Invalid
from superapp.kernel.language import N_
from superapp.kernel.language import gettext as _
from superapp.kernel.templates import render
from superapp.kernel.values import clean_text
from superapp.navigation import forms, handing
from superapp.navigation.blueprint import bp
from superapp.organization import holders
from superapp.organization.holders import Post
from superapp.plugin.blueprint import SIGNED_IN, redirect_to
from superapp.shared.picking import picked
from superapp.shared.workflow import choosing
from superapp.shared.workflow.handover import Leaving

HANDED = N_("{actor} melakukan serah terima dari {person}: {n} hal")
LONGEST = 300


@bp.get("/tasks/handover/<uuid:appointment_id>", permission=SIGNED_IN)
def handover(appointment_id: UUID) -> str:
    """Show what the holder of an appointment holds, where it goes by itself, and what was handed over so far."""
    return _page(handing.leaving(appointment_id))


def _page(who: Leaving, wrong: str = "") -> str:
    lines, history = handing.all_lines(who), handing.history(who)
    return render("navigation/handover.html", who=who, lines=lines, history=history, wrong=wrong, typed_to=_typed())


def _typed() -> str:
    return clean_text(request.args.get("to", ""))[:LONGEST]


@bp.get("/tasks/handover/<uuid:appointment_id>/check", permission=SIGNED_IN)
def check_handover(appointment_id: UUID) -> str:
    """Show where each chosen item would go, before it does."""
    who = handing.leaving(appointment_id)
    try:
        to = _receiver()
    except Invalid as fault:
        if request.method == "GET":
            return _page(who, fault.errors["to"])
        to = None  # the page with what was typed says what is wrong with it
    lines = handing.lines(who, request.values.getlist("item"), to)
    return render("navigation/handover_check.html", who=who, lines=lines, to=to)


@bp.post(
    "/tasks/handover/<uuid:appointment_id>/check", permission=SIGNED_IN, says=HANDED, form="navigation.check_handover"
)
def hand_over(appointment_id: UUID) -> Response:
    """Hand the chosen items over."""
    who, to = handing.leaving(appointment_id), _receiver()
    note = forms.text("note", most=LONGEST, label="Alasan", required=False)
    handed, stay = handing.hand_over(who, request.form.getlist("item"), to, note)
    command.current().about(handing.RECORD, who.appointment_id, opd_id=who.opd_id, person=who.name, n=handed)
    flash(_("{n} hal diserahkan, {m} tetap di tempatnya.", n=handed, m=stay))
    return redirect_to("navigation.handover", appointment_id=appointment_id)


def _receiver() -> Post | None:
    """Return the post that was chosen, None when everything goes its own way; Invalid for what is no filled post."""
    found = picked({name: clean_text(value) for name, value in request.values.items()}, "to", choosing.posts_meant)
    return holders.post(found) if found is not None else None
