"""Pages of the catalogue: the list, one application, recording and changing it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from superapp.api import (
    PluginBlueprint,
    current_actor,
    door_clicks,
    door_key,
    find,
    flash,
    format_datetime,
    record_type,
    redirect_to,
    render,
    request,
    timeline_of,
    url_for,
)
from superapp.api import _ as words_of

from . import counters, exporting, saved, service, words
from .listing import Filters, applications
from .models import Application

bp = PluginBlueprint("catalogue", __name__)
OURS = frozenset(
    ("id", "version", "created_at", "updated_at", "archived_at", "missing", "unit_id", "opd_id", "code", "sort_name")
)
"""Columns that no form fills in."""
FIELDS = tuple(
    name
    for name in Application.__mapper__.columns.keys()  # noqa: SIM118 (a ColumnCollection is no dict)
    if name not in OURS
)


@bp.get("/", permission="catalogue.view")
def index() -> str:
    """Show the list."""
    shelf, given = saved.shelf(), request.args.to_dict()
    filters = Filters.of(given) if given else shelf.opening or Filters()
    return render(
        "catalogue/index.html",
        shelf=shelf,
        query=filters.query,
        page=applications(filters, request.args.get("page", "")),
        filters=filters,
        kept=filters.given,
        counts=counters.counts(),
        owners=counters.owners(),
        shown=counters.shown,
        address=url_for("catalogue.index"),
        may_write=current_actor().may("catalogue.write"),
        may_export=current_actor().may("catalogue.export"),
        words=words,
    )


@bp.post("/export", permission="catalogue.export", says="{actor} mengekspor katalog aplikasi", form="catalogue.index")
def export() -> Any:
    """Let a job write the list under its present filters into a file; who asked is told when it is ready."""
    filters = Filters.of(request.form.to_dict())
    exporting.ask(filters, request.form.get("format", ""))
    flash(words_of("Ekspor disiapkan. Anda dikabari saat siap diunduh."))
    return redirect_to("catalogue.index", **filters.given)


@bp.get("/<uuid:application_id>", permission="catalogue.view")
def show(application_id: UUID) -> str:
    """Show one application."""
    row = find(Application, application_id, "catalogue.view")
    kind = record_type(Application)
    return render(
        "catalogue/show.html",
        app=row,
        clicks=door_clicks(kind, [row.id]).get(row.id, 0),
        door=door_key(kind, row.id),
        history=[_line(happening) for happening in timeline_of(row)],
        words=words,
        live=row.address and row.status in words.LIVE and row.archived_at is None,
        may_write=current_actor().may("catalogue.write"),
    )


@bp.get("/new", permission="catalogue.write")
def new() -> str:
    """Show the empty form."""
    return render("catalogue/form.html", app=None, choices=_choices())


@bp.post("/new", permission="catalogue.write", says="{actor} mencatat aplikasi {name}")
def record() -> Any:
    """Record an application."""
    row = service.record(_typed())
    flash(words_of("Aplikasi tersimpan."))
    return redirect_to("catalogue.show", application_id=row.id)


@bp.get("/<uuid:application_id>/edit", permission="catalogue.write")
def edit(application_id: UUID) -> str:
    """Show the form of one application."""
    return render("catalogue/form.html", app=find(Application, application_id, "catalogue.write"), choices=_choices())


@bp.post("/<uuid:application_id>/edit", permission="catalogue.write", says="{actor} memperbarui aplikasi {name}")
def update(application_id: UUID) -> Any:
    """Change an application."""
    service.update(application_id, _version(), _typed())
    flash(words_of("Perubahan tersimpan."))
    return redirect_to("catalogue.show", application_id=application_id)


@bp.post("/<uuid:application_id>/archive", permission="catalogue.write", says="{actor} mengarsipkan aplikasi {name}")
def archive(application_id: UUID) -> Any:
    """Archive an application."""
    service.archive(application_id, _version())
    flash(words_of("Aplikasi diarsipkan. Datanya tetap ada."))
    return redirect_to("catalogue.show", application_id=application_id)


@bp.post("/<uuid:application_id>/restore", permission="catalogue.write", says="{actor} memulihkan aplikasi {name}")
def restore(application_id: UUID) -> Any:
    """Bring an archived application back."""
    service.restore(application_id, _version())
    flash(words_of("Aplikasi kembali ke katalog."))
    return redirect_to("catalogue.show", application_id=application_id)


@bp.get("/widget", permission="catalogue.view")
def widget() -> str:
    """Show the card of the home page."""
    return render("catalogue/widget.html", counts=counters.counts(), shown=counters.shown)


def _line(happening: Any) -> dict[str, str]:
    who = f"{happening.who} · {happening.title}" if happening.title else happening.who
    return {"title": happening.text, "sub": f"{who} · {format_datetime(happening.at)}"}


def _choices() -> dict[str, list[tuple[str, str]]]:
    """Return the choices of the form as (key, words in the language of the reader)."""
    return {name: [(key, words_of(text)) for key, text in known.items()] for name, known in words.CHOICES.items()}


def _typed() -> dict[str, Any]:
    form = request.form
    return {name: form[name] for name in FIELDS if name in form}


def _version() -> int:
    given = request.form.get("version", "")
    return int(given) if given.isdecimal() and len(given) < 10 else 0
