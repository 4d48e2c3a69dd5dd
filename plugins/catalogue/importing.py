"""Importing a list of applications: staged, reported row by row, compared on repeat, undone where nobody changed since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from superapp.api import (
    ImportChange,
    ImportColumn,
    Importer,
    ImportRow,
    Reading,
    Unit,
    create,
    db,
    run,
)
from superapp.api import _ as words_of

from . import checks, service
from .models import Application
from .words import CLASSIFICATIONS, LEVELS, ORIGINS, STATUSES

_A, _U = Application.__table__.c, Unit.__table__.c
FIELDS = (
    "name",
    "long_name",
    "level",
    "classification",
    "owner_name",
    "process_code",
    "function",
    "origin",
    "year",
    "address",
    "status",
    "confidence",
    "source",
)
_LEVELS = {key.upper(): key for key in LEVELS}
_CLASSES = {key.upper(): key for key in CLASSIFICATIONS}
_ORIGINS = {key.upper(): key for key in ORIGINS}
_STATUSES = {words.upper(): key for key, words in STATUSES.items()}


class ApplicationImporter(Importer):
    """Imports applications by their id; the unit in charge is found by its code."""

    kind = "apps"
    title = "Aplikasi"
    module = "catalogue"
    columns = (
        ImportColumn("code", ("KODE", "ID"), required=True),
        ImportColumn("name", ("NAMA",), required=True),
        ImportColumn("long_name", ("KEPANJANGAN",)),
        ImportColumn("level", ("TINGKAT",), required=True),
        ImportColumn("classification", ("KLASIFIKASI",)),
        ImportColumn("owner_name", ("PEMILIK",)),
        ImportColumn("unit", ("OPD PENGAMPU", "UNIT PENGAMPU")),
        ImportColumn("process_code", ("KODE RAB",)),
        ImportColumn("function", ("FUNGSI",)),
        ImportColumn("origin", ("ASAL",)),
        ImportColumn("year", ("TAHUN",)),
        ImportColumn("address", ("ALAMAT",)),
        ImportColumn("status", ("STATUS",)),
        ImportColumn("confidence", ("KEYAKINAN",)),
        ImportColumn("source", ("SUMBER",)),
    )
    added = "Impor menambah aplikasi {record}"
    changed = "Impor memperbarui aplikasi {record}"

    def read(self, cells: Mapping[str, str]) -> Reading:
        """Understand one row."""
        row = ImportRow(cells, self.words())
        code = row.text("code", longest=20, required=True)
        row.reading.key = code
        row.reading.values = {
            "name": row.text("name", longest=120, required=True),
            "long_name": row.text("long_name", longest=200),
            "level": row.choice("level", _LEVELS),
            "classification": row.choice("classification", _CLASSES),
            "owner_name": row.text("owner_name", longest=160),
            "process_code": row.text("process_code", longest=10),
            "function": row.text("function", longest=500),
            "origin": row.choice("origin", _ORIGINS),
            "year": _year(row),
            "address": _address(row),
            "status": row.choice("status", _STATUSES),
            "confidence": row.text("confidence", longest=20),
            "source": row.text("source", longest=255),
            "unit": row.text("unit", longest=40).upper(),
        }
        row.reading.label = row.reading.values["name"]
        return row.reading

    def check(self, readings: Sequence[Reading]) -> None:
        """Find the units in charge; an unknown one is a fault, a missing one falls to the regency with a remark."""
        codes = {reading.values["unit"] for reading in readings if reading.values.get("unit")}
        known = set(run(sa.select(_U.code).where(_U.code.in_(codes))).scalars())
        for reading in readings:
            wanted = reading.values.get("unit", "")
            row = ImportRow({}, self.words())
            row.reading = reading
            if not wanted:
                row.remark("unit", words_of("Unit pengampu belum diisi; dicatat pada kabupaten."))
            elif wanted not in known:
                row.fault("unit", words_of("Unit “{code}” tidak ada. Periksa kodenya.", code=wanted))

    def present(self, keys: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        """Return the stored applications of these ids."""
        columns = [_A[name] for name in FIELDS]
        query = sa.select(_A.code, _U.code.label("unit"), *columns).join_from(
            Application.__table__, Unit.__table__, _U.id == _A.unit_id
        )
        rows = run(query.where(_A.code.in_(keys)))
        return {row.code: {name: row._mapping[name] or "" for name in (*FIELDS, "unit")} for row in rows}

    def apply(self, change: ImportChange) -> dict[str, Any]:
        """Add, correct or move one application, with search and door."""
        stored = self.present([change.key]).get(change.key)
        values = {name: value for name, value in change.values.items() if name in FIELDS and value not in ("", None)}
        unit = change.values.get("unit", "")
        if stored is None:
            row = create(Application, code=change.key, **values, **_place(unit))
        else:
            row = _row(change.key)
            _put(row, values | (_place(unit) if unit else {}))
        row.missing = service.missing_in(row)
        db.session.flush()
        service.publish(row)
        return {"id": row.id.hex, "before": dict(stored) if stored else None, "version": row.version}

    def revert(self, change: ImportChange, done: Mapping[str, Any]) -> bool:
        """Take the application out again, or put fields and unit back, unless somebody changed it since."""
        row = _row(change.key)
        if row is None or row.version != done["version"]:
            return False
        if done["before"] is None:
            service.withdraw(row)
            db.session.delete(row)
        else:
            before = done["before"]
            _put(row, {name: before[name] or None for name in FIELDS} | _place(before["unit"]))
            row.missing = service.missing_in(row)
            service.publish(row)
        db.session.flush()
        return True


def _row(code: str) -> Any:
    return db.session.scalar(sa.select(Application).where(_A.code == code))


def _put(row: Any, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)


def _place(code: str) -> dict[str, Any]:
    wanted = _U.code == code if code else _U.parent_id.is_(None)
    unit = run(sa.select(_U.id, _U.opd_id).where(wanted)).first()
    return {} if unit is None else {"unit_id": unit.id, "opd_id": unit.opd_id}


def _year(row: ImportRow) -> int | str:
    text = row.text("year", longest=4)
    if not text:
        return ""
    if not text.isdecimal() or int(text) not in checks.YEARS:
        row.fault("year", words_of("Tahun antara 1990 dan 2100."))
        return ""
    return int(text)


def _address(row: ImportRow) -> str:
    text = row.text("address", longest=255)
    if text and not checks.is_address(text):
        row.fault("address", words_of("Tulis alamat lengkap, contoh https://simpeg.nunukankab.go.id."))
    return text
