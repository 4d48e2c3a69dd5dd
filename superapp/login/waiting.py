"""Between password and second factor: a row of ten minutes says whose turn it is; there is no session yet."""

from __future__ import annotations

import secrets as randomness
from dataclasses import dataclass, field
from datetime import timedelta

import sqlalchemy as sa
from flask import Request, Response

from superapp.kernel import clock, secrets
from superapp.kernel.database import run
from superapp.login import accounts, session
from superapp.login.accounts import Account
from superapp.login.tables import challenge

COOKIE = "langkah"
GOOD_FOR = timedelta(minutes=10)
PURPOSE = "second"


@dataclass(frozen=True)
class Waiting:
    """Somebody whose password was right and whose second factor is still to come."""

    account: Account
    id: str = field(repr=False)


def cookie_name() -> str:
    """Return the name of the cookie of the second step; the __Host- prefix needs https."""
    return f"__Host-{COOKIE}" if secrets.settings().secure else COOKIE


def begin(found: Account) -> str:
    """Note that the password was right and return the token for the cookie (in a command)."""
    token = randomness.token_urlsafe(32)
    row = {
        "id": secrets.digest(token),
        "purpose": PURPOSE,
        "person_id": found.person_id,
        "data": _mark(found),
        "expires_at": clock.now() + GOOD_FOR,
    }
    run(sa.insert(challenge).values(row))
    return token


def of(request: Request) -> Waiting | None:
    """Return who waits in this browser, None when nobody does, it took too long, or the account changed."""
    token = request.cookies.get(cookie_name(), "")
    if not token:
        return None
    own = secrets.digest(token)
    row = run(sa.select(challenge).where(challenge.c.id == own, challenge.c.purpose == PURPOSE)).first()
    if row is None or row.expires_at < clock.now():
        return None
    found = accounts.by_person(row.person_id)
    if found is None or not found.open or _mark(found) != row.data:
        return None
    return Waiting(found, own)


def finish(waiting: Waiting) -> bool:
    """Take the row away; False when another request was faster (in a command)."""
    return run(sa.delete(challenge).where(challenge.c.id == waiting.id)).rowcount == 1


def give_cookie(response: Response, token: str) -> Response:
    """Hand the browser its place in the second step."""
    session.set_cookie(response, cookie_name(), token, seconds=int(GOOD_FOR.total_seconds()))
    response.headers["Cache-Control"] = "no-store"
    return response


def take_cookie(response: Response) -> Response:
    """Take the place back."""
    response.delete_cookie(cookie_name(), path="/", secure=secrets.settings().secure, httponly=True)
    return response


def _mark(found: Account) -> bytes:
    """Return what changes when the password does: a new password ends the wait."""
    return bytes.fromhex(secrets.digest(found.password_hash or ""))
