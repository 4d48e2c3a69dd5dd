"""Step-up: factors and administration ask for the password again when it was given longer than 15 minutes ago."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from flask import abort, current_app, g, redirect, request
from werkzeug.datastructures import MultiDict

from superapp.access.actor import Actor, current
from superapp.kernel import clock, database
from superapp.kernel.errors import AppError, Invalid
from superapp.kernel.templates import render
from superapp.login import accounts, forms, signing
from superapp.login.tables import session

GOOD_FOR = timedelta(minutes=15)
FIELD = "confirm_password"
"""The field by which a form that needs a fresh confirmation carries it along."""
UNKEPT = frozenset({"csrf_token", FIELD})
Prepare = Callable[..., Any]


def is_fresh(actor: Actor | None = None) -> bool:
    """Tell whether the person confirmed who they are within the last 15 minutes (ASVS 7.5.1)."""
    actor = actor or current()
    moment = g.get("stepped_up_at") or actor.step_up_at
    return actor.trusted or (moment is not None and clock.now() - moment <= GOOD_FOR)


def require_step_up() -> None:
    """Let go on only who confirmed lately; for pages (GET), and as `prepare=` of forms.

    A page is left for /confirm and come back to. A form is answered by a page that keeps all that was typed (except
    secrets) and asks for the password beside it; sent again with it, the form goes on. Never inside a command: the
    password is checked here.
    """
    if is_fresh():
        return
    if request.method == "GET":
        abort(redirect(f"/confirm?next={quote(request.full_path.rstrip('?'))}", code=303))
    given = request.form.get(FIELD, "")
    if not given:
        _ask()
    try:
        confirm(given)
    except Invalid as refusal:
        _ask(refusal)


def after_step_up(prepare: Prepare | None = None) -> Prepare:
    """Return a `prepare=` for a form that needs step-up, before the form's own `prepare`."""

    def confirmed(**arguments: Any) -> Any:
        require_step_up()
        return prepare(**arguments) if prepare else None

    return confirmed


def confirm(typed: str) -> None:
    """Check the password of whoever is signed in and note the time in the session; raises Invalid, Locked."""
    actor = current()
    found = accounts.by_person(actor.person_id) if actor.person_id else None
    if found is None:
        raise Invalid(field=FIELD)
    signing.prove_password(found.number, typed, signing.visit(request))
    note(actor)


def note(actor: Actor, *, second_factor: bool = False) -> None:
    """Note in a transaction of its own that the person confirmed who they are (by passkey: with a second factor)."""
    moment = clock.now()
    values: dict[str, Any] = {"step_up_at": moment} | ({"second_factor": True} if second_factor else {})
    with database.transaction() as connection:
        connection.execute(sa.update(session).where(session.c.id == actor.session_id).values(values))
    g.stepped_up_at = moment


def _ask(refusal: AppError | None = None) -> None:
    """Answer the form with the page that asks for the password and keeps the form."""
    from superapp.plugin.blueprint import FormState

    errors = {FIELD: refusal.message} if refusal else {}
    g.form_state, g.secret_page = FormState(MultiDict(), errors), True
    kept = [(name, value) for name, value in request.form.items(multi=True) if name not in UNKEPT]
    fields = [(name, value) for name, value in kept if not forms.is_secret(name)]
    html = render("login/confirm_form.html", fields=fields, action=request.full_path.rstrip("?"))
    abort(current_app.make_response((html, refusal.status if refusal else 403)))
