"""The audit trail as people read it: rows by filter, words filled in when read, the state of the chains."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.access.actor import current
from superapp.access.listing import Page, page_of
from superapp.admin.service.reach import PEOPLE, UNITS
from superapp.kernel import clock
from superapp.kernel.audit import CORE
from superapp.kernel.database import run
from superapp.kernel.errors import NotFound
from superapp.kernel.format import format_date
from superapp.kernel.language import gettext as _
from superapp.kernel.tables import audit, audit_head, audit_values

_PLACE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class AuditFilter:
    """What the trail is narrowed to."""

    person_id: UUID | None = None
    record_type: str = field(default="", kw_only=True)
    record_id: UUID | None = field(default=None, kw_only=True)
    operation: str = field(default="", kw_only=True)
    since: date | None = field(default=None, kw_only=True)
    until: date | None = field(default=None, kw_only=True)
    chain: str = field(default="", kw_only=True)

    @property
    def narrows(self) -> bool:
        """Tell whether anything is asked for."""
        return self != AuditFilter()


WINDOW = 50_000
"""Rows that one page looks through for a filter without an index of its own; the next page goes on behind them.

An index per filter would cost each form that is sent; people look into the trail now and then.
"""
FEW = 5_000
"""Rows about one person or record that are sorted at once; of more the trail is looked through."""


@dataclass(frozen=True)
class Trail(Page):
    """A page of the trail; `back` is the cursor behind the last row looked through, `looked_to` its time.

    `back` is empty when nothing is left, or when `next` tells of more rows that match.
    """

    back: str = field(default="", kw_only=True)
    looked_to: datetime | None = field(default=None, kw_only=True)


_SHOWN = (
    "chain",
    "sequence",
    "at",
    "principal",
    "person_id",
    "operation",
    "message",
    "record_type",
    "record_id",
    "request_id",
    "hash",
)


def _rows_of(source: Any) -> sa.Select[Any]:
    """Return the rows of the trail, or of a part of it, with their values and the names of people."""
    same = sa.and_(audit_values.c.chain == source.c.chain, audit_values.c.sequence == source.c.sequence)
    return sa.select(
        *(source.c[name] for name in _SHOWN),
        audit_values.c["values"].label("kept"),
        audit_values.c.erased_at,
        PEOPLE.c.name.label("person_name"),
    ).select_from(source.outerjoin(audit_values, same).outerjoin(PEOPLE, PEOPLE.c.id == source.c.person_id))


_ROWS = _rows_of(audit)


def rows(wanted: AuditFilter, cursor: str = "", *, size: int = 20) -> Trail:
    """Return one page of the trail that the actor may read, newest first; its price does not grow with the trail."""
    return _page(wanted, readable_chains(), cursor, size)


def every(wanted: AuditFilter, within: frozenset[str] | None, *, most: int) -> Iterator[Any]:
    """Yield the rows of the trail within chains (None: all), newest first, at most a thousand at a time."""
    cursor, left = "", most
    while left > 0:
        page = _page(wanted, within, cursor, min(1000, left))
        yield from page.rows
        cursor, left = page.next or page.back, left - len(page.rows)
        if not cursor:
            return


def _page(wanted: AuditFilter, within: frozenset[str] | None, cursor: str, size: int) -> Trail:
    if within is not None and (not within or (wanted.chain and wanted.chain not in within)):
        return Trail(())
    about = _about_few(wanted)
    if about is not None:
        few = sa.select(audit).where(about).limit(FEW + 1).subquery()
        query = _rows_of(few).where(*_tested(few, wanted, within), *_days(few, wanted))
        found = page_of(query, _order(few, wanted, within), cursor, descending=True, size=size)
        return Trail(found.rows, next=found.next)
    return _looked_through(wanted, within, cursor, size)


def _looked_through(wanted: AuditFilter, within: frozenset[str] | None, cursor: str, size: int) -> Trail:
    """Return the page that matches among the `WINDOW` rows after the cursor, found by the order's index alone."""
    keys, tested = _order(audit, wanted, within), _tested(audit, wanted, within)
    span = _days(audit, wanted)
    if len(keys) == 1:
        span.append(audit.c.chain == _only_chain(wanted, within))
    edge = Page(())
    if tested:
        skipped = sa.select(audit.c.at, *(key for key in keys if key is not audit.c.at)).where(*span).offset(WINDOW - 1)
        edge = page_of(skipped, keys, cursor, descending=True, size=1)
    if edge.next:
        last = (sa.literal(edge.rows[0]._mapping[key.name], key.type) for key in keys)
        span.append(sa.tuple_(*keys) >= sa.tuple_(*last))
    found = page_of(_ROWS.where(*span, *tested), keys, cursor, descending=True, size=size)
    if found.next or not edge.next:
        return Trail(found.rows, next=found.next)
    return Trail(found.rows, back=edge.next, looked_to=edge.rows[0].at)


def _order(source: Any, wanted: AuditFilter, within: frozenset[str] | None) -> tuple[Any, ...]:
    """Return the keys to page by: within one chain its own order, which its primary key has; else the time."""
    one = _only_chain(wanted, within) and not (wanted.since or wanted.until)
    return (source.c.sequence,) if one else (source.c.at, source.c.chain, source.c.sequence)


def _only_chain(wanted: AuditFilter, within: frozenset[str] | None) -> str:
    return wanted.chain or (next(iter(within)) if within is not None and len(within) == 1 else "")


