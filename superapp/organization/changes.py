"""What follows a change of people or units: higher parts listen here, inside the transaction of the change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID


@dataclass(frozen=True)
class AppointmentEnded:
    """A person no longer holds a position after `ends_on`."""

    person_id: UUID
    position_id: UUID
    opd_id: UUID = field(kw_only=True)
    ends_on: date = field(kw_only=True)


@dataclass(frozen=True)
class PersonLeft:
    """A person no longer works here after `ends_on`."""

    person_id: UUID
    ends_on: date = field(kw_only=True)


@dataclass(frozen=True)
class PersonReturned:
    """A person who had left works here again."""

    person_id: UUID


@dataclass(frozen=True)
class PersonChanged:
    """A person was added or its data or posts changed: what is derived from it (search) is made anew."""

    person_id: UUID


@dataclass(frozen=True)
class UnitChanged:
    """A unit was added, renamed, moved or closed."""

    unit_id: UUID


@dataclass(frozen=True)
class UnitsChangedOpd:
    """Units went to another OPD: rows that carry `opd_id` beside `unit_id` follow them."""

    unit_ids: tuple[UUID, ...]
    opd_id: UUID = field(kw_only=True)


Change = AppointmentEnded | PersonLeft | PersonReturned | PersonChanged | UnitChanged | UnitsChangedOpd
_listeners: dict[type[Change], dict[str, Callable[[Change], None]]] = {}


def listen(kind: type[Change], listener: Callable[[Change], None]) -> None:
    """Call `listener` at each change of this kind; registering the same function again changes nothing."""
    name = f"{listener.__module__}.{listener.__qualname__}"
    _listeners.setdefault(kind, {})[name] = listener


def tell(change: Change) -> None:
    """Tell all listeners in the present transaction; what one raises undoes the change."""
    for listener in _listeners.get(type(change), {}).values():
        listener(change)
