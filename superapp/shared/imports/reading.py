"""From an uploaded table to headed rows: the file is refused as a whole with a sentence, or read as a whole."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from superapp.kernel.errors import Invalid
from superapp.kernel.format import format_bytes, format_number
from superapp.kernel.language import N_
from superapp.kernel.language import gettext as _
from superapp.shared.files.acceptance import check_archive, shown_name
from superapp.shared.imports import sheet
from superapp.shared.imports.contract import Column

LARGEST = 20_000_000
PATIENCE = 20
"""Seconds for the reading process, which has ten seconds of computing at most."""
_SCRIPT = Path(sheet.__file__)
SENTENCES = {
    "encoding": N_("Huruf dalam berkas tidak terbaca. Simpan ulang sebagai CSV UTF-8."),
    "csv": N_("Susunan CSV rusak: tanda kutip tidak berpasangan. Simpan ulang, lalu unggah lagi."),
    "xlsx": N_("Berkas Excel rusak atau terkunci. Simpan ulang sebagai .xlsx, lalu unggah lagi."),
    "nul": N_("Berkas memuat karakter tersembunyi (NUL). Simpan ulang, lalu unggah lagi."),
    "rows": N_("Baris terlalu banyak. Paling banyak {rows} baris sekali impor."),
    "columns": N_("Kolom terlalu banyak. Hapus kolom yang tidak perlu."),
    "cell": N_("Ada isian yang terlalu panjang. Paling panjang {cell} karakter."),
    "memory": N_("Berkas terlalu besar untuk dibaca. Bagi menjadi beberapa berkas."),
}


@dataclass(frozen=True)
class Table:
    """A table as it was read: rows of texts by column name; `numbers` are the row numbers people see in the file."""

    file_name: str
    rows: Sequence[dict[str, str]] = field(kw_only=True)
    numbers: Sequence[int] = field(kw_only=True)
    ignored: Sequence[str] = field(default=(), kw_only=True)
    """Headings that nobody asked for; their cells were dropped at once."""


def read_table(content: bytes, file_name: str, columns: Sequence[Column], *, name: str = "file") -> Table:
    """Read a CSV or XLSX file and keep only the columns asked for (data minimisation).

    Raises Invalid at the field `name` with a sentence: not a table, broken, too large, wrong encoding, a column missing or
    twice. Not inside a command: reading takes up to ten seconds.
    """
    shown = shown_name(file_name)
    try:
        rows = _rows(content, shown)
        return _headed(rows, shown, columns)
    except ValueError as fault:
        raise Invalid(str(fault), field=name) from fault


def _rows(content: bytes, shown: str) -> sheet.Rows:
    extension = shown.rpartition(".")[2].lower()
    if not content:
        raise ValueError(_("Berkas kosong. Pilih berkas lain."))
    if len(content) > LARGEST:
        raise ValueError(_("Berkas terlalu besar. Paling besar {most}.", most=format_bytes(LARGEST)))
    if extension not in ("csv", "xlsx"):
        raise ValueError(_("Gunakan berkas CSV atau Excel (.xlsx)."))
    zipped = content.startswith(b"PK\x03\x04")
    if zipped != (extension == "xlsx"):
        raise ValueError(_("Isi berkas tidak sesuai dengan jenisnya. Simpan ulang, lalu unggah lagi."))
    if zipped:
        check_archive(BytesIO(content))
    return _in_a_process(content, extension)


def _in_a_process(content: bytes, extension: str) -> sheet.Rows:
    """Read in a process with limits of its own; whatever ends it early counts as a broken file."""
    command = [sys.executable, "-I", str(_SCRIPT), extension]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=PATIENCE, check=False)  # noqa: S603
        answer = json.loads(done.stdout or b"{}")
    except (subprocess.TimeoutExpired, json.JSONDecodeError):
        answer = {}
    fault = "" if "rows" in answer else answer.get("fault", "memory" if extension == "csv" else "xlsx")
    if fault:
        limits = {"rows": format_number(sheet.MOST_ROWS), "cell": format_number(sheet.LONGEST_CELL)}
        raise ValueError(_(SENTENCES[fault]).format(**limits))
    return [(number, cells) for number, cells in answer["rows"]]


def heading(text: str) -> str:
    """Return a heading as it is compared: `Kode_Wilayah` and ` KODE  WILAYAH` are the same."""
    plain = unicodedata.normalize("NFKC", text).replace("_", " ").strip().upper()
    return re.sub(r"\s+", " ", plain)


def _headed(rows: sheet.Rows, shown: str, columns: Sequence[Column]) -> Table:
    if len(rows) < 2:
        raise ValueError(_("Berkas tidak berisi data. Baris pertama judul kolom, lalu isinya."))
    headings = [heading(cell) for cell in rows[0][1]]
    places = _places(headings, columns)
    found = {headings[place] for place in places.values()}
    kept, numbers = [], []
    for number, row in rows[1:]:
        cells = {name: row[place].strip() if place < len(row) else "" for name, place in places.items()}
        if any(cells.values()):
            kept.append(cells)
            numbers.append(number)
    if not kept:
        raise ValueError(_("Berkas tidak berisi data. Baris pertama judul kolom, lalu isinya."))
    ignored = tuple(text for text in headings if text and text not in found)
    return Table(shown, rows=kept, numbers=numbers, ignored=ignored)


def _places(headings: list[str], columns: Sequence[Column]) -> dict[str, int]:
    places: dict[str, int] = {}
    for column in columns:
        known = [heading(text) for text in column.headings]
        hits = [place for place, text in enumerate(headings) if text in known]
        twice = {headings[place] for place in hits if headings.count(headings[place]) > 1}
        if twice:
            raise ValueError(_("Kolom {column} ada dua kali. Hapus salah satu.", column=min(twice)))
        if hits:
            places[column.name] = min(hits, key=lambda place: known.index(headings[place]))
    missing = [column.headings[0] for column in columns if column.required and column.name not in places]
    if missing:
        raise ValueError(_("Kolom wajib tidak ditemukan: {columns}.", columns=", ".join(missing)))
    return places
