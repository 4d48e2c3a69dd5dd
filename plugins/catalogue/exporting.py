"""The catalogue as a file: written by a job under the filters of the list, handed to who asked for it."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from werkzeug.datastructures import FileStorage

from superapp.api import (
    N_,
    Invalid,
    Job,
    Unit,
    accept_file,
    csv_file,
    current_actor,
    enqueue,
    format_date,
    keep_file,
    notify,
    run,
    speaking,
    spoken,
    today,
    xlsx_file,
)
from superapp.api import _ as words_of

from .listing import Filters
from .models import Application
from .words import ANSWERS, CHOICES

KIND = "catalogue.export"
FORMATS = {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv"}
MOST = 50_000
"""Rows of one file; a longer list is exported by filters."""
_A, _U = Application.__table__.c, Unit.__table__.c
_HIDDEN = frozenset(("id", "version", "unit_id", "opd_id", "sort_name", "missing", "created_at", "archived_at"))
COLUMNS = tuple(column for column in Application.__table__.c if column.name not in _HIDDEN)


def ask(filters: Filters, form: str) -> UUID:
    """Let a job write the list under its filters; inside a command. What may be read is decided now, not later."""
    if form not in FORMATS:
        raise Invalid(words_of("Pilih XLSX atau CSV."), field="format")
    actor = current_actor()
    reach = actor.reach("catalogue.export")
    where = {
        "everywhere": reach.everywhere,
        "opds": sorted(str(opd) for opd in reach.opds),
        "paths": sorted(reach.paths),
    }
    arguments = {"filters": asdict(filters), "where": where, "form": form, "language": spoken()}
    return enqueue(KIND, arguments, person_id=actor.person_id)


def write(filters: Mapping[str, Any], where: Mapping[str, Any], form: str, language: str = "id") -> Any:
    """Write the file into the store, in the language of who asked; before the transaction of the job."""
    rows = speaking(language, lambda: list(_lines(Filters(**filters), where)))
    content = xlsx_file({"Katalog": rows}, frozen=2) if form == "xlsx" else csv_file(rows)
    name = f"katalog-aplikasi-{today().isoformat()}.{form}"
    return accept_file(FileStorage(io.BytesIO(content), filename=name, content_type=FORMATS[form]))


def hand_over(
    filters: Mapping[str, Any], where: Mapping[str, Any], form: str, language: str = "id", *, prepared: Any
) -> dict[str, str]:
    """Keep the file for who asked and tell them where it is."""
    kept = keep_file(prepared)
    person_id = current_actor().person_id
    if person_id is not None:
        title, body = speaking(language, _ready)
        notify(person_id, title, body=body, url=f"/files/{kept.id}", kind="export")
    return {"file": str(kept.id)}


def _ready() -> tuple[str, str]:
    return words_of("Ekspor katalog aplikasi siap"), words_of("Bisa diunduh selama satu hari.")


EXPORT = Job(
    kind=KIND,
    function=hand_over,
    prepare=write,
    plugin="catalogue",
    timeout=600,
    title=N_("Mengekspor katalog aplikasi"),
)


def _lines(filters: Filters, where: Mapping[str, Any]) -> Iterator[list[Any]]:
    labels = [words_of(column.info.get("label") or column.name) for column in COLUMNS]
    yield [*labels[:1], words_of("Unit pengampu"), *labels[1:]]
    query = sa.select(*COLUMNS, _U.name.label("unit")).join_from(
        Application.__table__, Unit.__table__, _U.id == _A.unit_id
    )
    ordered = query.where(*filters.conditions(), _within(where)).order_by(_A.sort_name, _A.id).limit(MOST)
    for row in run(ordered):
        cells = [_cell(column.name, row._mapping[column.name]) for column in COLUMNS]
        yield [*cells[:1], row.unit, *cells[1:]]


def _within(where: Mapping[str, Any]) -> sa.ColumnElement[bool]:
    if where["everywhere"]:
        return sa.true()
    below = [_U.path.startswith(path, autoescape=True) for path in where["paths"]]
    return sa.or_(sa.false(), _A.opd_id.in_([UUID(opd) for opd in where["opds"]]), *below)


def _cell(name: str, value: Any) -> Any:
    """Return a value as a cell: numbers as such, choices in words, what is not filled in empty."""
    if value is None or value == "":
        return ""
    if name in CHOICES:
        return words_of(CHOICES[name].get(value, value))
    if name in ANSWERS:
        return words_of("Ya") if value else words_of("Tidak")
    if name in {"year", "active_users", "yearly_cost"}:
        return int(value)
    return value if isinstance(value, str) else format_date(value, "iso")
