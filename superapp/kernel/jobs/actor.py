"""The actor of a job: the machine acts, for the person who asked if somebody did."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import UUID

from superapp.kernel.ports import Stamps

_NO_STAMPS = Stamps(access=0, plugins=0)


@dataclass(frozen=True)
class JobActor:
    """Who acts while a job runs; `person_id` is the person who asked for it, None for the schedule's jobs."""

    kind: str
    person_id: UUID | None = None
    opd_id: UUID | None = None
    position_id: UUID | None = None
    unit_id: UUID | None = None
    stamps: Stamps = _NO_STAMPS
    signed_in: bool = False

    @property
    def principal(self) -> str:
        """Return `job:<kind>`."""
        return f"job:{self.kind}"


_acting: ContextVar[JobActor | None] = ContextVar("job_actor", default=None)


def acting() -> JobActor | None:
    """Return the actor of the job that runs in this context, None outside jobs."""
    return _acting.get()


@contextmanager
def acting_as(actor: JobActor) -> Iterator[None]:
    """Let `acting` answer with the actor within the block."""
    token = _acting.set(actor)
    try:
        yield
    finally:
        _acting.reset(token)
