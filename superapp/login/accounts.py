"""Accounts: who may sign in, with which password, temporary or own."""

from __future__ import annotations

import secrets as randomness
import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.kernel import clock
from superapp.kernel.database import insert_once, run
from superapp.login import session as sessions
from superapp.login.tables import account
from superapp.organization.models import Person

TEMPORARY = timedelta(days=14)
"""How long a temporary password or a slip is good for."""
_PERSON = Person.__table__
_DROPPED = str.maketrans("", "", " .-\u00a0\t")


@dataclass(frozen=True)
class Account:
    """What signing in needs to know of an account."""

    person_id: UUID
    name: str
    nip: str | None = field(default=None, kw_only=True)
    staff_number: str | None = field(default=None, kw_only=True)
    password_hash: str | None = field(default=None, kw_only=True)
    must_change: bool = field(default=False, kw_only=True)
    temporary_until: datetime | None = field(default=None, kw_only=True)
    disabled_at: datetime | None = field(default=None, kw_only=True)
    activated_at: datetime | None = field(default=None, kw_only=True)
    factor_exempt: bool = field(default=False, kw_only=True)
    email: str = field(default="", kw_only=True)
    ended_on: date | None = field(default=None, kw_only=True)

    @property
    def number(self) -> str:
        """Return what the person signs in with."""
        return self.nip or self.staff_number or ""

    @property
    def open(self) -> bool:
        """Whether the account may be signed in to at all."""
        return self.disabled_at is None and (self.ended_on is None or self.ended_on >= clock.today())


_FIND = sa.select(
    _PERSON.c.id.label("person_id"),
    _PERSON.c.name,
    _PERSON.c.nip,
    _PERSON.c.staff_number,
    _PERSON.c.email,
    _PERSON.c.ended_on,
    account.c.password_hash,
    sa.func.coalesce(account.c.must_change, False).label("must_change"),
    account.c.temporary_until,
    account.c.disabled_at,
    account.c.activated_at,
    sa.func.coalesce(account.c.factor_exempt, False).label("factor_exempt"),
).select_from(_PERSON.outerjoin(account, account.c.person_id == _PERSON.c.id))
_BY_NUMBER = _FIND.where(
    sa.or_(_PERSON.c.nip == sa.bindparam("bare"), _PERSON.c.staff_number.in_(sa.bindparam("spellings", expanding=True)))
)
_BY_PERSON = _FIND.where(_PERSON.c.id == sa.bindparam("person"))


def normal_number(typed: str) -> str:
    """Return a NIP or staff number without what people put between its groups, in capitals."""
    return unicodedata.normalize("NFKC", typed[:200]).translate(_DROPPED).strip().upper()


def by_number(typed: str) -> Account | None:
    """Return the account (or the person still without one) of a NIP or staff number as typed, None when unknown."""
    bare = normal_number(typed)
    spellings = {bare, "".join(typed[:200].split()).upper()}  # a staff number may have hyphens of its own
    row = run(_BY_NUMBER, {"bare": bare, "spellings": sorted(spellings)}).first()
    return None if row is None else Account(**row._mapping)


def by_person(person_id: UUID) -> Account | None:
    """Return the account of a person, None when there is no such person."""
    row = run(_BY_PERSON, {"person": person_id}).first()
    return None if row is None else Account(**row._mapping)


def ensure(person_id: UUID, *, factor_exempt: bool = False) -> None:
    """Give a person an account without a password, unless there is one (in a command)."""
    fresh = {
        "person_id": person_id,
        "created_at": clock.now(),
        "must_change": False,
        "factor_exempt": factor_exempt,
        "partition_key": randomness.token_hex(32),
    }
    run(insert_once(account, fresh))


def set_password(person_id: UUID, hashed: str, *, temporary: bool = False) -> None:
    """Store a password that was hashed before the command; a temporary one must be changed at first use and expires."""
    ensure(person_id)
    moment = clock.now()
    values: dict[str, Any] = {
        "password_hash": hashed,
        "password_at": moment,
        "must_change": temporary,
        "temporary_until": moment + TEMPORARY if temporary else None,
    }
    if not temporary:
        values["activated_at"] = sa.func.coalesce(
            account.c.activated_at, sa.literal(moment, account.c.activated_at.type)
        )
    run(sa.update(account).where(account.c.person_id == person_id).values(values))


def renew_hash(person_id: UUID, *, old: str, new: str) -> None:
    """Replace a hash that was made with a former cost, unless the password changed meanwhile."""
    same = sa.and_(account.c.person_id == person_id, account.c.password_hash == old)
    run(sa.update(account).where(same).values(password_hash=new))


def disable(person_id: UUID) -> None:
    """Close an account; its sessions end at their next request on every worker."""
    run(sa.update(account).where(account.c.person_id == person_id).values(disabled_at=clock.now()))
    sessions.end_of_person(person_id)


def enable(person_id: UUID) -> None:
    """Open a closed account again."""
    run(sa.update(account).where(account.c.person_id == person_id).values(disabled_at=None))
