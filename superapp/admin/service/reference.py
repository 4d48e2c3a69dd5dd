"""Reference data as administrators keep it: rooms of rows that can be read, added, changed and, for some, removed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa

from superapp.access.actor import current
from superapp.access.listing import Page, page_of
from superapp.kernel import command
from superapp.kernel.database import insert_once, run
from superapp.kernel.errors import Forbidden, Invalid, NotFound
from superapp.kernel.language import N_
from superapp.kernel.language import gettext as _
from superapp.kernel.values import PARSERS, clean_text
from superapp.shared.tables import holiday, position_kind, rank, record_class, region

MAY = "admin.reference"
_DAY, _NUMBER = dict(PARSERS)[sa.Date], dict(PARSERS)[sa.Integer]


@dataclass(frozen=True)
class Field:
    """One column of a room as forms show it; `choices` makes it a select."""

    name: str
    label: str
    kind: str = field(default="text", kw_only=True)
    required: bool = field(default=False, kw_only=True)
    fixed: bool = field(default=False, kw_only=True)
    choices: tuple[tuple[str, str], ...] = field(default=(), kw_only=True)

    @property
    def input(self) -> str:
        """Return the name of its form field: one called `code` would be taken for a secret and never kept."""
        return "row_code" if self.name == "code" else self.name


@dataclass(frozen=True)
class Room:
    """One table of reference data: how it is called, its fields, what identifies and orders its rows."""

    key: str
    title: str
    words: str = field(kw_only=True)
    table: sa.Table = field(kw_only=True, repr=False)
    fields: tuple[Field, ...] = field(kw_only=True)
    searched: tuple[str, ...] = field(kw_only=True)
    order: tuple[str, ...] = field(kw_only=True)
    removable: bool = field(default=False, kw_only=True)
    icon: str = field(default="list-checks", kw_only=True)

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the columns that identify a row."""
        return tuple(column.name for column in self.table.primary_key.columns)

    def key_of(self, row: Any) -> str:
        """Return what stands for a row in an address."""
        return "~".join(str(row._mapping[name]) for name in self.keys)

    def title_of(self, row: Any) -> str:
        """Return what a row is called."""
        return str(row.name or self.key_of(row))


_UNCERTAIN = Field("uncertain", N_("Belum pasti, perlu dipastikan"), kind="checkbox")
_CODE = Field("code", N_("Kode"), required=True, fixed=True)
_NAME = Field("name", N_("Nama"), required=True)
_EMPLOYMENT = (("PNS", "PNS"), ("PPPK", "PPPK"))
_HOLIDAY = (("libur", N_("Libur nasional")), ("cuti", N_("Cuti bersama")), ("lokal", N_("Libur daerah")))
_REGIONS = (
    ("kabupaten", N_("Kabupaten")),
    ("kecamatan", N_("Kecamatan")),
    ("kelurahan", N_("Kelurahan")),
    ("desa", N_("Desa")),
)

ROOMS = (
    Room(
        "holidays",
        N_("Hari libur"),
        words=N_("Libur nasional dan cuti bersama"),
        icon="calendar",
        table=holiday,
        removable=True,
        searched=("name", "source"),
        order=("day", "kind"),
        fields=(
            Field("day", N_("Tanggal"), kind="date", required=True, fixed=True),
            Field("kind", N_("Jenis"), kind="select", required=True, fixed=True, choices=_HOLIDAY),
            _NAME,
            Field("source", N_("Sumber (nomor SKB)")),
            _UNCERTAIN,
        ),
    ),
    Room(
        "ranks",
        N_("Golongan"),
        words=N_("Pangkat PNS dan golongan PPPK"),
        table=rank,
        searched=("code", "name"),
        order=("employment", "place", "code"),
        fields=(
            _CODE,
            Field("employment", N_("Untuk"), kind="select", required=True, choices=_EMPLOYMENT),
            Field("name", N_("Pangkat")),
            Field("siasn_code", N_("Kode SIASN")),
            Field("place", N_("Urutan"), kind="integer", required=True),
            _UNCERTAIN,
        ),
    ),
    Room(
        "position-kinds",
        N_("Jenis jabatan"),
        words=N_("Kelompok dan pelatihannya"),
        icon="user",
        table=position_kind,
        searched=("name", "examples"),
        order=("place", "key"),
        fields=(
            Field("key", N_("Kunci"), required=True, fixed=True),
            _NAME,
            Field("group", N_("Kelompok"), required=True),
            Field("old_echelon", N_("Eselon lama")),
            Field("examples", N_("Contoh"), kind="textarea"),
            Field("training", N_("Pelatihan kepemimpinan")),
            Field("place", N_("Urutan"), kind="integer", required=True),
            _UNCERTAIN,
        ),
    ),
    Room(
        "regions",
        N_("Wilayah"),
        words=N_("Kode Kemendagri"),
        icon="map-pin",
        table=region,
        searched=("code", "name", "aliases"),
        order=("code",),
        fields=(
            _CODE,
            _NAME,
            Field("kind", N_("Jenis"), kind="select", required=True, choices=_REGIONS),
            Field("parent_code", N_("Kode induk"), required=True),
            Field("aliases", N_("Ejaan lain")),
            _UNCERTAIN,
        ),
    ),
    Room(
        "record-classes",
        N_("Klasifikasi arsip"),
        words=N_("Kode Permendagri 83/2022"),
        icon="file-text",
        table=record_class,
        searched=("code", "name"),
        order=("code",),
        fields=(
            _CODE,
            _NAME,
            Field("note", N_("Keterangan"), kind="textarea"),
            Field("parent_code", N_("Kode induk")),
            Field("level", N_("Tingkat"), kind="integer", required=True),
            _UNCERTAIN,
        ),
    ),
)


