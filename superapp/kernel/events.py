"""Events: "it happened", told to other modules after the commit, as one job for each listener."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any
from uuid import UUID

from flask import Flask, current_app

from superapp.kernel import command, ports
from superapp.kernel.jobs import Job, enqueue
from superapp.kernel.jobs.ledger import plain

_NAME = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_.-]*")
_EXTENSION = "superapp.events"
_NO_FIELDS: Mapping[str, Any] = MappingProxyType({})
DELIVER = "core.event"


@dataclass(frozen=True)
class EventType:
    """A kind of event a module emits, `<module>.<what happened>`; `fields` are its promise to listeners."""

    name: str
    label: str
    fields: tuple[str, ...] = field(default=(), kw_only=True)


@dataclass(frozen=True)
class Event:
    """Something that happened, told to other modules after its commit, as a job.

    `fields` hold ids, numbers, texts and dates, never personal data: a listener reads the record under its own rights.
    They arrive as JSON keeps them (ids and dates as text). `opd_id` is the record's OPD, whose modules are told.
    `principal` is filled in by `emit`.
    """

    name: str
    fields: Mapping[str, Any] = field(default_factory=lambda: _NO_FIELDS)
    record_type: str = field(default="", kw_only=True)
    record_id: UUID | None = field(default=None, kw_only=True)
    opd_id: UUID | None = field(default=None, kw_only=True)
    principal: str = field(default="", kw_only=True)


def register(app: Flask, types: Iterable[EventType]) -> None:
    """Make event types known to the app, at start; ValueError for a bad name or one already taken."""
    known = app.extensions.setdefault(_EXTENSION, {})
    for kind in types:
        if not _NAME.fullmatch(kind.name):
            raise ValueError(f"event {kind.name!r}: call it '<owner>.<what happened>'")
        if known.setdefault(kind.name, kind) != kind:
            raise ValueError(f"event {kind.name!r} is promised already, with fields {known[kind.name].fields}")


def known_types() -> Mapping[str, EventType]:
    """Return the event types of the current app by name."""
    return MappingProxyType(current_app.extensions.get(_EXTENSION, {}))


def emit(event: Event) -> None:
    """Tell every listening module that is on, after the commit of the command under way.

    Each gets a delivery job of its own, so one that fails is tried again without the others. Raises RuntimeError
    outside a command, for a type that nobody registered, and when a promised field is missing.
    """
    kind = known_types().get(event.name)
    if kind is None:
        raise RuntimeError(f"event {event.name!r} is not promised: return it from superapp_event_types()")
    if missing := set(kind.fields) - set(event.fields):
        raise RuntimeError(
            f"event {event.name!r} lacks {', '.join(sorted(missing))}, promised in superapp_event_types()"
        )
    told = _packed(replace(event, principal=command.current().actor.principal))
    for plugin in _listeners(event.opd_id):
        enqueue(DELIVER, {"plugin": plugin, "event": told}, plugin=plugin, opd_id=event.opd_id)


def _listeners(opd_id: UUID | None) -> list[str]:
    if not ports.event_subscribers.filled:
        return []
    return [name for name in ports.event_subscribers().names() if ports.module_gate().is_on(name, opd_id)]


def _packed(event: Event) -> Mapping[str, Any]:
    packed: Mapping[str, Any] = plain(
        {
            "name": event.name,
            "fields": event.fields,
            "record_type": event.record_type,
            "record_id": event.record_id,
            "opd_id": event.opd_id,
            "principal": event.principal,
        }
    )
    return packed


def _unpacked(told: Mapping[str, Any]) -> Event:
    ids = {name: UUID(told[name]) if told[name] else None for name in ("record_id", "opd_id")}
    return Event(**{**told, **ids, "fields": MappingProxyType(told["fields"])})


def deliver(plugin: str, event: Mapping[str, Any]) -> None:
    """Deliver an event to one module (the function of the delivery job)."""
    ports.event_subscribers().deliver(plugin, _unpacked(event))


DELIVERY = Job(kind=DELIVER, function=deliver, title="Kabar antarmodul")
