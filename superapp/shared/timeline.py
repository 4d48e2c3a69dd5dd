"""The timeline of a record: who, as what, when, what; in the order in which it happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.access.actor import current
from superapp.access.scope import record_type
from superapp.kernel import clock, command
from superapp.kernel.database import run
from superapp.kernel.jobs.ledger import plain
from superapp.kernel.language import gettext as _
from superapp.kernel.prepared import Prepared
from superapp.shared.tables.work import timeline

L = timeline.c
WHAT = "what"
"""The value whose text is a source string itself ("menyetujui"), translated when read."""


@dataclass(frozen=True)
class Happening:
    """One line of a timeline; `text` is in the language of the reader."""

    at: datetime
    who: str
    title: str = field(default="", kw_only=True)
    text: str = field(kw_only=True)
    person_id: UUID | None = field(default=None, kw_only=True)
    values: Mapping[str, Any] = field(default_factory=dict, kw_only=True)
    waited_seconds: int = field(default=0, kw_only=True)


def note(record: Any, words: str, **values: Any) -> None:
    """Write a line for a record in the command under way.

    `words` is a source string with `{names}` of values ("Status menjadi {status}"), translated when read. Name and title
    are those that the actor bears now: later changes of his post leave the line as it was.
    """
    note_of(record_type(type(record)), record.id, words, **values)


def note_of(kind_of_record: str, record_id: UUID, words: str, **values: Any) -> None:
    """Write a line for a record that is known by type and id."""
    command.current()
    actor = current()
    _ADD.run(
        {
            "record_type": kind_of_record,
            "record_id": record_id,
            "at": clock.now(),
            "principal": actor.principal,
            "person_id": actor.person_id,
            "position_id": actor.position_id,
            "name": actor.name[:120],
            "title": (actor.hat.label if actor.hat else "")[:200],
            "words": words[:255],
            "values": plain(values),
        }
    )


_ADD = Prepared(sa.insert(timeline))


def of(record: Any, *, limit: int = 100) -> Sequence[Happening]:
    """Return the lines of a record, the latest first; the caller has checked that the record may be seen."""
    return of_record(record_type(type(record)), record.id, limit=limit)


def of_record(kind_of_record: str, record_id: UUID, *, limit: int = 100) -> Sequence[Happening]:
    """Return the lines of a record that is known by type and id, the latest first."""
    query = sa.select(timeline).where(L.record_type == kind_of_record, L.record_id == record_id)
    rows = run(query.order_by(L.id.desc()).limit(limit + 1)).all()
    befores = [*rows[1:], None]
    return [_happening(row, before) for row, before in zip(rows[:limit], befores, strict=False)]


def _happening(row: Any, before: Any) -> Happening:
    waited = int((row.at - before.at).total_seconds()) if before is not None else 0
    return Happening(
        row.at,
        row.name or _("Sistem"),
        title=row.title,
        text=_filled(row.words, row.values),
        person_id=row.person_id,
        values=row.values,
        waited_seconds=max(0, waited),
    )


def _filled(words: str, values: Mapping[str, Any]) -> str:
    """Return the words with their values; a value that was erased by law leaves a dash."""
    known: dict[str, Any] = dict(values)
    if isinstance(known.get(WHAT), str):
        known[WHAT] = _(known[WHAT])
    return _(words).format_map(_Dashes(known))


class _Dashes(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "–"
