"""Importing opening balances: what each person had left of N-2, N-1 and N when this app took the ledger over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.api import (
    N_,
    ImportChange,
    ImportColumn,
    Importer,
    ImportRow,
    Invalid,
    Person,
    Reading,
    Refused,
    db,
    run,
    today,
)
from superapp.api import _ as words

from . import balance, closing, kinds
from .models import LedgerEntry

L, P = LedgerEntry.__table__.c, Person.__table__.c
RIGHTS = {"older": -2, "last": -1, "present": 0}
"""Column → which right it is, in years from N."""
YEARS = range(2000, 2100)
OPENED = N_("Saldo awal dari impor untuk tahun {year}")
CORRECTED = N_("Koreksi saldo awal dari impor untuk tahun {year}")


class BalanceImporter(Importer):
    """Imports opening balances by NIP (or by name, where no two are called so) and year.

    Days of N-2 are those that may still be used in N; of N-1 all unused ones: what is brought of them the terms say.
    """

    kind = "leave_balances"
    title = "Saldo awal cuti tahunan"
    module = "leave"
    columns = (
        ImportColumn("nip", ("NIP", "NIP BARU")),
        ImportColumn("name", ("NAMA", "NAMA PEGAWAI")),
        ImportColumn("year", ("TAHUN", "TAHUN N")),
        ImportColumn("older", ("N-2", "SISA N-2")),
        ImportColumn("last", ("N-1", "SISA N-1")),
        ImportColumn("present", ("N", "SISA N")),
    )
    added = "Impor mencatat saldo awal cuti {record}"
    changed = "Impor mengoreksi saldo awal cuti {record}"

    def read(self, cells: Mapping[str, str]) -> Reading:
        """Understand one row."""
        row = ImportRow(cells, self.words())
        who = whom(row)
        year = row.by("year", _year) or today().year
        terms = kinds.delivered()["CT"]
        most = {"older": terms.most_unused - terms.yearly - terms.carry, "last": terms.yearly, "present": terms.yearly}
        days = {column: row.by(column, _days(most[column])) for column in RIGHTS}
        if set(days.values()) == {""} and not row.reading.faults:
            row.fault("present", words("Isi sisa cuti paling sedikit satu tahun."))
        if days["last"] and days["last"] > terms.carry:
            row.remark(
                "last", words("Yang terbawa paling banyak {n} hari, kecuali ketentuan membolehkan.", n=terms.carry)
            )
        row.reading.key = f"{who}/{year}"
        row.reading.values = days
        return row.reading

    def check(self, readings: Sequence[Reading]) -> None:
        """Find the people; refuse who has no right to annual leave, and rights that were used in this app already."""
        people = people_named([parted(reading.key)[0] for reading in readings if reading.key])
        ledgers = _ledgers([one.id for found in people.values() for one in found])
        for reading in readings:
            row = ImportRow({}, self.words())
            row.reading = reading
            who, year = parted(reading.key)
            found = people.get(who, [])
            if len(found) == 1:
                reading.label = found[0].name
            for column, fault in _faults(found, ledgers, year, reading.values):
                row.fault(column, fault)

    def present(self, keys: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        """Return what the ledger gained for these people, by right; who has no booking is left out."""
        people = people_named([parted(key)[0] for key in keys])
        ledgers = _ledgers([one.id for found in people.values() for one in found])
        stored = {}
        for key in keys:
            who, year = parted(key)
            lines = [line for one in people.get(who, []) for line in ledgers[one.id]]
            if any(year - 2 <= line.year <= year for line in lines):
                stored[key] = {column: _gained(lines, year, column) for column in RIGHTS}
        return stored

    def apply(self, change: ImportChange) -> dict[str, Any]:
        """Book what the file says more or less than the ledger, for one person."""
        who, year = parted(change.key)
        found = people_named([who]).get(who, [])
        if len(found) == 1:
            balance.lock(found[0].id)
        ledgers = _ledgers([one.id for one in found])
        for _column, fault in _faults(found, ledgers, year, change.values):
            raise Refused(fault)
        person_id = found[0].id
        made = [*_open(person_id, year, change.values, ledgers[person_id]), *closing.settle(person_id, year)]
        return {"person": person_id.hex, "entries": [entry.id.hex for entry in made]}

    def revert(self, change: ImportChange, done: Mapping[str, Any]) -> bool:
        """Strike the bookings out again, unless the person's ledger went on since."""
        person_id, own = UUID(done["person"]), [UUID(one) for one in done["entries"]]
        balance.lock(person_id)
        later = sa.select(L.id).where(L.person_id == person_id, L.id > max(own), L.id.not_in(own)) if own else None
        if later is None or run(later.limit(1)).first() is not None:
            return False
        for entry in db.session.scalars(sa.select(LedgerEntry).where(L.id.in_(own))):
            db.session.delete(entry)
        db.session.flush()
        return True


