"""What the profile page tells: deputies, and where one is signed in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from superapp.access.actor import Actor
from superapp.kernel import clock, secrets
from superapp.kernel.database import run
from superapp.login import devices
from superapp.login import session as sessions
from superapp.login.tables import session
from superapp.organization import holders


@dataclass(frozen=True)
class Deputy:
    """Somebody who holds one of the person's posts as Plt. or Plh. today."""

    name: str
    title: str
    kind: str = field(kw_only=True)


@dataclass(frozen=True)
class SignedIn:
    """A place where the person is signed in; `reference` stands for it in forms, its id is nobody's business."""

    id: str = field(repr=False)
    browser: str = field(kw_only=True)
    address: str = field(kw_only=True)
    last_seen: datetime = field(kw_only=True)
    created_at: datetime = field(kw_only=True)
    device_id: UUID | None = field(kw_only=True)
    here: bool = field(default=False, kw_only=True)

    @property
    def reference(self) -> str:
        """A short name of the session that cannot be guessed from elsewhere."""
        return secrets.sign("session-reference", self.id)[:24]


def deputies(actor: Actor) -> list[Deputy]:
    """Return who stands in today in the posts that the person holds."""
    posts = holders.posts([hat.position_id for hat in actor.hats]).values()
    return [
        Deputy(holder.name, post.title, kind=holder.kind)
        for post in posts
        for holder in post.holders
        if holder.kind != "definitive" and holder.person_id != actor.person_id
    ]


def sessions_of(person_id: UUID, here: str = "") -> list[SignedIn]:
    """Return where the person is signed in now, the last used first; `here` is the id of this browser's session."""
    moment = clock.now()
    columns = (session.c.id, session.c.browser, session.c.address, session.c.last_seen, session.c.created_at)
    going_on = sa.and_(session.c.expires_at >= moment, session.c.last_seen >= moment - sessions.IDLE)
    query = sa.select(*columns, session.c.device_id).where(session.c.person_id == person_id, going_on)
    rows = run(query.order_by(session.c.last_seen.desc(), session.c.id)).all()
    return [SignedIn(**row._mapping, here=row.id == here) for row in rows]


def end_session(person_id: UUID, reference: str) -> SignedIn | None:
    """End one of the person's sessions and forget its device; None when it is over already (in a command)."""
    found = next((one for one in sessions_of(person_id) if one.reference == reference), None)
    if found is not None:
        sessions.end([found.id])
        devices.forget(person_id, [found.device_id] if found.device_id else [])
    return found


def end_others(person_id: UUID, here: str) -> int:
    """End all sessions but this one and forget their devices; return how many (in a command)."""
    others = [one for one in sessions_of(person_id, here) if not one.here]
    own = {one.device_id for one in sessions_of(person_id, here) if one.here}
    strangers = {one.device_id for one in others if one.device_id} - own
    sessions.end([one.id for one in others])
    devices.forget(person_id, sorted(one for one in strangers if one))
    return len(others)
