"""The job that makes a document's PDF, and signs it where consent was given and no passphrase is needed."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from superapp.kernel import clock
from superapp.kernel.errors import NotFound
from superapp.shared.documents import keeping
from superapp.shared.documents.issuing import change
from superapp.shared.documents.reading import Document, find
from superapp.shared.documents.rendering import drawing
from superapp.shared.documents.signing import requesting
from superapp.shared.documents.signing.adapter import Identity, Signer, signer
from superapp.shared.files import Accepted


@dataclass(frozen=True)
class Made:
    """A PDF in the store; with a `provider` it is signed."""

    accepted: Accepted
    provider: str = field(default="", kw_only=True)
    document_id: str = field(default="", kw_only=True)


def prepare(document_id: str, revision: int) -> Made | None:
    """Draw a document, and sign it if that is wanted; None when it changed meanwhile and a later job does it."""
    document = _wanted(document_id, revision)
    if document is None:
        return None
    service = signer() if document.signing == "queued" else None
    if service is None or service.asks_passphrase:
        mark = "unsigned" if document.number else "draft"
        return Made(keeping.put(document, drawing.pdf(document, drawing.MARKS[mark])))
    return _signed(document, service)


def _signed(document: Document, service: Signer) -> Made:
    pdf = drawing.pdf(document, drawing.MARKS[service.name])
    who = Identity(document.signer_name, title=document.signer_title)
    done = requesting.sealed(document, service, pdf, who)
    accepted = keeping.put(document, done.content)
    return Made(accepted, provider=service.name, document_id=done.document_id)


def note(document_id: str, revision: int, prepared: Made | None) -> str:
    """Keep the file and tell people; return the state of the document."""
    document = _wanted(document_id, revision, lock=True)
    if document is None or prepared is None:
        return "outdated"
    if prepared.provider:
        done = requesting.signed(
            document, prepared.accepted, provider=prepared.provider, document_id=prepared.document_id
        )
        return done.state
    keeping.replace(document, prepared.accepted)
    state = "rendered" if document.number else "draft"
    change(document.id, state=state, sha256=prepared.accepted.sha256, rendered_at=clock.now())
    keeping.announce(find(document.id))
    return state


def _wanted(document_id: str, revision: int, *, lock: bool = False) -> Document | None:
    try:
        found = find(UUID(document_id), lock=lock)
    except NotFound:
        return None
    return found if found.revision == revision and found.state != "void" else None
