"""Passwords: the first own one, another one, and a new one when the old is forgotten."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import current_app, flash, g, redirect, request

from superapp.access.actor import current
from superapp.kernel import limiter
from superapp.kernel.errors import Forbidden, Invalid, NotFound
from superapp.kernel.language import gettext as _
from superapp.kernel.templates import render
from superapp.login import accounts, factors, forms, password, reset, signing, stepup, tickets
from superapp.login.accounts import Account
from superapp.login.factors import passkeys
from superapp.login.views import answers
from superapp.login.views.blueprint import bp
from superapp.plugin.blueprint import PUBLIC, SIGNED_IN

FORGOTTEN = limiter.door("forgotten", limit=30)
FORGOTTEN_NUMBER = limiter.door("forgotten-number", limit=5)


@dataclass(frozen=True)
class Chosen:
    """A new password, hashed before the transaction."""

    account: Account
    hashed: str = field(repr=False)
    code: str = field(default="", repr=False, kw_only=True)


def own_account() -> Account:
    """Return the account of whoever is signed in; Forbidden for guests."""
    actor = current()
    found = accounts.by_person(actor.person_id) if actor.person_id else None
    if found is None:
        raise Forbidden
    return found


def chosen(found: Account, **more: str) -> Chosen:
    """Return the new password of the form, checked by the rules and hashed."""
    text = password.accept(forms.new_password(request.form), number=found.number)
    if found.password_hash and password.verify(found.password_hash, text).right:
        raise Invalid(_("Pilih kata sandi yang berbeda dari yang sekarang."), field="password")
    return Chosen(found, password.hash_password(text), **more)


@bp.get("/password/new", permission=SIGNED_IN)
def new_password_page() -> Any:
    """Ask for the first own password, or for another one."""
    g.secret_page = True
    if not current().must:
        stepup.require_step_up()
    return render("login/new_password.html", next=answers.wanted(request.values), first=current().must == "password")


def _choose(**_arguments: Any) -> Chosen:
    if current().must != "password":
        stepup.require_step_up()
    return chosen(own_account())


@bp.post(
    "/password/new",
    permission=SIGNED_IN,
    says="{actor} mengganti kata sandi",
    secret=True,
    prepare=_choose,
    form="login.new_password_page",
)
def choose_password(prepared: Chosen) -> Any:
    """Store the new password; all other sessions end."""
    first = current().must == "password"
    reset.replace(prepared.account, prepared.hashed, keep_session=current().session_id)
    flash(_("Kata sandi baru tersimpan. Perangkat lain sudah dikeluarkan."))
    target = answers.wanted(request.form)
    return redirect(offer(prepared.account, target) if first else "/profile", code=303)


def offer(found: Account, target: str) -> str:
    """Return the page that offers a passkey, or where the person wanted to go when there is nothing to offer."""
    from urllib.parse import quote

    if not passkeys.available() or factors.of(found.person_id):
        return target
    return f"/profile/factors/offer?next={quote(target)}"


@bp.get("/password/forgotten", permission=PUBLIC)
def forgotten_page() -> Any:
    """Ask whose password is forgotten."""
    return render("login/forgotten.html", sent=request.args.get("sent"))


def _count_forgotten(**_arguments: Any) -> str:
    errors: dict[str, str] = {}
    number = forms.number_of(request.form, errors)
    if errors:
        raise Invalid(errors=errors)
    limiter.reserve("forgotten-number", subject=accounts.normal_number(number))
    return number


@bp.post(
    "/password/forgotten", permission=PUBLIC, says="", secret=True, limit="forgotten", prepare=_count_forgotten,
    form="login.forgotten_page",
)  # fmt: skip
def forgotten(prepared: str) -> Any:
    """Have a link sent, if there is somebody to send it to; the answer is the same either way."""
    reset.ask_by_mail(prepared)
    return redirect("/password/forgotten?sent=1", code=303)


@bp.get("/password/reset/<token>", permission=PUBLIC)
def reset_page(token: str) -> Any:
    """Ask for the new password of whoever holds the link; looking at it uses nothing up."""
    g.secret_page = True
    _holder(token)
    return render("login/reset.html", token=token)


def _holder(token: str) -> tuple[Account, str]:
    found = reset.holder_of(token)
    if found is None:
        raise NotFound(_("Tautan ini sudah dipakai atau kedaluwarsa. Minta yang baru."))
    return found


def _choose_by_link(token: str) -> Chosen:
    limiter.reserve("forgotten", request=request)
    found, code = _holder(token)
    return chosen(found, code=code)


@bp.post("/password/reset/<token>", permission=PUBLIC, says="{name} mengatur ulang kata sandi lewat tautan", secret=True,
         prepare=_choose_by_link, form="login.reset_page")  # fmt: skip
def reset_password(token: str, prepared: Chosen) -> Any:
    """Use the link up and store the new password; signing in follows, with the second factor where there is one."""
    if not tickets.spend(prepared.account.person_id, prepared.code):
        raise NotFound(_("Tautan ini sudah dipakai atau kedaluwarsa. Minta yang baru."))
    reset.replace(prepared.account, prepared.hashed)
    flash(_("Kata sandi baru tersimpan. Silakan masuk."))
    return signing.take_cookies(current_app.make_response(redirect("/login", code=303)))
