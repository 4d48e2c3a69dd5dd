"""*Minta akses*: a person asks for a right; those who can grant it at his unit get a task; he hears the answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.access import grants
from superapp.access.actor import Actor
from superapp.access.grants import Holder
from superapp.access.rights import rights_of
from superapp.kernel import clock, command, ids, stamps
from superapp.kernel.database import run
from superapp.kernel.errors import NotFound, Refused
from superapp.kernel.language import gettext as _
from superapp.navigation.granting import GRANTS, Keeper, keepers
from superapp.navigation.models import access_request
from superapp.navigation.reports import shortened
from superapp.organization.models import Person, Position, Unit
from superapp.plugin.host import host
from superapp.shared import agenda, notices, tasks
from superapp.shared.tasks import Duty

RECORD = "core_access_request"
KIND = "navigation.access"
ANSWERED_WITHIN = 2
Q, N, P, U = access_request.c, Person.__table__.c, Position.__table__.c, Unit.__table__.c


@dataclass(frozen=True)
class Wanted:
    """A right somebody lacks: its words, its module, and who can grant it."""

    permission: str
    words: str = field(kw_only=True)
    module: str = field(default="", kw_only=True)
    keepers: tuple[Keeper, ...] = field(default=(), kw_only=True)


def wanted(permission: str, actor: Actor) -> Wanted:
    """Return what is known of a right; NotFound for one that nobody declared."""
    found = host().permissions.get(permission)
    if found is None:
        raise NotFound
    title = _(host().title(found.owner)) if found.owner in host().plugins else ""
    others = keepers(GRANTS, actor.unit_id, but=actor.person_id)
    return Wanted(permission, words=_(found.words), module=title, keepers=tuple(others))


def ask(actor: Actor, permission: str, *, reason: str, page: str) -> UUID:
    """Write the request and give it to those who can grant; inside a command.

    Raises NotFound for an unknown right, Refused when the actor holds it, waits for it, has no post, or nobody can.
    """
    want = wanted(permission, actor)
    if actor.may(permission):
        raise Refused(_("Anda sudah punya akses ini. Muat ulang halamannya."))
    if actor.unit_id is None:
        raise Refused(_("Anda belum memegang jabatan. Hubungi kepegawaian unit Anda."))
    if not want.keepers:
        raise Refused(_("Belum ada yang bisa memberi akses ini. Hubungi Diskominfo."))
    same = sa.and_(Q.person_id == actor.person_id, Q.permission == permission, Q.state == "open")
    if run(sa.select(Q.id).where(same)).first() is not None:
        raise Refused(_("Permintaan Anda untuk akses ini masih menunggu jawaban."))
    own = ids.uuid7()
    place = {"position_id": actor.position_id, "unit_id": actor.unit_id}
    run(
        sa.insert(access_request).values(
            id=own,
            person_id=actor.person_id,
            permission=permission,
            page=page,
            reason=reason,
            created_at=clock.now(),
            **place,
        )
    )
    command.current().about(RECORD, own, opd_id=actor.opd_id, permission=permission)
    for duty in _duties(own, actor, want):
        tasks.give(duty)
    return own


def _duties(own: UUID, actor: Actor, want: Wanted) -> list[Duty]:
    made = {}
    for keeper in want.keepers:
        holder = {"position_id": keeper.position_id} if keeper.position_id else {"person_id": keeper.person_id}
        made[str(holder)] = Duty(
            _("Permintaan akses: {words}", words=shortened(want.words, 60)),
            f"/access/requests/{own}",
            kind=KIND,
            record_type=RECORD,
            record_id=own,
            opd_id=actor.opd_id,
            due_at=agenda.after(clock.now(), agenda.time_of(ANSWERED_WITHIN)),
            **holder,  # type: ignore[arg-type]
        )
    return list(made.values())


_ROWS = sa.select(
    access_request,
    N.name.label("asker"),
    P.title.label("post"),
    U.name.label("unit"),
    U.path.label("path"),
    U.opd_id.label("opd_id"),
).select_from(
    access_request.join(Person.__table__, N.id == Q.person_id)
    .join(Unit.__table__, U.id == Q.unit_id)
    .outerjoin(Position.__table__, P.id == Q.position_id)
)


def one(request_id: UUID, actor: Actor) -> Any:
    """Return a request; NotFound unless it is the actor's own or his right to grant reaches its unit."""
    row = run(_ROWS.where(Q.id == request_id)).first()
    if row is None or (row.person_id != actor.person_id and not may_decide(actor, row)):
        raise NotFound
    return row


def may_decide(actor: Actor, row: Any) -> bool:
    """Tell whether the actor may answer: his right to grant reaches the unit, and it is not his own request."""
    return row.person_id != actor.person_id and actor.reach(GRANTS).covers(row.path, row.opd_id)


def decide(actor: Actor, request_id: UUID, *, to: str, words: str) -> None:
    """Answer a request and tell the person; inside a command.

    `to` is `post` (whoever holds it), `person`, or empty to refuse. The right is given at the unit of the request,
    unless a role has brought it meanwhile. Raises Forbidden when the actor does not hold himself what he would give.
    """
    row = one(request_id, actor)
    if not may_decide(actor, row):
        raise NotFound
    values = {
        "state": "granted" if to else "refused",
        "answer": words,
        "decided_by": actor.person_id,
        "decided_at": clock.now(),
    }
    if not run(sa.update(access_request).where(Q.id == request_id, Q.state == "open").values(**values)).rowcount:
        raise Refused(_("Permintaan ini sudah dijawab."))
    if to and not _holds(row):
        holder = Holder(position_id=row.position_id) if to == "post" and row.position_id else Holder(row.person_id)
        grants.give(row.permission, holder, row.unit_id)
    tasks.close_of(RECORD, request_id)
    title = _("Akses Anda sudah dibuka") if to else _("Permintaan akses belum bisa dipenuhi")
    url = row.page if to and row.page else f"/access/requests/{request_id}"
    notices.notify(row.person_id, title, body=words or permission_words(row.permission), url=url)
    command.current().about(RECORD, request_id, opd_id=row.opd_id, person=row.asker, permission=row.permission)


def _holds(row: Any) -> bool:
    return rights_of(row.person_id, stamps.read().access, clock.today()).holds(row.permission)


def permission_words(permission: str) -> str:
    """Return what a right allows, in words."""
    found = host().permissions.get(permission)
    return _(found.words) if found else permission
