"""*Wakil saya*: who decides what one's position decides, for which kind and how long."""

from __future__ import annotations

from uuid import UUID

from flask import flash, request
from werkzeug import Response

from superapp.access.actor import current
from superapp.kernel import command
from superapp.kernel.language import N_
from superapp.kernel.language import gettext as _
from superapp.kernel.templates import render
from superapp.navigation import deputies, handing
from superapp.navigation.blueprint import bp
from superapp.plugin.blueprint import SIGNED_IN, redirect_to
from superapp.shared import workflow
from superapp.shared.picking import typed_words

DELEGATED = N_("{actor} mendelegasikan keputusan kepada {person}")
ENDED = N_("{actor} mengakhiri delegasi")


@bp.get("/tasks/deputies", permission=SIGNED_IN)
def deputy_list() -> str:
    """Show the reader's deputies, and for whom he stands in."""
    return render(
        "navigation/deputies.html",
        given=deputies.given(),
        received=deputies.received(),
        kinds=deputies.kinds(),
        leaving=handing.near(),
        hats=current().hats,
        positions=[(hat.position_id, f"{hat.label} · {hat.unit_name}") for hat in current().hats],
    )


@bp.post("/tasks/deputies", permission=SIGNED_IN, says=DELEGATED)
def delegate() -> Response:
    """Let somebody decide what a position of the actor decides."""
    name = deputies.delegate()
    command.current().values["person"] = name
    flash(_("Delegasi tersimpan. Ia berakhir sendiri pada tanggalnya."))
    return redirect_to("navigation.deputy_list")


@bp.post("/tasks/deputies/<uuid:delegation_id>/end", permission=SIGNED_IN, says=ENDED, form="navigation.deputy_list")
def end_delegation(delegation_id: UUID) -> Response:
    """End a delegation today."""
    workflow.end_delegation(delegation_id)
    flash(_("Delegasi diakhiri."))
    return redirect_to("navigation.deputy_list")


@bp.get("/tasks/deputies/people", permission=SIGNED_IN)
def suggest_deputies() -> str:
    """Answer the picker of people."""
    return render("navigation/suggestions.html", rows=deputies.people(typed_words(request.args)))
