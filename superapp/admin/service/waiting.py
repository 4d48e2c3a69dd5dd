"""What people sent and nobody has answered yet, as the tasks that it made tell: requests for access, reports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from superapp.admin.service.reach import PEOPLE, UNITS, people_within, units_within
from superapp.kernel.database import run
from superapp.shared.tables import task

REQUESTS = "core_access_request"
REPORTS = "core_problem_report"


def requests(permission: str, *, limit: int = 50) -> Sequence[Any]:
    """Return open requests for access of the OPDs where the actor holds the permission (see `_unanswered`)."""
    return _unanswered(REQUESTS, units_within(permission), limit)


def reports(permission: str, *, limit: int = 50) -> Sequence[Any]:
    """Return open reports of the people whom the actor reaches under the permission (see `_unanswered`)."""
    return _unanswered(REPORTS, people_within(permission), limit)


def _unanswered(record_type: str, within: sa.ColumnElement[bool] | None, limit: int) -> Sequence[Any]:
    """Return open records of a type, the longest waiting first: title, url, name of who sent it, since and due.

    Each of those who can answer has a task of his own; here a record stands once.
    """
    query = (
        sa.select(
            sa.func.min(task.c.title).label("title"),
            sa.func.min(task.c.url).label("url"),
            sa.func.min(task.c.created_at).label("since"),
            sa.func.min(task.c.due_at).label("due"),
            PEOPLE.c.name,
        )
        .select_from(
            task.outerjoin(PEOPLE, PEOPLE.c.id == task.c.created_by).outerjoin(UNITS, UNITS.c.id == task.c.opd_id)
        )
        .where(task.c.record_type == record_type, task.c.closed_at.is_(None))
        .group_by(task.c.record_id, PEOPLE.c.name)
        .order_by(sa.func.min(task.c.created_at))
        .limit(limit)
    )
    return run(query if within is None else query.where(within)).all()
