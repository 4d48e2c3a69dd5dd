"""Doors to applications outside: modules put them up, the launcher shows them, clicks are counted without names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import sqlalchemy as sa

from superapp.access.actor import Actor
from superapp.kernel import clock, command, ids
from superapp.kernel.database import run
from superapp.kernel.errors import Invalid
from superapp.kernel.language import gettext as _
from superapp.kernel.prepared import Prepared
from superapp.navigation.models import tile, tile_click
from superapp.plugin.host import host

MOST = 500
PREFIX = "tile:"
T, C = tile.c, tile_click.c


@dataclass(frozen=True)
class Door:
    """A door to an application outside: where it leads, who may use it, whom to call."""

    title: str
    url: str
    hint: str = field(default="", kw_only=True)
    audience: str = field(default="", kw_only=True)
    contact: str = field(default="", kw_only=True)
    contact_phone: str = field(default="", kw_only=True)
    about_url: str = field(default="", kw_only=True)


def put_up(record_type: str, record_id: UUID, door: Door, *, plugin: str) -> None:
    """Show a record of a module as a tile of the launcher, or change its tile; inside a command.

    `about_url` is the record's own page. Raises Invalid at `url` for an address that is no http or https one
    (ASVS 5.0, 1.2.2).
    """
    command.current()
    address = urlsplit(door.url)
    if address.scheme not in {"http", "https"} or not address.hostname or len(door.url) > 500:
        raise Invalid(_("Alamat harus diawali http:// atau https://."), field="url")
    values = {
        "plugin": plugin,
        "url": door.url,
        **{name: getattr(door, name)[:most] for name, most in _TEXTS.items()},
    }
    changed = run(sa.update(tile).where(T.record_type == record_type, T.record_id == record_id).values(**values))
    if not changed.rowcount:
        run(sa.insert(tile).values(id=ids.uuid7(), record_type=record_type, record_id=record_id, **values))


_TEXTS = {"title": 120, "hint": 255, "audience": 160, "contact": 160, "contact_phone": 20, "about_url": 255}


def take_down(record_type: str, record_id: UUID) -> None:
    """Take a record's tile away, with its place among pins; inside a command. The clicks stay counted."""
    command.current()
    run(_TAKE_DOWN, {"record_type": record_type, "record_id": record_id})


_TAKE_DOWN = sa.delete(tile).where(
    T.record_type == sa.bindparam("record_type"), T.record_id == sa.bindparam("record_id")
)


def clicks(record_type: str, record_ids: Iterable[UUID], month: str = "") -> dict[UUID, int]:
    """Return how often doors were used in a month (`2026-11`; empty: this one), by record."""
    wanted = sa.and_(C.record_type == record_type, C.record_id.in_(list(record_ids)), C.month == (month or _month()))
    return {row.record_id: row.clicks for row in run(sa.select(C.record_id, C["count"].label("clicks")).where(wanted))}


_ALL = sa.select(T.id, T.plugin, T.title, T.url, T.hint, T.audience, T.contact, T.contact_phone, T.about_url)


def doors(actor: Actor) -> list[Any]:
    """Return the rows of all doors of modules that are on for the actor, by title."""
    of = host()
    return [row for row in run(_ALL.order_by(T.title, T.id).limit(MOST)) if of.open_to(row.plugin, actor)]


def count_click(tile_id: UUID) -> str:
    """Count one use of a door in this month and return its title, empty when there is no such door; in a command."""
    row = run(sa.select(T.record_type, T.record_id, T.title).where(T.id == tile_id)).first()
    if row is None:
        return ""
    key = {"record_type": row.record_type, "record_id": row.record_id, "month": _month()}
    _COUNT.run(key | {"count": 1})
    return str(row.title)


def _counting(insert: Any) -> sa.Executable:
    key = ["record_type", "record_id", "month"]
    counting: sa.Executable = insert(tile_click).on_conflict_do_update(
        index_elements=key, set_={"count": C["count"] + 1}
    )
    return counting


_COUNT = Prepared(_counting)


def _month() -> str:
    return f"{clock.today():%Y-%m}"


def key_of(tile_id: UUID) -> str:
    """Return the key of a tile among pins and visits."""
    return f"{PREFIX}{tile_id.hex}"


def key_of_record(record_type: str, record_id: UUID) -> str:
    """Return the key of a record's tile for `data-visit`, which counts the click; empty when it has no tile."""
    found = run(sa.select(T.id).where(T.record_type == record_type, T.record_id == record_id)).scalar()
    return key_of(found) if found else ""


def id_of(key: str) -> UUID | None:
    """Return the tile of a key, None for another kind of key."""
    if not key.startswith(PREFIX):
        return None
    try:
        return UUID(key.removeprefix(PREFIX))
    except ValueError:
        return None
