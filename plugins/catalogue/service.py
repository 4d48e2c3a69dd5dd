"""The rules of the catalogue: recording, changing, archiving; what follows in search, doors and timeline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from superapp.api import (
    Door,
    Event,
    Refused,
    Stale,
    change,
    create,
    current_command,
    emit,
    find,
    index_record,
    next_number,
    note,
    now,
    put_up_door,
    record_type,
    take_down_door,
    unindex,
    url_for,
)
from superapp.api import _ as words

from . import counters
from .checks import fitting
from .models import Application
from .words import ANSWERS, CHOICES, LIVE, WANTED, YES_NO


def record(values: Mapping[str, Any]) -> Application:
    """Record an application in the unit of the hat and return it; its id of the inventory is the next free number."""
    clean = fitting(values)
    clean.setdefault("code", f"NNK-{next_number('catalogue', ''):04}")
    row: Application = create(Application, **clean, missing=_missing(clean))
    note(row, "Dicatat di katalog")
    _followed(row, "created")
    return row


def update(application_id: UUID, version: int, values: Mapping[str, Any]) -> Application:
    """Change an application; Stale with both texts when somebody changed it meanwhile."""
    row = find(Application, application_id, "catalogue.write")
    clean = fitting(values, partial=True)
    row.missing = _missing({name: getattr(row, name) for name in WANTED} | clean)
    try:
        change(row, version, **clean)
    except Stale as fault:
        raise fault.worded(CHOICES | dict.fromkeys(ANSWERS, YES_NO)) from None
    note(row, "Data diperbarui")
    _followed(row, "changed")
    return row


def archive(application_id: UUID, version: int) -> Application:
    """Take an application out of list, search and launcher; nothing is deleted."""
    row = find(Application, application_id, "catalogue.write")
    if row.archived_at is not None:
        raise Refused(words("Aplikasi ini sudah diarsipkan."))
    change(row, version, archived_at=now())
    note(row, "Diarsipkan")
    _followed(row, "archived")
    return row


def restore(application_id: UUID, version: int) -> Application:
    """Bring an archived application back."""
    row = find(Application, application_id, "catalogue.write")
    if row.archived_at is None:
        raise Refused(words("Aplikasi ini tidak sedang diarsipkan."))
    change(row, version, archived_at=None)
    note(row, "Dikembalikan dari arsip")
    _followed(row, "changed")
    return row


def missing_in(row: Application) -> int:
    """Return how many of the wanted fields nobody has filled in."""
    return _missing({name: getattr(row, name) for name in WANTED})


def withdraw(row: Application) -> None:
    """Take the application out of search and launcher."""
    unindex(record_type(Application), [row.id])
    take_down_door(record_type(Application), row.id)


def _missing(values: Mapping[str, Any]) -> int:
    return sum(values.get(name) in (None, "") for name in WANTED)


def _followed(row: Application, what: str) -> None:
    """Bring search, launcher and other modules up to date, in the same transaction."""
    command = current_command()
    command.about(record_type(Application), row.id, opd_id=row.opd_id, name=row.name)
    command.after_commit.append(counters.forget)
    publish(row, fresh=what == "created")
    emit(
        Event(
            f"catalogue.{what}",
            {"name": row.name},
            record_type=record_type(Application),
            record_id=row.id,
            opd_id=row.opd_id,
        )
    )


def publish(row: Application, *, fresh: bool = False) -> None:
    """Put the application into search and launcher, or take it out when it is archived or has no address.

    A `fresh` one has no door yet that could be taken down.
    """
    kind, about = record_type(Application), url_for("catalogue.show", application_id=row.id)
    if row.archived_at is not None:
        withdraw(row)
        return
    body = " ".join(filter(None, (row.long_name, row.function, row.owner_name)))
    index_record(row, row.name, url=about, kind="application", permission="catalogue.view", body=body)
    if row.address and row.status in LIVE:
        door = Door(
            row.name,
            row.address,
            hint=row.long_name or row.function or "",
            audience=row.audience or "",
            contact=row.steward_name or "",
            contact_phone=row.steward_phone or "",
            about_url=about,
        )
        put_up_door(kind, row.id, door, plugin="catalogue")
    elif not fresh:
        take_down_door(kind, row.id)
