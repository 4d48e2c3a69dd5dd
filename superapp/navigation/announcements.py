"""Announcements: read by whom they are meant for, written by those who may, kept in each worker until a stamp rises."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import current_app

from superapp.access.actor import Actor
from superapp.access.listing import Page, page_of
from superapp.access.records import change, create
from superapp.access.scope import within
from superapp.extensions import db
from superapp.kernel import clock, stamps
from superapp.kernel.database import run
from superapp.kernel.errors import Invalid, NotFound
from superapp.kernel.language import gettext as _
from superapp.navigation.blueprint import ANNOUNCE
from superapp.navigation.models import Announcement
from superapp.organization.models import Unit

EXTENSION = "superapp.announcements"
MOST = 50
ON_HOME = 3
LONGEST_BODY = 4000
A, U = Announcement.__table__.c, Unit.__table__.c


@dataclass(frozen=True)
class Shown:
    """An announcement as people read it; `path` is the unit it is for, empty for everybody."""

    id: UUID
    title: str
    body: str = field(kw_only=True)
    important: bool = field(kw_only=True)
    starts_at: datetime = field(kw_only=True)
    ends_at: datetime | None = field(kw_only=True)
    path: str = field(default="", kw_only=True)
    unit_name: str = field(default="", kw_only=True)
    archived: bool = field(default=False, kw_only=True)
    version: int = field(default=1, kw_only=True)
    unit_id: UUID | None = field(default=None, kw_only=True)

    @property
    def starts_local(self) -> str:
        """Return the beginning as a field of a form takes it."""
        return field_value(self.starts_at)

    @property
    def ends_local(self) -> str:
        """Return the end as a field of a form takes it."""
        return field_value(self.ends_at)

    @property
    def paragraphs(self) -> list[str]:
        """Return the text cut at its empty lines."""
        return [part.strip() for part in self.body.split("\n\n") if part.strip()]

    @property
    def first_words(self) -> str:
        """Return the beginning, for the home page."""
        text = " ".join(self.body.split())
        return text if len(text) <= 140 else f"{text[:139].rsplit(' ', 1)[0]}…"


def field_value(moment: datetime | None) -> str:
    """Return a moment in WITA as `2026-11-24T14:05`, empty for none."""
    return f"{clock.local(moment):%Y-%m-%dT%H:%M}" if moment else ""


_ROWS = sa.select(*Announcement.__table__.c, U.path.label("unit_path"), U.name.label("unit_name")).select_from(
    Announcement.__table__.outerjoin(Unit.__table__, U.id == A.unit_id)
)
_PRESENT = (
    _ROWS.where(A.archived_at.is_(None), sa.or_(A.ends_at.is_(None), A.ends_at > sa.bindparam("now")))
    .order_by(A.important.desc(), A.starts_at.desc(), A.id)
    .limit(MOST)
)


def present(actor: Actor) -> list[Shown]:
    """Return what the actor should read now, the important first; no statement while neither stamp rises."""
    stamp = (actor.stamps.access, actor.stamps.plugins)
    kept: tuple[Any, list[Shown]] | None = current_app.extensions.get(EXTENSION)
    if kept is None or kept[0] != stamp:
        kept = (stamp, [_shown(row) for row in run(_PRESENT, {"now": clock.now()})])
        current_app.extensions[EXTENSION] = kept
    moment = clock.now()
    return [one for one in kept[1] if _is_on(one, moment) and is_for(one, actor)]


def _is_on(one: Shown, moment: datetime) -> bool:
    return one.starts_at <= moment and (one.ends_at is None or moment < one.ends_at)


def is_for(one: Shown, actor: Actor) -> bool:
    """Tell whether an announcement is meant for one of the units of the actor's hats."""
    return not one.path or any(hat.unit_path.startswith(one.path) for hat in actor.hats)


def _shown(row: Any) -> Shown:
    return Shown(
        row.id,
        row.title,
        body=row.body,
        important=row.important,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        path=row.unit_path or "",
        unit_name=row.unit_name or "",
        archived=row.archived_at is not None,
        version=row.version,
        unit_id=row.unit_id,
    )


def past(actor: Actor, cursor: str = "") -> Page:
    """Return one page of what is over, for those it was meant for, the newest first."""
    mine = [U.path == _prefix for hat in actor.hats for _prefix in _prefixes(hat.unit_path)]
    over = sa.or_(A.archived_at.is_not(None), A.ends_at <= clock.now())
    found = page_of(_ROWS.where(over, sa.or_(A.unit_id.is_(None), *mine)), (A.starts_at, A.id), cursor, descending=True)
    return Page([_shown(row) for row in found.rows], next=found.next)


