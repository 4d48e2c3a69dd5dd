"""The limiter: one for every door, counters in the database, reserved before the check, right over all workers."""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

import sqlalchemy as sa
from flask import Request
from sqlalchemy.engine import Connection

from superapp.kernel import clock, ports, secrets
from superapp.kernel.database import insert_of, run, transaction
from superapp.kernel.errors import TooMany
from superapp.kernel.language import gettext as _
from superapp.kernel.tables import limit as limits

SLOTS = 30
"""A window is counted in so many slots; a try counts until its whole slot has left the window."""
LONGEST = timedelta(days=1)

Per = Literal["address", "person"]


@dataclass(frozen=True)
class Door:
    """A counted door: at most `limit` tries within any `window`, each network (or signed-in person) for itself."""

    name: str
    limit: int
    window: timedelta = timedelta(minutes=5)
    per: Per = "address"

    def __post_init__(self) -> None:
        if not 0 < len(self.name) <= 40 or self.limit < 1 or not timedelta(seconds=30) <= self.window <= LONGEST:
            raise ValueError(f"door {self.name!r}: a name of at most 40 letters, limit >= 1, window 30 s to 1 day")


_doors: dict[str, Door] = {}


def door(name: str, *, limit: int, window: timedelta = timedelta(minutes=5), per: Per = "address") -> Door:
    """Declare a door and return it; ValueError when another rule has the name."""
    made = Door(name, limit, window=window, per=per)
    if _doors.setdefault(name, made) != made:
        raise ValueError(f"door {name!r} has other limits already")
    return made


def is_door(name: str) -> bool:
    """Tell whether a door of this name is declared."""
    return name in _doors


SIGN_IN_WINDOW = timedelta(minutes=5)
PER_ACCOUNT_AND_ADDRESS = 10
PER_ACCOUNT = 30
ACCOUNTS_PER_ADDRESS = 100
"""Failing accounts that one network may have: a whole office shares an address, so accounts count, not failures."""


