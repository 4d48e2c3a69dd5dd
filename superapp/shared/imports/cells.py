"""Cells of tables as offices fill them: apostrophes before numbers, serial dates, hidden characters, formulas."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from superapp.kernel.errors import Invalid
from superapp.kernel.language import gettext as _
from superapp.kernel.values import UNWANTED
from superapp.shared.imports.contract import Reading, Remark

_SERIAL_START = date(1899, 12, 30)
"""Day 0 of Excel's serial dates (with its leap year 1900 that never was)."""
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T].*)?")
_LOCAL = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})(?: .*)?")
SCIENTIFIC = re.compile(r"\d[.,]?\d*[eE]\+?\d+")
"""How spreadsheets write a long number once they took it for one: its last digits are lost."""


def bare(text: str) -> str:
    """Return a cell without the apostrophe that keeps spreadsheets from turning numbers around."""
    return text.strip().lstrip("'’`").strip()


class Row:
    """Reads the cells of one row and collects what is wrong with them in a Reading."""

    def __init__(self, cells: Mapping[str, str], words: Mapping[str, str]) -> None:
        self.cells, self.words = cells, words
        self.reading = Reading()

    def text(self, name: str, *, longest: int, required: bool = False) -> str:
        """Return a cell as text; a fault when it is missing, too long, or holds hidden characters or a formula."""
        found = bare(self.cells.get(name, ""))
        if not found and required:
            self.fault(name, _("Wajib diisi."))
        elif len(found) > longest:
            self.fault(name, _("Paling banyak {n} karakter. Isinya {m}.", n=longest, m=len(found)))
        elif any(letter in UNWANTED for letter in found):
            self.fault(name, _("Memuat karakter tersembunyi. Ketik ulang."))
        elif found[:1] in ("=", "+", "@") or (found[:1] == "-" and len(found) > 1):
            self.fault(name, _("Diawali “{sign}” seperti rumus. Ketik ulang sebagai teks.", sign=found[0]))
        else:
            return " ".join(found.split())
        return ""

    def day(self, name: str) -> str:
        """Return a cell as a date (ISO), an empty text when it is empty; a fault when it is none."""
        found = bare(self.cells.get(name, ""))
        if not found:
            return ""
        try:
            return parsed_date(found).isoformat()
        except (ValueError, OverflowError):
            self.fault(name, _("Tanggal tidak dikenal. Contoh: 24-11-2026."))
            return ""

    def by(self, name: str, parse: Callable[[str], Any]) -> Any:
        """Return a cell as `parse` understands it, an empty text when it is empty; a fault with the words of Invalid."""
        found = bare(self.cells.get(name, ""))
        if not found:
            return ""
        try:
            return parse(found)
        except Invalid as fault:
            self.fault(name, fault.message)
            return ""

    def choice(self, name: str, known: Mapping[str, str], default: str = "") -> str:
        """Return what a cell stands for in `known` (upper case → value); a fault when it is not there."""
        found = bare(self.cells.get(name, "")).upper()
        if not found:
            return default
        if found not in known:
            self.fault(name, _("Isian “{text}” tidak dikenal.", text=found[:40]))
            return default
        return known[found]

    def fault(self, name: str, reason: str) -> None:
        """Note that the row cannot be applied."""
        self.reading.faults.append(Remark(self.words.get(name, name), reason))

    def remark(self, name: str, reason: str) -> None:
        """Note what is doubtful."""
        self.reading.remarks.append(Remark(self.words.get(name, name), reason))


def parsed_date(text: str) -> date:
    """Return the date of a cell: ISO, day first, or Excel's serial number; ValueError when it is none."""
    if iso := _ISO.fullmatch(text):
        return date(int(iso[1]), int(iso[2]), int(iso[3]))
    if local := _LOCAL.fullmatch(text):
        return date(int(local[3]), int(local[2]), int(local[1]))
    if re.fullmatch(r"\d{4,5}(\.0+)?", text) and text.isascii():
        serial = int(float(text))
        if 3_000 <= serial <= 80_000:
            return _SERIAL_START + timedelta(days=serial)
    raise ValueError(text)
