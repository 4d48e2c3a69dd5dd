"""Phone numbers as people write them here, kept in one form, and the links that call or write to them."""

from __future__ import annotations

import re

from superapp.kernel.errors import Invalid
from superapp.kernel.language import gettext as _

_NUMBER = re.compile(r"\+\d{7,15}")


def normalise(text: str) -> str:
    """Return `+62812…` for a number written with 0, 62, spaces or dashes; an empty text stays empty.

    Raises Invalid at the field `phone`.
    """
    kept = re.sub(r"[\s().'’-]", "", text)
    if not kept:
        return ""
    if kept.startswith("0"):
        kept = f"+62{kept[1:]}"
    elif kept.startswith(("62", "8")):
        kept = f"+{kept}" if kept.startswith("62") else f"+62{kept}"
    if not (kept.isascii() and _NUMBER.fullmatch(kept)):
        raise Invalid(_("Nomor telepon hanya angka, contoh 0812 3456 7890."), field="phone")
    return kept


def display(number: str) -> str:
    """Return the number as people here read it: `0812-3456-7890`."""
    local = f"0{number[3:]}" if number.startswith("+62") else number
    return "-".join(filter(None, (local[:4], local[4:8], local[8:]))) if number else ""


def call_link(number: str) -> str:
    """Return the address that calls the number."""
    return f"tel:{number}" if number else ""


def whatsapp_link(number: str) -> str:
    """Return the address that opens a WhatsApp chat with the number."""
    return f"https://wa.me/{number.lstrip('+')}" if number else ""
