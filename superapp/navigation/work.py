"""Tasks as cards: what waits, how urgent it is, from whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from superapp.access.actor import Actor
from superapp.access.listing import Page
from superapp.kernel import clock
from superapp.kernel.format import format_ago, format_datetime
from superapp.kernel.language import gettext as _
from superapp.kernel.prepared import Prepared
from superapp.navigation.due import Due, due
from superapp.navigation.finding import module_icon
from superapp.organization.models import Person
from superapp.plugin.host import host
from superapp.shared import tasks
from superapp.shared.gate import module_on
from superapp.shared.tables.work import task
from superapp.shared.tasks import EVERYTHING, Narrow
from superapp.shared.workflow import asked as cases
from superapp.shared.workflow.asked import Asked

CARDS = 5
SHEET = "/tasks/"
ICONS = {"navigation.report": "life-buoy", "navigation.access": "lock"}
"""Icons of the core's own kinds of tasks; those of modules are the module's."""
T = task.c


@dataclass(frozen=True)
class TaskCard:
    """A task as it is shown: title, page, a line below, urgency."""

    title: str
    url: str
    sub: str = field(default="", kw_only=True)
    icon: str = field(default="list-checks", kw_only=True)
    due: Due | None = field(default=None, kw_only=True)
    due_at: datetime | None = field(default=None, kw_only=True)
    closed_at: datetime | None = field(default=None, kw_only=True)
    outcome: str = field(default="", kw_only=True)

    @property
    def step(self) -> str:
        """Return the id of the step that is decided on the app's own sheet; empty for tasks done on their module's page."""
        return self.url.removeprefix(SHEET) if self.url.startswith(SHEET) else ""


@dataclass(frozen=True)
class AskedCard:
    """What the reader asked for as it is shown: where it waits, since when, how urgent that is."""

    title: str
    url: str
    state: str = field(kw_only=True)
    icon: str = field(kw_only=True)
    sub: str = field(default="", kw_only=True)
    due: Due | None = field(default=None, kw_only=True)


_FIRST = Prepared(
    sa.select(
        T.title,
        T.url,
        T.kind,
        T.module,
        T.due_at,
        T.consequence,
        T.created_at,
        Person.__table__.c.name.label("from_name"),
    )
    .select_from(task.outerjoin(Person.__table__, Person.__table__.c.id == T.created_by))
    .where(
        tasks.WAITING,
        module_on(task),
    )
    .order_by(T.sort_at, T.id)
    .limit(CARDS)
)
"""Built once, and no column more than the cards show: the home page asks it each time."""


def first_cards(actor: Actor) -> Sequence[TaskCard]:
    """Return the most urgent tasks of the actor, five at most (one statement)."""
    rows: Sequence[Any] = _FIRST.all(tasks.subject(actor))
    now = clock.now()
    return [
        TaskCard(
            title,
            url,
            sub=" · ".join([words for words in (_title(module), from_name, consequence) if words]),
            icon=_icon(kind, module),
            due=due(created_at, due_at, now),
        )
        for title, url, kind, module, due_at, consequence, created_at, from_name in rows
    ]


def _title(module: str) -> str:
    return _(host().title(module)) if module else ""


def _icon(kind: str, module: str) -> str:
    return ICONS.get(kind) or (module_icon(module) if module else "list-checks")


def waiting(actor: Actor, cursor: str = "", narrow: Narrow = EVERYTHING) -> Page:
    """Return one page of the actor's open tasks, the most urgent first."""
    found = tasks.waiting(cursor, narrow=narrow, actor=actor)
    return Page(_cards(found.rows), next=found.next)


def finished(actor: Actor, cursor: str = "") -> Page:
    """Return one page of the tasks that the actor closed, the latest first."""
    found = tasks.finished(cursor, actor=actor)
    return Page(_cards(found.rows), next=found.next)


def _cards(rows: Iterable[Any]) -> list[TaskCard]:
    now = clock.now()
    return [_card(row, now) for row in rows]


def _card(row: Any, now: datetime) -> TaskCard:
    return TaskCard(
        row.title,
        row.url,
        sub=_sub(row),
        icon=_icon(row.kind, row.module),
        due=None if row.closed_at else due(row.created_at, row.due_at, now),
        due_at=row.due_at,
        closed_at=row.closed_at,
        outcome=row.outcome,
    )


def _sub(row: Any) -> str:
    if row.closed_at:
        return " · ".join(filter(None, (_title(row.module), format_datetime(row.closed_at))))
    return " · ".join(filter(None, (_title(row.module), row.from_name, row.consequence, format_ago(row.created_at))))


def asked(cursor: str = "") -> Page:
    """Return one page of what the reader asked for: where each waits, and since when."""
    found, now = cases.asked(cursor), clock.now()
    return Page([_asked(one, now) for one in found.rows], next=found.next)


def _asked(one: Asked, now: datetime) -> AskedCard:
    where = ""
    if one.at:
        where = _("Menunggu {who} sejak {when}", who=" · ".join(one.at), when=format_ago(one.since))
    elif one.state == "returned":
        where = _("Menunggu perbaikan Anda")
    elif one.ended_at is not None:
        where = format_datetime(one.ended_at)
    sub = " · ".join(filter(None, (_title(one.module), where)))
    shown = due(one.since, one.due_at, now) if one.since and one.since <= now else None
    return AskedCard(one.title, one.url, state=one.state, icon=_icon("", one.module), sub=sub, due=shown)


def groups(cards: Sequence[TaskCard]) -> list[tuple[str, list[TaskCard]]]:
    """Return open tasks, in their order, under the headings of the task page: over, today, this week, later."""
    found: dict[str, list[TaskCard]] = {}
    tonight = tasks.tonight()
    for card in cards:
        found.setdefault(_heading(card, tonight), []).append(card)
    return list(found.items())


def _heading(card: TaskCard, tonight: datetime) -> str:
    if card.due_at is None:
        return _("Tanpa tenggat")
    if card.due and card.due.tone == "bad":
        return _("Lewat waktu")
    if card.due_at < tonight:
        return _("Hari ini")
    return _("Tujuh hari ini") if card.due_at < tonight + timedelta(days=6) else _("Nanti")
