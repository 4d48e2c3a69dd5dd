"""Issuing documents: made in a command, numbered once, made anew when something changed, voided but never reused."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.access.scope import record_type
from superapp.kernel import clock, command, ids
from superapp.kernel.database import run
from superapp.kernel.errors import Invalid, Refused
from superapp.kernel.jobs import enqueue
from superapp.kernel.language import N_
from superapp.kernel.language import gettext as _
from superapp.kernel.values import clean_text
from superapp.shared.documents import duties, numbering, templates
from superapp.shared.documents.numbering import Subject, Taken
from superapp.shared.documents.reading import Document, find
from superapp.shared.documents.signatories import Signatory, as_of_today
from superapp.shared.documents.values import LARGEST, frozen
from superapp.shared.tables.documents import document as documents

RENDER = "documents.render"
D = documents.c
NOBODY = Signatory()
VOIDED = N_("{actor} membatalkan naskah {number}: {reason}")
INSERTED = N_("{actor} menyisipkan nomor {number}: {reason}")


def issue(
    record: Any,
    template: str,
    values: Mapping[str, Any],
    *,
    title: str,
    permission: str,
    signer: Signatory = NOBODY,
    opd_id: UUID | None = None,
    secrecy: int = 0,
    record_class: str = "",
    url: str = "",
    number: bool = False,
) -> Document:
    """Issue a document of a record in the command under way and return it; its PDF is made by a job.

    `template` is the key of a DocumentTemplate, `values` what it is filled with (texts, numbers, dates; kept as they are
    now). `title` is the subject that the public page shows; `permission` that under which who sees the record reads the
    file; `opd_id` whose letterhead and numbers it bears (the record's); `url` the record's page for notices. Without
    `number` it is a draft ("KONSEP") until `number_of`. Raises Invalid at `title`, `signer`, `record_class`.
    """
    command.current()
    known = templates.template(template)
    own, opd = ids.uuid7(), opd_id or record.opd_id
    row = {
        "id": own,
        "code": base64.b32encode(secrets.token_bytes(16)).decode().rstrip("="),
        "template": known.key,
        "kind": known.kind,
        "module": getattr(type(record), "__plugin__", ""),
        "opd_id": opd,
        "record_type": record_type(type(record)),
        "record_id": record.id,
        "permission": permission,
        "url": url[:255],
        "title": _title(title),
        "values": _kept(values),
        "secrecy": secrecy,
        "record_class": record_class or known.record_class,
        "state": "draft",
        "created_at": clock.now(),
        "created_by": command.current().actor.person_id,
        **(as_of_today(signer) if signer != NOBODY else {}),
    }
    run(sa.insert(documents).values(row))
    if number:
        return number_of(find(own))
    _make(own, 1, opd)
    return find(own)


def _title(text: str) -> str:
    clean = clean_text(text)
    if not clean:
        raise Invalid(_("Isi hal naskah."), field="title")
    if len(clean) > 200:
        raise Invalid(_("Paling banyak {n} karakter. Anda mengisi {m}.", n=200, m=len(clean)), field="title")
    return clean


def _kept(values: Mapping[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = frozen(values)
    if len(json.dumps(kept)) > LARGEST:
        raise Invalid(_("Isi naskah terlalu panjang."))
    return kept


def redraw(document: Document, values: Mapping[str, Any], *, title: str = "") -> Document:
    """Fill a draft anew in the command under way; Refused once it has a number."""
    present = find(document.id, lock=True)
    if present.state != "draft":
        raise Refused(_("Naskah sudah bernomor, jadi isinya tetap. Batalkan dulu, lalu buat yang baru."))
    return make_again(present, values=_kept(values), title=_title(title or present.title))


def number_of(document: Document) -> Document:
    """Return the document with its number, taken now in the command under way when it has none.

    Callable inside any command: a decision may take the number and sign at once. Raises Refused when it is void, Invalid
    at `record_class` when the pattern needs a classification code.
    """
    present = find(document.id, lock=True)
    _refuse_void(present)
    return present if present.number else _numbered(present, numbering.take(_subject(present)))


def insert_number(document: Document, *, after: str, reason: str) -> Document:
    """Give a draft an inserted number (*sisipan*, `545.a` after `545`), dated as that one, in the command under way.

    Raises Invalid at `after` or `reason`, Refused when it has a number or is void.
    """
    present = find(document.id, lock=True)
    _refuse_void(present)
    if present.number:
        raise Refused(_("Naskah ini sudah bernomor."))
    why = _reason(reason)
    numbered = _numbered(present, numbering.insert_after(_subject(present), after), number_reason=why)
    _tell(INSERTED, numbered, why)
    return numbered


def _subject(found: Document) -> Subject:
    return Subject(opd_id=found.opd_id, kind=found.kind, secrecy=found.secrecy, record_class=found.record_class)


def _numbered(found: Document, taken: Taken, **more: Any) -> Document:
    if len(taken.text) > 120:
        raise Invalid(_("Nomor menjadi lebih dari 120 karakter. Pendekkan polanya."))
    return make_again(
        found,
        state="numbered",
        number=taken.text,
        number_scope=taken.scope,
        number_period=taken.period,
        number_value=taken.value,
        number_suffix=taken.suffix,
        dated_on=taken.dated_on,
        **more,
    )


def void(document: Document, reason: str) -> Document:
    """Void a document in the command under way: its number stays taken, its public page says so with the reason.

    Raises Invalid at `reason` when there is none, Refused when it is void already.
    """
    present = find(document.id, lock=True)
    _refuse_void(present)
    why = _reason(reason)
    changes = {"state": "void", "signing": "", "void_reason": why, "voided_at": clock.now()}
    change(present.id, revision=D.revision + 1, **changes)
    duties.close(present.id)
    _tell(VOIDED, present, why)
    return find(present.id)


def _reason(text: str) -> str:
    clean = clean_text(text)
    if not clean:
        raise Invalid(_("Isi alasannya."), field="reason")
    if len(clean) > 300:
        raise Invalid(_("Paling banyak {n} karakter. Anda mengisi {m}.", n=300, m=len(clean)), field="reason")
    return clean


def _refuse_void(found: Document) -> None:
    if found.state == "void":
        raise Refused(_("Naskah ini sudah dibatalkan."))


def _tell(words: str, found: Document, reason: str) -> None:
    """Add an audit row of its own: numbers are answered for one by one."""
    said = {"number": found.number or found.title, "reason": reason}
    command.current().also(words, "core_document", found.id, opd_id=found.opd_id, **said)


def make_again(found: Document, **changes: Any) -> Document:
    """Change columns of a document in the command under way and have its PDF made anew."""
    revision = found.revision + 1
    change(found.id, revision=revision, **changes)
    _make(found.id, revision, found.opd_id)
    return find(found.id)


def change(document_id: UUID, **changes: Any) -> None:
    """Write columns of a document."""
    run(sa.update(documents).where(D.id == document_id).values(changes))


def _make(document_id: UUID, revision: int, opd_id: UUID) -> None:
    enqueue(
        RENDER,
        {"document_id": document_id, "revision": revision},
        key=f"{RENDER}:{document_id}:{revision}",
        opd_id=opd_id,
        person_id=command.current().actor.person_id,
    )
