"""What leave keeps about a person: handed over on request, and what the law lets go of."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from superapp.api import PersonData, format_date, run, today
from superapp.api import _ as words

from . import balance, kinds
from .models import LIVE, LeaveRequest
from .words import STATES

R = LeaveRequest.__table__.c
GONE = "-"
"""What stands where a text was erased."""


def data_of(person_id: UUID) -> list[PersonData]:
    """Return the person's requests, and the ledger of annual leave."""
    names = kinds.delivered()
    query = sa.select(R.kind, R.first_day, R.last_day, R.days, R.state, R.reason, R.address, R.phone)
    asked = tuple(
        {
            "jenis": words(names[row.kind].name), "mulai": format_date(row.first_day), "sampai": format_date(row.last_day),
            "hari": row.days, "status": words(STATES[row.state][2]), "alasan": row.reason, "alamat": row.address,
            "telepon": row.phone,
        }
        for row in run(query.where(R.person_id == person_id).order_by(R.first_day, R.id))
    )  # fmt: skip
    booked = tuple({"hari": one.days, "keterangan": one.words} for one in balance.entries(person_id))
    found = [PersonData("Permohonan cuti", asked), PersonData("Catatan cuti tahunan", booked)]
    return [one for one in found if one.rows]


def erase(person_id: UUID) -> int:
    """Erase reason, address and telephone of leave that is over, and return how many requests held them.

    That somebody was on leave, and the ledger, are records of the office (UU 43/2009): they stay.
    """
    over = sa.or_(R.last_day < today(), R.state.not_in(LIVE))
    held = sa.or_(R.reason != GONE, R.address != GONE, R.phone != GONE)
    erasing = sa.update(LeaveRequest.__table__).where(R.person_id == person_id, over, held)
    return run(erasing.values(reason=GONE, address=GONE, phone=GONE, version=R.version + 1)).rowcount
