"""Writing to the index, in the transaction of the record: what is found, and who may find it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.access.scope import record_type
from superapp.kernel import clock
from superapp.kernel.database import run
from superapp.kernel.prepared import Prepared
from superapp.shared.search.folding import folded
from superapp.shared.tables.search import search

SIGNED_IN = "signed-in"
"""The permission of what every colleague may find: people, units."""
LONGEST_BODY = 4000
BATCH = 500


@dataclass(frozen=True)
class Document:
    """Something to be found.

    Seen by who holds `permission` where `unit_id` (with its `opd_id`) lies, anywhere when there is no unit; with
    `person_id` by that person alone; by parties of the record always. From secrecy 2 on only parties find it.
    """

    record_type: str
    record_id: UUID
    title: str = field(kw_only=True)
    url: str = field(kw_only=True)
    kind: str = field(kw_only=True)
    permission: str = field(kw_only=True)
    body: str = field(default="", kw_only=True)
    unit_id: UUID | None = field(default=None, kw_only=True)
    opd_id: UUID | None = field(default=None, kw_only=True)
    person_id: UUID | None = field(default=None, kw_only=True)
    module: str = field(default="", kw_only=True)
    secrecy: int = field(default=0, kw_only=True)


def index(document: Document) -> None:
    """Put a document into the index or replace it, in the present transaction."""
    index_many([document])


def index_many(documents: Iterable[Document]) -> int:
    """Put many documents into the index or replace them, in the present transaction; return how many."""
    rows = [_row(document) for document in documents]
    for start in range(0, len(rows), BATCH):
        _UPSERT.run_many(rows[start : start + BATCH])
    return len(rows)


def index_record(row: Any, title: str, *, url: str, kind: str, permission: str, body: str = "") -> None:
    """Put a record of a module into the index: unit, OPD, module and secrecy are the row's own."""
    model = type(row)
    index(
        Document(
            record_type(model),
            row.id,
            title=title,
            url=url,
            kind=kind,
            permission=permission,
            body=body,
            unit_id=getattr(row, "unit_id", None),
            opd_id=getattr(row, "opd_id", None),
            module=getattr(model, "__plugin__", ""),
            secrecy=getattr(row, "secrecy", 0) or 0,
        )
    )


def remove(kind_of_record: str, record_ids: Iterable[UUID]) -> None:
    """Take records out of the index, in the present transaction."""
    run(sa.delete(search).where(search.c.record_type == kind_of_record, search.c.record_id.in_(list(record_ids))))


def forget_module(module: str) -> int:
    """Take all records of an uninstalled module out of the index; return how many."""
    return run(sa.delete(search).where(search.c.module == module)).rowcount


def _row(document: Document) -> dict[str, Any]:
    return {
        "record_type": document.record_type,
        "record_id": document.record_id,
        "kind": document.kind,
        "module": document.module,
        "title": document.title[:255],
        "body": document.body[:LONGEST_BODY],
        "folded": folded(document.title[:255]),
        "url": document.url,
        "permission": document.permission,
        "unit_id": document.unit_id,
        "opd_id": document.opd_id,
        "person_id": document.person_id,
        "secrecy": document.secrecy,
        "updated_at": clock.now(),
    }


_REPLACED = tuple(name for name in search.c.keys() if name not in ("id", "record_type", "record_id"))  # noqa: SIM118


def _upsert(insert: Any) -> sa.Executable:
    adding = insert(search)
    replaced = {name: adding.excluded[name] for name in _REPLACED}
    upsert: sa.Executable = adding.on_conflict_do_update(index_elements=["record_type", "record_id"], set_=replaced)
    return upsert


_UPSERT = Prepared(_upsert)
