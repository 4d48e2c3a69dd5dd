"""The report as a spreadsheet: its figures, and beside them the list that they are counted from."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from werkzeug.datastructures import FileStorage

from superapp.api import (
    N_,
    Job,
    Unit,
    accept_file,
    current_actor,
    db,
    enqueue,
    keep_file,
    notify,
    run,
    speaking,
    spoken,
    xlsx_file,
)
from superapp.api import _ as words_of

from . import kinds, reporting, words
from .knowing import OPEN, PERMISSION, name_of
from .models import LeaveRequest

KIND = "leave.export"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST = 50_000
"""Rows of the list; a larger regency takes its offices one by one."""
R, U = LeaveRequest.__table__.c, Unit.__table__.c


def ask(unit: Unit, year: int) -> UUID:
    """Let a job write the report of a unit; inside a command. Whether kinds may be named is decided now, not later."""
    actor = current_actor()
    known = actor.reach(PERMISSION).covers(unit.path, unit.opd_id)
    arguments = {"unit_id": unit.id, "year": year, "known": known, "language": spoken()}
    return enqueue(KIND, arguments, person_id=actor.person_id)


def write(unit_id: str, year: int, known: bool, language: str = "id") -> Any:
    """Write the file into the store, in the language of who asked; before the transaction of the job."""
    unit = db.session.get_one(Unit, UUID(unit_id))
    content = speaking(language, lambda: _book(unit, year, known=known))
    return accept_file(FileStorage(io.BytesIO(content), filename=f"rekap-cuti-{year}.xlsx", content_type=TYPE))


def hand_over(unit_id: str, year: int, known: bool, language: str = "id", *, prepared: Any) -> dict[str, str]:
    """Keep the file for who asked and tell them where it is."""
    kept, person_id = keep_file(prepared), current_actor().person_id
    if person_id is not None:
        title, body = speaking(language, _ready)
        notify(person_id, title, body=body, url=f"/files/{kept.id}", kind="export")
    return {"file": str(kept.id)}


def _ready() -> tuple[str, str]:
    return words_of("Rekap cuti siap"), words_of("Bisa diunduh selama satu hari.")


EXPORT = Job(
    kind=KIND, function=hand_over, prepare=write, plugin="leave", timeout=600, title=N_("Mengekspor rekap cuti")
)


def _book(unit: Unit, year: int, *, known: bool) -> bytes:
    sheets = {
        words_of("Rekap"): _figures(reporting.of(unit, year)),
        words_of("Daftar"): _list(unit, year, known=known),
    }
    return xlsx_file(sheets)


def _figures(report: reporting.Report) -> Iterator[list[Any]]:
    names, codes = kinds.delivered(), report.codes
    days = [words_of("{kind} (hari)", kind=words_of(names[code].name)) for code in codes]
    yield [words_of("Unit"), words_of("Permohonan"), *days, words_of("Jumlah hari")]
    for line in (*report.lines, report.total):
        yield [line.name, line.requests, *(line.days.get(code, 0) for code in codes), line.total]


def _list(unit: Unit, year: int, *, known: bool) -> Iterator[list[Any]]:
    yield [
        words_of(text)
        for text in (N_("Pegawai"), N_("Unit"), N_("Jenis cuti"), N_("Mulai"), N_("Sampai"), N_("Hari"), N_("Status"))
    ]
    names = kinds.delivered()
    query = (
        sa.select(R.person_name, U.name, R.kind, R.first_day, R.last_day, R.days, R.state)
        .join_from(LeaveRequest.__table__, Unit.__table__, U.id == R.unit_id)
        .where(reporting.within(unit), *reporting.granted(year))
        .order_by(R.first_day, R.id)
        .limit(MOST)
    )
    for row in run(query):
        kind = name_of(names[row.kind], known=known or row.kind == OPEN)
        days = row.first_day, row.last_day
        yield [row.person_name, row.name, kind, *days, row.days, words_of(words.STATES[row.state][2])]