def _prefixes(path: str) -> list[str]:
    numbers = path.strip("/").split("/")
    return [f"/{'/'.join(numbers[: place + 1])}/" for place in range(len(numbers))]


def managed(actor: Actor, cursor: str = "") -> Page:
    """Return one page of what the actor may change, planned ones too, the newest first."""
    reach = actor.reach(ANNOUNCE)
    clause = within(_WITH_OPD, reach)
    query = _ROWS if clause is None else _ROWS.where(A.id.in_(sa.select(_WITH_OPD.c.id).where(clause)))
    found = page_of(query, (A.starts_at, A.id), cursor, descending=True)
    return Page([_shown(row) for row in found.rows], next=found.next)


_WITH_OPD = (
    sa.select(A.id, A.unit_id, U.opd_id)
    .select_from(Announcement.__table__.join(Unit.__table__, U.id == A.unit_id))
    .subquery("placed")
)


def one(announcement_id: UUID, actor: Actor) -> Shown:
    """Return an announcement; NotFound when there is none or it is neither meant for the actor nor his to change."""
    row = run(_ROWS.where(A.id == announcement_id)).first()
    if row is None:
        raise NotFound
    found = _shown(row)
    readable = is_for(found, actor) and found.starts_at <= clock.now()
    if not readable and not may_change(actor, found):
        raise NotFound
    return found


def may_change(actor: Actor, found: Shown) -> bool:
    """Tell whether the actor's right to announce reaches the unit the announcement is for."""
    reach = actor.reach(ANNOUNCE)
    if not found.path:
        return reach.everywhere
    opd = run(sa.select(U.opd_id).where(U.id == found.unit_id)).scalar() if not reach.everywhere else None
    return reach.covers(found.path, opd)


def for_change(announcement_id: UUID, actor: Actor) -> Shown:
    """Return an announcement that the actor may change; NotFound otherwise."""
    found = one(announcement_id, actor)
    if not may_change(actor, found):
        raise NotFound
    return found


def publish(actor: Actor, values: Mapping[str, Any]) -> Announcement:
    """Write an announcement; inside a command. Raises Invalid at its fields, also beyond the actor's reach."""
    _check(actor, values)
    made = create(Announcement, author_id=actor.person_id, **values)
    stamps.raise_plugins()
    return made


def edit(actor: Actor, announcement_id: UUID, version: int | None, values: Mapping[str, Any]) -> Announcement:
    """Change an announcement with a version check; inside a command. Raises Stale, Invalid, NotFound."""
    found = _own(actor, announcement_id)
    _check(actor, values)
    change(found, version, **values)
    stamps.raise_plugins()
    return found


def archive(actor: Actor, announcement_id: UUID, version: int | None, *, archived: bool) -> Announcement:
    """Take an announcement off, or put it up again; inside a command."""
    found = _own(actor, announcement_id)
    change(found, version, archived_at=clock.now() if archived else None)
    stamps.raise_plugins()
    return found


def _own(actor: Actor, announcement_id: UUID) -> Announcement:
    for_change(announcement_id, actor)
    return db.session.get_one(Announcement, announcement_id, with_for_update=True)


def _check(actor: Actor, values: Mapping[str, Any]) -> None:
    errors: dict[str, str] = {}
    if len(values.get("body") or "") > LONGEST_BODY:
        errors["body"] = _("Paling banyak {n} karakter. Anda mengisi {m}.", n=LONGEST_BODY, m=len(values["body"]))
    start, end = values.get("starts_at"), values.get("ends_at")
    if start is not None and end is not None and end <= start:
        errors["ends_at"] = _("Waktu selesai harus sesudah waktu mulai.")
    if errors:
        raise Invalid(errors=errors)
    reach = actor.reach(ANNOUNCE)
    if reach.everywhere:
        return
    row = run(sa.select(U.path, U.opd_id).where(U.id == values.get("unit_id"))).first()
    if row is None or not reach.covers(row.path, row.opd_id):
        raise Invalid(_("Pilih unit yang Anda kelola."), field="unit_id")


def units(actor: Actor) -> list[tuple[str, str]]:
    """Return the units an announcement of the actor may be for, as (id, name), by place in the tree."""
    reach = actor.reach(ANNOUNCE)
    query = sa.select(U.id, U.name, U.path, U.opd_id).where(U.valid_to.is_(None)).order_by(U.path)
    rows: Iterable[Any] = run(query)
    return [(str(row.id), row.name) for row in rows if reach.covers(row.path, row.opd_id)]
