"""Documents as others see them: by id, by the code of their QR, of a record."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.access.scope import record_type
from superapp.kernel.database import run
from superapp.kernel.errors import NotFound
from superapp.kernel.language import N_
from superapp.kernel.language import gettext as _
from superapp.shared.tables.documents import document as documents

D = documents.c
MOST_DRAFTS = 100
_CODE = re.compile(r"[A-Z2-7]{26}")
STATUSES = {
    "draft": ("", "pencil", N_("Konsep, belum bernomor")),
    "unsigned": ("warn", "pencil", N_("Belum ditandatangani secara elektronik")),
    "asked": ("info", "clock", N_("Menunggu tanda tangan")),
    "queued": ("info", "clock", N_("Antre tanda tangan")),
    "simulated": ("warn", "triangle-alert", N_("Tanda tangan simulasi, tidak sah")),
    "valid": ("ok", "circle-check", N_("Sah, ditandatangani secara elektronik")),
    "void": ("bad", "x", N_("Dibatalkan")),
}
"""Status key → (tone, icon, words in the source language)."""


@dataclass(frozen=True, kw_only=True)
class Document:
    """A document as issued.

    `state` is draft, numbered, rendered, signed or void; `signing` is "" (nobody asked), asked (waits for the signer),
    queued (the signature is being made, or its service is down) or signed. `secrecy` is 0 to 3. The signer's name and
    title are those of the day. `sha256` is the fingerprint of the bytes of `file_id`.
    """

    id: UUID
    code: str
    template: str
    kind: str
    module: str
    opd_id: UUID
    record_type: str
    record_id: UUID
    permission: str
    url: str
    title: str
    secrecy: int
    record_class: str
    state: str
    signing: str
    revision: int
    number: str | None
    dated_on: date | None
    signer_person_id: UUID | None
    signer_position_id: UUID | None
    signer_name: str
    signer_title: str
    signer_number: str = field(repr=False)
    signer_rank: str
    provider: str
    sha256: str
    file_id: UUID | None
    fault: str
    void_reason: str
    created_at: datetime
    created_by: UUID | None
    rendered_at: datetime | None
    signed_at: datetime | None
    voided_at: datetime | None
    number_suffix: str = field(default="")
    number_reason: str = field(default="")

    @property
    def verify_path(self) -> str:
        """Return the address of the public page, within the app."""
        return f"/v/{self.code}"

    @property
    def look(self) -> tuple[str, str, str]:
        """Return tone, icon and words (in the source language) of the status."""
        return STATUSES[self.status]

    @property
    def status(self) -> str:
        """Return the key of STATUSES that tells where the document is."""
        if self.state in ("void", "draft"):
            return self.state
        if self.state == "signed":
            return "simulated" if self.provider == "simulator" else "valid"
        return self.signing or "unsigned"


@cache
def _select() -> sa.Select[Any]:
    return sa.select(*(D[one.name] for one in fields(Document)))


def of_row(row: Any) -> Document:
    """Return a row of the select below as a Document."""
    return Document(**{one.name: row._mapping[one.name] for one in fields(Document)})


def find(document_id: UUID, *, lock: bool = False) -> Document:
    """Return a document without a question about rights; raises NotFound. `lock` for a change (FOR UPDATE)."""
    query = _select().where(D.id == document_id)
    row = run(query.with_for_update() if lock else query).first()
    if row is None:
        raise NotFound(_("Naskah ini tidak ada."))
    return of_row(row)


def by_code(code: str) -> Document | None:
    """Return the document whose QR or printed code this is, typed in any case, with spaces or hyphens; else None."""
    bare = re.sub(r"[\s-]", "", code[:80]).upper()
    row = run(_select().where(D.code == bare)).first() if _CODE.fullmatch(bare) else None
    return of_row(row) if row else None


def documents_of(record: Any) -> Sequence[Document]:
    """Return the documents of a record, the latest first; the caller has checked that the record may be seen."""
    query = _select().where(D.record_type == record_type(type(record)), D.record_id == record.id)
    return [of_row(row) for row in run(query.order_by(D.id.desc()))]


NARROWED = {"void": D.state == "void", "inserted": D.number_suffix != ""}
"""What a register may be narrowed to."""


def numbered(clause: sa.ColumnElement[bool] | None, period: str, only: str = "") -> sa.Select[Any]:
    """Return the select of documents with a number of a period ("2026") within a predicate (None: all).

    `only` is "" or a key of NARROWED.
    """
    query = _select().where(D.number_period == period)
    query = query.where(NARROWED[only]) if only else query
    return query if clause is None else query.where(clause)


def drafts(opd_id: UUID) -> list[Document]:
    """Return the drafts of an OPD that still lack a number, the latest first, at most MOST_DRAFTS."""
    query = _select().where(D.opd_id == opd_id, D.state == "draft", D.number.is_(None))
    return [of_row(row) for row in run(query.order_by(D.id.desc()).limit(MOST_DRAFTS))]


def grouped(code: str, size: int = 5) -> str:
    """Return a code in groups for reading aloud: `ABCDE-FGHIJ-…`."""
    return "-".join(code[start : start + size] for start in range(0, len(code), size))