def whom(row: ImportRow) -> str:
    """Return whom a row is about, by NIP or by name, and label it so."""
    nip, name = row.text("nip", longest=18), row.text("name", longest=120)
    if not nip and not name:
        row.fault("nip", words("Isi NIP, atau nama pegawai."))
    row.reading.label = name or nip
    return nip or name


def _year(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) == 4 and int(text) in YEARS):
        raise Invalid(words("Tahun antara {first} dan {last}.", first=YEARS[0], last=YEARS[-1]))
    return int(text)


def _days(most: int) -> Any:
    def read(text: str) -> int:
        if not (text.isascii() and text.isdecimal() and len(text) < 4 and int(text) <= most):
            raise Invalid(words("Isi angka 0 sampai {n}.", n=most))
        return int(text)

    return read


def parted(key: str) -> tuple[str, int]:
    """Return whom a key names and its year."""
    who, _slash, year = key.rpartition("/")
    return who, int(year)


def fault_of(found: Sequence[Any]) -> tuple[str, str] | None:
    """Return the column and the reason why a row names nobody, None when it names one."""
    if len(found) > 1:
        return "name", words("Ada {n} pegawai bernama sama. Isi NIP-nya.", n=len(found))
    return None if found else ("nip", words("Pegawai ini tidak ada, atau tidak aktif lagi."))


def people_named(named: Sequence[str]) -> Mapping[str, list[Any]]:
    """Return the active people by NIP or, where that is what the file has, by name."""
    numbers = {who for who in named if who.isdecimal()}
    query = sa.select(P.id, P.nip, P.name, P.employment).where(P.active)
    found: dict[str, list[Any]] = defaultdict(list)
    for row in run(query.where(sa.or_(P.nip.in_(numbers), P.name.in_(set(named) - numbers)))):
        found[row.nip if row.nip in numbers else row.name].append(row)
    return found


def _ledgers(ids: Sequence[UUID]) -> Mapping[UUID, list[balance.Line]]:
    found: dict[UUID, list[balance.Line]] = defaultdict(list)
    for row in run(sa.select(L.person_id, L.year, L.booked_in, L.kind, L.days).where(L.person_id.in_(ids))):
        found[row.person_id].append(balance.Line(row.year, row.booked_in, row.kind, row.days))
    return found


def _slot(year: int, column: str) -> tuple[int, int]:
    """Return the right and the year that a column is booked in: N-1 as it was when its own year ended."""
    of_year = year + RIGHTS[column]
    return of_year, of_year if column == "last" else year


def _gained(lines: Sequence[balance.Line], year: int, column: str) -> int:
    slot = _slot(year, column)
    return sum(one.days for one in lines if (one.year, one.booked_in) == slot and one.kind in balance.GAINED)


def _faults(
    found: Sequence[Any], ledgers: Mapping[UUID, list[balance.Line]], year: int, values: Mapping[str, Any]
) -> list[tuple[str, str]]:
    nobody = fault_of(found)
    if nobody is not None:
        return [nobody]
    if not kinds.delivered()["CT"].fits(found[0].employment):
        return [("nip", words("Pegawai ini tidak memiliki hak cuti tahunan."))]
    lines, faults = ledgers[found[0].id], []
    for column in RIGHTS:
        of_year = year + RIGHTS[column]
        spent = -sum(one.days for one in lines if one.year == of_year and one.kind in balance.SPENT)
        if spent and values.get(column, "") not in ("", _gained(lines, year, column)):
            said = words(
                "Hak {year} sudah dipakai {n} hari di aplikasi ini; saldo awalnya tetap.", year=of_year, n=spent
            )
            faults.append((column, said))
    return faults


def _open(person_id: UUID, year: int, values: Mapping[str, Any], lines: Sequence[balance.Line]) -> list[LedgerEntry]:
    made = []
    number = sum(one.kind == "opening" for one in lines)
    for column in RIGHTS:
        wanted, present = values.get(column, ""), _gained(lines, year, column)
        if wanted == "" or wanted == present:
            continue
        of_year, booked_in = _slot(year, column)
        text = words(CORRECTED if present else OPENED, year=year)
        key = f"opening:{person_id.hex}:{of_year}:{year}:{number}"
        made.append(balance.book(person_id, (of_year, booked_in), "opening", wanted - present, text, key=key))
    return made
