"""The signer's task: given when a signature is asked for, closed when it is made or no longer wanted."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from superapp.access.scope import SECRET
from superapp.kernel.database import run
from superapp.kernel.language import gettext as _
from superapp.shared import notices, tasks
from superapp.shared.documents.reading import Document
from superapp.shared.tables.work import task

KIND = "documents.sign"


def shown(document: Document) -> str:
    """Return the title as lists may show it: that of a secret document stays in its record."""
    return _("naskah rahasia") if document.secrecy >= SECRET else document.title


def give(document: Document) -> None:
    """Give the signer the task to sign, and the right to read the record, in the command under way."""
    duty = tasks.Duty(
        _("Tandatangani: {title}", title=shown(document)),
        f"/documents/{document.id}/sign",
        kind=KIND,
        module=document.module,
        opd_id=document.opd_id,
        record_type=document.record_type,
        record_id=document.record_id,
        key=_key(document.id),
        party="signer",
        position_id=document.signer_position_id,
        person_id=None if document.signer_position_id else document.signer_person_id,
    )
    tasks.give(duty)


def close(document_id: UUID) -> None:
    """Close the open task of a document, if there is one, in the command under way."""
    found = run(sa.select(task.c.id).where(task.c.key == _key(document_id), task.c.closed_at.is_(None))).scalar()
    if found is not None:
        tasks.close(found)


def _key(document_id: UUID) -> str:
    return f"{KIND}:{document_id}"


def tell(document: Document, words: str) -> None:
    """Tell who issued the document, in the command under way."""
    if document.created_by is not None:
        notices.notify(
            document.created_by,
            f"{words}: {shown(document)}",
            body=document.number or "",
            url=document.url,
            kind="documents",
            module=document.module,
            opd_id=document.opd_id,
        )


def tell_signer(document: Document, words: str) -> None:
    """Tell the signer, or whoever holds his post today, in the command under way."""
    url = f"/documents/{document.id}/sign"
    if document.signer_position_id is not None:
        notices.notify_position(document.signer_position_id, words, url=url, kind="documents", module=document.module)
    elif document.signer_person_id is not None:
        notices.notify(document.signer_person_id, words, url=url, kind="documents", module=document.module)
