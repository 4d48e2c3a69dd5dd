"""The session: one row in the database, read with everything a page needs to know of its person in one statement.

Flask's session interface and Flask-WTF's token are served from it, so no second signed cookie is verified and none set.
"""

from __future__ import annotations

import base64
import json
import secrets as randomness
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Flask, Request, Response, g, request
from flask.sessions import SessionInterface, SessionMixin
from flask_login import LoginManager

from superapp.access.actor import NOBODY, Actor, GuestPass
from superapp.access.rights import Hat, Rights, rights_of
from superapp.extensions import login_manager
from superapp.kernel import clock, database, secrets
from superapp.kernel.database import run
from superapp.kernel.ports import Stamps, session_columns, sessions_end
from superapp.kernel.prepared import Prepared
from superapp.kernel.tables import stamp
from superapp.login import duty
from superapp.login.tables import account, guest, session
from superapp.organization.models import Person

IDLE = timedelta(hours=12)
"""A session unused for this long is over (ASVS 7.3.1)."""
LONGEST = timedelta(days=30)
"""A session ends after this, used or not (ASVS 7.3.2)."""
TOUCHED = timedelta(minutes=1)
_PERSON = Person.__table__


def cookie_name() -> str:
    """Return the session cookie's name; the __Host- prefix needs https."""
    return "__Host-satu" if secrets.settings().secure else "satu"


def visitor_cookie() -> str:
    """Return the name of the cookie that carries the anonymous visitor's id (CSRF of the sign-in form)."""
    return "__Host-tamu" if secrets.settings().secure else "tamu"


class RowSession(dict[str, Any], SessionMixin):
    """What Flask, Flask-Login and Flask-WTF see as `session`; nothing written to it is kept, except flashes by cookie."""

    modified = False
    accessed = False
    permanent = False

    def __init__(self, values: Mapping[str, Any], *, visitor: str = "", fresh_visitor: bool = False) -> None:
        super().__init__(values)
        self.visitor = visitor
        self.fresh_visitor = fresh_visitor
        self.used_token = False

    def __contains__(self, key: object) -> bool:
        if key == "csrf_token":
            self.used_token = True
        return super().__contains__(key)


