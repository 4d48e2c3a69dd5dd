"""*Lapor masalah*: what somebody met, where and in which version, as a task for those who handle it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.access.actor import Actor
from superapp.access.belonging import people_in
from superapp.access.listing import Page, page_of
from superapp.kernel import clock, command, ids
from superapp.kernel.database import run
from superapp.kernel.errors import Forbidden, NotFound, Refused
from superapp.kernel.language import gettext as _
from superapp.navigation.blueprint import REPORTS
from superapp.navigation.granting import keepers
from superapp.navigation.models import report
from superapp.organization.models import Person, Unit
from superapp.shared import agenda, notices, tasks
from superapp.shared.tasks import Duty

RECORD = "core_problem_report"
KIND = "navigation.report"
ANSWERED_WITHIN = 2
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
    handled: bool = field(default=False, kw_only=True)
    """Whether the reader is one of those who answer it."""

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
    """Write a report and give it to all who handle those of the reporter's unit, as one task each; inside a command."""
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
    for duty in _duties(own, problem, actor.unit_id):
        tasks.give(duty)
    return own


def _duties(own: UUID, problem: Problem, unit_id: UUID | None) -> list[Duty]:
    made = {}
    for keeper in keepers(REPORTS, unit_id or run(_REGENCY).scalar()):
        holder = {"position_id": keeper.position_id} if keeper.position_id else {"person_id": keeper.person_id}
        made[str(holder)] = Duty(
            _("Tangani laporan: {words}", words=shortened(problem.words, 60)),
            f"/help/reports/{own}",
            kind=KIND,
            record_type=RECORD,
            record_id=own,
            due_at=agenda.after(clock.now(), agenda.time_of(ANSWERED_WITHIN)),
            **holder,  # type: ignore[arg-type]
        )
    return list(made.values())


_REGENCY = sa.select(Unit.__table__.c.id).where(Unit.__table__.c.parent_id.is_(None))
_ROWS = sa.select(report, N.name.label("reporter")).select_from(report.join(Person.__table__, N.id == R.person_id))


def _of(actor: Actor) -> sa.ColumnElement[bool]:
    """Return the predicate on reports that the actor handles: those of people within his reach."""
    within = people_in(actor.reach(REPORTS))
    return sa.true() if within is None else within


def queue(state: str, actor: Actor, cursor: str = "") -> Page:
    """Return one page of the reports in a state that the actor handles, the oldest first while they are open."""
    query = _ROWS.where(R.state == state, _of(actor))
    found = page_of(query, (R.id,), cursor, descending=state != "open")
    return Page([_report(row) for row in found.rows], next=found.next)


def mine(actor: Actor, cursor: str = "") -> Page:
    """Return one page of the actor's own reports, the latest first."""
    found = page_of(_ROWS.where(R.person_id == actor.person_id), (R.id,), cursor, descending=True)
    return Page([_report(row) for row in found.rows], next=found.next)


def _report(row: Any, *, handled: bool = False) -> Report:
    return Report(row.id, row.words, state=row.state, row=row, reporter=row.reporter, handled=handled)


def one(report_id: UUID, actor: Actor) -> Report:
    """Return a report; NotFound unless it is the actor's own or one that he handles."""
    mine_or_handled = sa.or_(R.person_id == actor.person_id, _of(actor))
    row = run(_ROWS.add_columns(_of(actor).label("handled")).where(R.id == report_id, mine_or_handled)).first()
    if row is None:
        raise NotFound
    return _report(row, handled=bool(row.handled))


def may_read(actor: Actor, report_id: UUID) -> bool:
    """Tell whether the actor may read a report and its picture."""
    try:
        return one(report_id, actor).id == report_id
    except NotFound:
        return False


def answer(actor: Actor, report_id: UUID, words: str) -> None:
    """Answer a report, close its tasks and tell the reporter; inside a command.

    Raises NotFound, Forbidden for who only reported it, and Refused when it is done.
    """
    found = one(report_id, actor)
    if not found.handled:
        raise Forbidden
    values = {"state": "done", "answer": words, "handled_by": actor.person_id, "handled_at": clock.now()}
    if not run(sa.update(report).where(R.id == report_id, R.state == "open").values(**values)).rowcount:
        raise Refused(_("Laporan ini sudah selesai dijawab."))
    tasks.close_of(RECORD, report_id)
    url = f"/help/reports/{report_id}"
    notices.notify(found.row.person_id, _("Laporan Anda dijawab"), body=shortened(words, 200), url=url)
    command.current().about(RECORD, report_id, title=found.title)
