"""Importing units and record classes: as a tree, however the rows are ordered, and back again."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from superapp.extensions import db
from superapp.kernel.database import run
from superapp.operations.demo.structure import DATA
from superapp.organization import tree
from superapp.organization.models import Unit
from superapp.shared import reference, search
from superapp.shared.tables import record_class
from tests.organization.acting import done
from tests.shared.importing import applied, faults, plan, undone
from tests.shared.tables_of import as_csv, as_xlsx
from tests.shared.test_search import SOMEBODY
from tests.support.builders import House

pytestmark = pytest.mark.usefixtures("context")
HEAD = ["KODE", "NAMA", "JENIS", "SINGKATAN", "KODE INDUK", "KODE WILAYAH"]
U = Unit.__table__.c


def rows(*units: list[str]) -> bytes:
    return as_csv([HEAD, *units])


def parents() -> dict[str, str]:
    parent = Unit.__table__.alias("parent")
    query = sa.select(U.code, parent.c.code.label("parent")).outerjoin_from(
        Unit.__table__, parent, parent.c.id == U.parent_id
    )
    return {row.code: row.parent for row in run(query)}


def offices() -> bytes:
    """Return the offices of the demo as an office would send them: `bagian_setda`, no parents, a line on the source."""
    lines = (DATA / "offices.csv").read_text(encoding="utf-8").splitlines()
    return "\n".join(["# contoh", lines[1].replace("code,name,kind,short_name", "kode,nama,jenis,singkatan"), *lines[2:]]).replace(
        "parent,region_code", "induk,kode_wilayah"
    ).encode()  # fmt: skip


def test_the_first_import_makes_the_regency_and_all_offices(app: Flask) -> None:
    with done():
        reference.fill()
    content = rows(
        ["SETDA", "Sekretariat Daerah", "setda", "Setda", "", ""],
        ["SETDA-HUKUM", "Bagian Hukum", "bagian_setda", "", "", ""],
        ["KEL-6503021001", "Kelurahan Nunukan Timur", "kelurahan", "", "", "65.03.02.1001"],
        ["KEC-650302", "Kecamatan Nunukan", "kecamatan", "", "", "65.03.02"],
    )
    found = applied(app, "units", content)
    assert found.counts["applied"] == 4
    assert parents() == {
        "NUNUKAN": None,
        "SETDA": "NUNUKAN",
        "SETDA-HUKUM": "SETDA",
        "KEC-650302": "NUNUKAN",
        "KEL-6503021001": "KEC-650302",
    }
    assert tree.root().name == "Pemerintah Kabupaten Nunukan"
    assert {row.code for row in tree.opds()} == {"NUNUKAN", "SETDA", "KEC-650302"}
    assert tree.by_code("SETDA-HUKUM").opd_id == tree.by_code("SETDA").id


def test_units_are_found_at_once(app: Flask, house: House) -> None:
    applied(app, "units", rows(["DISKAN", "Dinas Perikanan", "dinas", "Diskan", "", ""]), ends="no")
    assert [hit.title for hit in search.find("dinas perikannan", actor=SOMEBODY).hits] == ["Dinas Perikanan"]


def test_parents_may_stand_below_their_parts(app: Flask, house: House) -> None:
    content = rows(
        ["A-1-1", "Seksi", "seksi", "", "A-1", ""],
        ["A-1", "Bidang", "bidang", "", "A", ""],
        ["A", "Dinas A", "dinas", "", "", ""],
    )
    applied(app, "units", content, ends="no")
    found = parents()
    assert (found["A-1-1"], found["A-1"], found["A"]) == ("A-1", "A", "NNK")


def test_faults_name_row_column_and_reason(house: House) -> None:
    content = rows(
        ["B", "Dinas B", "dinas", "", "TIDAK-ADA", ""],
        ["C", "Dinas C", "kerajaan", "", "", ""],
        ["D D", "Dinas D", "dinas", "", "", ""],
        ["E", "", "dinas", "", "", ""],
        ["F", "Putar 1", "bidang", "", "G", ""],
        ["G", "Putar 2", "bidang", "", "F", ""],
    )
    assert faults(plan("units", content)) == [
        (2, "KODE INDUK", "Induk “TIDAK-ADA” tidak ada dalam berkas maupun data."),
        (3, "JENIS", "Isian “KERAJAAN” tidak dikenal."),
        (4, "KODE", "Kode: huruf A–Z, angka, titik, garis miring atau tanda hubung."),
        (5, "NAMA", "Wajib diisi."),
        (6, "KODE INDUK", "Induk berputar kembali ke unit ini."),
        (7, "KODE INDUK", "Induk berputar kembali ke unit ini."),
    ]


def test_a_repeated_import_is_a_difference(app: Flask, house: House) -> None:
    first = rows(["A", "Dinas A", "dinas", "", "", ""], ["A-1", "Bidang", "bidang", "", "", ""])
    applied(app, "units", first, ends="no")
    assert plan("units", first).counts["same"] == 2
    second = rows(["A", "Dinas A Baru", "dinas", "", "", ""], ["A-1", "Bidang", "bidang", "", "KOMINFO", ""])
    planned = plan("units", second)
    assert [(row.key, dict(row.was)) for row in planned.rows if row.action == "change"] == [
        ("A", {"name": "Dinas A"}),
        ("A-1", {"parent": "A"}),
    ]
    applied(app, "units", second, ends="no")
    assert tree.by_code("A").name == "Dinas A Baru"
    assert parents()["A-1"] == "KOMINFO"
    assert tree.by_code("A-1").opd_id == house.units["kominfo"]


def test_a_guessed_parent_never_moves_a_unit_that_is_stored(app: Flask, house: House) -> None:
    applied(app, "units", rows(["KOMINFO-X", "Bidang X", "bidang", "", "DINKES", ""]), ends="no")
    assert plan("units", rows(["KOMINFO-X", "Bidang X", "bidang", "", "", ""])).counts["same"] == 1


def test_undoing_takes_the_tree_back(app: Flask, house: House) -> None:
    first = applied(
        app, "units", rows(["A", "Dinas A", "dinas", "", "", ""], ["A-1", "Bidang", "bidang", "", "", ""]), ends="no"
    )
    before = parents()
    second = rows(["A", "Dinas A Baru", "dinas", "", "", ""], ["A-1", "Bidang", "bidang", "", "KOMINFO", ""])
    undone(app, applied(app, "units", second, ends="no"))
    assert parents() == before
    assert tree.by_code("A").name == "Dinas A"
    after = undone(app, first)
    assert after.counts["reverted"] == 2
    assert tree.by_code("A") is None


def test_closing_a_unit_that_people_work_in_fails_alone(app: Flask, house: House) -> None:
    keep = [[code, name, "dinas", "", "", ""] for code, name in (("KOMINFO", "Dinas Komunikasi dan Informatika"),)]
    found = applied(app, "units", rows(*keep), ends="yes")
    assert found.counts["failed"] == 4
    assert found.counts.get("applied", 0) == 0
    assert tree.by_code("SEKSI").valid_to is None


def test_the_regencys_offices_are_imported_from_a_workbook(app: Flask) -> None:
    with done():
        reference.fill()
    lines = [line.split(",") for line in offices().decode().splitlines()[1:]]
    assert len(lines) == 68
    found = applied(app, "units", offices(), "kantor.csv")
    missing_assistants = 9  # their parents are no office of the list, so these rows are faulty and say so
    assert found.counts["fault"] == missing_assistants
    assert found.counts["applied"] == 67 - missing_assistants
    assert parents()["KEL-6503091003"] == "KEC-650309"


# Record classes


def test_record_classes_are_added_and_corrected_and_taken_back(app: Flask) -> None:
    with done():
        reference.fill()
    head = ["kode", "nama", "keterangan", "kode_induk", "tingkat", "status"]
    content = as_xlsx(
        [
            head,
            ["000.1.2.9", "Perjalanan Contoh", "", "000.1.2", "4", "dua_sumber_cocok"],
            ["000.1.2.10", "Perjalanan Ragu", "", "000.1.2", "4", "satu_sumber_A"],
            ["800.1.11.4", "Cuti Tahunan (diperbaiki)", "", "800.1.11", "4", "dua_sumber_cocok"],
            ["abc", "Bukan kode", "", "", "1", ""],
        ]
    )
    before = reference.record_class("800.1.11.4")
    found = applied(app, "classification", content, "klasifikasi.xlsx")
    assert (found.counts["applied"], found.counts["fault"]) == (3, 1)
    assert reference.record_class("000.1.2.9").level == 4
    assert reference.record_class("000.1.2.10").uncertain
    assert reference.record_class("800.1.11.4").name == "Cuti Tahunan (diperbaiki)"
    with done():
        run(sa.update(record_class).where(record_class.c.code == "000.1.2.9").values(name="Diubah tangan"))
    db.session.rollback()
    after = undone(app, found)
    assert (after.counts["reverted"], after.counts["kept"]) == (2, 1)
    assert reference.record_class("800.1.11.4") == before
    assert reference.record_class("000.1.2.10") is None
