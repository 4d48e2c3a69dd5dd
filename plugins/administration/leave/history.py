"""Importing leave of the past: what was granted on paper, for the list, the calendar, reports and overlaps.

It books nothing: what it used is in the opening balance already.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.api import (
    Appointment,
    ImportChange,
    ImportColumn,
    Importer,
    ImportRow,
    Position,
    Reading,
    Refused,
    Unit,
    case_view,
    create,
    db,
    record_type,
    remove_entries_of,
    run,
    today,
)
from superapp.api import _ as words

from . import kinds
from .checking import counted
from .deciding import enter
from .importing import fault_of, people_named, whom
from .models import LIVE, LeaveRequest
from .words import STATES

A, P, R, U = Appointment.__table__.c, Position.__table__.c, LeaveRequest.__table__.c, Unit.__table__.c
ENDED = ("approved", "changed", "deferred", "rejected", "cancelled")
"""States that leave of the past may have: what still waits is asked for in the app."""
_KINDS = {code: code for code in kinds.delivered()} | {
    one.name.upper(): code for code, one in kinds.delivered().items()
}
_STATES = {STATES[state][2].upper(): state for state in ENDED}
FIELDS = ("kind", "last_day", "state", "reason")


class HistoryImporter(Importer):
    """Imports leave by NIP (or by name, where no two are called so) and its first day."""

    kind = "leave_history"
    title = "Riwayat cuti"
    module = "leave"
    columns = (
        ImportColumn("nip", ("NIP", "NIP BARU")),
        ImportColumn("name", ("NAMA", "NAMA PEGAWAI")),
        ImportColumn("kind", ("JENIS", "JENIS CUTI"), required=True),
        ImportColumn("first_day", ("MULAI", "TANGGAL MULAI"), required=True),
        ImportColumn("last_day", ("SAMPAI", "TANGGAL SELESAI"), required=True),
        ImportColumn("state", ("STATUS", "KEPUTUSAN")),
        ImportColumn("reason", ("ALASAN",)),
    )
    added = "Impor mencatat riwayat cuti {record}"
    changed = "Impor memperbarui riwayat cuti {record}"

    def read(self, cells: Mapping[str, str]) -> Reading:
        """Understand one row."""
        row = ImportRow(cells, self.words())
        who = whom(row)
        first, last = row.day("first_day"), row.day("last_day")
        if first and last and last < first:
            row.fault("last_day", words("Tanggal akhir tidak boleh sebelum tanggal mulai."))
        for column, value in (("first_day", first), ("last_day", last), ("kind", cells.get("kind", "").strip())):
            if not value and not row.reading.faults:
                row.fault(column, words("Wajib diisi."))
        row.reading.key = f"{who}/{first}"
        row.reading.values = {
            "kind": row.choice("kind", _KINDS),
            "last_day": last,
            "state": row.choice("state", _STATES, "approved"),
            "reason": row.text("reason", longest=500) or "-",
        }
        return row.reading

    def check(self, readings: Sequence[Reading]) -> None:
        """Find the people."""
        people = people_named([reading.key.rpartition("/")[0] for reading in readings if reading.key])
        for reading in readings:
            found = people.get(reading.key.rpartition("/")[0], [])
            nobody = fault_of(found)
            if nobody is None:
                reading.label = found[0].name
            else:
                row = ImportRow({}, self.words())
                row.reading = reading
                row.fault(*nobody)

    def present(self, keys: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        """Return the stored leave that begins on the days of these keys."""
        people = people_named([key.rpartition("/")[0] for key in keys])
        wanted = {
            (one.id, key.rpartition("/")[2]): key for key in keys for one in people.get(key.rpartition("/")[0], [])
        }
        query = sa.select(LeaveRequest).where(R.person_id.in_({person_id for person_id, _day in wanted}))
        found = db.session.scalars(query.order_by(R.id)).all()
        return {
            wanted[row.person_id, row.first_day.isoformat()]: _values(row)
            for row in found
            if (row.person_id, row.first_day.isoformat()) in wanted
        }

    def apply(self, change: ImportChange) -> dict[str, Any]:
        """Record one leave, or correct one that an import recorded."""
        who, _slash, first = change.key.rpartition("/")
        person = people_named([who])[who][0]
        days = date.fromisoformat(first), date.fromisoformat(change.values["last_day"])
        row = db.session.scalar(sa.select(LeaveRequest).where(R.person_id == person.id, R.first_day == days[0]))
        before = _values(row) if row is not None else None
        if row is not None and case_view(row) is not None:
            raise Refused(words("Cuti ini diajukan di aplikasi; riwayatnya tidak diimpor."))
        row = _recorded(row, person, days, change.values)
        db.session.flush()
        return {"id": row.id.hex, "before": before, "version": row.version}

    def revert(self, change: ImportChange, done: Mapping[str, Any]) -> bool:
        """Take the leave out again, or put it back as it was, unless somebody changed it since."""
        row = db.session.get(LeaveRequest, UUID(done["id"]))
        if row is None or row.version != done["version"]:
            return False
        remove_entries_of(record_type(LeaveRequest), row.id)
        if done["before"] is None:
            db.session.delete(row)
        else:
            for name in FIELDS:
                value = done["before"][name]
                setattr(row, name, date.fromisoformat(value) if name == "last_day" else value)
        db.session.flush()
        return True


def _values(row: LeaveRequest) -> dict[str, Any]:
    return {name: getattr(row, name) for name in FIELDS} | {"last_day": row.last_day.isoformat()}


def _recorded(row: Any, person: Any, days: tuple[date, date], values: Mapping[str, Any]) -> Any:
    first, last = days
    place = _place(person.id, first)
    kind = kinds.of_year(first.year)[values["kind"]]
    columns = {"kind": kind.code, "last_day": last, "state": values["state"], "reason": values["reason"]}
    columns["days"] = counted(kind, place.unit_id, first, last)
    if row is None:
        about = {"person_id": person.id, "person_name": person.name, "position_id": place.id, "first_day": first}
        where = {"unit_id": place.unit_id, "opd_id": place.opd_id, "address": "-", "phone": "-"}
        row = create(LeaveRequest, **about, **where, **columns)
    else:
        for name, value in columns.items():
            setattr(row, name, value)
    if row.state in LIVE and last >= today():
        enter(row)
    return row


def _place(person_id: UUID, day: date) -> Any:
    """Return the post of a person on a day, else the latest; Refused when there is none."""
    held = sa.and_(A.starts_on <= day, sa.or_(A.ends_on.is_(None), A.ends_on >= day))
    query = (
        sa.select(P.id, P.unit_id, U.opd_id)
        .join(Appointment.__table__, A.position_id == P.id)
        .join(Unit.__table__, U.id == P.unit_id)
        .where(A.person_id == person_id, A.kind == "definitive")
        .order_by(held.desc(), A.starts_on.desc())
    )
    found = run(query.limit(1)).first()
    if found is None:
        raise Refused(words("Pegawai ini tidak memiliki jabatan."))
    return found
