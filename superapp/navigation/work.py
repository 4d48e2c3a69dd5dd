"""Tasks as cards: what waits, how urgent it is, from whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from superapp.access.actor import Actor
from superapp.access.listing import Page
from superapp.kernel.database import run
from superapp.kernel.format import format_ago, format_datetime
from superapp.kernel.language import gettext as _
from superapp.navigation.due import Due, due
from superapp.navigation.finding import module_icon
from superapp.organization.models import Person
from superapp.plugin.host import host
from superapp.shared import tasks
from superapp.shared.gate import module_on
from superapp.shared.tables.work import task

CARDS = 5
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


_FIRST = (
    sa.select(*tasks.COLUMNS, Person.__table__.c.name.label("from_name"))
    .select_from(task.outerjoin(Person.__table__, Person.__table__.c.id == T.created_by))
    .where(
        sa.or_(T.person_id == sa.bindparam("person"), T.position_id.in_(sa.bindparam("positions", expanding=True))),
        T.closed_at.is_(None),
        module_on(task),
    )
    .order_by(T.sort_at, T.id)
    .limit(CARDS)
)
"""Built once: the home page asks it each time."""


def first_cards(actor: Actor) -> Sequence[TaskCard]:
    """Return the most urgent tasks of the actor, five at most (one statement)."""
    rows = run(_FIRST, {"person": actor.person_id, "positions": actor.rights.positions})
    return [_card(row, row.from_name) for row in rows]


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
    return [_card(row) for row in rows]


def _card(row: Any, from_name: str | None = None) -> TaskCard:
    return TaskCard(
        row.title,
        row.url,
        sub=_sub(row, from_name),
        icon=ICONS.get(row.kind) or (module_icon(row.module) if row.module else "list-checks"),
        due=None if row.closed_at else due(row.created_at, row.due_at),
        closed_at=row.closed_at,
        outcome=row.outcome,
    )


def _sub(row: Any, from_name: str | None) -> str:
    when = format_datetime(row.closed_at) if row.closed_at else format_ago(row.created_at)
    module = host().title(row.module) if row.module else ""
    consequence = "" if row.closed_at else row.consequence
    return " · ".join(filter(None, (module, from_name, consequence, when)))


def groups(cards: Sequence[TaskCard]) -> list[tuple[str, list[TaskCard]]]:
    """Return open tasks under the headings of the task page: over, the others, in their order."""
    late = [card for card in cards if card.due and card.due.tone == "bad"]
    rest = [card for card in cards if card not in late]
    return [(words, part) for words, part in ((_("Lewat waktu"), late), (_("Menunggu"), rest)) if part]
