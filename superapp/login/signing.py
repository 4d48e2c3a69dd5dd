"""Signing in and out: proof before the transaction, the session within it, refusals in one of their own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NoReturn

import sqlalchemy as sa
from flask import Request, Response

from superapp.access.actor import current
from superapp.kernel import clock, command, limiter, logs, secrets
from superapp.kernel.database import run
from superapp.kernel.errors import Invalid, TooMany
from superapp.kernel.language import gettext as _
from superapp.login import accounts, devices, password, session
from superapp.login.accounts import Account
from superapp.login.tables import account

log = logs.get("login")


@dataclass(frozen=True)
class Visit:
    """From where somebody knocks: address, browser in words, the device's token and the session it already has."""

    address: str
    browser: str = field(default="", kw_only=True)
    device_token: str = field(default="", kw_only=True, repr=False)
    session_id: str = field(default="", kw_only=True, repr=False)


@dataclass(frozen=True)
class Proof:
    """An account whose password was right; `renewed` is its hash made anew with today's cost, if it was due."""

    account: Account
    renewed: str = field(default="", kw_only=True, repr=False)


@dataclass(frozen=True)
class Opened:
    """A session that has begun: the tokens of its two cookies."""

    token: str = field(repr=False)
    device_token: str = field(repr=False)


class Locked(Invalid):
    """Too many tries (429): the form is shown again with the minutes to wait and whom to ask."""

    status = 429

    def __init__(self, refusal: TooMany) -> None:
        minutes = -(-refusal.retry_after // 60)
        words = _("Terlalu banyak percobaan. Tunggu {n} menit, atau hubungi admin unit Anda.", n=minutes)
        super().__init__(words)
        self.retry_after = refusal.retry_after


def visit(request: Request) -> Visit:
    """Return from where the request comes."""
    cookie = request.cookies.get(session.cookie_name(), "")
    return Visit(
        session.address_of(request),
        browser=devices.describe(request.headers.get("User-Agent", "")),
        device_token=devices.token_of(request),
        session_id=secrets.digest(cookie) if cookie else "",
    )


def prove_password(number: str, typed: str, where: Visit) -> Proof:
    """Return the proof that somebody knows the password; outside transactions.

    Counted by the limiter before it is checked. Raises Locked, or Invalid with the same words whether the account is
    unknown, never activated, closed, or the password wrong (ASVS 6.3.8).
    """
    found = accounts.by_number(number)
    attempt = reserve(found, number, where)
    usable = found if found is not None and found.open else None
    verdict = password.verify(usable.password_hash if usable else None, typed)
    if usable is None or not verdict.right:
        refuse(found, "Percobaan masuk ditolak", Invalid(_wrong(), field="password"))
    attempt.give_back()
    _refuse_expired(usable)
    return Proof(usable, renewed=password.hash_password(typed) if verdict.stale else "")


def _wrong() -> str:
    return _("NIP atau kata sandi tidak cocok. Periksa lagi keduanya.")


def _refuse_expired(found: Account) -> None:
    if found.temporary_until is not None and found.temporary_until < clock.now():
        words = _("Kata sandi sementara sudah kedaluwarsa. Minta slip baru kepada admin unit.")
        raise Invalid(words, field="password")


def reserve(found: Account | None, number: str, where: Visit, *, what: str = "") -> limiter.Reservation:
    """Count a guess at a secret of an account before it is checked; raises Locked."""
    device = devices.known(where.device_token, found.person_id if found else None)
    who = found.person_id.hex if found else accounts.normal_number(number)
    try:
        return limiter.reserve_sign_in(f"{what}{who}", where.address, device=device.hex if device else "")
    except TooMany as refusal:
        log.warning("sign-in limit reached", door=what or "password")
        raise Locked(refusal) from refusal


def refuse(found: Account | None, says: str, refusal: Invalid) -> NoReturn:
    """Write a refusal to the audit, in a transaction of its own, and raise it.

    An unknown number leaves the same row without a person: what was typed may be a password in the wrong field.
    """
    actor = current()
    with command.begin("login.refused", actor=actor, says=says, request_id=_request_id()) as present:
        if found is not None:
            present.about("core_person", found.person_id)
    raise refusal


def _request_id() -> str:
    from flask import g, has_request_context

    return str(g.get("request_id", "")) if has_request_context() else ""


def still_valid(proof: Proof) -> bool:
    """Tell within the command whether the account is as it was when its password was proven."""
    query = sa.select(account.c.password_hash, account.c.disabled_at).where(
        account.c.person_id == proof.account.person_id
    )
    row = run(query).first()
    return row is not None and row.disabled_at is None and row.password_hash == proof.account.password_hash


def open_session(found: Account, where: Visit, *, second_factor: bool = False) -> Opened:
    """Begin a session in the command under way; the one that the browser had before ends (ASVS 7.2.4)."""
    if where.session_id:
        session.end([where.session_id])
    device_token, device_id = devices.remember(where.device_token, found.person_id, where.browser)
    wanted = session.NewSession(found.person_id, device_id=device_id, second_factor=second_factor)
    token = session.begin(wanted, browser=where.browser, address=where.address)
    present = command.current()
    present.also("{name} masuk dari {browser}", "core_person", found.person_id, name=found.name, browser=where.browser)
    return Opened(token, device_token)


def give_cookies(response: Response, opened: Opened) -> Response:
    """Hand the browser its session and device; the visitor it was is over, and so is that visitor's form token."""
    seconds = int(session.LONGEST.total_seconds())
    session.set_cookie(response, session.cookie_name(), opened.token, seconds=seconds)
    session.set_cookie(response, devices.cookie_name(), opened.device_token, seconds=devices.SECONDS)
    response.delete_cookie(session.visitor_cookie(), path="/", secure=secrets.settings().secure, httponly=True)
    response.headers["Cache-Control"] = "no-store"
    return response


def sign_out(session_id: str) -> int:
    """End one session in the command under way; return how many ended (0: it was over already)."""
    return session.end([session_id]) if session_id else 0


def take_cookies(response: Response) -> Response:
    """Take the session's cookie from the browser; the device stays known."""
    response.delete_cookie(session.cookie_name(), path="/", secure=secrets.settings().secure, httponly=True)
    response.headers["Cache-Control"] = "no-store"
    return response
