"""Importing people from the workbook of SIASN ("data utama"): who joins, who moves, who is gone.

Of its 52 columns only those needed are read at all; the others are dropped with the file (data minimisation, UU 27/2022).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from superapp.kernel import clock, stamps
from superapp.kernel.database import run
from superapp.kernel.language import gettext as _
from superapp.organization import people, tree
from superapp.organization.appointments import held
from superapp.organization.models import Appointment, Person, Position, Unit
from superapp.shared.imports.contract import Change, Column, Importer, Missing, Reading, Remark
from superapp.shared.imports.kinds import people_rows, people_writing
from superapp.shared.tables.reference import rank

A, N, P, U = Appointment.__table__.c, Person.__table__.c, Position.__table__.c, Unit.__table__.c
FIELDS = (
    "name",
    "title_before",
    "title_after",
    "employment",
    "rank_code",
    "rank_since",
    "birth_date",
    "sex",
    "phone",
    "email",
    "siasn_id",
)


class PeopleImporter(Importer):
    """Imports people with their unit and post; the key is the NIP, for people without one the staff number."""

    kind = "people"
    title = "Pegawai"
    columns = (
        Column("nip", ("NIP BARU", "NIP"), label="NIP", required=True),
        Column("staff_number", ("NOMOR PEGAWAI",)),
        Column("name", ("NAMA",), required=True),
        Column("title_before", ("GELAR DEPAN",)),
        Column("title_after", ("GELAR BELAKANG",)),
        Column("birth_date", ("TANGGAL LAHIR",)),
        Column("sex", ("JENIS KELAMIN",)),
        Column("employment", ("JENIS PEGAWAI NAMA", "JENIS PEGAWAI")),
        Column("legal", ("KEDUDUKAN HUKUM ID", "KEDUDUKAN HUKUM NAMA")),
        Column("status", ("STATUS CPNS PNS",)),
        Column("rank", ("GOL AKHIR ID", "GOL AKHIR NAMA", "GOLONGAN")),
        Column("rank_since", ("TMT GOLONGAN",)),
        Column("position_kind", ("JENIS JABATAN ID", "JENIS JABATAN NAMA")),
        Column("position_id", ("JABATAN ID",)),
        Column("position", ("JABATAN NAMA", "NAMA JABATAN", "JABATAN")),
        Column("since", ("TMT JABATAN",)),
        Column("phone", ("NOMOR HP",)),
        Column("email", ("EMAIL GOV", "EMAIL")),
        Column("unit_id", ("UNOR ID",)),
        Column("unit", ("KODE UNIT", "UNOR NAMA", "NAMA UNOR", "UNIT KERJA")),
        Column("siasn_id", ("PNS ID",)),
    )
    sequence = ("end", "change", "add")  # who goes or moves leaves a post for who comes
    added = "Impor menambah pegawai {record}"
    changed = "Impor mengubah data {record}"
    ended = "Impor mencatat {record} tidak lagi bekerja di sini"

    def read(self, cells: Mapping[str, str]) -> Reading:
        """Understand one row."""
        return people_rows.read(cells, self.words())

    def check(self, readings: Sequence[Reading]) -> None:
        """Find ranks, units and posts by their SIASN numbers, codes or names; what is not found is remarked on."""
        ranks = _ranks()
        units = _units()
        titles = _titles()
        words = self.words()
        for reading in readings:
            if not reading.faults:
                _find_rank(reading, ranks, words["rank"])
                _find_unit(reading, units, words["unit"])
                people_rows.name_position(reading, titles, words["position"])

    def present(self, keys: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        """Return the stored people of these numbers with their definitive post of today."""
        wanted = list(keys)
        known = _STORED.where(sa.or_(N.nip.in_(wanted), N.staff_number.in_(wanted)))
        rows = run(known, {"today": clock.today()}).all()
        return {row.nip or row.staff_number: _comparable(row) for row in reversed(rows)}

    def missing(self, readings: Sequence[Reading]) -> Sequence[Missing]:
        """Return the active people with a NIP in the OPDs that the file is about, whom it lacks."""
        codes = {reading.values.get("unit") for reading in readings if not reading.faults} - {None, ""}
        opds = list(run(sa.select(U.opd_id).where(U.code.in_(sorted(codes))).distinct()).scalars()) if codes else []
        if not opds:
            return ()
        in_file = {reading.key for reading in readings}
        query = (
            sa.select(N.nip, N.name)
            .select_from(_HELD)
            .where(U.opd_id.in_(opds), N.active, N.nip.is_not(None), A.kind == "definitive", held(clock.today()))
            .order_by(N.sort_name, N.id)
        )
        return [Missing(row.nip, row.name) for row in run(query) if row.nip not in in_file]

    def differences(self, stored: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
        """Return what differs; a post is compared without regard to letter case, and only with a known unit."""
        found = super().differences(stored, values)
        if "position" in found and stored["position"].casefold() == values["position"].casefold():
            del found["position"]
        if not values.get("unit"):
            found.pop("position", None)
        if stored["active"] == "tidak":
            found["active"] = ("tidak", "ya")
        return found

    def apply(self, change: Change) -> dict[str, Any]:
        """Apply one row: a new person, changed data, another post, or the end."""
        if change.action == "add":
            return people_writing.add_many([change])[0]
        found = people.by_number(change.key)
        assert found is not None, "staged rows of people who are gone fail as a conflict"
        before = people_writing.snapshot(found.id)
        if change.action == "end":
            people.end(found, None, clock.today() - timedelta(days=1))
        else:
            people_writing.change(found, change.values)
        return people_writing.done(found.id, before)

    def apply_many(self, changes: Sequence[Change]) -> list[dict[str, Any]]:
        """Apply several rows; new people are written together, 10,000 in well under a minute."""
        if changes[0].action == "add":
            return people_writing.add_many(changes)
        return [self.apply(change) for change in changes]

    def revert(self, change: Change, done: Mapping[str, Any]) -> bool:
        """Put one person back as before, unless somebody changed him or his posts since."""
        return people_writing.restore(done)

    def after(self) -> None:
        """Let every worker see the appointments."""
        stamps.raise_access()


_HELD = (
    Person.__table__.join(Appointment.__table__, A.person_id == N.id)
    .join(Position.__table__, P.id == A.position_id)
    .join(Unit.__table__, U.id == P.unit_id)
)
_STORED = (
    sa.select(Person.__table__, U.code.label("unit"), P.title.label("position"))
    .select_from(
        Person.__table__.outerjoin(
            Appointment.__table__,
            sa.and_(A.person_id == N.id, A.kind == "definitive", held(sa.bindparam("today", type_=sa.Date()))),
        )
        .outerjoin(Position.__table__, P.id == A.position_id)
        .outerjoin(Unit.__table__, U.id == P.unit_id)
    )
    .order_by(A.starts_on, A.id)
)


def _comparable(row: Any) -> dict[str, Any]:
    stored = {name: getattr(row, name) for name in FIELDS}
    for name in ("rank_since", "birth_date"):
        stored[name] = stored[name].isoformat() if stored[name] else ""
    post = {"unit": row.unit or "", "position": row.position or ""} if row.active else {"unit": "", "position": ""}
    return stored | post | {"active": "ya" if row.active else "tidak"}


def _ranks() -> dict[str, str]:
    rows = run(sa.select(rank.c.code, rank.c.siasn_code, rank.c.place, rank.c.employment)).all()
    known = {row.code.upper(): row.code for row in rows}
    known |= {f"PPPK {row.place}": row.code for row in rows if row.employment == "pppk"}
    return known | {row.siasn_code: row.code for row in rows if row.siasn_code}


def _find_rank(reading: Reading, ranks: Mapping[str, str], word: str) -> None:
    given = reading.values["rank_code"].upper()
    if not given:
        return
    pppk = reading.values["employment"].startswith("pppk")
    found = ranks.get(f"PPPK {int(given)}" if pppk and given.isdigit() else given)
    reading.values["rank_code"] = found or ""
    if found is None:
        reading.remarks.append(Remark(word, _("Golongan “{text}” belum dikenal dan tidak disimpan.", text=given[:20])))


def _units() -> dict[str, str]:
    """Return unit codes by SIASN id, code and (where it is the only one) name."""
    rows = run(sa.select(U.code, U.siasn_id, U.name).where(tree.valid(clock.today()))).all()
    names = [row.name.casefold() for row in rows]
    found = {row.name.casefold(): row.code for row in rows if names.count(row.name.casefold()) == 1}
    found |= {row.code.casefold(): row.code for row in rows}
    return found | {row.siasn_id.casefold(): row.code for row in rows if row.siasn_id}


def _find_unit(reading: Reading, units: Mapping[str, str], word: str) -> None:
    given = [text for text in (reading.values.pop("unit_siasn_id"), reading.values["unit"]) if text]
    found = next((units[text.casefold()] for text in given if text.casefold() in units), "")
    reading.values["unit"] = found
    if given and not found:
        words = _("Unit “{text}” belum dikenal; jabatan tidak dicatat.", text=given[0][:60])
        reading.remarks.append(Remark(word, words))


def _titles() -> dict[str, str]:
    """Return titles of posts by their SIASN id."""
    rows = run(sa.select(P.siasn_id, P.title).where(P.siasn_id != "").distinct())
    return {row.siasn_id: row.title for row in rows}
