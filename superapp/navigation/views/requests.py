"""*Minta akses* and *Siapa melihat data saya*; and what was typed when a session ended."""

from __future__ import annotations

from uuid import UUID

from flask import flash, g, request
from werkzeug import Response

from superapp.access.actor import current
from superapp.kernel import limiter
from superapp.kernel.errors import Invalid
from superapp.kernel.language import N_
from superapp.kernel.language import gettext as _
from superapp.kernel.templates import render
from superapp.navigation import disclosure, forms, kept, requests
from superapp.navigation.blueprint import bp
from superapp.navigation.granting import GRANTS
from superapp.plugin.blueprint import SIGNED_IN, redirect_to

DOOR = limiter.door("access-request", limit=20, per="person")


@bp.get("/access/request", permission=SIGNED_IN)
def access_form() -> str:
    """Show what a right allows, who can grant it, and the form."""
    actor = current()
    wanted = requests.wanted(request.values.get("permission", "")[:80], actor)
    page = forms.local_address(request.values.get("page", "").split("?", 1)[0])
    return render("navigation/access_form.html", wanted=wanted, page=page, has=actor.may(wanted.permission))


@bp.post(
    "/access/request",
    permission=SIGNED_IN,
    says=N_("{actor} meminta akses {permission}"),
    limit=DOOR.name,
    endpoint="access_ask",
)
def access_ask() -> Response:
    """Send the request to those who can grant."""
    own = requests.ask(
        current(),
        request.form.get("permission", "")[:80],
        reason=forms.text("reason", most=1000, label=N_("Alasan")),
        page=forms.local_address(request.form.get("page", "")),
    )
    flash(_("Terkirim. Anda diberi tahu saat diputuskan."))
    return redirect_to("navigation.access_request", request_id=own)


@bp.get("/access/requests/<uuid:request_id>", permission=SIGNED_IN)
def access_request(request_id: UUID) -> str:
    """Show a request to who asked and to who can grant."""
    actor = current()
    row = requests.one(request_id, actor)
    may_decide = row.state == "open" and requests.may_decide(actor, row)
    words = requests.permission_words(row.permission)
    return render("navigation/access_request.html", one=row, words=words, may_decide=may_decide)


@bp.post(
    "/access/requests/<uuid:request_id>",
    permission=GRANTS,
    says=N_("{actor} menjawab permintaan akses {permission} dari {person}"),
    endpoint="access_decide",
)
def access_decide(request_id: UUID) -> Response:
    """Grant or refuse what was asked for."""
    to = request.form.get("to", "")
    if to not in {"post", "person", "refuse"}:
        raise Invalid(_("Pilih salah satu jawaban."), field="to")
    words = forms.text("answer", most=1000, label=N_("Catatan"), required=to == "refuse")
    requests.decide(current(), request_id, to="" if to == "refuse" else to, words=words)
    flash(_("Jawaban terkirim."))
    return redirect_to("navigation.access_request", request_id=request_id)


@bp.get("/profile/access", permission=SIGNED_IN)
def readings() -> str:
    """Show the person who read his data."""
    actor = current()
    assert actor.person_id is not None
    before = request.args.get("page", "")
    found = disclosure.readings(actor.person_id, forms.identity(before) if before else None)
    return render("navigation/readings.html", found=found)


@bp.get("/resume/<word>", permission=SIGNED_IN)
def resume(word: str) -> str:
    """Show a form again that was sent after the session had ended, ready to be sent by its owner."""
    g.secret_page = True
    return render("navigation/resume.html", kept=kept.take_up(word[:64], current().person_id))