class RowSessionInterface(SessionInterface):
    """Opens the session from our cookie; sets a cookie only for a visitor who is shown a form."""

    def open_session(self, app: Flask, request: Request) -> RowSession:
        """Return the session of the request; its row is read only when somebody asks who acts."""
        said = _said(request)
        token = request.cookies.get(cookie_name(), "")
        if token:
            digest = secrets.digest(token)
            values = {"_user_id": digest, "_fresh": True, "csrf_token": secrets.sign("csrf", digest)}
            return RowSession(values | said)
        visitor = request.cookies.get(visitor_cookie(), "")
        fresh = not _plausible(visitor)
        visitor = randomness.token_urlsafe(24) if fresh else visitor
        values = {"csrf_token": secrets.sign("csrf", visitor)}
        return RowSession(values | said, visitor=visitor, fresh_visitor=fresh)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Give a visitor who was shown a form the cookie that its token belongs to."""
        if isinstance(session, RowSession) and session.fresh_visitor and session.used_token:
            set_cookie(response, visitor_cookie(), session.visitor, seconds=None)
        _keep_said(session, response)


SAID = "pesan"
"""The cookie of what is said on the next page (`flash`); signed, read once."""


def _said(request: Request) -> dict[str, Any]:
    kept = request.cookies.get(SAID, "")
    signature, _, packed = kept.partition(".")
    if not packed or not secrets.signed_by_us("said", signature, packed):
        return {}
    messages = json.loads(base64.urlsafe_b64decode(packed))
    return {"_flashes": [tuple(message) for message in messages]}


def _keep_said(session: SessionMixin, response: Response) -> None:
    messages = session.get("_flashes")
    had_cookie = bool(request.cookies.get(SAID))
    if messages and not had_cookie:
        packed = base64.urlsafe_b64encode(json.dumps(messages).encode()).decode()
        set_cookie(response, SAID, f"{secrets.sign('said', packed)}.{packed}", seconds=60)
    elif had_cookie and not messages:
        response.delete_cookie(SAID, path="/")


def _plausible(visitor: str) -> bool:
    return len(visitor) == 32 and visitor.isascii()


def set_cookie(response: Response, name: str, value: str, *, seconds: int | None) -> None:
    """Set a cookie that scripts cannot read; Secure exactly when the base address is https."""
    secure = secrets.settings().secure
    response.set_cookie(name, value, max_age=seconds, secure=secure, httponly=True, samesite="Lax", path="/")


def visitor_id() -> str:
    """Return the id of the anonymous visitor of this request (principal `anon:<id>`)."""
    from flask import session as flask_session

    found = flask_session._get_current_object()  # type: ignore[attr-defined]
    return found.visitor if isinstance(found, RowSession) else ""


def browser_id() -> str:
    """Return what a challenge is bound to: the session of this browser, also one that is over, else its visitor id."""
    from flask import session as flask_session

    return str(flask_session.get("_user_id") or visitor_id())


def _reading(_insert: Any) -> sa.Select[Any]:
    """Build the one statement: session, account, person, stamps, and what higher parts add (unread, open tasks)."""
    extra = [query.scalar_subquery().label(name) for name, query in session_columns.items()]
    return (
        sa.select(
            session.c.person_id,
            session.c.guest_id,
            session.c.hat_position_id,
            session.c.last_seen,
            session.c.expires_at,
            session.c.step_up_at,
            session.c.second_factor,
            _PERSON.c.name,
            _PERSON.c.ended_on,
            account.c.partition_key,
            account.c.disabled_at,
            account.c.must_change,
            account.c.factor_exempt,
            stamp.c.access,
            stamp.c.plugins,
            *extra,
        )
        .select_from(
            session.outerjoin(_PERSON, _PERSON.c.id == session.c.person_id)
            .outerjoin(account, account.c.person_id == session.c.person_id)
            .join(stamp, stamp.c.id == 1)
        )
        .where(session.c.id == sa.bindparam("session_id"))
    )


_READ = Prepared(_reading)


def session_subject() -> Any:
    """Return the column that session columns of higher parts correlate with: the person of the session."""
    return session.c.person_id


def load_actor(session_id: str) -> Actor | None:
    """Return who the session belongs to, or None when it is over; at most one write a minute (`last_seen`)."""
    moment = clock.now()
    row = _READ.first({"session_id": session_id, "today": clock.today(), "now": moment})
    if row is None or _is_over(row, moment):
        return None
    if moment - row.last_seen > TOUCHED:
        _touch(session_id, moment)
    return _guest(session_id, row) if row.person_id is None else _person(session_id, row)


def _is_over(row: Any, moment: datetime) -> bool:
    """Tell whether the session ended by rule, with the account, or with the person's last day of work."""
    closed = row.disabled_at is not None or (row.ended_on is not None and row.ended_on < clock.today())
    return closed or moment > row.expires_at or moment - row.last_seen > IDLE


def _person(session_id: str, row: Any) -> Actor:
    rights = rights_of(row.person_id, row.access, clock.today())
    return Actor(
        f"person:{row.person_id.hex}",
        row.name,
        person_id=row.person_id,
        session_id=session_id,
        hat=_hat(rights, row.hat_position_id),
        rights=rights,
        stamps=Stamps(row.access, row.plugins),
        step_up_at=row.step_up_at,
        second_factor=row.second_factor,
        must=_must(row, rights),
        partition=(row.partition_key or "")[:16],
        unread=getattr(row, "unread", 0) or 0,
        open_tasks=getattr(row, "open_tasks", 0) or 0,
    )


def _must(row: Any, rights: Rights) -> str:
    """Return what the person has to do before anything else: "password", "factor", or nothing.

    Derived at each request, so that whoever becomes an administrator needs a second factor at the next one.
    """
    if row.must_change:
        return "password"
    return "factor" if rights.sensitive and not (row.second_factor or row.factor_exempt) else ""


