"""The second step of signing in: a code of the app, a recovery code, or a passkey."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import Response, current_app, flash, g, jsonify, redirect, request

from superapp.access.actor import current
from superapp.kernel import command
from superapp.kernel.errors import AppError, Invalid
from superapp.kernel.language import gettext as _
from superapp.kernel.templates import render
from superapp.login import factors, signing, waiting
from superapp.login.accounts import Account
from superapp.login.factors import passkeys, recovery, totp
from superapp.login.signing import Locked
from superapp.login.views import answers
from superapp.login.views.blueprint import bp
from superapp.login.waiting import Waiting
from superapp.plugin.blueprint import PUBLIC


def ask_for_second_factor(found: Account, target: str) -> Response:
    """Send the browser to the second step; there is no session before it (in a command)."""
    response = redirect(f"/login/code?next={quote(target)}", code=303)
    return waiting.give_cookie(current_app.make_response(response), waiting.begin(found))


@bp.get("/login/code", permission=PUBLIC)
def second_page() -> Any:
    """Ask for the second factor."""
    found = waiting.of(request)
    if found is None:
        return redirect("/login", code=303)
    g.secret_page = True
    has = factors.of(found.account.person_id)
    usable = passkeys.available() and has.passkeys > 0
    # A phone's keyboard for six digits has no letters: recovery codes have a field of their own.
    backup = bool(request.values.get("backup")) or not has.totp
    return render("login/second.html", next=answers.wanted(request.values), has=has, passkeys=usable, backup=backup)


def _waiting() -> Waiting:
    found = waiting.of(request)
    if found is None:
        raise Invalid(_("Langkah ini sudah terlalu lama. Masuk lagi dari awal."), field="code")
    return found


def _prove_code(**_arguments: Any) -> Waiting:
    found, typed = _waiting(), request.form.get("code", "")
    if not typed.strip():
        raise Invalid(_("Isi kode dari aplikasi, atau satu kode cadangan."), field="code")
    try:
        attempt = signing.reserve(found.account, "", signing.visit(request), what="code:")
    except Locked as refusal:
        answers.tell_when_to_retry(refusal.retry_after)
        raise
    if not _spent(found.account, typed):
        words = _("Kode tidak cocok atau sudah dipakai. Tunggu kode berikutnya.")
        signing.refuse(found.account, "Kode masuk ditolak", Invalid(words, field="code"))
    attempt.give_back()
    return found


def _spent(found: Account, typed: str) -> bool:
    """Use the code up in a command of its own: it stays used whatever follows."""
    with command.begin("login.code", actor=current(), says="") as present:
        if totp.digits(typed):
            return totp.spend(found.person_id, typed)
        good = recovery.spend(found.person_id, typed)
        if good:
            present.also("{name} memakai kode cadangan", "core_person", found.person_id, name=found.name)
        return good


@bp.post("/login/code", permission=PUBLIC, says="", secret=True, prepare=_prove_code, form="login.second_page")
def second_factor(prepared: Waiting) -> Any:
    """Begin the session: both factors were right."""
    return _finish(prepared, answers.wanted(request.form))


def _finish(found: Waiting, target: str) -> Response:
    if not waiting.finish(found):
        raise Invalid(_("Langkah ini sudah terlalu lama. Masuk lagi dari awal."), field="code")
    left = factors.of(found.account.person_id).codes
    if request.form.get("code") and not totp.digits(request.form["code"]):
        flash(_("Kode cadangan tersisa {n}. Buat yang baru di Profil & keamanan.", n=left), "warn")
    return answers.enter(found.account, target, second_factor=True)


@bp.post("/login/code/passkey/options", permission=PUBLIC, says="", secret=True)
def second_options() -> Any:
    """Hand the browser a challenge for the passkeys of whoever waits."""
    try:
        answers.refuse_without_passkeys()
        found = _waiting()
    except AppError as refusal:
        return answers.told(refusal)
    return jsonify(passkeys.authentication_options("second", found.id, found.account.person_id))


def _prove_key(**_arguments: Any) -> Waiting | AppError:
    try:
        found = _waiting()
        credential = answers.passkey_body().get("credential")
        with command.begin("login.passkey", actor=current(), says=""):
            passkeys.check(credential, "second", found.id, found.account.person_id)
        return found
    except Invalid as refusal:
        return answers.written_down(refusal)


@bp.post("/login/code/passkey", permission=PUBLIC, says="", secret=True, prepare=_prove_key, max_bytes=60_000)
def second_with_passkey(prepared: Waiting | AppError) -> Any:
    """Begin the session: password and passkey were right."""
    if isinstance(prepared, AppError):
        return answers.told(prepared)
    try:
        return _finish(prepared, answers.wanted(answers.passkey_body()))
    except Invalid as refusal:
        return answers.told(refusal)
