"""Reference data: rooms of rows to read, add, change and, for some, remove."""

from __future__ import annotations

from typing import Any

from flask import flash, request, url_for

from superapp.access.actor import current
from superapp.admin.blueprint import bp
from superapp.admin.forms import parsing
from superapp.admin.service import reference as reads
from superapp.admin.service.reference import Room
from superapp.admin.views import words
from superapp.kernel import clock
from superapp.kernel.language import N_
from superapp.kernel.language import gettext as _
from superapp.kernel.templates import render
from superapp.plugin.blueprint import redirect_to

MAY = "admin.reference"
ADDED = N_("{actor} menambah {room}: {name}")
CHANGED = N_("{actor} mengubah {room}: {name}")
REMOVED = N_("{actor} menghapus {room}: {name}")


@bp.get("/reference", permission=MAY)
def reference() -> str:
    """Show the rooms."""
    return render("admin/reference/index.html", rooms=reads.ROOMS, counts=reads.counts())


@bp.get("/reference/<key>", permission=MAY)
def reference_room(key: str) -> str:
    """Show the rows of one room; holidays by year."""
    room, q = reads.room(key), parsing.text(request.args, "q")
    year = _year() if room.key == "holidays" else None
    kept = {"key": key, "q": q or None, "year": year}
    years = sorted({*reads.years(), clock.today().year}, reverse=True) if year else []
    return render(
        "admin/reference/room.html",
        room=room,
        page=reads.rows(room, q, year, request.args.get("page", "")),
        q=q,
        kept=kept,
        chips=words.chips("admin.reference_room", kept, "year", [(str(one), str(one)) for one in years]),
        choices={one.name: dict(one.choices) for one in room.fields},
        prefix=url_for("admin.reference_room", key=key) + "/",
        may_import=room.key == "holidays" and current().may("admin.import"),
    )


def _year() -> int:
    text = request.args.get("year", "")
    return int(text) if text.isdecimal() and 1900 < int(text[:4]) < 2200 and len(text) == 4 else clock.today().year


@bp.get("/reference/<key>/new", permission=MAY)
def new_reference(key: str) -> str:
    """Show the form for a row."""
    reads.require_everywhere()
    return render("admin/reference/form.html", room=reads.room(key), row=None, row_version=None, worded=worded)


@bp.post("/reference/<key>/new", permission=MAY, says=ADDED)
def add_reference(key: str) -> Any:
    """Add a row."""
    room = reads.room(key)
    reads.add(room, request.form)
    flash(_("Ditambahkan."))
    return _to_room(room)


@bp.get("/reference/<key>/<path:row_key>", permission=MAY)
def edit_reference(key: str, row_key: str) -> str:
    """Show the form of one row."""
    reads.require_everywhere()
    room = reads.room(key)
    row = reads.row(room, row_key)
    return render(
        "admin/reference/form.html", room=room, row=row, row_key=row_key, row_version=_fingerprint(row), worded=worded
    )


@bp.post("/reference/<key>/<path:row_key>", permission=MAY, says=CHANGED)
def save_reference(key: str, row_key: str) -> Any:
    """Change one row."""
    reads.require_everywhere()
    room = reads.room(key)
    row = reads.row(room, row_key)
    parsing.require_unchanged(request.form, _fingerprint(row))
    reads.change(room, row, request.form)
    flash(_("Perubahan disimpan."))
    return _to_room(room)


@bp.post("/reference/<key>/remove/<path:row_key>", permission=MAY, says=REMOVED)
def remove_reference(key: str, row_key: str) -> Any:
    """Remove one row of a room that allows it."""
    reads.require_everywhere()
    room = reads.room(key)
    reads.remove(room, reads.row(room, row_key))
    flash(_("Dihapus."))
    return _to_room(room)


def worded(choices: tuple[tuple[str, str], ...], value: str | None = None) -> Any:
    """Return choices in words for a select, or the words of one value."""
    return words.options(dict(choices)) if value is None else _(dict(choices).get(value, value))


def _to_room(room: Room) -> Any:
    day = request.form.get("day", "")
    year = day[:4] if room.key == "holidays" and day[:4].isdecimal() else None
    return redirect_to("admin.reference_room", key=room.key, year=year)


def _fingerprint(row: Any) -> int:
    return parsing.fingerprint(*row)
