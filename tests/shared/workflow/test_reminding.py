"""Reminders: half of the working time, its end, and half as much again; in the week of the office that decides."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from superapp.extensions import db
from superapp.kernel import clock
from superapp.kernel.database import run
from superapp.organization.models import Unit
from superapp.shared import agenda
from superapp.shared.tables import notice
from superapp.shared.workflow import reminding
from superapp.shared.workflow.rows import CaseStep
from tests.organization.acting import done
from tests.shared.workflow.conftest import Office
from tests.support import builders

MONDAY = datetime(2026, 11, 30, 8, 0, tzinfo=clock.WITA)
"""A Monday without a holiday in its week."""


def titles(office: Office, role: str) -> list[str]:
    db.session.rollback()
    person = office.house.people[role].id
    return list(run(sa.select(notice.c.title).where(notice.c.person_id == person).order_by(notice.c.id)).scalars())


def at(moment: datetime) -> None:
    clock.shift(moment - datetime.now(UTC))


def runs() -> int:
    with done():
        return reminding.remind()


@pytest.fixture
def step(office: Office) -> CaseStep:
    """Return a step that was opened on a Monday morning and is due after one working day."""
    at(MONDAY)
    return office.open_step(office.asks("staf"))


def test_the_due_time_counts_working_hours_of_the_office(office: Office, step: CaseStep) -> None:
    assert step.due_at == agenda.after(step.opened_at, agenda.time_of(1))
    with builders.stored():
        run(sa.update(Unit.__table__).where(Unit.__table__.c.id == office.house.units["kominfo"]).values(week="six"))
    six = office.open_step(office.asks("staf", reason="Lagi"))
    day = agenda.time_of(1, agenda.SIX_DAYS)
    assert six.due_at == agenda.after(six.opened_at, day, agenda.SIX_DAYS) != step.due_at


def test_decider_requester_and_supervisor_hear_in_turn_and_once(office: Office, step: CaseStep) -> None:
    before = len(titles(office, "kasi"))
    assert runs() == 0
    at(agenda.moment_of(0.5, step.opened_at, step.due_at) + timedelta(minutes=1))
    assert (runs(), runs()) == (1, 0)
    assert titles(office, "kasi")[before:] == ["Separuh waktu sudah lewat: Izin keluar: Ke bank"]
    assert titles(office, "staf") == []
    at(step.due_at + timedelta(minutes=1))
    assert (runs(), runs()) == (1, 0)
    assert titles(office, "staf") == ["Lewat waktu: Izin keluar: Ke bank"]
    assert titles(office, "kabid") == []
    at(agenda.moment_of(1.5, step.opened_at, step.due_at) + timedelta(minutes=1))
    assert (runs(), runs()) == (1, 0)
    assert titles(office, "kabid") == ["Belum diputus Kepala Seksi: Izin keluar: Ke bank"]
    assert len(titles(office, "kasi")) == before + 2


def test_what_is_decided_is_not_reminded_of(office: Office, step: CaseStep) -> None:
    from superapp.shared import workflow

    with office.doing("kasi"):
        workflow.decide(step.id, workflow.Verdict("approve"))
    at(step.due_at + timedelta(days=9))
    assert runs() == 0
