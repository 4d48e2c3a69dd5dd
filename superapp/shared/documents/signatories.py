"""Who signs a document: a post with whoever decides in it on the day, or a person; name and title as of then."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.access.actor import Actor
from superapp.extensions import db
from superapp.kernel.database import run
from superapp.kernel.errors import Invalid
from superapp.kernel.language import gettext as _
from superapp.organization import holders
from superapp.organization.appointments import label
from superapp.organization.models import Person
from superapp.shared.tables.documents import document as documents
from superapp.shared.tables.reference import rank

D = documents.c


@dataclass(frozen=True)
class Signatory:
    """Who is to sign: `position_id` (whoever decides in it that day), or `person_id`, or both: that person in that post."""

    position_id: UUID | None = None
    person_id: UUID | None = field(default=None, kw_only=True)


def as_of_today(signer: Signatory) -> dict[str, Any]:
    """Return the columns of a document that tell its signer: name with titles, post, NIP, rank.

    Raises Invalid at `signer` when nobody decides in the post today.
    """
    post = holders.post(signer.position_id) if signer.position_id else None
    if signer.person_id is None and (post is None or post.holder is None):
        raise Invalid(_("Jabatan penanda tangan sedang kosong. Pilih penanda tangan lain."), field="signer")
    person_id = signer.person_id or post.holder.person_id  # type: ignore[union-attr]
    person = db.session.get_one(Person, person_id)
    return {
        "signer_person_id": person_id,
        "signer_position_id": signer.position_id,
        "signer_name": person.full_name[:250],
        "signer_title": _title(post, person_id)[:250],
        "signer_number": person.nip or "",
        "signer_rank": _rank(person.rank_code),
    }


def _title(post: holders.Post | None, person_id: UUID) -> str:
    if post is None:
        hats = holders.hats(person_id)
        return hats[0].label if hats else ""
    own = next((holder for holder in post.holders if holder.person_id == person_id), None)
    return label(post.title, own.kind) if own else post.title


def _rank(code: str) -> str:
    name = run(sa.select(rank.c.name).where(rank.c.code == code)).scalar() if code else None
    return f"{name} ({code})" if name else code


def signs(actor: Actor, person_id: UUID | None, position_id: UUID | None) -> bool:
    """Tell whether an actor is the signer: that person, or today's holder of the post."""
    if actor.person_id is None:
        return False
    return actor.person_id == person_id or (position_id is not None and position_id in actor.rights.positions)
