"""The front door: signing in with a password or a passkey, signing out."""

from __future__ import annotations

from typing import Any

from flask import current_app, g, jsonify, redirect, request

from superapp.access.actor import current
from superapp.kernel import command, secrets
from superapp.kernel.errors import AppError, Invalid
from superapp.kernel.language import gettext as _
from superapp.kernel.templates import render
from superapp.login import accounts, factors, forms, session, signing, waiting
from superapp.login.accounts import Account
from superapp.login.factors import passkeys
from superapp.login.signing import Locked, Proof
from superapp.login.views import answers
from superapp.login.views.blueprint import bp
from superapp.login.views.second import ask_for_second_factor
from superapp.plugin.blueprint import PUBLIC


@bp.get("/login", permission=PUBLIC)
def sign_in_page() -> Any:
    """Show the sign-in form; who is signed in already goes on."""
    target = answers.wanted(request.values)
    if request.method == "GET" and current().signed_in:
        return redirect(target, code=303)
    g.secret_page = True
    return render("login/sign_in.html", next=target, passkeys=passkeys.available())


def _prove(**_arguments: Any) -> Proof:
    typed = forms.credentials(request.form)
    try:
        return signing.prove_password(typed.number, typed.password, signing.visit(request))
    except Locked as refusal:
        answers.tell_when_to_retry(refusal.retry_after)
        raise


@bp.post("/login", permission=PUBLIC, says="", secret=True, prepare=_prove, form="login.sign_in_page")
def sign_in(prepared: Proof) -> Any:
    """Begin a session for whom the password was proven, or ask for the second factor first."""
    found, target = prepared.account, answers.wanted(request.form)
    if not signing.still_valid(prepared):
        raise Invalid(_("Akun ini baru saja berubah. Coba masuk sekali lagi."), field="password")
    if prepared.renewed:
        accounts.renew_hash(found.person_id, old=found.password_hash or "", new=prepared.renewed)
    if factors.asked_of(found, factors.of(found.person_id)):
        fresh = accounts.by_person(found.person_id) or found
        return ask_for_second_factor(fresh, target)
    return answers.enter(found, target, second_factor=False)


@bp.post("/login/passkey/options", permission=PUBLIC, says="", secret=True)
def sign_in_options() -> Any:
    """Hand the browser a challenge for any passkey of this site."""
    try:
        answers.refuse_without_passkeys()
    except AppError as refusal:
        return answers.told(refusal)
    return jsonify(passkeys.authentication_options("sign-in", session.browser_id()))


def _prove_passkey(**_arguments: Any) -> Account | AppError:
    """Check the passkey in a command of its own: what a refusal leaves in the audit must outlive it."""
    try:
        credential = answers.passkey_body().get("credential")
        with command.begin("login.passkey", actor=current(), says=""):
            key = passkeys.check(credential, "sign-in", session.browser_id())
            found = accounts.by_person(key.person_id)
            if found is None or not found.open:
                raise Invalid(_("Kunci sandi ini tidak dikenal. Masuk dengan kata sandi."))
        return found
    except Invalid as refusal:
        return answers.written_down(refusal)


@bp.post("/login/passkey", permission=PUBLIC, says="", secret=True, prepare=_prove_passkey, max_bytes=60_000)
def sign_in_with_passkey(prepared: Account | AppError) -> Any:
    """Begin a session for the owner of the passkey: it is two factors in one."""
    if isinstance(prepared, AppError):
        return answers.told(prepared)
    return answers.enter(prepared, answers.wanted(answers.passkey_body()), second_factor=True)


@bp.post("/logout", permission=PUBLIC, says="", secret=True)
def sign_out() -> Any:
    """End the session of this browser; signing out twice is no fault."""
    cookie = request.cookies.get(session.cookie_name(), "")
    signing.sign_out(secrets.digest(cookie) if cookie else "")
    response = signing.take_cookies(current_app.make_response(redirect("/login", code=303)))
    return waiting.take_cookie(response) if waiting.cookie_name() in request.cookies else response
