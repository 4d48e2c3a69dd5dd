"""Hostile and broken tables: a clear sentence within two seconds, and nothing stored."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import zipfile
from io import BytesIO

import pytest
import sqlalchemy as sa

from superapp.kernel.database import run
from superapp.kernel.errors import Invalid
from superapp.shared.imports import sheet
from superapp.shared.imports.cells import parsed_date
from superapp.shared.tables import import_
from tests.shared.importing import plan
from tests.shared.tables_of import as_csv, as_xlsx, siasn, somebody
from tests.support.builders import House
from tests.support.databases import only_sqlite

pytestmark = [pytest.mark.usefixtures("context", "house"), only_sqlite]
GOOD = siasn(somebody())


def packed(**parts: bytes) -> bytes:
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name.replace("__", "/"), part)
    return content.getvalue()


def lying_bomb() -> bytes:
    """Return a workbook whose sheet claims to be small and unpacks to 300 MB."""
    book = as_xlsx(GOOD)
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(book)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            big = entry.filename.endswith("sheet1.xml")
            target.writestr(entry.filename, b"<row/>" * 50_000_000 if big else source.read(entry))
    data = bytearray(out.getvalue())
    place = 0
    while (place := data.find(b"PK\x01\x02", place)) != -1:  # the sizes in the central directory
        data[place + 24 : place + 28] = (1000).to_bytes(4, "little")
        place += 4
    return bytes(data)


NESTED = packed(**{"[Content_Types].xml": b"<x/>", "xl__workbook.xml": b"0" * 150_000_000})
ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + b"".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">'.encode() for n in range(8)
)

BROKEN = {
    "empty": (b"", "x.csv", "Berkas kosong"),
    "only a heading": (as_csv(GOOD[:1]), "x.csv", "tidak berisi data"),
    "only blank rows": (as_csv([GOOD[0], [], ["", ""]]), "x.csv", "tidak berisi data"),
    "another kind of file": (b"%PDF-1.4", "x.pdf", "CSV atau Excel"),
    "no extension": (as_csv(GOOD), "x", "CSV atau Excel"),
    "an old workbook": (b"\xd0\xcf\x11\xe0" + b"0" * 500, "x.xls", "CSV atau Excel"),
    "a workbook called CSV": (as_xlsx(GOOD), "x.csv", "tidak sesuai dengan jenisnya"),
    "a CSV called workbook": (as_csv(GOOD), "x.xlsx", "tidak sesuai dengan jenisnya"),
    "Windows letters": (as_csv([*GOOD, ["é" * 5]], encoding="cp1252"), "x.csv", "CSV UTF-8"),
    "broken UTF-8": (as_csv(GOOD) + b"\xff\xfe\xfa", "x.csv", "CSV UTF-8"),
    "UTF-16 cut in the middle": (as_csv(GOOD, encoding="utf-16")[:-1], "x.csv", "CSV UTF-8"),
    "NUL": (as_csv(GOOD) + b"a\x00b\n", "x.csv", "NUL"),
    "quotes without end": (as_csv(GOOD) + b'"tanpa akhir,a,b\nx', "x.csv", "kutip"),
    "one million letters": (b"a" * 1_000_000, "x.csv", "terlalu panjang"),
    "a cell of a million letters": (as_csv([GOOD[0], ["a" * 1_000_000]]), "x.csv", "terlalu panjang"),
    "a thousand columns": (as_csv([["K"] * 1000, ["1"] * 1000]), "x.csv", "Kolom terlalu banyak"),
    "30,000 rows": (as_csv([["NIP", "NAMA"], *([["1", "a"]] * 30_000)]), "x.csv", "Baris terlalu banyak"),
    "too many bytes": (b"NIP,NAMA\n" + b"1,a\n" * 6_000_000, "x.csv", "terlalu besar"),
    "no such columns": (as_csv([["A", "B"], ["1", "2"]]), "x.csv", "Kolom wajib tidak ditemukan: NIP BARU, NAMA"),
    "a column twice": (as_csv([["NIP", "NAMA", "NAMA"], ["1", "a", "b"]]), "x.csv", "Kolom NAMA ada dua kali"),
    "a workbook cut off": (as_xlsx(GOOD)[:900], "x.xlsx", "rusak"),
    "a zip that is no workbook": (packed(a=b"b"), "x.xlsx", "rusak"),
    "a workbook without sheets": (packed(**{"xl__workbook.xml": b"<workbook/>"}), "x.xlsx", "rusak"),
    "a bomb": (NESTED, "x.xlsx", "terlalu besar setelah dibuka"),
    "many entries": (packed(**{f"f{n}": b"" for n in range(6000)}), "x.xlsx", "terlalu besar setelah dibuka"),
    "a bomb of entities": (
        packed(**{"xl__workbook.xml": ENTITIES + b"]><x>&i;</x>", "xl___rels__workbook.xml.rels": b"<x/>"}),
        "x.xlsx",
        "rusak",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", BROKEN)
def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(kind: str) -> None:
    content, name, sentence = BROKEN[kind]
    started = time.monotonic()
    with pytest.raises(Invalid, match=sentence) as refusal:
        plan("people", content, name)
    assert time.monotonic() - started < 4, "two seconds on a machine that does nothing else"
    assert set(refusal.value.errors) == {"file"}
    assert run(sa.select(import_)).first() is None


def test_a_bomb_that_lies_about_its_size_is_refused() -> None:
    bomb, started = lying_bomb(), time.monotonic()
    with pytest.raises(Invalid):
        plan("people", bomb, "x.xlsx")
    assert time.monotonic() - started < 6


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_tables_are_read_as_offices_save_them(separator: str, encoding: str) -> None:
    planned = plan("people", as_csv(GOOD, separator=separator, encoding=encoding))
    assert planned.counts["add"] == 1


def test_a_first_line_about_the_source_is_passed_over_and_rows_keep_their_numbers() -> None:
    planned = plan("people", b"# sumber: contoh\n" + as_csv([*GOOD, [], *siasn(somebody(2, NAMA=""))[1:]]))
    assert [row.number for row in planned.rows if row.faults] == [5]


def test_headings_are_known_in_any_case_and_with_underscores() -> None:
    head = [heading.lower().replace(" ", "_") for heading in GOOD[0]]
    assert plan("people", as_csv([head, *GOOD[1:]])).counts["add"] == 1


@pytest.mark.parametrize("text", ["=1+1", "+628", "@cmd", "-2+3|cmd", '=HYPERLINK("http://x")'])
def test_formulas_stay_out_of_texts(text: str) -> None:
    assert plan("people", as_csv(siasn(somebody(1, NAMA=text)))).counts["fault"] == 1


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("1985-03-17", "1985-03-17"),
        ("1985-03-17 00:00:00", "1985-03-17"),
        ("17-03-1985", "1985-03-17"),
        ("17/3/1985", "1985-03-17"),
        ("17.03.1985", "1985-03-17"),
        ("31123", "1985-03-17"),
        ("31123.0", "1985-03-17"),
        ("60", None),
        ("99999999", None),
        ("1985-13-01", None),
        ("kemarin", None),
        ("٣١١٢٣", None),
    ],
)
def test_dates_come_in_many_forms(text: str, iso: str | None) -> None:
    if iso is None:
        with pytest.raises(ValueError):
            parsed_date(text)
    else:
        assert parsed_date(text).isoformat() == iso


def test_a_house_has_people_to_compare_with(house: House) -> None:
    assert plan("people", as_csv(GOOD)).counts["end"] == 6


def test_tables_are_read_where_the_system_knows_no_limits() -> None:
    """Windows has no module `resource`: the reading process must start all the same."""
    program = "import sys; path = sys.argv.pop(1); sys.modules['resource'] = None; import runpy; runpy.run_path(path, run_name='__main__')"
    done = subprocess.run(
        [sys.executable, "-I", "-c", program, sheet.__file__, "csv"],
        input=b"a,b\n1,2\n",
        capture_output=True,
        check=False,
    )
    assert json.loads(done.stdout) == {"rows": [[1, ["a", "b"]], [2, ["1", "2"]]]}, done.stderr
