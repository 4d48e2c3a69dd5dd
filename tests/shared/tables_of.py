"""Tables as offices send them: CSV and XLSX from rows, and the columns of a SIASN workbook."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO, StringIO
from typing import Any

import xlsxwriter

SIASN = (
    "PNS ID", "NIP BARU", "NIP LAMA", "NIK", "NAMA", "GELAR DEPAN", "GELAR BELAKANG", "TEMPAT LAHIR NAMA",
    "TANGGAL LAHIR", "JENIS KELAMIN", "AGAMA ID", "JENIS PEGAWAI NAMA", "KEDUDUKAN HUKUM ID", "STATUS CPNS PNS",
    "GOL AKHIR ID", "TMT GOLONGAN", "JENIS JABATAN ID", "JABATAN ID", "JABATAN NAMA", "TMT JABATAN", "ALAMAT",
    "NOMOR HP", "EMAIL", "EMAIL GOV", "UNOR ID",
)  # fmt: skip


def as_csv(rows: Iterable[Sequence[Any]], *, separator: str = ",", encoding: str = "utf-8") -> bytes:
    text = StringIO()
    csv.writer(text, delimiter=separator, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode(encoding)


def as_xlsx(rows: Iterable[Sequence[Any]], *, sheet: str = "data utama") -> bytes:
    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        page = book.add_worksheet(sheet)
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return content.getvalue()


def siasn(*people: Mapping[str, Any]) -> list[list[Any]]:
    """Return the rows of a workbook with its headings; what is not given stays empty."""
    return [list(SIASN), *([person.get(heading, "") for heading in SIASN] for person in people)]


def somebody(number: int = 1, **values: Any) -> dict[str, Any]:
    """Return a person as SIASN writes one: apostrophes before numbers, a serial date."""
    return {
        "PNS ID": f"A8ACA{number:03}",
        "NIP BARU": f"'198604212011011{number:03}",
        "NIK": "'6503012104860001",
        "NAMA": f"Pegawai Nomor {number}",
        "TANGGAL LAHIR": 31523,
        "JENIS KELAMIN": "M",
        "JENIS PEGAWAI NAMA": "PNS Daerah",
        "STATUS CPNS PNS": "P",
        "GOL AKHIR ID": "33",
        "TMT GOLONGAN": "01-04-2022",
        "JENIS JABATAN ID": 4,
        "JABATAN NAMA": "Pengadministrasi Perkantoran",
        "TMT JABATAN": "2024-01-02",
        "NOMOR HP": "'081234567890",
        "UNOR ID": "KOMINFO",
    } | values
