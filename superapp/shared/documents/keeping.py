"""The file of a document: put into the store, attached to its record, replaced when it is made anew."""

from __future__ import annotations

import hashlib
import re
from io import BytesIO

from superapp.extensions import db
from superapp.kernel import clock
from superapp.kernel.events import Event, EventType, emit
from superapp.kernel.language import N_
from superapp.kernel.language import gettext as _
from superapp.shared.documents import duties
from superapp.shared.documents.issuing import change
from superapp.shared.documents.reading import Document
from superapp.shared.files import Accepted, File, keep, remove, store
from superapp.shared.files.store import new_key

READY = EventType("documents.ready", N_("Naskah siap"), fields=("document_id", "template", "number"))
SIGNED = EventType("documents.signed", N_("Naskah ditandatangani"), fields=("document_id", "template", "number"))


def put(document: Document, content: bytes) -> Accepted:
    """Put the bytes of a document into the store, before the transaction; without its row the sweep takes them away."""
    key = new_key()
    store().put(key, BytesIO(content))
    about = {"content_type": "application/pdf", "size": len(content), "sha256": fingerprint(content)}
    return Accepted(key, file_name(document), **about)  # type: ignore[arg-type]


def fingerprint(content: bytes) -> str:
    """Return the SHA-256 of a file in hex: what the public page shows and compares."""
    return hashlib.sha256(content).hexdigest()


def file_name(document: Document) -> str:
    """Return the name that people see: the number, else the kind, never a person's."""
    words = document.number or f"konsep-{document.kind}"
    return re.sub(r"[^0-9A-Za-z.]+", "-", words).strip("-.")[:100] + ".pdf"


def replace(document: Document, accepted: Accepted) -> None:
    """Attach the file to the document's record in the command under way; the one before goes after the commit."""
    made = keep(accepted)
    made.record_type, made.record_id = document.record_type, document.record_id
    made.permission, made.module, made.opd_id = document.permission, document.module, document.opd_id
    made.attached_at = clock.now()
    db.session.flush()
    change(document.id, file_id=made.id)
    before = db.session.get(File, document.file_id) if document.file_id else None
    if before is not None:
        remove(before)


def announce(document: Document) -> None:
    """Tell who issued it, and every module that listens, in the command under way; a draft is nobody's news."""
    if document.number is None:
        return
    is_signed = document.state == "signed"
    duties.tell(document, _("Naskah ditandatangani") if is_signed else _("Surat siap"))
    fields = {"document_id": document.id, "template": document.template, "number": document.number}
    kind = SIGNED if is_signed else READY
    emit(
        Event(
            kind.name,
            fields,
            record_type=document.record_type,
            record_id=document.record_id,
            opd_id=document.opd_id,
        )
    )
