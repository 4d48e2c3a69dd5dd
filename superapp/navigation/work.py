"""Tasks as cards: what waits, how urgent it is, from whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
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
    closed_at: datetime | None = field(default=None, kw_only=True)
    outcome: str = field(default="", kw_only=True)

    @property
    def step(self) -> str:
        """Return the id of the step that is decided on the app's own sheet; empty for tasks done on their module's page."""
        return self.url.removeprefix(SHEET) if self.url.startswith(SHEET) else ""


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


def waiting(actor: Actor, cursor: str = "") -> Page:
    """Return one page of the actor's open tasks, the most urgent first."""
    found = tasks.waiting(cursor, actor=actor)
    return Page(_cards(found.rows), next=found.next)


def asked(actor: Actor, cursor: str = "") -> Page:
    """Return one page of the tasks that the actor's doings gave to others, the latest first."""
    found = tasks.asked(cursor, actor=actor)
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
        closed_at=row.closed_at,
        outcome=row.outcome,
    )


def _sub(row: Any) -> str:
    when = format_datetime(row.closed_at) if row.closed_at else format_ago(row.created_at)
    consequence = "" if row.closed_at else row.consequence
    return " · ".join(filter(None, (_title(row.module), consequence, when)))


def groups(cards: Sequence[TaskCard]) -> list[tuple[str, list[TaskCard]]]:
    """Return open tasks under the headings of the task page: over, the others, in their order."""
    late = [card for card in cards if card.due and card.due.tone == "bad"]
    rest = [card for card in cards if card not in late]
    return [(words, part) for words, part in ((_("Lewat waktu"), late), (_("Menunggu"), rest)) if part]
