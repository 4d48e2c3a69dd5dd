"""The centre of notices, and what a person wants to be told outside of the app."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, request
from werkzeug import Response

from superapp.access.actor import current
from superapp.kernel.errors import NotFound
from superapp.kernel.language import gettext as _
from superapp.kernel.templates import render
from superapp.navigation import forms, told
from superapp.navigation.blueprint import bp
from superapp.plugin.blueprint import SIGNED_IN, redirect_to
from superapp.shared import notices
from superapp.shared.notices import choices, devices, kinds

LIST, SETTINGS = "navigation.notice_list", "navigation.notice_settings"
MOST_KINDS = 500


def _person() -> UUID:
    person_id = current().person_id
    if person_id is None:
        raise NotFound
    return person_id


@bp.get("/notices", permission=SIGNED_IN)
def notice_list() -> str:
    """Show what the person was told, the latest first, by day and case."""
    unread = request.args.get("show") == "unread"
    page = notices.page(_person(), forms.cursor(), unread_only=unread)
    return render("navigation/notices.html", page=page, days=told.days(page.rows), unread=unread)


@bp.post("/notices/read", permission=SIGNED_IN, says="", secret=True, form=LIST)
def read_all() -> Response:
    """Mark the named notices as read, or all (twice is the same, so no idempotency key)."""
    named = [forms.identity(one) for one in request.form.getlist("notice")[:100]]
    if named:
        notices.mark_read(_person(), named)
        flash(_("Ditandai sudah dibaca."))
    else:
        notices.mark_all_read(_person())
        flash(_("Semua kabar ditandai sudah dibaca."))
    return redirect_to(LIST)


@bp.post("/notices/<uuid:notice_id>", permission=SIGNED_IN, says="", secret=True, form=LIST)
def open_notice(notice_id: UUID) -> Response:
    """Mark a notice as read and go to its page."""
    return redirect(notices.opened(_person(), notice_id) or "/notices", code=303)


@bp.post("/notices/mute", permission=SIGNED_IN, says="", secret=True, form=LIST)
def mute_kind() -> Response:
    """Keep a category inside the app: no mail and no push of it any more."""
    found = choices.mute(_person(), request.form.get("kind", ""))
    flash(_("{category} kini hanya tampil di aplikasi.", category=_(found.title)))
    return redirect_to(LIST)


@bp.get("/notices/settings", permission=SIGNED_IN)
def notice_settings() -> str:
    """Show what leaves the app, to which devices, and when not."""
    person_id = _person()
    made = choices.chosen([person_id])
    known = kinds.categories()
    wanted = {
        channel: [one.key for one in known if choices.wants(person_id, one, channel, made)]
        for channel in choices.CHANNELS
    }
    return render(
        "navigation/notices_settings.html",
        quiet=choices.quiet_of([person_id]).get(person_id, choices.Quiet()),
        options=[(one.key, _(one.title), _(one.help) if one.help else "") for one in known],
        wanted=wanted,
        devices=devices.of_person(person_id),
        server_key=devices.key_pairs()[0].public,
    )


@bp.post("/notices/settings", permission=SIGNED_IN, says="", secret=True, form=SETTINGS)
def save_notice_settings() -> Response:
    """Keep when a person is left alone, and what leaves the app."""
    person_id, said = _person(), request.form
    times = (said.get("quiet_from", ""), said.get("quiet_to", ""))
    choices.keep_quiet(person_id, choices.Quiet(*times, digest="digest" in said, weekends="weekends" in said))
    choices.choose(person_id, {channel: said.getlist(channel)[:MOST_KINDS] for channel in choices.CHANNELS})
    flash(_("Pengaturan kabar tersimpan."))
    return redirect_to(SETTINGS)


@bp.post("/notices/devices", permission=SIGNED_IN, says="", secret=True, form=SETTINGS, max_bytes=8_000)
def add_device() -> Response:
    """Take this browser in: pushes arrive there from now on."""
    given = devices.Subscription(*(request.form.get(name, "") for name in ("endpoint", "p256dh", "auth")))
    devices.subscribe(_person(), given, session_id=current().session_id)
    flash(_("Notifikasi aktif di perangkat ini."))
    return redirect_to(SETTINGS)


@bp.post("/notices/devices/<uuid:push_id>/remove", permission=SIGNED_IN, says="", secret=True, form=SETTINGS)
def remove_device(push_id: UUID) -> Response:
    """Send nothing to a device any more."""
    devices.remove(_person(), push_id)
    flash(_("Perangkat itu tidak lagi menerima notifikasi."))
    return redirect_to(SETTINGS)
