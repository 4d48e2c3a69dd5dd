"""Imports: the report before anything is applied, faults to download, applying and undoing as jobs, bad files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import BytesIO
from zipfile import ZipFile

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from superapp.kernel.jobs.worker import Worker
from superapp.organization.models import Unit
from superapp.shared.tables import holiday, import_, record_class
from tests.admin.conftest import Desk, audited, hidden_of, stored
from tests.support.builders import House

UNITS = Unit.__table__
CLASSES = "KODE,NAMA,KODE INDUK\n990,Uji Coba,\n990.1,Uji Bagian,990\n,Tanpa Kode,990\n990.2,=1+1,990\n"


def upload(desk: Desk, kind: str, content: bytes | str, name: str = "berkas.csv") -> TestResponse:
    """Fill the upload form and send it."""
    fields = hidden_of(desk.html("/admin/imports/new"), "/admin/imports/new")
    raw = content.encode() if isinstance(content, str) else content
    data = fields | {"kind": kind, "file": (BytesIO(raw), name)}
    return desk.client.post("/admin/imports/new", data=data, headers={"Sec-Fetch-Site": "same-origin"})


def test_nothing_is_applied_before_the_report_was_seen(desk: Desk, app: Flask) -> None:
    staged = upload(desk, "classification", CLASSES)
    assert staged.status_code == 303
    html = desk.html(staged.location)
    assert "Wajib diisi." in html
    assert "seperti rumus" in html
    assert not stored(app, sa.select(record_class.c.code).where(record_class.c.code == "990"))
    assert "Uji Bagian" not in desk.html(staged.location, show="fault").split("<tbody")[1]


def test_cells_pasted_from_a_spreadsheet_are_an_import_too(desk: Desk, app: Flask) -> None:
    assert "kind=holidays" in desk.html("/admin/reference/holidays")
    page = "/admin/imports/new?kind=holidays"
    fields = hidden_of(desk.html(page), "/admin/imports/new")
    cells = "TANGGAL\tJENIS\tNAMA\r\n28-01-2028\tcuti bersama\tCuti bersama Imlek\r\n31-02-2028\tcuti\tSalah"
    data = fields | {"kind": "holidays", "pasted": cells}
    staged = desk.client.post("/admin/imports/new", data=data, headers={"Sec-Fetch-Site": "same-origin"})
    assert staged.status_code == 303
    html = desk.html(staged.location)
    assert "28 Januari 2028: Cuti bersama Imlek" in html
    assert "Tanggal tidak dikenal" in html
    desk.send(f"{staged.location}/apply", page=staged.location)
    Worker(app).drain()
    found = stored(app, sa.select(holiday.c.kind, holiday.c.name).where(holiday.c.day == date(2028, 1, 28)))
    assert [tuple(row) for row in found] == [("cuti", "Cuti bersama Imlek")]


def test_faults_are_downloaded_with_formulas_defused(desk: Desk) -> None:
    staged = upload(desk, "classification", CLASSES)
    answer = desk.get(f"{staged.location}/report.csv", show="fault")
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "Wajib diisi." in answer.text
    assert ",=1+1" not in answer.text
    assert "Uji Bagian" not in answer.text
    assert "Uji Bagian" in desk.get(f"{staged.location}/report.csv").text


def test_an_import_is_applied_and_taken_back_by_jobs(desk: Desk, app: Flask) -> None:
    staged = upload(desk, "classification", CLASSES)
    page = staged.location
    assert desk.send(f"{page}/apply", page=page).status_code == 303
    assert "import-progress" in desk.html(page)
    fragment = desk.client.get(page, headers={"HX-Request": "true", "HX-Target": "import-progress"})
    assert "<h1" not in fragment.text
    Worker(app).drain()
    assert "Diterapkan" in desk.html(page)
    codes = sa.select(record_class.c.code).where(record_class.c.code.startswith("990")).order_by(record_class.c.code)
    assert stored(app, codes) == [("990",), ("990.1",)]
    assert upload(desk, "classification", CLASSES.replace("Uji Bagian", "Uji Beda")).status_code == 303
    assert desk.send(f"{page}/undo", page=page).status_code == 303
    Worker(app).drain()
    assert "Dibatalkan" in desk.html(page)
    assert stored(app, codes) == []
    assert {"admin.stage_import", "admin.apply_import", "admin.undo_import"} <= set(audited(app))


def test_units_of_a_repeated_file_show_as_a_difference(desk: Desk, app: Flask, house: House) -> None:
    file = "KODE,NAMA,JENIS,KODE INDUK\nKOMINFO,Dinas Kominfo Baru,dinas,NNK\nOPD-X,Dinas Contoh,dinas,NNK\n"
    staged = upload(desk, "units", file)
    assert staged.status_code == 303, staged.text
    html = desk.html(staged.location)
    assert "Dinas Kominfo Baru" in html
    assert "Dinas Komunikasi dan Informatika" in html, "what is stored stands beside it"
    assert desk.send(f"{staged.location}/discard", page=staged.location).status_code == 303
    assert not stored(app, sa.select(import_.c.id))
    assert not stored(app, sa.select(UNITS.c.id).where(UNITS.c.code == "OPD-X"))


def _bomb() -> bytes:
    packed = BytesIO()
    with ZipFile(packed, "w", compression=8) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 300_000_000)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "kosong.csv", "Berkas kosong."),
        (b"", "", "Pilih berkas CSV atau Excel."),
        (b"KODE,NAMA\n\x00,x\n", "nul.csv", "karakter tersembunyi (NUL)"),
        ("KODE,NAMA\n1,caf\xe9\n".encode("latin-1"), "latin.csv", "Huruf dalam berkas tidak terbaca."),
        (b"NAMA\nx\n", "kolom.csv", "Kolom wajib tidak ditemukan: KODE."),
        (b"KODE,KODE,NAMA\n1,2,x\n", "ganda.csv", "Kolom KODE ada dua kali."),
        (b"PK\x03\x04rusak", "rusak.xlsx", "Berkas rusak atau terkunci"),
        (b"KODE,NAMA\n1,x\n", "tipuan.xlsx", "Isi berkas tidak sesuai dengan jenisnya."),
        (b"%PDF-1.4", "surat.pdf", "Gunakan berkas CSV atau Excel"),
        (_bomb(), "bom.xlsx", "Isi berkas terlalu besar setelah dibuka."),
    ],
)
def test_a_bad_file_is_refused_with_a_sentence(
    desk: Desk, app: Flask, content: bytes, name: str, sentence: str
) -> None:
    answer = upload(desk, "classification", content, name)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert not stored(app, sa.select(import_.c.id))


def test_an_unknown_kind_is_refused(desk: Desk) -> None:
    answer = upload(desk, "kerajaan", CLASSES)
    assert answer.status_code == 422
    assert "Pilih jenis data yang diimpor." in answer.text
    assert desk.get("/admin/imports/template/kerajaan.csv").status_code == 404


def test_the_headings_of_each_kind_can_be_downloaded(desk: Desk) -> None:
    assert "KODE" in desk.get("/admin/imports/template/units.csv").text


def test_only_the_regencys_admin_imports(desk_of: Callable[..., Desk], desk: Desk) -> None:
    staged = upload(desk, "classification", CLASSES)
    clerk = desk_of("tu", "admin.import")
    for address in ("/admin/imports/new", staged.location, f"{staged.location}/report.csv"):
        assert clerk.get(address).status_code == 403
