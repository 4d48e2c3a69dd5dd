"""The front door: signing in with a password, signing out."""

from __future__ import annotations

from typing import Any

from flask import Response, g, redirect, request

from superapp.access.actor import current
from superapp.kernel import secrets
from superapp.kernel.errors import Invalid
from superapp.kernel.language import gettext as _
from superapp.kernel.templates import render
from superapp.login import accounts, addresses, forms, session, signing
from superapp.login.signing import Locked, Proof
from superapp.login.views.blueprint import bp
from superapp.plugin.blueprint import PUBLIC


@bp.get("/login", permission=PUBLIC)
def sign_in_page() -> Any:
    """Show the sign-in form; who is signed in already goes on."""
    wanted = addresses.local(request.values.get("next"))
    if request.method == "GET" and current().signed_in:
        return redirect(wanted, code=303)
    g.secret_page = True
    return render("login/sign_in.html", next=wanted)


def _prove(**_arguments: Any) -> Proof:
    typed = forms.credentials(request.form)
    try:
        return signing.prove_password(typed.number, typed.password, signing.visit(request))
    except Locked as refusal:
        _tell_when_to_retry(refusal)
        raise


def _tell_when_to_retry(refusal: Locked) -> None:
    from flask import after_this_request

    @after_this_request
    def retry_after(response: Response) -> Response:
        response.headers["Retry-After"] = str(refusal.retry_after)
        return response


@bp.post("/login", permission=PUBLIC, says="", secret=True, prepare=_prove, form="login.sign_in_page")
def sign_in(prepared: Proof) -> Any:
    """Begin a session for whom the password was proven."""
    if not signing.still_valid(prepared):
        raise Invalid(_("Akun ini baru saja berubah. Coba masuk sekali lagi."), field="password")
    found = prepared.account
    if prepared.renewed:
        accounts.renew_hash(found.person_id, old=found.password_hash or "", new=prepared.renewed)
    opened = signing.open_session(found, signing.visit(request))
    return signing.give_cookies(redirect(addresses.local(request.form.get("next")), code=303), opened)


@bp.post("/logout", permission=PUBLIC, says="", secret=True)
def sign_out() -> Any:
    """End the session of this browser; signing out twice is no fault."""
    cookie = request.cookies.get(session.cookie_name(), "")
    signing.sign_out(secrets.digest(cookie) if cookie else "")
    return signing.take_cookies(redirect("/login", code=303))
