"""Values from outside: made to fit the columns of a model, with a sentence for every fault."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextvars import Context
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm.exc import StaleDataError

from superapp.extensions import db
from superapp.kernel.errors import Invalid, Stale
from superapp.kernel.language import gettext as _

UNWANTED = frozenset(chr(code) for code in [*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F]) | frozenset(
    "\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
)
"""Control and direction characters: they never belong in a field and can make text read as another."""


def checked(model: type[Any], values: Mapping[str, Any], *, partial: bool = False) -> dict[str, Any]:
    """Return the values as the columns of `model` want them, or raise Invalid with a sentence for each field.

    With `partial` only the given fields are checked; otherwise required fields must be there.
    """
    errors: dict[str, str] = {}
    clean: dict[str, Any] = {}
    columns = model.__mapper__.columns
    for name, value in values.items():
        if name not in columns:
            raise TypeError(f"{model.__name__} has no column {name}")
        try:
            clean[name] = _fitting(columns[name], value)
        except ValueError as error:
            errors[name] = str(error)
    if not partial:
        errors |= {name: _("Wajib diisi.") for name in _missing(columns, clean) if name not in errors}
    if errors:
        raise Invalid(errors=errors)
    return clean


def _missing(columns: Any, clean: Mapping[str, Any]) -> list[str]:
    provided = {"id", "version", "created_at", "unit_id", "opd_id"}
    return [
        name
        for name, column in columns.items()
        if name not in provided and not column.nullable and column.default is None and name not in clean
    ]


def _fitting(column: sa.Column[Any], value: Any) -> Any:
    if isinstance(value, str):
        value = clean_text(value)
    if value is None or value == "":
        if not column.nullable and column.default is None:
            raise ValueError(_("Wajib diisi."))
        return None if column.nullable else (value if isinstance(column.type, sa.String) and value == "" else None)
    return _typed(column.type, value)


def clean_text(value: str) -> str:
    """Return text without control and direction characters, line ends as \\n, trimmed."""
    text = value.replace("\r\n", "\n").replace("\r", "\n").strip()
    return text if text.isalnum() else "".join(letter for letter in text if letter not in UNWANTED)


def _typed(kind: sa.types.TypeEngine[Any], value: Any) -> Any:
    kind = kind.impl if isinstance(kind, sa.types.TypeDecorator) else kind  # type: ignore[assignment]
    if isinstance(kind, sa.String):
        if kind.length and len(str(value)) > kind.length:
            raise ValueError(_("Paling banyak {n} karakter. Anda mengisi {m}.", n=kind.length, m=len(str(value))))
        return str(value)
    for types, parse in PARSERS:
        if isinstance(kind, types):
            return parse(value)
    return value


def _integer(value: Any) -> int:
    try:
        number = int(str(value).replace(".", "").replace(" ", "")) if isinstance(value, str) else int(value)
    except ValueError:
        raise ValueError(_("Isi dengan angka, contoh 1250.")) from None
    if abs(number) > 2**53:
        raise ValueError(_("Angka terlalu besar."))
    return number


def _decimal(value: Any) -> Decimal:
    try:
        number = Decimal(str(value).replace(".", "").replace(",", ".") if isinstance(value, str) else value)
    except ArithmeticError:
        raise ValueError(_("Isi dengan angka, contoh 1250,5.")) from None
    if not number.is_finite() or abs(number) > 10**15:
        raise ValueError(_("Angka terlalu besar."))
    return number


def _date(value: Any) -> date:
    if isinstance(value, date):
        return value
    try:
        local = re.fullmatch(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})", str(value))
        return date(int(local[3]), int(local[2]), int(local[1])) if local else date.fromisoformat(str(value))
    except ValueError:
        raise ValueError(_("Tanggal tidak dikenal. Contoh: 24-11-2026.")) from None


def _uuid(value: Any) -> UUID:
    if isinstance(value, UUID):
        return value
    try:
        return UUID(str(value))
    except ValueError:
        raise ValueError(_("Pilih salah satu dari daftar.")) from None


def _boolean(value: Any) -> bool:
    return value if isinstance(value, bool) else str(value).lower() in {"1", "true", "ya", "on"}


PARSERS: tuple[tuple[Any, Any], ...] = (
    (sa.Boolean, _boolean),
    (sa.Integer, _integer),
    (sa.Numeric, _decimal),
    (sa.Date, _date),
    (sa.Uuid, _uuid),
)


def changed(row: Any, version: int | None, values: Mapping[str, Any]) -> dict[str, Any]:
    """Change a row with a version check and return what differed before, in the types of its columns.

    `version` is the one the form was opened with, None to leave it out. Raises Stale with each field that differs
    (theirs, yours) when somebody changed the row meanwhile, Invalid as `checked`.
    """
    wanted = checked(type(row), values, partial=True)
    if version is not None and row.version != version:
        raise _stale(type(row), row, wanted)
    fresh = {name: value for name, value in wanted.items() if getattr(row, name) != value}
    for name, value in fresh.items():
        setattr(row, name, value)
    model, row_id = type(row), row.id
    try:
        db.session.flush()
    except StaleDataError as error:
        raise _outrun(model, row_id, wanted) from error
    return fresh


def _outrun(model: Any, row_id: Any, values: Mapping[str, Any]) -> Stale:
    """Return the refusal for a row that another transaction changed since this one read it.

    The command's transaction is over by then: the row is read on a connection, and in a context, of its own.
    """
    columns = model.__mapper__.columns
    query = sa.select(*(column.label(name) for name, column in columns.items())).where(columns["id"] == row_id)
    found = Context().run(_read, db.engine, query)
    return Stale() if found is None else _stale(model, SimpleNamespace(**found), values)


def _read(engine: sa.Engine, query: sa.Select[Any]) -> Mapping[Any, Any] | None:
    with engine.connect() as connection:
        return connection.execute(query).mappings().first()


def _stale(model: Any, row: Any, values: Mapping[str, Any]) -> Stale:
    columns = model.__mapper__.columns
    names = {columns[name].info.get("label") or name: name for name in values}
    return Stale(fields=_differences(columns, row, values), names=names, version=row.version)


def _differences(columns: Any, row: Any, values: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    return {
        columns[name].info.get("label") or name: (_as_typed(getattr(row, name)), _as_typed(value))
        for name, value in values.items()
        if getattr(row, name) != value
    }


def _as_typed(value: Any) -> str:
    """Return a value as a form sends it, so that either text of a conflict can be chosen: no and 0 are not empty."""
    return "" if value is None else str(int(value)) if isinstance(value, bool) else str(value)
