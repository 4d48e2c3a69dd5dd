"""Deciding on leave: the supervisor considers, the authority decides, in the four words of the form (BKN 24/2017).

The number of the letter and the Plh. wait for the effect, after the seconds of an undo: a mistaken tap takes no number.
*Perubahan* alone is at once, so that days that do not fit are told to who decides.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import sqlalchemy as sa

from superapp.api import (
    N_,
    AgendaEntry,
    Appointment,
    Ask,
    Case,
    Decision,
    Ended,
    Person,
    Refused,
    When,
    Workflow,
    WorkflowStep,
    db,
    files_of,
    head_of,
    put_entry,
    record_type,
    remove_entries_of,
    run,
    supervisor,
    today,
    url_for,
    whole_days,
)
from superapp.api import _ as words

from . import balance, closing, kinds, letter, standing_in, warning
from .checking import Wanted, check, counted
from .models import LeaveRequest
from .words import period

A = Appointment.__table__.c
DATES = (Ask("first_day", N_("Mulai"), "date"), Ask("last_day", N_("Sampai"), "date"))
APPROVAL = (Ask("approval", N_("Nomor persetujuan BKN")),)
CONSIDERED = (
    Decision("approve", N_("Setujui"), done=N_("menyetujui")),
    Decision("change", N_("Usulkan perubahan"), note=True, done=N_("mengusulkan perubahan")),
    Decision("defer", N_("Usulkan penangguhan"), note=True, done=N_("mengusulkan penangguhan")),
    Decision("refuse", N_("Usulkan tidak disetujui"), note=True, done=N_("mengusulkan tidak disetujui")),
)
DECIDED = (
    Decision("approve", N_("Setujui"), done=N_("menyetujui")),
    Decision(
        "change", N_("Setujui dengan perubahan"), "end", outcome="changed", note=True, asks=DATES, at_once=True,
        done=N_("mengubah tanggal"),
    ),
    Decision("defer", N_("Tangguhkan"), "end", outcome="deferred", note=True, done=N_("menangguhkan")),
    Decision("refuse", N_("Tidak setujui"), "end", outcome="rejected", note=True, done=N_("tidak menyetujui")),
)  # fmt: skip

BY_PPK = tuple(
    replace(one, at_once=True, asks=(*one.asks, *APPROVAL) if one.key in ("approve", "change") else one.asks)
    for one in DECIDED
)
"""The same words for leave that PPK alone decides: at once, so that a delegate is refused before anything is stored."""


def warn(case: Case, decision: Decision) -> list[str]:
    """Say what speaks against the days before somebody agrees."""
    row = db.session.get(LeaveRequest, case.record_id) if decision.key == "approve" else None
    return warning.of_request(row) if row is not None else []


def approved(done: Ended) -> None:
    """Let leave begin: its letter with number, the Plh., the end of the annual right for long leave."""
    row = done.record
    _not_delegated(done)
    if row.kind == "CB":
        balance.cancel_year(row.person_id, row.first_day.year, row.id, words("Gugur karena cuti besar"))
    standing_in.begin(row, done.step.decided_by if done.step else None)
    enter(row)
    letter.issue(row, done)


def changed(done: Ended) -> None:
    """Approve other days than were asked for; Invalid to who decides when they do not fit as a request must."""
    row, first, last = done.record, *(date.fromisoformat(done.values[name]) for name in ("first_day", "last_day"))
    kind = kinds.of_year(first.year)[row.kind]
    balance.lock(row.person_id)
    person, attached = db.session.get_one(Person, row.person_id), bool(files_of(row))
    check(Wanted(person, kind, first=first, last=last, attached=attached, request_id=row.id, since=row.first_day))
    days = counted(kind, row.unit_id, first, last)
    if kind.annual:
        balance.give_back(row.person_id, row.first_day.year, row.id, words("Tanggal diubah pejabat"))
    row.first_day, row.last_day, row.days, row.travel_days = first, last, days, 0
    if kind.annual:
        balance.spend(row.person_id, first.year, days, row.id, period(row))
    approved(done)


def refused(done: Ended) -> None:
    """Give back the days of a request that was not approved, or was taken back."""
    _not_delegated(done)
    let_go(done.record, words("Tidak jadi cuti"))


def _not_delegated(done: Ended) -> None:
    """Refuse who decides for PPK by delegation: leave outside the state's charge stays with PPK (PP 11/2017 art. 332)."""
    step = done.step
    if done.record.kind != "CLTN" or step is None or step.key != "decide_ppk":
        return
    held = sa.select(A.id).where(
        A.position_id == step.position_id, A.person_id == step.decided_by, A.starts_on <= today(),
        sa.or_(A.ends_on.is_(None), A.ends_on >= today()),
    )  # fmt: skip
    if run(held.limit(1)).first() is None:
        raise Refused(words("Cuti di luar tanggungan negara diputus PPK sendiri; tidak dapat didelegasikan."))


def let_go(row: LeaveRequest, text: str, *, back: int | None = None, last: date | None = None) -> None:
    """Give back days (all, or `back`) and end the Plh. with the leave's new `last` day, or strike it out."""
    if kinds.of_year(row.first_day.year)[row.kind].annual:
        balance.give_back(row.person_id, row.first_day.year, row.id, text, back)
        closing.settle(row.person_id, row.first_day.year + 1)
    remove_entries_of(record_type(LeaveRequest), row.id)
    if last is not None:
        enter(row, last)
    standing_in.end(row, last)


def enter(row: LeaveRequest, last: date | None = None) -> None:
    """Put the leave into the agenda of the person; its kind is nobody's business there."""
    put_entry(
        AgendaEntry(
            row.person_id,
            words("Cuti"),
            kind="leave.leave",
            **whole_days(row.first_day, last or row.last_day),
            url=url_for("leave.show", request_id=row.id),
            module="leave",
            opd_id=row.opd_id,
            record_type=record_type(LeaveRequest),
            record_id=row.id,
            key=f"leave:{row.id.hex}",
        )
    )


FLOW = Workflow(
    "leave.request",
    N_("Permohonan cuti"),
    (
        WorkflowStep("consider", N_("Pertimbangan atasan langsung"), by=supervisor(), days=1, decisions=CONSIDERED),
        WorkflowStep(
            "decide", N_("Keputusan pejabat yang berwenang"), by=head_of("opd"), days=2, decisions=DECIDED,
            when=(When("kind", "!=", "CLTN"),),
        ),
        WorkflowStep(
            "decide_ppk", N_("Keputusan PPK"), by=head_of("regency"), days=14, decisions=BY_PPK,
            when=(When("kind", "==", "CLTN"),),
        ),
    ),
    effects={
        "approved": approved, "changed": changed, "rejected": refused, "deferred": refused, "withdrawn": refused,
    },
    check=warn,
)  # fmt: skip
