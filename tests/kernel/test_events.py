"""Events: told after the commit, to each listening module that is on, once."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from superapp.kernel import clock, events, ports
from superapp.kernel.events import Event, EventType, emit
from superapp.kernel.jobs import ledger as view
from superapp.kernel.jobs import register
from superapp.kernel.jobs.ledger import State
from tests.kernel.conftest import Gate, Ledger, leave_effect, words, write

REGISTERED = EventType("letters.registered", "Surat terdaftar", fields=("number",))
LETTER, OPD = uuid.uuid4(), uuid.uuid4()
EVENT = Event(
    "letters.registered", {"number": 7, "on": date(2026, 11, 24)}, record_type="letter", record_id=LETTER, opd_id=OPD
)


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
    events.register(app, [REGISTERED])
    register(app, [events.DELIVERY])
    made, before = Listeners(), ports.event_subscribers._filled
    ports.event_subscribers.fill(made)
    yield made
    ports.event_subscribers._filled = before


def test_event_is_told_to_each_listener_as_it_was(ledger: Ledger, listeners: Listeners) -> None:
    with write():
        emit(EVENT)
        assert listeners.heard == []
    ledger.drain()

    assert [plugin for plugin, _ in listeners.heard] == ["agenda", "meetings"]
    heard = listeners.heard[0][1]
    assert (heard.name, heard.record_type, heard.record_id, heard.opd_id) == (EVENT.name, "letter", LETTER, OPD)
    assert dict(heard.fields) == {"number": 7, "on": "2026-11-24"}
    assert heard.principal == "job:test"


def test_event_of_a_rolled_back_command_never_happened(ledger: Ledger, listeners: Listeners) -> None:
    def break_off() -> None:
        with write():
            emit(EVENT)
            raise ValueError

    with pytest.raises(ValueError):
        break_off()
    assert ledger.drain() == 0


def test_module_that_is_off_is_not_told(ledger: Ledger, listeners: Listeners, gate: Gate) -> None:
    gate.off.add("agenda")
    with write():
        emit(EVENT)
    ledger.drain()

    assert [plugin for plugin, _ in listeners.heard] == ["meetings"]


def test_broken_listener_is_told_again_without_the_others(ledger: Ledger, listeners: Listeners) -> None:
    listeners.broken.add("agenda")
    with write():
        emit(EVENT)
    ledger.drain()
    assert words() == ["meetings"]

    listeners.broken.clear()
    clock.shift(timedelta(minutes=1))
    ledger.drain()
    assert sorted(words()) == ["agenda", "meetings"]
    assert view.count(State.DONE) == 2


def test_event_that_nobody_promised_is_a_bug_found_at_once(app: Flask, listeners: Listeners) -> None:
    with write(), pytest.raises(RuntimeError, match="superapp_event_types"):
        emit(Event("letters.forgotten"))


def test_event_without_a_promised_field_is_a_bug_found_at_once(app: Flask, listeners: Listeners) -> None:
    with write(), pytest.raises(RuntimeError, match="lacks number"):
        emit(Event("letters.registered"))


def test_event_is_emitted_within_a_command_only(app: Flask, listeners: Listeners) -> None:
    with pytest.raises(RuntimeError, match="no command"):
        emit(EVENT)


@pytest.mark.parametrize("kind", [EventType("registered", "x"), EventType("letters.registered", "x")])
def test_bad_or_taken_event_name_is_refused_at_start(kind: EventType) -> None:
    app = Flask("events")
    events.register(app, [REGISTERED])
    with pytest.raises(ValueError, match="event"):
        events.register(app, [kind])
