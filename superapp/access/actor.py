"""The actor: who acts in this request, job or command line, under which hat, with which rights."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from flask import g, has_request_context
from flask_login import current_user

from superapp.access.rights import NO_RIGHTS, Hat, Reach, Rights, rights_of
from superapp.kernel import clock, stamps
from superapp.kernel.jobs import actor as jobs
from superapp.kernel.ports import Stamps

NO_STAMPS = Stamps(0, 0)


@dataclass(frozen=True)
class GuestPass:
    """What a guest is let in for: one permission on one record, until a moment."""

    guest_id: UUID
    permission: str
    record_type: str = field(kw_only=True)
    record_id: UUID = field(kw_only=True)


@dataclass(frozen=True, eq=False)
class Actor:
    """Who acts; also the user object of Flask-Login.

    `principal` is `person:<id>`, `guest:<id>`, `anon:<id>`, `job:<kind>` or `cli`. `hat` is the position whose unit new
    records get and whose name decisions bear; rights add up over all hats.
    """

    principal: str
    name: str = ""
    person_id: UUID | None = field(default=None, kw_only=True)
    session_id: str = field(default="", kw_only=True)
    hat: Hat | None = field(default=None, kw_only=True)
    rights: Rights = field(default=NO_RIGHTS, kw_only=True)
    stamps: Stamps = field(default=NO_STAMPS, kw_only=True)
    guest: GuestPass | None = field(default=None, kw_only=True)
    step_up_at: datetime | None = field(default=None, kw_only=True)
    second_factor: bool = field(default=False, kw_only=True)
    must: str = field(default="", kw_only=True)
    partition: str = field(default="", kw_only=True)
    unread: int = field(default=0, kw_only=True)
    open_tasks: int = field(default=0, kw_only=True)
    trusted: bool = field(default=False, kw_only=True)

    @property
    def signed_in(self) -> bool:
        """Whether this is a person with a session."""
        return self.person_id is not None and bool(self.session_id)

    @property
    def position_id(self) -> UUID | None:
        """The position of the current hat."""
        return self.hat.position_id if self.hat else None

    @property
    def unit_id(self) -> UUID | None:
        """The unit of the current hat."""
        return self.hat.unit_id if self.hat else None

    @property
    def opd_id(self) -> UUID | None:
        """The OPD of the current hat."""
        return self.hat.opd_id if self.hat else None

    @property
    def hats(self) -> tuple[Hat, ...]:
        """The positions held today."""
        return self.rights.hats

    @property
    def first_name(self) -> str:
        """The first word of the name, for greetings."""
        return self.name.split(" ", 1)[0]

    def may(self, permission: str) -> bool:
        """Tell whether the permission is held anywhere (jobs and the command line hold all)."""
        return self.trusted or self.rights.holds(permission)

    def reach(self, permission: str) -> Reach:
        """Return where the permission is held."""
        return Reach(everywhere=True) if self.trusted else self.rights.reach(permission)

    # Flask-Login's user protocol
    @property
    def is_authenticated(self) -> bool:
        """Flask-Login: a person signed in."""
        return self.signed_in

    @property
    def is_active(self) -> bool:
        """Flask-Login: sessions of disabled accounts do not exist."""
        return True

    @property
    def is_anonymous(self) -> bool:
        """Flask-Login: nobody signed in."""
        return not self.signed_in

    def get_id(self) -> str:
        """Flask-Login: the id of the session, never of the person."""
        return self.session_id


NOBODY = Actor("anon:")
_acting: ContextVar[Actor | None] = ContextVar("acting", default=None)


def current() -> Actor:
    """Return who acts now; nobody signed in is an actor too, with no rights."""
    override = _acting.get()
    if override is not None:
        return override
    if not has_request_context():
        job = jobs.acting()
        return replace(operator(job.principal), person_id=job.person_id) if job else NOBODY
    found: Actor = g.get("_login_user") or current_user._get_current_object()
    return found


@contextmanager
def acting_as(actor: Actor) -> Iterator[Actor]:
    """Act as another for the with-block: a job, the command line, a command whose rights were read again."""
    token = _acting.set(actor)
    try:
        yield actor
    finally:
        _acting.reset(token)


def operator(principal: str = "cli") -> Actor:
    """Return the actor of the command line or of a job: trusted, without a person."""
    return Actor(principal, "Sistem", trusted=True)


class RoleAuthorizer:
    """The kernel's Authorizer, answered from roles and grants."""

    def allows(self, actor: Actor, permission: str) -> bool:
        """Tell whether the actor holds the permission anywhere."""
        return actor.may(permission)

    def refreshed(self, actor: Actor) -> Actor:
        """Return the actor with the rights of the present stamps."""
        if actor.person_id is None:
            return actor
        present = stamps.read()
        rights = rights_of(actor.person_id, present.access, clock.today())
        hat = next((hat for hat in rights.hats if hat.position_id == actor.position_id), None)
        return replace(actor, rights=rights, stamps=present, hat=hat or next(iter(rights.hats), None))
