"""Rows of CSV that no spreadsheet takes for a program."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from io import StringIO
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
