"""What the shared services do at night: keep the index true to the day, and forget what is old."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any
from uuid import UUID

from superapp.kernel.jobs import Step
from superapp.shared import mail, notices
from superapp.shared.imports import staging
from superapp.shared.search import people


def index_people(resume: Any = None) -> Generator[Step, None, int]:
    """Write all people into the index again, in steps: acting posts begin and end at midnight without any command."""
    count = int(resume["count"]) if resume else 0
    after = UUID(resume["after"]) if resume else None
    for part in people.everyone(after):
        people.index_people(part)
        count += len(part)
        yield Step(50, {"after": str(part[-1]), "count": count})
    return count


def tidy() -> dict[str, int]:
    """Delete notices, mails and staged imports that are over their time; return how many of each."""
    return {"notices": notices.forget_old(), "mails": mail.forget_old(), "imports": staging.forget_old()}
