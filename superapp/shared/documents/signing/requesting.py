"""Asking for a signature, giving it, and what happens while the service is down.

With the simulator the signer's consent is enough: the document is *queued* and a job signs it. BSrE wants NIK and passphrase
each time; they live in the memory of one request. So when BSrE is down the document stays queued without them, and once it
answers again the signer is asked anew, by a task and a notice.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.access.actor import current
from superapp.kernel import clock, command
from superapp.kernel.database import run
from superapp.kernel.errors import NotFound, Refused
from superapp.kernel.language import N_
from superapp.kernel.language import gettext as _
from superapp.shared.documents import duties, keeping, letterheads
from superapp.shared.documents.issuing import change, make_again, number_of
from superapp.shared.documents.reading import Document, find
from superapp.shared.documents.rendering import drawing
from superapp.shared.documents.signatories import Signatory, as_of_today, signs
from superapp.shared.documents.signing.adapter import Identity, Signed, Signer, SignerAway, signer
from superapp.shared.files import Accepted
from superapp.shared.tables.documents import document as documents

D = documents.c
MOST = 50
"""Queued documents that one round asks anew for."""
SIGNED = N_("{actor} menandatangani naskah {number}")
BACK = N_("Layanan tanda tangan kembali. Tandatangani lagi: {title}")


def request_signature(document: Document) -> Document:
    """Have a document signed, in the command under way, and return it; it takes its number if it has none.

    Callable inside any command: a decision takes the number and signs at once. When the actor is the signer and the
    service needs no passphrase, this is his consent, and a job signs. Else the signer gets a task. Where documents are not
    signed electronically (SUPERAPP_ESIGN=off) it stays visibly unsigned. Raises Refused without a signer, when it is void
    or signed already.
    """
    command.current()
    present = number_of(document)
    _refuse_signed(present)
    if present.signer_person_id is None:
        raise Refused(_("Naskah ini belum punya penanda tangan."))
    service = signer()
    if service is None:
        return present
    if not service.asks_passphrase and signs(current(), present.signer_person_id, present.signer_position_id):
        return consent(present)
    asked = present if present.signing == "asked" else _asked(present)
    duties.give(asked)
    return asked


def _asked(present: Document) -> Document:
    change(present.id, signing="asked", fault="")
    return find(present.id)


def _refuse_signed(present: Document) -> None:
    if present.state == "void":
        raise Refused(_("Naskah ini sudah dibatalkan."))
    if present.signing == "signed":
        raise Refused(_("Naskah ini sudah ditandatangani."))


def consent(document: Document) -> Document:
    """Take the actor's consent as signer, in the command under way; a job signs. For services without a passphrase."""
    present = find(document.id, lock=True)
    _refuse_signed(present)
    duties.close(present.id)
    _tell(present)
    return make_again(present, signing="queued", fault="", **_as_actor(present))


def _as_actor(present: Document) -> dict[str, Any]:
    """Return the columns of the signer: whoever signs for the post today, under the title he bears."""
    person_id = current().person_id or present.signer_person_id
    return as_of_today(Signatory(present.signer_position_id, person_id=person_id))


def _tell(present: Document) -> None:
    said = {"number": present.number or present.title}
    command.current().also(SIGNED, "core_document", present.id, opd_id=present.opd_id, **said)


def to_sign(document_id: UUID) -> Document:
    """Return a document that waits for the actor's signature; NotFound for anybody else and anything else."""
    found = find(document_id)
    if found.signing not in ("asked", "queued") or not signs(
        current(), found.signer_person_id, found.signer_position_id
    ):
        raise NotFound(_("Naskah ini tidak ada."))
    return found


@dataclass(frozen=True)
class Attempt:
    """What became of a signature made before the transaction: the stored file, or nothing because the service is down."""

    revision: int
    accepted: Accepted | None = None
    document_id: str = field(default="", kw_only=True)
    provider: str = field(default="", kw_only=True)


def attempt(document: Document, service: Signer, *, nik: str = "", passphrase: str = "") -> Attempt:
    """Draw a document as signed, sign it, and put it into the store; slow, so for `prepare` alone.

    Raises Invalid at `nik_secret` or `passphrase`. A service that is down is an answer, not an error: the document is queued.
    """
    drawn = replace(document, **_as_actor(document))
    who = Identity(drawn.signer_name, nik, title=drawn.signer_title)
    try:
        signed = sealed(drawn, service, drawing.pdf(drawn, drawing.MARKS[service.name]), who, passphrase)
    except SignerAway:
        return Attempt(document.revision, provider=service.name)
    accepted = keeping.put(drawn, signed.content)
    return Attempt(document.revision, accepted, document_id=signed.document_id, provider=service.name)


def sealed(document: Document, service: Signer, pdf: bytes, who: Identity, passphrase: str = "") -> Signed:
    """Return a drawn document signed by the service, in the words of the document."""
    location = letterheads.head(document.opd_id).city
    return service.sign(pdf, identity=who, passphrase=passphrase, reason=document.title, location=location)


def settle(document: Document, made: Attempt) -> Document:
    """Write what an attempt brought, in the command under way. Refused when the document changed meanwhile."""
    present = find(document.id, lock=True)
    _refuse_signed(present)
    if present.revision != made.revision:
        raise Refused(_("Naskah ini berubah saat ditandatangani. Periksa, lalu tandatangani lagi."))
    duties.close(present.id)
    if made.accepted is None:
        change(present.id, signing="queued", provider=made.provider, fault=_("Layanan tanda tangan belum menjawab."))
        return find(present.id)
    _tell(present)
    change(present.id, **_as_actor(present))
    return signed(present, made.accepted, provider=made.provider, document_id=made.document_id)


def signed(present: Document, accepted: Accepted, *, provider: str, document_id: str) -> Document:
    """Keep the signed file of a document and note the signature, in the command under way."""
    keeping.replace(present, accepted)
    moment = clock.now()
    about = {"provider": provider, "provider_id": document_id, "rendered_at": moment, "signed_at": moment}
    change(present.id, state="signed", signing="signed", fault="", sha256=accepted.sha256, **about)
    keeping.announce(find(present.id))
    return find(present.id)


def watch() -> bool:
    """Tell whether documents wait for a service that answers again; the slow half of the job `documents.watch_signing`."""
    service = signer()
    return service is not None and service.asks_passphrase and bool(_waiting(1)) and service.alive()


def ask_again(prepared: bool) -> int:
    """Ask the signers of queued documents anew, now that the service answers (job); return how many."""
    waiting = _waiting(MOST) if prepared else []
    for document_id in waiting:
        present = find(document_id, lock=True)
        change(present.id, signing="asked", fault="")
        duties.give(present)
        duties.tell_signer(present, _(BACK).format(title=duties.shown(present)))
    return len(waiting)


def _waiting(most: int) -> list[UUID]:
    query = sa.select(D.id).where(D.signing == "queued", D.provider == "bsre").order_by(D.id).limit(most)
    return list(run(query).scalars())