def room(key: str) -> Room:
    """Return a room; NotFound for an unknown one."""
    found = next((one for one in ROOMS if one.key == key), None)
    if found is None:
        raise NotFound
    return found


def counts() -> dict[str, int]:
    """Return how many rows each room has, in one statement."""
    totals = [sa.select(sa.func.count()).select_from(one.table).scalar_subquery().label(one.key) for one in ROOMS]
    return dict(run(sa.select(*totals)).one()._mapping)


def rows(where: Room, q: str = "", year: int | None = None, cursor: str = "") -> Page:
    """Return one page of a room's rows in its order."""
    columns = where.table.c
    query = sa.select(where.table)
    for word in q.lower().split()[:6]:
        parts = (sa.func.lower(columns[name]).contains(word, autoescape=True) for name in where.searched)
        query = query.where(sa.or_(*parts))
    if year is not None:
        query = query.where(columns.day >= date(year, 1, 1), columns.day <= date(year, 12, 31))
    return page_of(query, [columns[name] for name in where.order], cursor, size=50)


def years() -> Sequence[int]:
    """Return the years of which holidays are known, the latest first."""
    days = sa.select(sa.func.min(holiday.c.day).label("first"), sa.func.max(holiday.c.day).label("last"))
    known = run(days).one()
    return list(range(known.last.year, known.first.year - 1, -1)) if known.first else []


def row(where: Room, key: str) -> Any:
    """Return one row by its key in an address; NotFound when there is none."""
    parts = key.split("~")
    if len(parts) != len(where.keys):
        raise NotFound
    query = sa.select(where.table)
    for name, part in zip(where.keys, parts, strict=True):
        query = query.where(where.table.c[name] == _key_part(where.table.c[name], part))
    found = run(query).first()
    if found is None:
        raise NotFound
    return found


def _key_part(column: sa.Column[Any], part: str) -> Any:
    try:
        return date.fromisoformat(part) if isinstance(column.type, sa.Date) else part
    except ValueError:
        raise NotFound from None


def require_everywhere() -> None:
    """Raise Forbidden unless the actor keeps reference data for the whole regency: everybody reads the same."""
    if not current().reach(MAY).everywhere:
        raise Forbidden(_("Hanya admin kabupaten yang mengubah data rujukan."))


def add(where: Room, given: Mapping[str, str]) -> str:
    """Add a row and return its key; inside a command. Raises Invalid at the fields."""
    require_everywhere()
    values = _checked(where, given, where.fields)
    if not run(insert_once(where.table, values)).rowcount:
        raise Invalid(_("Data yang sama sudah ada."), field=where.fields[0].input)
    _about(where, values["name"], values)
    return "~".join(str(values[name]) for name in where.keys)


def change(where: Room, found: Any, given: Mapping[str, str]) -> None:
    """Change a row; what identifies it stays; inside a command. Raises Invalid at the fields."""
    require_everywhere()
    values = _checked(where, given, [one for one in where.fields if not one.fixed])
    same = [where.table.c[name] == found._mapping[name] for name in where.keys]
    run(sa.update(where.table).where(*same).values({where.table.c[name]: value for name, value in values.items()}))
    _about(where, values["name"], {name: value for name, value in values.items() if found._mapping[name] != value})


def remove(where: Room, found: Any) -> None:
    """Remove a row of a room that allows it; inside a command."""
    require_everywhere()
    if not where.removable:
        raise NotFound
    run(sa.delete(where.table).where(*(where.table.c[name] == found._mapping[name] for name in where.keys)))
    _about(where, found.name, {})


def _about(where: Room, name: str, values: Mapping[str, Any]) -> None:
    command.current().values |= {**values, "room": where.title, "name": name}


def _checked(where: Room, given: Mapping[str, str], fields: Sequence[Field]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for one in fields:
        try:
            values[one.name] = _parsed(one, where.table.c[one.name], clean_text(given.get(one.input, "")))
        except ValueError as error:
            errors[one.input] = str(error)
    if errors:
        raise Invalid(errors=errors)
    return values


def _parsed(one: Field, column: sa.Column[Any], text: str) -> Any:
    if one.kind == "checkbox":
        return text in {"1", "True"}
    if not text and one.required:
        raise ValueError(_("Wajib diisi."))
    if one.kind == "date":
        return _DAY(text)
    if one.kind == "integer":
        return _NUMBER(text)
    if one.choices and text not in dict(one.choices):
        raise ValueError(_("Pilih salah satu dari daftar."))
    if "~" in text and column.primary_key:
        raise ValueError(_("Kode tidak boleh memuat tanda ~."))
    longest = getattr(column.type, "length", None) or 2000
    if len(text) > longest:
        raise ValueError(_("Paling banyak {n} karakter. Anda mengisi {m}.", n=longest, m=len(text)))
    return text
