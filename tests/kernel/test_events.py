"""Events: told after the commit, to each listening module that is on, once."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, ClassVar

import pytest
from flask import Flask

from superapp.kernel import clock, events, ports
from superapp.kernel.events import Event, emit
from superapp.kernel.jobs import ledger as view
from superapp.kernel.jobs import register
from superapp.kernel.jobs.ledger import State
from tests.kernel.conftest import Gate, Ledger, leave_effect, words, write


@dataclass(frozen=True, kw_only=True)
class Registered(Event):
    """A letter got its number."""

    name: ClassVar[str] = "letters.registered"
    letter_id: uuid.UUID
    on: date
    number: int
    copies: list[uuid.UUID]


LETTER = Registered(letter_id=uuid.uuid4(), on=date(2026, 11, 24), number=7, copies=[uuid.uuid4()])


class Listeners:
    """Stands for the plugin host."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, Any]] = []
        self.broken: set[str] = set()

    def names(self) -> list[str]:
        return ["agenda", "meetings"]

    def deliver(self, plugin: str, event: Any) -> None:
        leave_effect(plugin)
        if plugin in self.broken:
            raise ValueError(plugin)
        self.heard.append((plugin, event))


@pytest.fixture
def listeners(app: Flask, gate: Gate) -> Iterator[Listeners]:
    events.register(app, [Registered])
    register(app, [events.DELIVERY])
    made, before = Listeners(), ports.event_subscribers._filled
    ports.event_subscribers.fill(made)
    yield made
    ports.event_subscribers._filled = before


def test_event_is_told_to_each_listener_as_it_was(ledger: Ledger, listeners: Listeners) -> None:
    with write():
        emit(LETTER)
        assert listeners.heard == []
    ledger.drain()

    assert sorted(listeners.heard) == [("agenda", LETTER), ("meetings", LETTER)]


def test_event_of_a_rolled_back_command_never_happened(ledger: Ledger, listeners: Listeners) -> None:
    def break_off() -> None:
        with write():
            emit(LETTER)
            raise ValueError

    with pytest.raises(ValueError):
        break_off()
    assert ledger.drain() == 0


def test_module_that_is_off_is_not_told(ledger: Ledger, listeners: Listeners, gate: Gate) -> None:
    gate.off.add("agenda")
    with write():
        emit(LETTER)
    ledger.drain()

    assert [plugin for plugin, _ in listeners.heard] == ["meetings"]


def test_broken_listener_is_told_again_without_the_others(ledger: Ledger, listeners: Listeners) -> None:
    listeners.broken.add("agenda")
    with write():
        emit(LETTER)
    ledger.drain()
    assert words() == ["meetings"]

    listeners.broken.clear()
    clock.shift(timedelta(minutes=1))
    ledger.drain()
    assert sorted(words()) == ["agenda", "meetings"]
    assert view.count(State.DONE) == 2


def test_event_that_nobody_registered_is_a_bug_found_at_once(app: Flask, listeners: Listeners) -> None:
    @dataclass(frozen=True, kw_only=True)
    class Forgotten(Event):
        name: ClassVar[str] = "letters.forgotten"

    with write(), pytest.raises(RuntimeError, match="superapp_event_types"):
        emit(Forgotten())


@dataclass(frozen=True, kw_only=True)
class Nameless(Event):
    """Forgot its name."""


@dataclass(frozen=True, kw_only=True)
class Twin(Event):
    """Takes the name of another."""

    name: ClassVar[str] = "letters.registered"


@pytest.mark.parametrize("kind", [Nameless, Twin, int])
def test_bad_event_type_is_refused_at_start(kind: Any) -> None:
    app = Flask("events")
    events.register(app, [Registered])
    with pytest.raises(ValueError, match="event"):
        events.register(app, [kind])
