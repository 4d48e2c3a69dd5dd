"""Importing the free days of whole years: national holidays, cuti bersama (joint decree) and those of the regency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from superapp.kernel.database import run
from superapp.kernel.errors import Refused
from superapp.kernel.format import format_date
from superapp.kernel.language import gettext as _
from superapp.shared.imports.cells import Row
from superapp.shared.imports.contract import Change, Column, Importer, Missing, Reading
from superapp.shared.tables.reference import holiday

H = holiday.c
FIELDS = ("name", "source", "uncertain")
KINDS = {
    "": "libur",
    "LIBUR": "libur",
    "LIBUR NASIONAL": "libur",
    "CUTI": "cuti",
    "CUTI BERSAMA": "cuti",
    "LOKAL": "lokal",
    "LIBUR DAERAH": "lokal",
}
YES = {"YA": "ya", "TIDAK": "tidak"}
YEARS = range(2000, 2101)


class HolidayImporter(Importer):
    """Imports free days; a file is complete for each year and kind of day that it names, so what it lacks there ends."""

    kind = "holidays"
    title = "Hari libur dan cuti bersama"
    columns = (
        Column("day", ("TANGGAL", "TGL"), required=True),
        Column("kind", ("JENIS",)),
        Column("name", ("NAMA", "HARI LIBUR", "KETERANGAN"), required=True),
        Column("source", ("SUMBER", "SKB")),
        Column("uncertain", ("BELUM PASTI",)),
    )
    added = "Impor menambah hari libur {record}"
    changed = "Impor mengubah hari libur {record}"
    ended = "Impor menghapus hari libur {record}"

    def read(self, cells: Mapping[str, str]) -> Reading:
        """Understand one row; its key is the day and the kind of free day."""
        row = Row(cells, self.words())
        day = row.day("day")
        if not day and not row.reading.faults:
            row.fault("day", _("Wajib diisi."))
        elif day and int(day[:4]) not in YEARS:
            row.fault("day", _("Tahun harus antara 2000 dan 2100."))
        kind = row.choice("kind", KINDS, default="libur")
        uncertain = row.choice("uncertain", YES)
        reading = row.reading
        reading.values = {
            "name": row.text("name", longest=120, required=True),
            "source": row.text("source", longest=160),
            "uncertain": uncertain == "ya",
        }
        reading.key = f"{day}~{kind}" if day else ""
        reading.label = _label(day, reading.values["name"])
        return reading

    def present(self, keys: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        """Return the stored days of these keys."""
        days = {date.fromisoformat(key.partition("~")[0]) for key in keys}
        return {_key(row): _values(row) for row in run(sa.select(holiday).where(H.day.in_(days))) if _key(row) in keys}

    def missing(self, readings: Sequence[Reading]) -> Sequence[Missing]:
        """Return the stored days that the file lacks in the years and of the kinds it is about."""
        keys = {reading.key for reading in readings if not reading.faults}
        about = {(key[:4], key.partition("~")[2]) for key in keys}
        rows = run(sa.select(holiday).order_by(H.day, H.kind))
        return [
            Missing(_key(row), _label(row.day.isoformat(), row.name))
            for row in rows
            if (str(row.day.year), row.kind) in about and _key(row) not in keys
        ]

    def ordered(self, readings: Sequence[Reading]) -> Sequence[Reading]:
        """Return the rows by day."""
        return sorted(readings, key=lambda reading: reading.key)

    def apply(self, change: Change) -> dict[str, Any]:
        """Add, correct or remove one day."""
        before = self.present([change.key]).get(change.key)
        if change.action == "end":
            run(sa.delete(holiday).where(*_same(change.key)))
            return {"before": before, "after": None}
        if before is None:
            if change.action == "change":
                raise Refused(_("Hari ini sudah dihapus orang lain."))
            day, _tilde, kind = change.key.partition("~")
            run(sa.insert(holiday).values(day=date.fromisoformat(day), kind=kind, **change.values))
        else:
            run(
                sa.update(holiday)
                .where(*_same(change.key))
                .values(**{**change.values, "source": _source(change, before)})
            )
        return {"before": before, "after": self.present([change.key])[change.key]}

    def revert(self, change: Change, done: Mapping[str, Any]) -> bool:
        """Put the day back as it was, unless somebody corrected it since."""
        if self.present([change.key]).get(change.key) != done["after"]:
            return False
        run(sa.delete(holiday).where(*_same(change.key)))
        if done["before"] is not None:
            day, _tilde, kind = change.key.partition("~")
            run(sa.insert(holiday).values(day=date.fromisoformat(day), kind=kind, **done["before"]))
        return True


def _same(key: str) -> tuple[sa.ColumnElement[bool], ...]:
    day, _tilde, kind = key.partition("~")
    return H.day == date.fromisoformat(day), H.kind == kind


def _key(row: Any) -> str:
    return f"{row.day.isoformat()}~{row.kind}"


def _values(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in FIELDS}


def _source(change: Change, before: Mapping[str, Any]) -> str:
    """Return the source of the file, else the one that is known: an empty cell says nothing."""
    return str(change.values["source"] or before["source"])


def _label(day: str, name: str) -> str:
    return f"{format_date(date.fromisoformat(day))}: {name}" if day else name
