"""Files for spreadsheets, as CSV and XLSX, of which none takes a cell for a program."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from io import BytesIO, StringIO
from typing import Any

RISKY = ("=", "+", "-", "@", "\t", "\r", "\0")
"""What a cell must not begin with (OWASP ASVS 5.0, 1.2.10)."""
BEGINNING = "\ufeff"
"""Tells spreadsheets that the file is UTF-8."""


def defused(value: Any) -> str:
    """Return a cell as text; one that a spreadsheet could run begins with an apostrophe."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(RISKY) else text


def line(cells: Iterable[Any]) -> str:
    """Return one row of CSV, its cells defused."""
    written = StringIO()
    csv.writer(written, lineterminator="\r\n").writerow([defused(cell) for cell in cells])
    return written.getvalue()


def csv_file(rows: Iterable[Iterable[Any]]) -> bytes:
    """Return rows as a CSV file, its cells defused."""
    return (BEGINNING + "".join(line(cells) for cells in rows)).encode()


def xlsx_file(sheets: Mapping[str, Iterable[Iterable[Any]]], *, frozen: int = 1) -> bytes:
    """Return rows by the names of their sheets as an XLSX file; texts are defused, numbers and dates stay what they are.

    The first row and the `frozen` first columns stay in view.
    """
    import xlsxwriter  # type: ignore[import-untyped]

    content = BytesIO()
    plain = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(content, {**plain, "default_date_format": "yyyy-mm-dd"}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, cells in enumerate(rows):
                sheet.write_row(number, 0, [defused(cell) if isinstance(cell, str) else cell for cell in cells])
            sheet.freeze_panes(1, frozen)
            sheet.set_column(0, 1, 32)
    return content.getvalue()
