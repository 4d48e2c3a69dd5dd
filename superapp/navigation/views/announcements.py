"""Announcements: reading them, and writing them for those who may."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, request
from werkzeug import Response

from superapp.access.actor import current
from superapp.access.listing import Page
from superapp.kernel.language import N_
from superapp.kernel.language import gettext as _
from superapp.kernel.templates import render
from superapp.navigation import announcements, forms
from superapp.navigation.blueprint import ANNOUNCE, bp
from superapp.plugin.blueprint import SIGNED_IN, redirect_to

PUBLISHED = N_("{actor} menerbitkan pengumuman {title}")
EDITED = N_("{actor} mengubah pengumuman")
ARCHIVED = N_("{actor} menurunkan atau menampilkan lagi pengumuman")


@bp.get("/announcements", permission=SIGNED_IN)
def announcement_list() -> str:
    """Show what is announced now, and what was."""
    actor, tab = current(), request.args.get("show", "")
    if tab == "managed" and actor.may(ANNOUNCE):
        page = announcements.managed(actor, forms.cursor())
    elif tab == "past":
        page = announcements.past(actor, forms.cursor())
    else:
        page, tab = Page(announcements.present(actor)), ""
    return render(
        "navigation/announcements.html",
        shown=page.rows,
        page=page,
        tab=tab,
        tabs=_tabs(tab, actor.may(ANNOUNCE)),
        may_write=actor.may(ANNOUNCE),
    )


def _tabs(current_tab: str, may_write: bool) -> list[dict[str, Any]]:
    tabs = [("", _("Sekarang")), ("past", _("Sudah lewat"))] + ([("managed", _("Saya kelola"))] if may_write else [])
    address = "/announcements"
    return [
        {"label": words, "href": f"{address}?show={key}" if key else address, "current": key == current_tab}
        for key, words in tabs
    ]


@bp.get("/announcements/<uuid:announcement_id>", permission=SIGNED_IN)
def announcement(announcement_id: UUID) -> str:
    """Show one announcement."""
    actor = current()
    found = announcements.one(announcement_id, actor)
    return render("navigation/announcement.html", one=found, may_change=announcements.may_change(actor, found))


@bp.get("/announcements/new", permission=ANNOUNCE)
def announcement_new() -> str:
    """Show the empty form."""
    return _form(None)


@bp.post("/announcements/new", permission=ANNOUNCE, says=PUBLISHED, endpoint="announcement_publish")
def announcement_publish() -> Response:
    """Publish an announcement."""
    made = announcements.publish(current(), forms.announcement())
    flash(_("Pengumuman terbit."))
    return redirect_to("navigation.announcement", announcement_id=made.id)


@bp.get("/announcements/<uuid:announcement_id>/edit", permission=ANNOUNCE)
def announcement_edit(announcement_id: UUID) -> str:
    """Show the form of an announcement."""
    return _form(announcements.for_change(announcement_id, current()))


@bp.post("/announcements/<uuid:announcement_id>/edit", permission=ANNOUNCE, says=EDITED, endpoint="announcement_save")
def announcement_save(announcement_id: UUID) -> Response:
    """Change an announcement."""
    announcements.edit(current(), announcement_id, forms.version(), forms.announcement())
    flash(_("Pengumuman disimpan."))
    return redirect_to("navigation.announcement", announcement_id=announcement_id)


@bp.post(
    "/announcements/<uuid:announcement_id>/archive",
    permission=ANNOUNCE,
    says=ARCHIVED,
    form="navigation.announcement",
)
def announcement_archive(announcement_id: UUID) -> Response:
    """Take an announcement off, or put it up again."""
    archived = request.form.get("archived") == "1"
    announcements.archive(current(), announcement_id, forms.version(), archived=archived)
    flash(_("Pengumuman diturunkan.") if archived else _("Pengumuman tampil lagi."))
    return redirect_to("navigation.announcement", announcement_id=announcement_id)


def _form(found: Any) -> str:
    actor = current()
    everybody = actor.reach(ANNOUNCE).everywhere
    return render("navigation/announcement_form.html", one=found, units=announcements.units(actor), everybody=everybody)
