"""The command: one transaction holds business rows, idempotency row, audit rows and jobs, or nothing is stored.

Order (never changed): body read, rate, CSRF and permission checked by the caller → BEGIN → stamps read again → key
claimed → view → audit rows → answer kept → COMMIT → what waits for the commit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.exc import DBAPIError, OperationalError

from superapp.extensions import db
from superapp.kernel import audit, clock, database, failpoints, idempotency, ports, stamps, watchdog
from superapp.kernel.errors import Busy
from superapp.kernel.ports import Actor

R = TypeVar("R")
LONGEST = 5.0
"""Seconds after BEGIN when the watchdog rolls back, so that other writers go on."""
ATTEMPTS = 3
"""How often a command that met a deadlock or a serialization failure runs in all."""


@dataclass
class Command:
    """The command under way: who, what, and what it wants written at its end."""

    operation: str
    actor: Actor
    says: str = ""
    request_id: str = ""
    record_type: str = ""
    record_id: UUID | None = None
    opd_id: UUID | None = None
    values: dict[str, Any] = field(default_factory=dict)
    entries: list[audit.Entry] = field(default_factory=list)
    after_commit: list[Callable[[], None]] = field(default_factory=list)

    def about(self, record_type: str, record_id: UUID, *, opd_id: UUID | None = None, **values: Any) -> None:
        """Say which record the audit row is about, whose chain it goes to, and values for its words."""
        self.record_type, self.record_id, self.opd_id = record_type, record_id, opd_id
        self.values |= values

    def also(self, message: str, record_type: str = "", record_id: UUID | None = None, **values: Any) -> None:
        """Add one more audit row (an item of a bulk action)."""
        opd_id = values.pop("opd_id", self.opd_id)
        self.entries.append(self._entry(message, record_type, record_id, opd_id, values))

    def audit_entries(self) -> list[audit.Entry]:
        """Return the rows to chain: those of the items, then the command's own words."""
        if not self.says:
            return self.entries
        own = self._entry(self.says, self.record_type, self.record_id, self.opd_id, self.values)
        return [*self.entries, own]

    def _entry(
        self, message: str, record_type: str, record_id: UUID | None, opd_id: UUID | None, values: dict[str, Any]
    ) -> audit.Entry:
        return audit.Entry(
            self.operation,
            message,
            at=clock.now(),
            principal=self.actor.principal,
            person_id=self.actor.person_id,
            position_id=self.actor.position_id,
            opd_id=opd_id,
            record_type=record_type,
            record_id=record_id,
            request_id=self.request_id,
            values=values,
        )


_current: ContextVar[Command | None] = ContextVar("command", default=None)


def current() -> Command:
    """Return the command under way; RuntimeError outside one: reads do not write."""
    found = _current.get()
    if found is None:
        raise RuntimeError(
            "no command is under way: unsafe work belongs in a command (bp.post, a job, or command.begin)"
        )
    return found


def under_way() -> bool:
    """Tell whether a command is under way."""
    return _current.get() is not None


@contextmanager
def begin(operation: str, *, actor: Actor, says: str, request_id: str = "", longest: float = 0) -> Iterator[Command]:
    """Run the body of the with-block as a command without an idempotency key, for jobs and the command line.

    One transaction, audited in the words of `says`; an exception stores nothing. `longest` seconds before the
    watchdog ends it (0: no watchdog).
    """
    command = Command(operation, actor, says=says, request_id=request_id)
    with _transaction(command, longest):
        yield command
        audit.append(command.audit_entries())
        _commit(command)
    _after(command)


@dataclass(frozen=True)
class Outcome:
    """What a keyed command answered: `replayed` when the same form took effect before."""

    value: Any
    replayed: idempotency.Answer | None = None


def execute(
    make: Callable[[], Command],
    effect: Callable[[Command], R],
    *,
    claim: idempotency.Claim | None,
    answer: Callable[[Command, R], idempotency.Answer | None],
) -> Outcome:
    """Run a keyed command and return its outcome; re-run it after a deadlock, three times at most.

    `make` gives a fresh Command for each attempt; `effect` is the view; `answer` tells what to keep with the key, or
    None when the view refused: then nothing is stored and the key is free again. Raises Busy when the time is over or
    the database is locked.
    """
    for attempt in range(1, ATTEMPTS + 1):
        command = make()
        try:
            outcome = _attempt(command, effect, claim, answer)
        except DBAPIError as error:
            if not worth_another_try(error) or attempt == ATTEMPTS:
                raise _busy_or(error) from error
        except database.TransactionExpired as error:
            raise Busy from error
        else:
            _after(command)
            return outcome
    raise AssertionError("unreachable")


def _attempt(
    command: Command,
    effect: Callable[[Command], R],
    claim: idempotency.Claim | None,
    answer: Callable[[Command, R], idempotency.Answer | None],
) -> Outcome:
    with _transaction(command, LONGEST):
        command.actor = _with_present_rights(command.actor)
        if claim is not None and (stored := idempotency.claim(claim)) is not None:
            db.session.rollback()
            return Outcome(None, replayed=stored)
        value = effect(command)
        kept = answer(command, value)
        if kept is None:
            db.session.rollback()
            command.after_commit.clear()
            return Outcome(value)
        db.session.flush()
        audit.append(command.audit_entries())
        if claim is not None:
            idempotency.keep(claim, kept)
        _commit(command)
        return Outcome(value)


def _with_present_rights(actor: Actor) -> Actor:
    """Read the stamps inside the transaction: a right taken away while the body was on its way is gone."""
    if not actor.signed_in or stamps.read() == actor.stamps:
        return actor
    return ports.authorizer().refreshed(actor)


@contextmanager
def _transaction(command: Command, longest: float) -> Iterator[None]:
    db.session.rollback()
    guard = database.StatementGuard()
    token = _current.set(command)
    try:
        with database.writing(), database.guarded(guard), watchdog.watch(guard, database.connection(), longest):
            yield
    except BaseException as error:
        guard.close()
        with database.unguarded():
            db.session.rollback()
        if guard.expired and isinstance(error, Exception):
            raise database.TransactionExpired(f"interrupted after {longest} s") from error
        raise
    finally:
        _current.reset(token)


def _commit(command: Command) -> None:
    failpoints.reached(f"before-commit:{command.operation}")
    database.commit()
    failpoints.reached(f"after-commit:{command.operation}")


def _after(command: Command) -> None:
    for effect in command.after_commit:
        effect()


RETRIED = frozenset({"40001", "40P01"})
"""PostgreSQL: serialization_failure, deadlock_detected."""


def worth_another_try(error: DBAPIError) -> bool:
    """Tell whether the database ended the transaction for the sake of another one, so that a new try may succeed."""
    return getattr(error.orig, "sqlstate", None) in RETRIED


_BUSY = re.compile(r"database is locked|lock timeout|statement timeout|idle-in-transaction|connection is closed", re.I)


def _busy_or(error: DBAPIError) -> Exception:
    busy = isinstance(error, OperationalError) and _BUSY.search(str(error.orig))
    return Busy() if busy or worth_another_try(error) else error
