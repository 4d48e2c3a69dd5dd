"""Step-up on a page of its own: password or passkey, then back to where the person was."""

from __future__ import annotations

from typing import Any

from flask import g, jsonify, redirect, request

from superapp.access.actor import current
from superapp.kernel import command
from superapp.kernel.errors import AppError, Invalid
from superapp.kernel.language import gettext as _
from superapp.kernel.templates import render
from superapp.login import factors, stepup
from superapp.login.factors import passkeys
from superapp.login.signing import Locked
from superapp.login.views import answers
from superapp.login.views.blueprint import bp
from superapp.login.views.passwords import own_account
from superapp.plugin.blueprint import SIGNED_IN

PURPOSE = "confirm"


@bp.get("/confirm", permission=SIGNED_IN)
def confirm_page() -> Any:
    """Ask who is there once more."""
    g.secret_page = True
    person = current().person_id
    usable = passkeys.available() and person is not None and factors.of(person).passkeys > 0
    return render("login/confirm.html", next=answers.wanted(request.values), passkeys=usable)


def _prove(**_arguments: Any) -> None:
    given = request.form.get(stepup.FIELD, "")
    if not given:
        raise Invalid(_("Isi kata sandi."), field=stepup.FIELD)
    try:
        stepup.confirm(given)
    except Locked as refusal:
        answers.tell_when_to_retry(refusal.retry_after)
        raise
    except Invalid as refusal:
        raise Invalid(refusal.message, field=stepup.FIELD) from refusal


@bp.post("/confirm", permission=SIGNED_IN, says="", secret=True, prepare=_prove, form="login.confirm_page")
def confirm(prepared: None) -> Any:
    """Go back to where the person was."""
    return redirect(answers.wanted(request.form), code=303)


@bp.post("/confirm/passkey/options", permission=SIGNED_IN, says="", secret=True)
def confirm_passkey_options() -> Any:
    """Hand the browser a challenge for the person's own passkeys."""
    try:
        answers.refuse_without_passkeys()
    except AppError as refusal:
        return answers.told(refusal)
    actor = current()
    return jsonify(passkeys.authentication_options(PURPOSE, actor.session_id, actor.person_id))


def _prove_passkey(**_arguments: Any) -> AppError | None:
    actor, found = current(), own_account()
    try:
        credential = answers.passkey_body().get("credential")
        with command.begin("login.passkey", actor=actor, says=""):
            passkeys.check(credential, PURPOSE, actor.session_id, found.person_id)
    except Invalid as refusal:
        return answers.written_down(refusal)
    stepup.note(actor, second_factor=True)
    return None


@bp.post("/confirm/passkey", permission=SIGNED_IN, says="", secret=True, prepare=_prove_passkey, max_bytes=60_000)
def confirm_passkey(prepared: AppError | None) -> Any:
    """Go back to where the person was."""
    if prepared is not None:
        return answers.told(prepared)
    return jsonify(location=answers.wanted(answers.passkey_body()))