def _hat(rights: Rights, wanted: UUID | None) -> Hat | None:
    return next((hat for hat in rights.hats if hat.position_id == wanted), None) or next(iter(rights.hats), None)


def _guest(session_id: str, row: Any) -> Actor | None:
    found = run(sa.select(guest).where(guest.c.id == row.guest_id)).first()
    if found is None or found.locked_at is not None or found.expires_at < clock.now():
        return None
    let_in = GuestPass(found.id, found.permission, record_type=found.record_type, record_id=found.record_id)
    return Actor(
        f"guest:{found.id.hex}",
        found.name,
        session_id=session_id,
        guest=let_in,
        stamps=Stamps(row.access, row.plugins),
        partition=f"g{found.id.hex[:15]}",
    )


def _touch(session_id: str, moment: datetime) -> None:
    with database.transaction() as connection:
        connection.execute(sa.update(session).where(session.c.id == session_id).values(last_seen=moment))


@dataclass(frozen=True)
class NewSession:
    """What a session begins with."""

    person_id: UUID | None
    guest_id: UUID | None = field(default=None, kw_only=True)
    device_id: UUID | None = field(default=None, kw_only=True)
    second_factor: bool = field(default=False, kw_only=True)
    hat_position_id: UUID | None = field(default=None, kw_only=True)


def begin(wanted: NewSession, *, browser: str = "", address: str = "") -> str:
    """Write a new session in the command under way and return the token for its cookie (only its hash is stored)."""
    token, moment = randomness.token_urlsafe(32), clock.now()
    run(
        sa.insert(session).values(
            id=secrets.digest(token),
            person_id=wanted.person_id,
            guest_id=wanted.guest_id,
            device_id=wanted.device_id,
            hat_position_id=wanted.hat_position_id,
            created_at=moment,
            last_seen=moment,
            expires_at=moment + LONGEST,
            step_up_at=moment if wanted.person_id else None,
            second_factor=wanted.second_factor,
            browser=browser[:80],
            address=address[:45],
        )
    )
    return token


def end(session_ids: list[str]) -> int:
    """End sessions at once on all workers; return how many there were."""
    return _end(session.c.id.in_(session_ids))


def end_of_person(person_id: UUID, *, but: str = "") -> int:
    """End all sessions of a person, except the one with the id `but`; return how many there were."""
    return _end(sa.and_(session.c.person_id == person_id, session.c.id != but))


def _end(which: sa.ColumnElement[bool]) -> int:
    for told in sessions_end:
        told(which)
    return run(sa.delete(session).where(which)).rowcount


def end_of_guest(guest_id: UUID) -> int:
    """End all sessions of a guest; return how many there were."""
    return run(sa.delete(session).where(session.c.guest_id == guest_id)).rowcount


def mark_second_factor(session_id: str) -> None:
    """Note that the person of a session has shown a second factor (in a command)."""
    run(sa.update(session).where(session.c.id == session_id).values(second_factor=True))


def _nobody() -> Actor:
    if "nobody" not in g:
        g.nobody = Actor(f"anon:{visitor_id()}", stamps=NOBODY.stamps)
    found: Actor = g.nobody
    return found


def install(app: Flask) -> None:
    """Bind Flask's session, Flask-Login and the visitor to the session table."""
    app.session_interface = RowSessionInterface()
    manager: LoginManager = login_manager
    manager.session_protection = None
    manager.anonymous_user = _nobody
    manager.user_loader(load_actor)
    manager.init_app(app, add_context_processor=False)
    app.before_request(duty.hold)


def address_of(request_: Request | None = None) -> str:
    """Return the client's address as the edge saw it."""
    return (request_ or request).remote_addr or ""


def renew_hat(session_id: str, position_id: UUID) -> None:
    """Put another hat on for the session (in a command)."""
    run(sa.update(session).where(session.c.id == session_id).values(hat_position_id=position_id))
