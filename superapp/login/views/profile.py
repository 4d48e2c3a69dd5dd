"""Profile and security: posts, deputies, look and language, devices that are signed in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, request

from superapp.access.actor import current
from superapp.kernel import command, language
from superapp.kernel.errors import Invalid, NotFound
from superapp.kernel.language import gettext as _
from superapp.kernel.templates import render
from superapp.login import factors, profile, session
from superapp.login.factors import passkeys
from superapp.login.views import answers
from superapp.login.views.blueprint import bp
from superapp.login.views.passwords import own_account
from superapp.organization import nip
from superapp.plugin.blueprint import SIGNED_IN

YEAR = 365 * 24 * 3600
THEMES = {"": "Ikut perangkat", "light": "Terang", "dark": "Gelap"}
TEXT_SIZES = {"": "Biasa", "large": "Besar", "larger": "Sangat besar"}


@bp.get("/profile", permission=SIGNED_IN)
def profile_page() -> Any:
    """Show who one is here and how the account is kept safe."""
    actor, found = current(), own_account()
    return render(
        "login/profile.html",
        account=found,
        shown_number=nip.display(found.number),
        hats=actor.hats,
        hat=actor.hat,
        deputies=profile.deputies(actor),
        has=factors.of(found.person_id),
        keys=passkeys.of(found.person_id),
        required=factors.required_of(found),
        passkeys=passkeys.available(),
        sessions=profile.sessions_of(found.person_id, actor.session_id),
        choices=_choices(),
    )


@bp.get("/profil", permission=SIGNED_IN)
def spoken_profile() -> Any:
    """Lead from the word that people say to the page."""
    return redirect("/profile", code=303)


def _choices() -> dict[str, Any]:
    """Return what can be chosen of look and language, with what is chosen now."""
    return {
        "languages": list(language.LANGUAGES.items()),
        "language": language.current(),
        "themes": [(key, _(words)) for key, words in THEMES.items()],
        "theme": request.cookies.get("tema", ""),
        "sizes": [(key, _(words)) for key, words in TEXT_SIZES.items()],
        "size": request.cookies.get("huruf", ""),
    }


@bp.post("/profile/hat", permission=SIGNED_IN, says="{actor} bertindak sebagai {title}", form="login.profile_page")
def change_hat() -> Any:
    """Put another hat on: its unit is where new records go, its title is on decisions."""
    actor, wanted = current(), request.form.get("position_id", "")
    chosen = next((hat for hat in actor.hats if str(hat.position_id) == wanted or hat.position_id.hex == wanted), None)
    if chosen is None:
        raise Invalid(_("Pilih salah satu jabatan Anda hari ini."), field="position_id")
    session.renew_hat(actor.session_id, chosen.position_id)
    command.current().about("core_position", chosen.position_id, opd_id=chosen.opd_id, title=chosen.label)
    flash(_("Anda sekarang bertindak sebagai {title}.", title=chosen.label))
    return redirect(answers.wanted(request.form) if request.form.get("next") else "/profile", code=303)


@bp.post("/profile/look", permission=SIGNED_IN, says="", form="login.profile_page")
def change_look() -> Any:
    """Keep language, theme and text size in cookies of this device."""
    wanted = {
        language.COOKIE: (request.form.get("language", ""), set(language.LANGUAGES)),
        "tema": (request.form.get("theme", ""), set(THEMES)),
        "huruf": (request.form.get("text_size", ""), set(TEXT_SIZES)),
    }
    if any(value not in known for value, known in wanted.values()):
        raise Invalid(_("Pilih bahasa, tema, dan ukuran huruf dari daftar."))
    response = redirect("/profile", code=303)
    for name, (value, _known) in wanted.items():
        session.set_cookie(response, name, value, seconds=YEAR)  # type: ignore[arg-type]
    return response


@bp.post("/profile/sessions/<reference>/end", permission=SIGNED_IN, says="{actor} mengeluarkan perangkat {browser}",
         form="login.profile_page")  # fmt: skip
def end_session(reference: str) -> Any:
    """Sign one device out; it is a stranger afterwards."""
    person = _person()
    ended = profile.end_session(person, reference)
    if ended is None:
        raise NotFound(_("Perangkat itu sudah keluar."))
    command.current().about("core_person", person, browser=ended.browser)
    if ended.id == current().session_id:
        return redirect("/login", code=303)
    flash(_("Perangkat itu sudah dikeluarkan."))
    return redirect("/profile", code=303)


@bp.post("/profile/sessions/end", permission=SIGNED_IN, says="{actor} mengeluarkan semua perangkat lain",
         form="login.profile_page")  # fmt: skip
def end_other_sessions() -> Any:
    """Sign all other devices out; they are strangers afterwards."""
    person = _person()
    count = profile.end_others(person, current().session_id)
    command.current().about("core_person", person, count=count)
    flash(_("Perangkat lain yang dikeluarkan: {n}.", n=count))
    return redirect("/profile", code=303)


def _person() -> UUID:
    return own_account().person_id