@dataclass(frozen=True)
class _Counter:
    """One row set of the table: a subject at a door, in the slots of a window."""

    door: str
    subject: str
    window: timedelta = SIGN_IN_WINDOW

    @property
    def width(self) -> int:
        return max(1, int(self.window.total_seconds()) // SLOTS)


@dataclass(frozen=True)
class Reservation:
    """A try that is counted; give it back when it was no failure."""

    counters: tuple[tuple[_Counter, int], ...] = ()

    def give_back(self) -> None:
        """Uncount the try (success), in a short transaction of its own; outside commands only."""
        if not self.counters:
            return
        with transaction() as connection:
            for counter, slot in self.counters:
                one_less = sa.update(limits).where(*_row(counter, slot), limits.c.count > 0)
                connection.execute(one_less.values(count=limits.c.count - 1))


def reserve(name: str, subject: str = "", *, request: Request | None = None) -> Reservation:
    """Count a try at a door before it is checked; raises TooMany with the minutes to wait.

    The subject is who is counted; without one it is the network of the request's address, or at a door `per="person"`
    the person who is signed in. Outside commands only.
    """
    found = _doors[name]
    counter = _Counter(found.name, _subject(found, subject, request), window=found.window)
    with transaction() as connection:
        now = _now()
        _lock(connection, [counter])
        _refuse_beyond(connection, counter, found.limit, now)
        return _count(connection, [counter], now)


def _subject(found: Door, subject: str, request: Request | None) -> str:
    if subject:
        return _private(subject)
    if request is None:
        raise ValueError(f"door {found.name!r}: give a subject or the request")
    if found.per == "person" and (actor := ports.current_actor()()).signed_in:
        return actor.principal
    return network(request.remote_addr or "")


def reserve_sign_in(account: str, address: str, *, device: str = "") -> Reservation:
    """Count a sign-in (or another guess at an account's secret) as failed before it is checked.

    `account` is the NIP or staff number as normalised, known or not; `address` the client's; `device` the identity of
    a device that signed in to this account before: it is refused for its own failures only, so no stranger can shut a
    user out. Success: `.give_back()`. Passkeys are not guessable and need no reservation. Raises TooMany.
    Limits of any five minutes: `PER_ACCOUNT_AND_ADDRESS`, `PER_ACCOUNT`, `ACCOUNTS_PER_ADDRESS`.
    """
    who, where = _private(account), network(address)
    pair = _Counter(_door_of("sign-in@", where), who)
    whole = _Counter("sign-in", who)
    own = _Counter(_door_of("sign-in#", device), who) if device else None
    counters = [pair, whole, own] if own else [pair, whole]
    with transaction() as connection:
        now = _now()
        _lock(connection, [_Counter(pair.door, ""), *counters])
        if own:
            _refuse_beyond(connection, own, PER_ACCOUNT_AND_ADDRESS, now)
        else:
            _refuse_beyond(connection, pair, PER_ACCOUNT_AND_ADDRESS, now)
            _refuse_beyond(connection, whole, PER_ACCOUNT, now)
            _refuse_spraying(connection, pair, now)
        return _count(connection, counters, now)


def _door_of(kind: str, what: str) -> str:
    return kind + hashlib.sha256(what.encode()).hexdigest()[:24]


def _private(subject: str) -> str:
    """Return the subject as stored: keyed, so that the table names nobody."""
    return secrets.sign("limiter", subject)[:32]


def network(address: str) -> str:
    """Return the network that an address is counted as: /24 of IPv4, /64 of IPv6."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return str(ipaddress.ip_network((found, 24 if found.version == 4 else 64), strict=False))


def _now() -> int:
    return int(clock.now().timestamp())


def _lock(connection: Connection, counters: Sequence[_Counter]) -> None:
    """Let one transaction at a time look at a subject; SQLite has one writer anyway."""
    if connection.dialect.name != "postgresql":
        return
    for number in sorted({_lock_number(counter) for counter in counters}):
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(number)))


def _lock_number(counter: _Counter) -> int:
    name = f"limit\x1f{counter.door}\x1f{counter.subject}".encode()
    return int.from_bytes(hashlib.sha256(name).digest()[:8], signed=True)


def _row(counter: _Counter, slot: int) -> tuple[sa.ColumnElement[bool], ...]:
    return limits.c.door == counter.door, limits.c.subject == counter.subject, limits.c.slot == slot


def _within(counter: _Counter, now: int) -> tuple[sa.ColumnElement[bool], ...]:
    """Return the condition for slots of the window; slots of the future were made by a clock that was put back."""
    first = (now - int(counter.window.total_seconds())) // counter.width * counter.width
    return limits.c.slot >= first, limits.c.slot <= now, limits.c.count > 0


def _refuse_beyond(connection: Connection, counter: _Counter, limit: int, now: int) -> None:
    query = sa.select(limits.c.slot, limits.c.count.label("tries")).where(
        limits.c.door == counter.door, limits.c.subject == counter.subject, *_within(counter, now)
    )
    tries = [(row.slot, row.tries) for row in connection.execute(query.order_by(limits.c.slot))]
    if sum(count for _, count in tries) >= limit:
        raise _too_many(counter, tries, limit, now)


def _refuse_spraying(connection: Connection, pair: _Counter, now: int) -> None:
    """Refuse a further account from a network with too many failing ones; those already failing have their own limit."""
    newest = sa.func.max(limits.c.slot).label("newest")
    query = sa.select(limits.c.subject, newest).where(limits.c.door == pair.door, *_within(pair, now))
    accounts = connection.execute(query.group_by(limits.c.subject).order_by(newest)).all()
    if len(accounts) < ACCOUNTS_PER_ADDRESS or any(row.subject == pair.subject for row in accounts):
        return
    raise _too_many(pair, [(row.newest, 1) for row in accounts], ACCOUNTS_PER_ADDRESS, now)


def _too_many(counter: _Counter, tries: Iterable[tuple[int, int]], limit: int, now: int) -> TooMany:
    """Return the refusal, with the time until enough of the tries have left the window."""
    tries = list(tries)
    left, leaves = sum(count for _, count in tries), now
    for slot, count in tries:
        left, leaves = left - count, slot + counter.width + int(counter.window.total_seconds())
        if left < limit:
            break
    seconds = max(1, leaves - now)
    minutes = -(-seconds // 60)
    return TooMany(_("Terlalu banyak percobaan. Tunggu {n} menit, lalu coba lagi.", n=minutes), retry_after=seconds)


def _count(connection: Connection, counters: Sequence[_Counter], now: int) -> Reservation:
    taken = tuple((counter, now // counter.width * counter.width) for counter in counters)
    for counter, slot in taken:
        connection.execute(_one_more(connection, counter, slot))
    return Reservation(taken)


def _one_more(connection: Connection, counter: _Counter, slot: int) -> sa.Executable:
    insert = insert_of(connection.dialect)
    first = insert(limits).values(door=counter.door, subject=counter.subject, slot=slot, count=1)
    more: sa.Executable = first.on_conflict_do_update(
        index_elements=["door", "subject", "slot"], set_={"count": limits.c.count + 1}
    )
    return more


def forget_old() -> int:
    """Delete counters that no window reaches any more (hourly job); return how many."""
    return run(sa.delete(limits).where(limits.c.slot < _now() - 2 * int(LONGEST.total_seconds()))).rowcount
