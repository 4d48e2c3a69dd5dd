"""*Lapor masalah*: what somebody met, where and in which version, as a task for those who handle it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.access.actor import Actor
from superapp.access.listing import Page, page_of
from superapp.kernel import clock, command, ids
from superapp.kernel.database import run
from superapp.kernel.errors import NotFound, Refused
from superapp.kernel.language import gettext as _
from superapp.navigation.blueprint import REPORTS
from superapp.navigation.granting import keepers
from superapp.navigation.models import report
from superapp.organization.models import Person
from superapp.shared import notices, tasks
from superapp.shared.tasks import Duty

RECORD = "core_problem_report"
KIND = "navigation.report"
ANSWERED_WITHIN = timedelta(days=2)
STATES = {"open": "submitted", "done": "done"}
"""State of a report → key of the status chip."""
R, N = report.c, Person.__table__.c


@dataclass(frozen=True)
class Problem:
    """What a person reports; `page` is an address of the app without its query, `code` that of the error page."""

    words: str
    page: str = field(default="", kw_only=True)
    code: str = field(default="", kw_only=True)
    version: str = field(default="", kw_only=True)
    browser: str = field(default="", kw_only=True)
    file_id: UUID | None = field(default=None, kw_only=True)


@dataclass(frozen=True)
class Report:
    """A report as its reporter and its handlers see it."""

    id: UUID
    words: str
    state: str = field(kw_only=True)
    row: Any = field(kw_only=True)
    reporter: str = field(default="", kw_only=True)

    @property
    def title(self) -> str:
        """Return the beginning of the words."""
        return shortened(self.words)

    @property
    def chip(self) -> str:
        """Return the key of the state's chip."""
        return STATES.get(self.state, self.state)


def shortened(words: str, most: int = 80) -> str:
    """Return the beginning of a text on one line."""
    text = " ".join(words.split())
    return text if len(text) <= most else f"{text[: most - 1].rsplit(' ', 1)[0]}…"


def submit(actor: Actor, problem: Problem) -> UUID:
    """Write a report and give it to all who handle reports, as one task each; inside a command."""
    own = ids.uuid7()
    run(
        sa.insert(report).values(
            id=own,
            person_id=actor.person_id,
            words=problem.words,
            page=problem.page,
            code=problem.code,
            version=problem.version,
            browser=problem.browser,
            file_id=problem.file_id,
            created_at=clock.now(),
        )
    )
    command.current().about(RECORD, own, code=problem.code, page=problem.page)
    for duty in _duties(own, problem):
        tasks.give(duty)
    return own


def _duties(own: UUID, problem: Problem) -> list[Duty]:
    made = {}
    for keeper in keepers(REPORTS):
        holder = {"position_id": keeper.position_id} if keeper.position_id else {"person_id": keeper.person_id}
        made[str(holder)] = Duty(
            _("Tangani laporan: {words}", words=shortened(problem.words, 60)),
            f"/help/reports/{own}",
            kind=KIND,
            record_type=RECORD,
            record_id=own,
            due_at=clock.now() + ANSWERED_WITHIN,
            **holder,  # type: ignore[arg-type]
        )
    return list(made.values())


_ROWS = sa.select(report, N.name.label("reporter")).select_from(report.join(Person.__table__, N.id == R.person_id))


def queue(state: str, cursor: str = "") -> Page:
    """Return one page of all reports in a state, the oldest first while they are open."""
    found = page_of(_ROWS.where(R.state == state), (R.id,), cursor, descending=state != "open")
    return Page([_report(row) for row in found.rows], next=found.next)


def mine(actor: Actor, cursor: str = "") -> Page:
    """Return one page of the actor's own reports, the latest first."""
    found = page_of(_ROWS.where(R.person_id == actor.person_id), (R.id,), cursor, descending=True)
    return Page([_report(row) for row in found.rows], next=found.next)


def _report(row: Any) -> Report:
    return Report(row.id, row.words, state=row.state, row=row, reporter=row.reporter)


def one(report_id: UUID, actor: Actor) -> Report:
    """Return a report; NotFound unless it is the actor's own or he handles reports."""
    row = run(_ROWS.where(R.id == report_id)).first()
    if row is None or (row.person_id != actor.person_id and not actor.may(REPORTS)):
        raise NotFound
    return _report(row)


def may_read(actor: Actor, report_id: UUID) -> bool:
    """Tell whether the actor may read a report and its picture."""
    return (
        actor.may(REPORTS)
        or run(sa.select(R.id).where(R.id == report_id, R.person_id == actor.person_id)).first() is not None
    )


def answer(actor: Actor, report_id: UUID, words: str) -> None:
    """Answer a report, close its tasks and tell the reporter; inside a command. Raises Refused when it is done."""
    found = one(report_id, actor)
    values = {"state": "done", "answer": words, "handled_by": actor.person_id, "handled_at": clock.now()}
    if not run(sa.update(report).where(R.id == report_id, R.state == "open").values(**values)).rowcount:
        raise Refused(_("Laporan ini sudah selesai dijawab."))
    tasks.close_of(RECORD, report_id)
    url = f"/help/reports/{report_id}"
    notices.notify(found.row.person_id, _("Laporan Anda dijawab"), body=shortened(words, 200), url=url)
    command.current().about(RECORD, report_id, title=found.title)


def handlers() -> Sequence[str]:
    """Return the names of those who handle reports, with their posts, for the help page."""
    return [" · ".join(filter(None, (keeper.name, keeper.post))) for keeper in keepers(REPORTS)][:3]
