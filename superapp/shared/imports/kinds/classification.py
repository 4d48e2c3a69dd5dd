"""Importing the record classification (Permendagri 83/2022): codes with names, added or corrected, never ended."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from superapp.kernel.database import run
from superapp.kernel.language import gettext as _
from superapp.shared.imports.cells import Row
from superapp.shared.imports.contract import Change, Column, Importer, Reading
from superapp.shared.tables.reference import record_class

C = record_class.c
FIELDS = ("name", "note", "parent_code", "level", "uncertain")
_CODE = re.compile(r"\d{3}(\.\d{1,3}){0,5}")
CERTAIN = frozenset({"", "DUA_SUMBER_COCOK", "TIDAK", "RESMI"})


class ClassificationImporter(Importer):
    """Imports record classes; the file may be the whole list or a part of it."""

    kind = "classification"
    title = "Klasifikasi arsip"
    columns = (
        Column("code", ("KODE", "KODE KLASIFIKASI"), required=True),
        Column("name", ("NAMA", "URAIAN"), required=True),
        Column("note", ("KETERANGAN",)),
        Column("parent", ("KODE INDUK",)),
        Column("status", ("STATUS",)),
    )
    added = "Impor menambah klasifikasi {record}"
    changed = "Impor mengubah klasifikasi {record}"

    def read(self, cells: Mapping[str, str]) -> Reading:
        """Understand one row."""
        row = Row(cells, self.words())
        code = row.text("code", longest=20, required=True)
        if code and not _CODE.fullmatch(code):
            row.fault("code", _("Kode seperti 000.1.2.3: angka dipisah titik."))
        parent = row.text("parent", longest=20) or code.rpartition(".")[0]
        reading = row.reading
        reading.key = code
        reading.values = {
            "name": row.text("name", longest=255, required=True),
            "note": row.text("note", longest=4000),
            "parent_code": parent,
            "level": code.count(".") + 1,
            "uncertain": row.text("status", longest=40).upper() not in CERTAIN,
        }
        reading.label = f"{code} {reading.values['name']}"
        return reading

    def present(self, keys: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        """Return the stored classes of these codes."""
        rows = run(sa.select(record_class).where(C.code.in_(keys)))
        return {row.code: {name: getattr(row, name) for name in FIELDS} for row in rows}

    def apply(self, change: Change) -> dict[str, Any]:
        """Add or correct one class."""
        return self.apply_many([change])[0]

    def apply_many(self, changes: Sequence[Change]) -> list[dict[str, Any]]:
        """Add or correct several classes at once."""
        before = self.present([change.key for change in changes])
        rows = [{"code": change.key, **change.values} for change in changes]
        fresh = [row for row in rows if row["code"] not in before]
        if fresh:
            run(sa.insert(record_class), fresh)
        for row in rows:
            if row["code"] in before:
                run(sa.update(record_class).where(C.code == row["code"]).values(row))
        return [
            {"before": dict(before[change.key]) if change.key in before else None, "after": dict(change.values)}
            for change in changes
        ]

    def revert(self, change: Change, done: Mapping[str, Any]) -> bool:
        """Put the class back as it was, unless somebody corrected it since."""
        if self.present([change.key]).get(change.key) != done["after"]:
            return False
        if done["before"] is None:
            run(sa.delete(record_class).where(C.code == change.key))
        else:
            run(sa.update(record_class).where(C.code == change.key).values(done["before"]))
        return True
