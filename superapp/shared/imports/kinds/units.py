"""Importing units: the offices and their parts, as a tree, with the difference on a repeated import."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.extensions import db
from superapp.kernel import clock, stamps
from superapp.kernel.database import run
from superapp.kernel.errors import NotFound, Refused
from superapp.kernel.language import gettext as _
from superapp.kernel.secrets import settings
from superapp.organization import kinds, tree
from superapp.organization.models import Unit
from superapp.shared import reference, search
from superapp.shared.imports.cells import Row
from superapp.shared.imports.contract import Change, Column, Importer, Missing, Reading, Remark

U = Unit.__table__.c
ROOT = "NUNUKAN"
"""The code of the regency itself, made by the first import when the file does not hold it."""
KINDS = {key.upper(): key for key in kinds.UNITS} | {label.upper(): key for key, label in kinds.UNITS.items()} | {
    "BAGIAN_SETDA": "bagian",
    "UPT_RS": "rumah_sakit",
    "UPT": "uptd",
    "PUSKESMAS": "uptd",
    "SATPOL PP": "satuan",
    "DISTRIK": "kecamatan",
    "DESA": "lainnya",
}  # fmt: skip
OFFICES = frozenset(
    {"setda", "sekretariat_dprd", "inspektorat", "dinas", "badan", "satuan", "rumah_sakit", "kecamatan"}
)
"""Kinds that are OPDs when they lie right below the regency."""
YES_NO = {
    "YA": "ya",
    "Y": "ya",
    "1": "ya",
    "TRUE": "ya",
    "TIDAK": "tidak",
    "T": "tidak",
    "0": "tidak",
    "FALSE": "tidak",
}
FIELDS = ("name", "short_name", "kind", "region_code", "siasn_id", "note")
_CODE = re.compile(r"[A-Z0-9][A-Z0-9._/-]{0,39}")


class UnitImporter(Importer):
    """Imports units; a parent may stand in any row, in the database, or follow from code and region."""

    kind = "units"
    title = "Unit"
    columns = (
        Column("code", ("KODE", "KODE UNIT"), required=True),
        Column("name", ("NAMA", "NAMA UNIT"), required=True),
        Column("kind", ("JENIS",), required=True),
        Column("short_name", ("SINGKATAN",)),
        Column("parent", ("KODE INDUK", "INDUK", "KODE ATASAN")),
        Column("region", ("KODE WILAYAH",)),
        Column("siasn_id", ("UNOR ID",)),
        Column("is_opd", ("OPD",)),
        Column("certainty", ("KEYAKINAN",)),
    )
    added = "Impor menambah unit {record}"
    changed = "Impor mengubah unit {record}"
    ended = "Impor menutup unit {record}"

    def read(self, cells: Mapping[str, str]) -> Reading:
        """Understand one row."""
        row = Row(cells, self.words())
        code = row.text("code", longest=40, required=True).upper()
        if code and not _CODE.fullmatch(code):
            row.fault("code", _("Kode: huruf A–Z, angka, titik, garis miring atau tanda hubung."))
        certain = row.text("certainty", longest=60).lower()
        reading = row.reading
        reading.key = code
        reading.values = {
            "name": row.text("name", longest=160, required=True),
            "short_name": row.text("short_name", longest=60),
            "kind": row.choice("kind", KINDS),
            "parent": row.text("parent", longest=40).upper(),
            "region_code": row.text("region", longest=13),
            "siasn_id": row.text("siasn_id", longest=40),
            "is_opd": row.choice("is_opd", YES_NO),
            "note": _("Nama belum dipastikan.") if certain and certain != "found" else "",
        }
        if not reading.values["kind"] and not reading.faults:
            row.fault("kind", _("Wajib diisi."))
        reading.label = reading.values["name"] or code
        return reading

    def check(self, readings: Sequence[Reading]) -> None:
        """Find each unit's parent, in the file or among the stored units, and refuse rings."""
        known = {row.code.upper(): row for row in run(sa.select(U.code, U.region_code, U.parent_id))}
        in_file = {reading.key: reading for reading in readings if reading.key and not reading.faults}
        root = next((code for code, row in known.items() if row.parent_id is None), "") or _root_of(in_file)
        regions = {row.region_code: code for code, row in known.items() if row.region_code}
        regions |= {r.values["region_code"]: code for code, r in in_file.items() if r.values["region_code"]}
        for code, reading in in_file.items():
            self._place(code, reading, root, set(known) | set(in_file), regions)
            if code in known and code != root and reading.values["inferred"]:
                reading.values |= {"parent": "", "is_opd": ""}  # a guess never moves a unit that is stored
            del reading.values["inferred"]
        for code, reading in in_file.items():
            if _goes_round(code, in_file):
                reading.faults.append(Remark(self.words()["parent"], _("Induk berputar kembali ke unit ini.")))

    def _place(self, code: str, reading: Reading, root: str, codes: set[str], regions: Mapping[str, str]) -> None:
        values = reading.values
        values["inferred"] = not values["parent"]
        if code == root:
            values["parent"] = ""
        elif values["parent"] and values["parent"] not in codes:
            words = _("Induk “{code}” tidak ada dalam berkas maupun data.", code=values["parent"])
            reading.faults.append(Remark(self.words()["parent"], words))
        elif not values["parent"]:
            values["parent"] = _parent_by_code(code, codes) or _parent_by_region(code, values, regions) or root
        below_root = values["parent"] in (root, ROOT)
        values["is_opd"] = values["is_opd"] or ("ya" if values["kind"] in OFFICES and below_root else "tidak")

    def present(self, keys: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        """Return the stored units of these codes."""
        parent = Unit.__table__.alias("parent")
        query = (
            sa.select(Unit.__table__, parent.c.code.label("parent_code"))
            .select_from(Unit.__table__.outerjoin(parent, parent.c.id == U.parent_id))
            .where(U.code.in_(keys))
        )
        return {
            row.code: {name: getattr(row, name) for name in FIELDS}
            | {"parent": row.parent_code or "", "is_opd": "ya" if row.is_opd else "tidak"}
            for row in run(query)
        }

    def missing(self, readings: Sequence[Reading]) -> Sequence[Missing]:
        """Return the units of today that the file lacks; those above a unit of the file are never missing."""
        in_file = {reading.key for reading in readings}
        rows = run(
            sa.select(U.code, U.name, U.parent_id).where(tree.valid(clock.today())).order_by(U.path.desc())
        ).all()
        return [Missing(row.code, row.name) for row in rows if row.code not in in_file and row.parent_id is not None]

    def ordered(self, readings: Sequence[Reading]) -> Sequence[Reading]:
        """Return the rows with parents before their parts."""
        in_file = {reading.key: reading for reading in readings}
        return sorted(readings, key=lambda reading: len(_line(reading.key, in_file)))

    def apply(self, change: Change) -> dict[str, Any]:
        """Add, change or close one unit."""
        before = _snapshot(change.key)
        if change.action == "add":
            found = self._add(change)
        else:
            stored = tree.by_code(change.key)
            if stored is None:
                raise Refused(_("Unit ini sudah tidak ada."))
            found = stored
            if change.action == "end":
                tree.close(found, None, clock.today() - timedelta(days=1))
            else:
                self._change(found, change)
        record = {"type": "core_unit", "id": str(found.id), "opd_id": str(found.opd_id)}
        return {"record": record, "before": before, "after": _snapshot(change.key)}

    def _add(self, change: Change) -> Unit:
        values = dict(change.values)
        parent, is_opd = values.pop("parent"), values.pop("is_opd") == "ya"
        above = tree.by_code(parent) if parent else None
        if above is None and (parent or change.values["kind"] != "kabupaten"):
            above = _regency(parent)
        return tree.add(change.key, values.pop("name"), kind=values.pop("kind"), parent=above, is_opd=is_opd, **values)

    def _change(self, found: Unit, change: Change) -> None:
        fields = {name: change.values[name] for name in FIELDS if change.values.get(name)}
        tree.change(found, None, valid_to=None, **fields)
        parent = tree.by_code(change.values["parent"]) if change.values["parent"] else None
        if parent is not None and parent.id != found.parent_id:
            tree.move(found, None, parent)

    def revert(self, change: Change, done: Mapping[str, Any]) -> bool:
        """Put one unit back as it was, unless somebody changed it since."""
        found = tree.by_code(change.key)
        if found is None or _snapshot(change.key) != done["after"]:
            return False
        before = done["before"]
        if before is None:
            search.remove("core_unit", [found.id])
            db.session.delete(found)
            db.session.flush()
            return True
        parent = db.session.get(Unit, UUID(before["parent_id"])) if before["parent_id"] else None
        if parent is not None and parent.id != found.parent_id:
            tree.move(found, None, parent)
        tree.change(found, None, **{name: before[name] for name in (*FIELDS, "valid_to")})
        return True

    def after(self) -> None:
        """Let every worker see the units."""
        stamps.raise_access()


def _root_of(in_file: Mapping[str, Reading]) -> str:
    return next((code for code, reading in in_file.items() if reading.values["kind"] == "kabupaten"), ROOT)


def _parent_by_code(code: str, codes: set[str]) -> str:
    """Return the longest beginning of a code that is a unit itself: SETDA of SETDA-HUKUM."""
    stem = code
    while stem := max(stem.rpartition("-")[0], stem.rpartition(".")[0], key=len):
        if stem in codes:
            return stem
    return ""


def _parent_by_region(code: str, values: Mapping[str, Any], regions: Mapping[str, str]) -> str:
    """Return the unit of the region above: the district of a kelurahan."""
    region = values["region_code"].rpartition(".")[0]
    found = regions.get(region, "") if values["kind"] != "kecamatan" else ""
    return found if found != code else ""


def _line(code: str, in_file: Mapping[str, Reading]) -> list[str]:
    """Return the codes from a unit of the file up to the first that is not in it; a ring ends where it began."""
    line: list[str] = []
    while code in in_file and code not in line:
        line.append(code)
        code = in_file[code].values["parent"]
    return [*line, code] if code in line else line


def _goes_round(code: str, in_file: Mapping[str, Reading]) -> bool:
    line = _line(code, in_file)
    return len(line) != len(set(line))


def _regency(code: str) -> Unit:
    """Return the regency; the first import makes it, named after its region."""
    try:
        return tree.root()
    except NotFound:
        region = reference.region(settings().region_code)
        name = f"Pemerintah {region.name if region else 'Kabupaten'}"
        return tree.add(
            code or ROOT, name, kind="kabupaten", parent=None, is_opd=True, region_code=settings().region_code
        )


def _snapshot(code: str) -> dict[str, Any] | None:
    row = run(sa.select(Unit.__table__).where(U.code == code)).first()
    if row is None:
        return None
    kept = {name: getattr(row, name) for name in FIELDS}
    valid_to = row.valid_to.isoformat() if row.valid_to else None
    return kept | {"parent_id": str(row.parent_id) if row.parent_id else None, "valid_to": valid_to}
