"""Events: "it happened", told to other modules after the commit, as one job for each listener."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, is_dataclass
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from flask import Flask, current_app

from superapp.kernel import ports
from superapp.kernel.jobs import Job, enqueue

if TYPE_CHECKING:
    from pydantic import TypeAdapter

_NAME = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_.-]*")
_EXTENSION = "superapp.events"
DELIVER = "core.event"


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened in a module, for whoever listens; subclasses are frozen dataclasses that set `name`.

    `name` is `<plugin or core part>.<what happened>` ("letters.registered"). Fields hold ids, numbers, texts, dates
    and lists of them, never personal data: a listener reads the record under its own rights. `opd_id` is the OPD of
    the record, whose modules are told.
    """

    name: ClassVar[str] = ""
    opd_id: UUID | None = None


def register(app: Flask, types: Iterable[type[Event]]) -> None:
    """Make event types known to the app, at start; ValueError for a bad type, a bad name or one already taken."""
    known = app.extensions.setdefault(_EXTENSION, {})
    for kind in types:
        if not (isinstance(kind, type) and issubclass(kind, Event) and is_dataclass(kind)):
            raise ValueError(f"{kind!r} is no event type: subclass superapp.api.Event as a frozen dataclass")
        if not _NAME.fullmatch(kind.name):
            raise ValueError(f"event type {kind.__name__}: set name = '<owner>.<what happened>'")
        if known.setdefault(kind.name, kind) is not kind and known[kind.name].__qualname__ != kind.__qualname__:
            raise ValueError(f"event name {kind.name!r} is taken by {known[kind.name].__qualname__}")
        known[kind.name] = kind


def known_types() -> dict[str, type[Event]]:
    """Return the event types of the current app by name."""
    return dict(current_app.extensions.get(_EXTENSION, {}))


def emit(event: Event) -> None:
    """Tell every listening module that is on, after the commit of the command under way.

    Each gets a delivery job of its own, so one that fails is tried again without the others. Raises RuntimeError
    outside a command and for a type that nobody registered.
    """
    if known_types().get(event.name) is not type(event):
        raise RuntimeError(f"{type(event).__name__} is not registered: return it from superapp_event_types()")
    if not ports.event_subscribers.filled:
        return
    fields = _adapter(type(event)).dump_python(event, mode="json")
    for plugin in ports.event_subscribers().names():
        if ports.module_gate().is_on(plugin, event.opd_id):
            arguments = {"plugin": plugin, "name": event.name, "fields": fields}
            enqueue(DELIVER, arguments, plugin=plugin, opd_id=event.opd_id)


def deliver(plugin: str, name: str, fields: dict[str, Any]) -> None:
    """Deliver an event to one module (job); an event whose type is no longer loaded is told to nobody."""
    kind = known_types().get(name)
    if kind is not None:
        ports.event_subscribers().deliver(plugin, _adapter(kind).validate_python(fields))


def _adapter(kind: type[Event]) -> TypeAdapter[Any]:
    """Return what turns an event of this type into JSON and back; made once a type."""
    from pydantic import TypeAdapter

    if kind not in _adapters:
        _adapters[kind] = TypeAdapter(kind)
    return _adapters[kind]


_adapters: dict[type[Event], TypeAdapter[Any]] = {}


DELIVERY = Job(kind=DELIVER, function=deliver, title="Kabar antarmodul")
