"""The person's second factors: authenticator app, passkeys, recovery codes; each change needs step-up."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, flash, g, jsonify, redirect, request

from superapp.access.actor import current
from superapp.kernel import command
from superapp.kernel.errors import AppError, Invalid, NotFound
from superapp.kernel.language import gettext as _
from superapp.kernel.templates import render
from superapp.login import devices, factors, reset, session, stepup
from superapp.login.factors import passkeys, pictures, recovery, totp
from superapp.login.views import answers
from superapp.login.views.blueprint import bp
from superapp.login.views.passwords import own_account
from superapp.plugin.blueprint import SIGNED_IN

PAGE = "/profile/factors"


@bp.get("/profile/factors", permission=SIGNED_IN)
def factors_page() -> Any:
    """Show what second factors there are and how to add one."""
    stepup.require_step_up()
    found = own_account()
    g.secret_page = True
    return render(
        "login/factors.html",
        has=factors.of(found.person_id),
        keys=passkeys.of(found.person_id),
        required=factors.required_of(found),
        passkeys=passkeys.available(),
        must=current().must,
        next=answers.wanted(request.args),
    )


@bp.get("/profile/factors/offer", permission=SIGNED_IN)
def passkey_offer() -> Any:
    """Offer a passkey after the first sign-in; it can be left for later."""
    g.secret_page = True
    return render("login/passkey_offer.html", next=answers.wanted(request.args))


@bp.post("/profile/factors/app/begin", permission=SIGNED_IN, says="", secret=True, prepare=stepup.after_step_up(),
         form="login.factors_page")  # fmt: skip
def begin_totp(prepared: None) -> Any:
    """Draw the secret of an authenticator app and show its picture."""
    totp.begin(own_account().person_id)
    return redirect("/profile/factors/app", code=303)


@bp.get("/profile/factors/app", permission=SIGNED_IN)
def totp_page() -> Any:
    """Show the waiting secret as a picture and as text, and ask for the first code."""
    stepup.require_step_up()
    found = own_account()
    secret = totp.pending(found.person_id)
    if not secret:
        return redirect(PAGE, code=303)
    g.secret_page = True
    groups = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return render("login/totp.html", picture=pictures.qr(totp.address(secret, found.number)), secret=groups)


@bp.post("/profile/factors/app", permission=SIGNED_IN, says="{actor} memasang aplikasi kode", secret=True,
         prepare=stepup.after_step_up(), form="login.totp_page")  # fmt: skip
def confirm_totp(prepared: None) -> Any:
    """Put the app to use when its first code is right."""
    found = own_account()
    if not totp.confirm(found.person_id, request.form.get("code", "")):
        raise Invalid(_("Kode tidak cocok. Periksa jam HP Anda, lalu isi kode terbaru."), field="code")
    return _added(found.person_id, _("Aplikasi kode terpasang."))


def _added(person_id: UUID, words: str) -> Response:
    """Note a new factor: this session has shown it; codes for the day it is lost follow, unless there are some."""
    session.mark_second_factor(current().session_id)
    command.current().about("core_person", person_id)
    reset.tell(person_id, _("Faktor kedua ditambahkan ke akun Anda"))
    flash(words)
    if factors.of(person_id).codes:
        return _away(PAGE)
    recovery.renew(person_id, current().session_id)
    return _away("/profile/factors/codes")


def _away(target: str) -> Response:
    return jsonify(location=target) if request.is_json else redirect(target, code=303)  # type: ignore[return-value]


@bp.post("/profile/factors/app/remove", permission=SIGNED_IN, says="{actor} melepas aplikasi kode", secret=True,
         prepare=stepup.after_step_up(), form="login.factors_page")  # fmt: skip
def remove_totp(prepared: None) -> Any:
    """Take the authenticator app away, unless it is the last factor of somebody who needs one."""
    found = own_account()
    factors.refuse_removing_last(found, factors.of(found.person_id))
    totp.remove(found.person_id)
    return _removed(found.person_id, _("Aplikasi kode dilepas."))


def _removed(person_id: UUID, words: str) -> Any:
    command.current().about("core_person", person_id)
    reset.tell(person_id, _("Faktor kedua dilepas dari akun Anda"))
    flash(words)
    return redirect(PAGE, code=303)


@bp.post("/profile/factors/passkeys/options", permission=SIGNED_IN, says="", secret=True)
def passkey_options() -> Any:
    """Hand the browser what it needs to make a passkey."""
    found, actor = own_account(), current()
    try:
        answers.refuse_without_passkeys()
        _refuse_stale()
    except AppError as refusal:
        return answers.told(refusal)
    return jsonify(passkeys.registration_options(found.person_id, found.number, found.name, actor.session_id))


def _refuse_stale() -> None:
    if not stepup.is_fresh():
        raise Invalid(_("Sudah lebih dari 15 menit. Muat ulang halaman, lalu konfirmasi lagi."))


@bp.post("/profile/factors/passkeys", permission=SIGNED_IN, says="{actor} menambah kunci sandi {label}", secret=True,
         max_bytes=60_000)  # fmt: skip
def add_passkey() -> Any:
    """Register the passkey that the browser made."""
    found, actor = own_account(), current()
    label = devices.describe(request.headers.get("User-Agent", ""))
    try:
        _refuse_stale()
        body = answers.passkey_body()
        passkeys.add(found.person_id, body.get("credential"), actor.session_id, label)
    except AppError as refusal:
        return answers.told(refusal)
    command.current().about("core_person", found.person_id, label=label)
    if body.get("offered"):
        session.mark_second_factor(actor.session_id)
        reset.tell(found.person_id, _("Faktor kedua ditambahkan ke akun Anda"))
        flash(_("Kunci sandi terpasang. Lain kali cukup sidik jari atau wajah."))
        return jsonify(location=answers.wanted(body))
    return _added(found.person_id, _("Kunci sandi terpasang."))


@bp.post("/profile/factors/passkeys/<key>/remove", permission=SIGNED_IN, says="{actor} menghapus kunci sandi", secret=True,
         prepare=stepup.after_step_up(), form="login.factors_page")  # fmt: skip
def remove_passkey(key: str, prepared: None) -> Any:
    """Take a passkey away, unless it is the last factor of somebody who needs one."""
    found = own_account()
    try:
        own = UUID(key)
    except ValueError:
        raise NotFound from None
    factors.refuse_removing_last(found, factors.of(found.person_id))
    if not passkeys.remove(found.person_id, own):
        raise NotFound(_("Kunci sandi ini sudah tidak ada."))
    return _removed(found.person_id, _("Kunci sandi dihapus."))


@bp.post("/profile/factors/codes", permission=SIGNED_IN, says="{actor} membuat kode cadangan baru", secret=True,
         prepare=stepup.after_step_up(), form="login.factors_page")  # fmt: skip
def renew_codes(prepared: None) -> Any:
    """Draw ten new recovery codes; the old ones end."""
    found = own_account()
    if not factors.of(found.person_id):
        raise Invalid(_("Pasang aplikasi kode atau kunci sandi dulu."))
    recovery.renew(found.person_id, current().session_id)
    command.current().about("core_person", found.person_id)
    return redirect("/profile/factors/codes", code=303)


@bp.get("/profile/factors/codes", permission=SIGNED_IN)
def codes_page() -> Any:
    """Show the codes just drawn, to keep on paper; never again afterwards."""
    stepup.require_step_up()
    g.secret_page = True
    shown = recovery.shown(current().session_id)
    return render("login/codes.html", codes=shown) if shown else redirect(PAGE, code=303)


@bp.get("/profile/factors/codes.txt", permission=SIGNED_IN)
def codes_text() -> Any:
    """Give the codes just drawn as a file."""
    stepup.require_step_up()
    shown = recovery.shown(current().session_id)
    if not shown:
        return redirect(PAGE, code=303)
    head = _("Kode cadangan Nunukan Satu. Tiap kode berlaku satu kali. Simpan di tempat aman.")
    headers = {"Content-Disposition": "attachment; filename=kode-cadangan.txt", "Cache-Control": "no-store"}
    return Response("\r\n".join([head, "", *shown, ""]), headers=headers, mimetype="text/plain")


@bp.post("/profile/factors/codes/kept", permission=SIGNED_IN, says="", secret=True)
def codes_kept() -> Any:
    """Show the codes no more: the person has kept them."""
    recovery.forget_shown(current().session_id)
    return redirect("/profile", code=303)