def _about_few(wanted: AuditFilter) -> sa.ColumnElement[bool] | None:
    """Return the condition of the record or the person, whichever has an index and but `FEW` rows; None for neither."""
    record = {audit.c.record_type: wanted.record_type, audit.c.record_id: wanted.record_id}
    asked = [[column == value for column, value in record.items() if value]] if wanted.record_type else []
    asked += [[audit.c.person_id == wanted.person_id]] if wanted.person_id else []
    for conditions in asked:
        about = sa.and_(*conditions)
        some = sa.select(sa.literal(1)).select_from(audit).where(about).limit(FEW + 1).subquery()
        if run(sa.select(sa.func.count()).select_from(some)).scalar_one() <= FEW:
            return about
    return None


def readable_chains() -> frozenset[str] | None:
    """Return the chains the actor may read: None for all, else those of the OPDs where the right is held.

    A chain belongs to a whole OPD, so a right held only below one opens none.
    """
    reach = current().reach("admin.audit")
    return None if reach.everywhere else frozenset(opd.hex for opd in reach.opds)


def _tested(source: Any, wanted: AuditFilter, within: frozenset[str] | None) -> list[sa.ColumnElement[bool]]:
    """Return the conditions that each row looked at is tested by; they lead the planner to no index of their own."""
    one = _only_chain(wanted, within)
    exact = {"person_id": wanted.person_id, "record_type": wanted.record_type, "record_id": wanted.record_id}
    found = [_unindexed(source.c[name]) == value for name, value in exact.items() if value]
    if wanted.operation:
        found.append(_unindexed(source.c.operation).startswith(wanted.operation, autoescape=True))
    if one and (source is not audit or len(_order(source, wanted, within)) > 1):
        found.append(_unindexed(source.c.chain) == one)
    elif within is not None and not one:
        found.append(_unindexed(source.c.chain).in_(sorted(within)))
    return found


def _unindexed(column: Any) -> sa.ColumnElement[Any]:
    return sa.func.coalesce(column, sa.null())


def _days(source: Any, wanted: AuditFilter) -> list[sa.ColumnElement[bool]]:
    found = [source.c.at >= _midnight(wanted.since)] if wanted.since else []
    return found + ([source.c.at < _midnight(wanted.until + timedelta(days=1))] if wanted.until else [])


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=clock.WITA)


def row(chain: str, sequence: int) -> Any:
    """Return one row with its values; NotFound when there is none or it is not for the actor."""
    chains = readable_chains()
    if chains is not None and chain not in chains:
        raise NotFound
    found = run(_ROWS.add_columns(audit.c.previous).where(audit.c.chain == chain, audit.c.sequence == sequence))
    one = found.first()
    if one is None:
        raise NotFound
    return one


def sentence(message: str, values: Mapping[str, Any] | None, actor: str) -> str:
    """Return the words of a row: its message in the reader's language, its places filled with what was kept.

    What was lawfully erased reads `(dihapus)`; what was never kept, `…`.
    """
    known = {"actor": actor, **(values or {})}
    missing = _("(dihapus)") if values is None else "…"

    def fill(place: re.Match[str]) -> str:
        value = known.get(place[1])
        return missing if value is None else shown(value)

    return _PLACE.sub(fill, _(message))


def shown(value: Any) -> str:
    """Return a kept value as people read it."""
    if isinstance(value, bool):
        return _("ya") if value else _("tidak")
    if isinstance(value, list):
        return ", ".join(shown(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{name}: {shown(item)}" for name, item in value.items())
    return _iso_day(str(value))


def _iso_day(text: str) -> str:
    try:
        return format_date(date.fromisoformat(text)) if len(text) == 10 else text
    except ValueError:
        return text


def who(found: Any) -> str:
    """Return who did what a row tells: the person, or the machine by its name."""
    if found.person_name:
        return str(found.person_name)
    kind = found.principal.partition(":")[0]
    words = {"job": _("Sistem"), "cli": _("Operator peladen"), "guest": _("Tamu")}
    return words.get(kind, _("Pengunjung"))


def last_change(record_type: str, record_id: UUID) -> Any:
    """Return the latest row about a record, None when there is none."""
    about = sa.and_(audit.c.record_type == record_type, audit.c.record_id == record_id)
    return run(_ROWS.where(about).order_by(audit.c.at.desc()).limit(1)).first()


def history(record_type: str, record_id: UUID, *, limit: int = 20) -> Sequence[Any]:
    """Return the latest rows about a record, newest first, for its detail page."""
    about = sa.and_(audit.c.record_type == record_type, audit.c.record_id == record_id)
    return run(_ROWS.where(about).order_by(audit.c.at.desc()).limit(limit)).all()


def chains() -> Sequence[Any]:
    """Return the chains the actor may read with their lengths: id, name of the OPD, sequence."""
    query = sa.select(audit_head.c.chain, audit_head.c.sequence).order_by(audit_head.c.chain)
    within = readable_chains()
    heads = run(query if within is None else query.where(audit_head.c.chain.in_(sorted(within)))).all()
    opds = [UUID(head.chain) for head in heads if head.chain != CORE]
    names = {row.id.hex: row.name for row in run(sa.select(UNITS.c.id, UNITS.c.name).where(UNITS.c.id.in_(opds)))}
    return [(head.chain, names.get(head.chain, _("Inti")), head.sequence) for head in heads]
