"""Activation: the door for whom a slip was printed, and the desk where slips are made."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, g, redirect, request, url_for
from werkzeug.datastructures import MultiDict

from superapp.kernel import command
from superapp.kernel.errors import Invalid
from superapp.kernel.language import gettext as _
from superapp.kernel.secrets import settings
from superapp.kernel.templates import render
from superapp.login import accounts, activation, factors, forms, password, reset, signing, stepup, tickets
from superapp.login.activation import PERMISSION, Wanted
from superapp.login.signing import Locked
from superapp.login.views import answers
from superapp.login.views.blueprint import bp
from superapp.login.views.passwords import Chosen, offer
from superapp.plugin.blueprint import PUBLIC


@bp.get("/activate", permission=PUBLIC)
def activation_page() -> Any:
    """Ask for number, code and new password."""
    g.secret_page = True
    return render("login/activate.html")


@bp.get("/aktivasi", permission=PUBLIC)
def spoken_activation() -> Any:
    """Lead from the word on the slips to the page."""
    return redirect("/activate", code=303)


def _prove_slip(**_arguments: Any) -> Chosen:
    number, code = _slip(request.form)
    chosen = password.accept(forms.new_password(request.form), number=number)
    found = accounts.by_number(number)
    try:
        attempt = signing.reserve(found, number, signing.visit(request), what="slip:")
    except Locked as refusal:
        answers.tell_when_to_retry(refusal.retry_after)
        raise
    hashed = password.hash_password(chosen)  # before the code is looked at: known and unknown take the same time
    if found is None or not found.open or not tickets.good(found.person_id, code):
        words = _("NIP dan kode tidak cocok, atau slip kedaluwarsa. Minta slip baru.")
        signing.refuse(found, "Aktivasi akun ditolak", Invalid(words, field="code"))
    attempt.give_back()
    return Chosen(found, hashed, code=code)


def _slip(form: MultiDict[str, str]) -> tuple[str, str]:
    errors: dict[str, str] = {}
    number, code = forms.number_of(form, errors), form.get("code", "")
    if not code.strip():
        errors["code"] = _("Isi kode yang tercetak di slip Anda.")
    if errors:
        raise Invalid(errors=errors)
    return number, code


@bp.post("/activate", permission=PUBLIC, says="{name} mengaktifkan akun dengan slip", secret=True, prepare=_prove_slip,
         form="login.activation_page")  # fmt: skip
def activate(prepared: Chosen) -> Any:
    """Use the slip up, store the password and let the person in; a second factor is still asked for at the door."""
    found = prepared.account
    if not tickets.spend(found.person_id, prepared.code):
        raise Invalid(_("NIP dan kode tidak cocok, atau slip kedaluwarsa. Minta slip baru."), field="code")
    reset.replace(found, prepared.hashed)
    if factors.of(found.person_id):
        flash(_("Kata sandi baru tersimpan. Silakan masuk."))
        return redirect("/login", code=303)
    return answers.enter(found, offer(found, "/"), second_factor=False)


@bp.get("/accounts", permission=PERMISSION)
def accounts_page() -> Any:
    """List people of the units within reach, those not yet activated first of all."""
    wanted = _wanted()
    found = activation.members(wanted, limit=activation.PAGE + 1)
    page, more = found[: activation.PAGE], len(found) > activation.PAGE
    total, active = activation.counts(wanted.unit_id)
    return render(
        "login/accounts.html",
        people=page,
        more=_more(page) if more else "",
        units=activation.units(),
        wanted=wanted,
        total=total,
        active=active,
    )


def _wanted() -> Wanted:
    unit, after = request.args.get("unit", ""), request.args.get("page", "")
    return Wanted(
        UUID(unit) if _is_uuid(unit) else None,
        query=request.args.get("q", "").strip()[:80],
        everybody=request.args.get("show") == "all",
        after=_cursor(after),
    )


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _cursor(text: str) -> tuple[str, UUID] | None:
    own, _sep, name = text.partition(".")
    return (name, UUID(own)) if _is_uuid(own) else None


def _more(page: list[activation.Member]) -> str:
    last, given = page[-1], request.args
    kept: dict[str, Any] = {name: given[name] for name in ("unit", "q", "show") if given.get(name)}
    return url_for("login.accounts_page", page=f"{last.id.hex}.{last.sort_name}", **kept)


def _chosen_people() -> list[UUID]:
    return [UUID(text) for text in request.form.getlist("person") if _is_uuid(text)]


@bp.post("/accounts/slips", permission=PERMISSION, says="", prepare=stepup.after_step_up(), form="login.accounts_page")
def draw_slips(prepared: None) -> Any:
    """Draw slips for the chosen people, or for all of the unit who have not activated, and lead to their printing."""
    people = _chosen_people()
    if request.form.get("everybody"):
        unit = request.form.get("unit", "")
        wanted = Wanted(UUID(unit) if _is_uuid(unit) else None)
        people = [member.id for member in activation.members(wanted, limit=activation.MOST)]
    batch = activation.draw_slips(people)
    command.current().about("core_ticket", batch)
    return redirect(f"/accounts/slips/{batch.hex}", code=303)


@bp.get("/accounts/slips/<batch>", permission=PERMISSION)
def slips_page(batch: str) -> Any:
    """Show slips for printing, to whom drew them, for an hour."""
    g.secret_page = True
    stepup.require_step_up()
    found = activation.slips(UUID(batch) if _is_uuid(batch) else UUID(int=0))
    return render("login/slips.html", slips=found, address=settings().base_url, back_url="/accounts")
