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


_ROWS = sa.select(
    audit.c.chain,
    audit.c.sequence,
    audit.c.at,
    audit.c.principal,
    audit.c.person_id,
    audit.c.operation,
    audit.c.message,
    audit.c.record_type,
    audit.c.record_id,
    audit.c.request_id,
    audit_values.c["values"].label("kept"),
    audit_values.c.erased_at,
    PEOPLE.c.name.label("person_name"),
).select_from(
    audit.outerjoin(
        audit_values, sa.and_(audit_values.c.chain == audit.c.chain, audit_values.c.sequence == audit.c.sequence)
    ).outerjoin(PEOPLE, PEOPLE.c.id == audit.c.person_id)
)


def rows(wanted: AuditFilter, cursor: str = "", *, size: int = 20) -> Page:
    """Return one page of the trail that the actor may read, newest first."""
    chains = readable_chains()
    return page_of(_ROWS.where(*conditions(wanted, chains)), _order(wanted, chains), cursor, descending=True, size=size)


def _order(wanted: AuditFilter, chains: frozenset[str] | None) -> tuple[Any, ...]:
    """Return the keys to page by: within one chain its own order, which its primary key has; over many the time."""
    one = bool(wanted.chain) or (chains is not None and len(chains) == 1)
    return (audit.c.sequence,) if one else (audit.c.at, audit.c.chain, audit.c.sequence)


def every(wanted: AuditFilter, within: frozenset[str] | None, *, most: int) -> Iterator[Any]:
    """Yield the rows of the trail within chains (None: all), newest first, a thousand at a time, with their hashes."""
    query = _ROWS.add_columns(audit.c.hash).where(*conditions(wanted, within))
    keys, cursor, left = _order(wanted, within), "", most
    while left > 0:
        page = page_of(query, keys, cursor, descending=True, size=min(1000, left))
        yield from page.rows
        if not page.next:
            return
        cursor, left = page.next, left - len(page.rows)


def readable_chains() -> frozenset[str] | None:
    """Return the chains the actor may read: None for all, else those of the OPDs where the right is held.

    A chain belongs to a whole OPD, so a right held only below one opens none.
    """
    reach = current().reach("admin.audit")
    return None if reach.everywhere else frozenset(opd.hex for opd in reach.opds)


def conditions(wanted: AuditFilter, chains: frozenset[str] | None) -> list[sa.ColumnElement[bool]]:
    """Return the predicates of a filter within the chains."""
    found: list[sa.ColumnElement[bool]] = []
    if chains is not None:
        one = audit.c.chain == next(iter(chains)) if len(chains) == 1 else None
        found.append(one if one is not None else audit.c.chain.in_(sorted(chains)) if chains else sa.false())
    exact = {
        audit.c.person_id: wanted.person_id,
        audit.c.record_type: wanted.record_type,
        audit.c.record_id: wanted.record_id,
        audit.c.chain: wanted.chain,
    }
    found += [column == value for column, value in exact.items() if value]
    if wanted.operation:
        found.append(audit.c.operation.startswith(wanted.operation, autoescape=True))
    if wanted.since:
        found.append(audit.c.at >= _midnight(wanted.since))
    if wanted.until:
        found.append(audit.c.at < _midnight(wanted.until + timedelta(days=1)))
    return found


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=clock.WITA)


def row(chain: str, sequence: int) -> Any:
    """Return one row with its values; NotFound when there is none or it is not for the actor."""
    chains = readable_chains()
    if chains is not None and chain not in chains:
        raise NotFound
    found = run(
        _ROWS.add_columns(audit.c.hash, audit.c.previous).where(audit.c.chain == chain, audit.c.sequence == sequence)
    )
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
