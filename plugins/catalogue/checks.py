"""What a form may say: choices, years, amounts and addresses, with a sentence for every fault at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from superapp.api import Invalid, checked
from superapp.api import _ as words_of

from .models import Application
from .words import ANSWERS, CHOICES

YEARS = range(1990, 2101)
MOST_USERS = 100_000_000
LONGEST = 4000
"""Characters of the description, the one field whose column has no length."""
_PHONE = re.compile(r"\+?[\d ().-]{5,}")
_REQUIRED = ("name", "level", "status")


def fitting(values: Mapping[str, Any], *, partial: bool = False) -> dict[str, Any]:
    """Return what a form said in the types of the columns; Invalid names every faulty field.

    With `partial` only the given fields are checked, as in a change.
    """
    errors: dict[str, str] = {}
    clean: dict[str, Any] = {}
    for name, value in values.items():
        try:
            clean |= _one(name, value)
        except Invalid as fault:
            errors |= fault.errors
    wanted = () if partial else _REQUIRED[:2]
    errors |= {name: words_of("Wajib diisi.") for name in wanted if name not in clean and name not in errors}
    if errors:
        raise Invalid(errors=errors)
    return clean


def _one(name: str, value: Any) -> dict[str, Any]:
    """Return one field as its column wants it, or raise Invalid."""
    if name in CHOICES:
        _choose(name, value, CHOICES[name])
    if name in ANSWERS:
        _choose(name, value, ("0", "1"))
    clean = checked(Application, {name: value}, partial=True)
    given = clean[name]
    if given in (None, ""):
        if name in _REQUIRED:
            raise Invalid(words_of("Wajib diisi."), field=name)
        return clean
    fault = _FAULTS[name](given) if name in _FAULTS else ""
    if fault:
        raise Invalid(fault, field=name)
    return clean


def _choose(name: str, value: Any, known: Any) -> None:
    if value not in (None, "") and value not in known:
        raise Invalid(words_of("Pilih salah satu dari daftar."), field=name)


def is_address(text: str) -> bool:
    """Tell whether a text is a whole http(s) address; a door may lead nowhere else."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not re.search(r"\s", text)


def _year(year: int) -> str:
    return "" if year in YEARS else words_of("Tahun antara 1990 dan 2100.")


def _users(number: int) -> str:
    return "" if 0 <= number <= MOST_USERS else words_of("Isi angka 0 sampai 100.000.000.")


def _cost(amount: Any) -> str:
    return words_of("Biaya tidak boleh kurang dari 0.") if amount < 0 else ""


def _address(text: str) -> str:
    return "" if is_address(text) else words_of("Tulis alamat lengkap, contoh https://simpeg.nunukankab.go.id.")


def _phone(text: str) -> str:
    return "" if _PHONE.fullmatch(text) else words_of("Tulis nomor telepon, contoh 0812-3456-7890.")


def _length(text: str) -> str:
    if len(text) <= LONGEST:
        return ""
    return words_of("Paling banyak {n} karakter. Anda mengisi {m}.", n=LONGEST, m=len(text))


_FAULTS: Mapping[str, Callable[[Any], str]] = {
    "year": _year,
    "active_users": _users,
    "yearly_cost": _cost,
    "address": _address,
    "steward_phone": _phone,
    "description": _length,
}
