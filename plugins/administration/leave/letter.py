"""The letter: form Anak Lampiran 1.b of Peraturan BKN 24/2017, issued with its number when leave is approved."""

from __future__ import annotations

from superapp.api import (
    N_,
    DocumentTemplate,
    Ended,
    Person,
    Position,
    Signatory,
    Unit,
    db,
    format_date,
    issue_document,
    url_for,
)
from superapp.api import _ as words

from . import balance, kinds
from .knowing import title_of
from .models import LeaveRequest
from .words import STATES, length, period

TEMPLATE = DocumentTemplate("leave.letter", N_("Surat izin cuti"), template="leave/letter.html", kind="surat_cuti")


def issue(row: LeaveRequest, done: Ended) -> None:
    """Issue the letter of an approved leave: numbered now, its PDF made by a job."""
    kind = kinds.of_year(row.first_day.year)[row.kind]
    step = done.step
    signer = Signatory(step.position_id, person_id=step.decided_by) if step else Signatory()
    issue_document(
        row,
        TEMPLATE.key,
        _values(row, kind, done),
        title=words("Surat izin {kind} {name}", kind=title_of(kind).lower(), name=row.person_name)[:200],
        permission="leave.view",
        signer=signer,
        record_class=kind.record_class,
        url=url_for("leave.show", request_id=row.id),
        number=True,
    )


def _values(row: LeaveRequest, kind: kinds.Kind, done: Ended) -> dict[str, str]:
    person = db.session.get_one(Person, row.person_id)
    position = db.session.get(Position, row.position_id) if row.position_id else None
    year, left = row.first_day.year, balance.of(row.person_id, row.first_day.year).left
    return {
        "name": row.person_name,
        "nip": person.nip or person.staff_number or "",
        "position": position.title if position else "",
        "unit": db.session.get_one(Unit, row.unit_id).name,
        "kind": kind.name,
        "reason": "" if row.kind == "CS" else row.reason,
        "length": length(row, kind),
        "period": period(row),
        "n2": str(left[year - 2]),
        "n1": str(left[year - 1]),
        "n": str(left[year]),
        "address": row.address,
        "phone": row.phone,
        "asked": format_date(row.created_at),
        "decision": words(STATES[done.outcome][2]),
        "note": done.step.note if done.step else "",
        "approval": str(done.values.get("approval", "")),
    }
