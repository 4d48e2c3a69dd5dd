"""Hostile lists of applications, sent as a browser sends them: a clear sentence, 4xx, and nothing stored."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from superapp.shared.tables import import_
from tests.navigation.conftest import rows
from tests.plugins.catalogue.conftest import hidden_for, opened, stored
from tests.shared.importing import faults, plan
from tests.shared.tables_of import as_csv, as_xlsx
from tests.shared.test_import_bad_input import NESTED, lying_bomb, packed
from tests.support.builders import House
from tests.support.databases import only_sqlite

UPLOAD = "/admin/imports/new"
HEAD = ["kode", "nama", "tingkat"]
GOOD = [HEAD, ["A-1", "SIMPEG", "kabupaten"]]


def widened(columns: int) -> bytes:
    return as_csv([[*HEAD, *(f"k{number}" for number in range(columns))], ["A-1", "SIMPEG", "kabupaten"]])


def with_part(name: str, content: bytes) -> bytes:
    """Return a good workbook in which one part was replaced."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(as_xlsx(GOOD))) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            target.writestr(entry.filename, content if entry.filename == name else source.read(entry))
    return out.getvalue()


WHOLE: dict[str, tuple[Any, str, str]] = {
    "a zip bomb": (lambda: NESTED, "x.xlsx", "terlalu besar setelah dibuka"),
    "a bomb that lies about its size": (lying_bomb, "x.xlsx", "Berkas"),
    "a zip cut off": (lambda: as_xlsx(GOOD)[:900], "x.xlsx", "rusak"),
    "a zip of something else": (lambda: packed(a=b"b"), "x.xlsx", "rusak"),
    "a sheet of broken XML": (lambda: with_part("xl/worksheets/sheet1.xml", b"<worksheet><row"), "x.xlsx", "Berkas"),
    "NUL": (lambda: as_csv(GOOD) + b"A-2,a\0b,pusat\n", "x.csv", "NUL"),
    "a cell of a million letters": (lambda: as_csv([*GOOD, ["A-2", "x" * 1_000_000, "pusat"]]), "x.csv", "panjang"),
    "the same in a workbook": (lambda: as_xlsx([*GOOD, ["A-2", "x" * 32_000, "pusat"]]), "x.xlsx", "panjang"),
    "100,000 columns": (lambda: widened(100_000), "x.csv", "Kolom terlalu banyak"),
    "letters of Windows": (lambda: as_csv([*GOOD, ["A-2", "Café", "pusat"]], encoding="cp1252"), "x.csv", "CSV UTF-8"),
    "a column twice": (lambda: as_csv([[*HEAD, "nama"], ["A-1", "a", "pusat", "b"]]), "x.csv", "ada dua kali"),
    "no column of ours": (lambda: as_csv([["a", "b"], ["1", "2"]]), "x.csv", "Kolom wajib tidak ditemukan"),
    "another kind of file": (lambda: b"%PDF-1.4", "x.pdf", "CSV atau Excel"),
    "nothing": (lambda: b"", "x.csv", "Berkas kosong"),
}


@pytest.mark.parametrize("kind", WHOLE)
def test_a_hostile_file_is_refused_as_a_whole(app: Flask, admin: FlaskClient, kind: str) -> None:
    make, name, sentence = WHOLE[kind]
    fields = hidden_for(opened(admin, UPLOAD), UPLOAD)
    answer = admin.post(
        UPLOAD,
        data={**fields, "kind": "apps", "file": (BytesIO(make()), name)},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert 400 <= answer.status_code < 500, answer.status_code
    assert sentence in answer.text
    answer.request.environ["wsgi.input"].close()  # the client's own temporary file, which nobody closes
    assert rows(app, sa.select(import_.c.id)) == []
    assert stored(app, "id") == []


CELLS = [
    ('=HYPERLINK("http://x";"y")', "seperti rumus"),
    ("+cmd|' /C calc'!A0", "seperti rumus"),
    ("@SUM(1)", "seperti rumus"),
    ("SIM\u202ePEG", "karakter tersembunyi"),
    ("x" * 121, "Paling banyak 120 karakter"),
    ("", "Wajib diisi"),
]


@only_sqlite
@pytest.mark.parametrize(("cell", "sentence"), CELLS)
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_hostile_cell_is_a_fault_of_its_row(
    context: Flask, house: House, form: str, cell: str, sentence: str
) -> None:
    table = [*GOOD, ["A-2", cell, "pusat"]]
    content = as_csv(table) if form == "csv" else typed_xlsx(table)
    planned = plan("apps", content, f"x.{form}")
    (found,) = faults(planned)
    assert found[0] == 3
    assert sentence in found[2]
    assert planned.counts["add"] == 1


def typed_xlsx(table: list[list[str]]) -> bytes:
    """Return a workbook that holds the cells as text, formulas too."""
    import xlsxwriter

    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(table):
            sheet.write_row(number, 0, row)
    return content.getvalue()


@only_sqlite
def test_a_formula_and_a_link_to_another_book_are_read_as_their_value_alone(context: Flask, house: House) -> None:
    import xlsxwriter

    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEAD)
        sheet.write_row(1, 0, ["A-1", "", "kabupaten"])
        sheet.write_formula(1, 1, "='[http://example.id/x.xlsx]S'!A1", None, "SIMPEG")
        sheet.write_url(2, 1, "http://example.id/rahasia", string="SILAPOR")
        sheet.write_row(2, 2, ["pusat"])
        sheet.write(2, 0, "A-2")
    planned = plan("apps", content.getvalue(), "x.xlsx")
    assert [(row.key, row.values["name"]) for row in planned.rows] == [("A-1", "SIMPEG"), ("A-2", "SILAPOR")]


@only_sqlite
def test_two_rows_of_one_id_are_told(context: Flask, house: House) -> None:
    planned = plan("apps", as_csv([*GOOD, ["A-1", "SILAPOR", "pusat"]]))
    assert [(number, reason) for number, _column, reason in faults(planned)] == [
        (3, "Baris lain memuat data yang sama. Hapus salah satu.")
    ]
