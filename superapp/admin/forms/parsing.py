"""Reading single fields: dates, versions, choices and what a picker sent, each with a sentence when it is wrong."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

import sqlalchemy as sa

from superapp.kernel.errors import Invalid, Stale
from superapp.kernel.language import gettext as _
from superapp.kernel.values import PARSERS, clean_text
from superapp.shared.picking import identity as identity
from superapp.shared.picking import picked as picked

_DAY: Callable[[Any], date] = dict(PARSERS)[sa.Date]


def text(form: Mapping[str, str], name: str, *, longest: int = 200) -> str:
    """Return a field's text, cleaned and cut: for addresses, where nothing is worth refusing."""
    return clean_text(form.get(name, ""))[:longest]


def day(form: Mapping[str, str], name: str) -> date:
    """Return the day of a required date field; raises Invalid at the field."""
    found = optional_day(form, name)
    if found is None:
        raise Invalid(_("Isi tanggalnya."), field=name)
    return found


def optional_day(form: Mapping[str, str], name: str) -> date | None:
    """Return the day of a date field, None when it is empty; raises Invalid at the field."""
    value = clean_text(form.get(name, ""))
    if not value:
        return None
    try:
        return _DAY(value)
    except ValueError as error:
        raise Invalid(str(error), field=name) from error


def version(form: Mapping[str, str]) -> int:
    """Return the version of the row that the form was opened with; raises Invalid when it is missing."""
    value = form.get("version", "")
    if not value.isdecimal() or len(value) > 10:
        raise Invalid(_("Formulir belum lengkap dimuat. Buka lagi halamannya."))
    return int(value)


def fingerprint(*texts: object) -> int:
    """Return a number that stands for the present state of a record without a version column."""
    return zlib.crc32("\x1f".join(str(text) for text in texts).encode())


def require_unchanged(form: Mapping[str, str], present: int) -> None:
    """Raise Stale when the record's fingerprint is not the one the form was opened with."""
    if version(form) != present:
        raise Stale


def choice(form: Mapping[str, str], name: str, known: Collection[str], *, default: str | None = None) -> str:
    """Return one of the known keys; the default, if there is one, for anything else, or Invalid at the field."""
    value = form.get(name, "")
    if value in known:
        return value
    if default is not None:
        return default
    raise Invalid(_("Pilih salah satu dari daftar."), field=name)


def ticked(form: Mapping[str, str], name: str) -> bool:
    """Tell whether a box was ticked (or chosen so on the conflict page)."""
    return form.get(name, "") in {"1", "True"}


@contextmanager
def at_fields(**names: str) -> Iterator[None]:
    """Put faults at the fields of the form: `position_id="position"` moves what a service says of a column."""
    try:
        yield
    except Invalid as fault:
        if not fault.errors.keys() & names.keys():
            raise
        raise Invalid(errors={names.get(name, name): words for name, words in fault.errors.items()}) from fault


def gathered(readers: Mapping[str, Callable[[], Any]]) -> dict[str, Any]:
    """Return what all readers return; their faults are raised together as one Invalid."""
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name, read in readers.items():
        try:
            values[name] = read()
        except Invalid as fault:
            errors |= fault.errors
    if errors:
        raise Invalid(errors=errors)
    return values
