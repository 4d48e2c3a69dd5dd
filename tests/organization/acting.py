"""Doing something as an operator, a command of its own, and counting what it costs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from superapp.access.actor import acting_as, operator
from superapp.extensions import db
from superapp.kernel import command
from superapp.kernel.command import Command
from superapp.testing import statements_on


@contextmanager
def done(says: str = "{actor} menguji") -> Iterator[Command]:
    """Run the body as one command, committed at its end."""
    actor = operator()
    with acting_as(actor), command.begin("test.do", actor=actor, says=says) as present:
        present.values["actor"] = actor.name
        yield present


@contextmanager
def counted() -> Iterator[list[str]]:
    """Collect the statements sent within the with-block."""
    with statements_on(db.engine) as sent:
        yield sent.texts
