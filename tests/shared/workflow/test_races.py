"""Races: of eight who decide one document at the same moment one decides it, the others hear who was first."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from superapp.access.actor import acting_as
from superapp.extensions import db
from superapp.kernel import audit, command
from superapp.kernel.database import run
from superapp.kernel.errors import Busy, Refused
from superapp.kernel.idempotency import Answer
from superapp.shared import workflow
from superapp.shared.tables import step, timeline
from superapp.shared.workflow import Verdict
from tests.shared.workflow.conftest import Office

SIDES = 8


def race(app: Flask, office: Office, steps: list[UUID]) -> Counter[str]:
    """Let eight decide each step at once, half of them otherwise than the others; return how often what was answered."""
    actor = office.actor("kasi")
    db.session.rollback()
    answers: Counter[str] = Counter()
    guard, barrier = threading.Lock(), threading.Barrier(SIDES)

    def decide(step_id: UUID, side: int) -> str:
        verdict = Verdict("approve") if side % 2 else Verdict("reject", note="Tidak")
        fresh = command.Command("test.decide", actor, says="{actor} memutus")
        try:
            command.execute(lambda: fresh, lambda _running: workflow.decide(step_id, verdict), claim=None, answer=_kept)
        except Refused:
            return "refused"
        except Busy:
            return "busy"
        return "decided"

    def side_of(side: int) -> None:
        with app.app_context(), acting_as(actor):
            for step_id in steps:
                barrier.wait()
                while (answer := decide(step_id, side)) == "busy":
                    pass
                with guard:
                    answers[answer] += 1

    with ThreadPoolExecutor(SIDES) as pool:
        for future in [pool.submit(side_of, side) for side in range(SIDES)]:
            future.result()
    return answers


def _kept(_command: command.Command, _value: object) -> Answer:
    return Answer(303, "/tasks")


def check(app: Flask, office: Office, number: int) -> None:
    steps = [office.open_step(office.asks("staf", reason=f"Urusan {one}")).id for one in range(number)]
    answers = race(app, office, steps)
    assert answers == {"decided": number, "refused": number * (SIDES - 1)}
    db.session.rollback()
    assert set(run(sa.select(step.c.state).where(step.c.id.in_(steps))).scalars()) == {"done"}
    decisions = run(
        sa.select(sa.func.count()).select_from(timeline).where(timeline.c.words.contains("{what}"))
    ).scalar_one()
    assert decisions == number
    assert list(audit.verify()) == []


def test_of_eight_at_once_one_decides_and_seven_hear_so(izin_app: Flask, office: Office) -> None:
    check(izin_app, office, 6)


@pytest.mark.slow
def test_two_hundred_documents_with_eight_deciders_each(izin_app: Flask, office: Office) -> None:
    check(izin_app, office, 200)
