"""Tickets: one-time codes on printed slips, and links by e-mail; each opens the way to a new password once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import sqlalchemy as sa

from superapp.kernel import clock, ids
from superapp.kernel.database import run
from superapp.login import codes
from superapp.login.tables import ticket

Purpose = Literal["activation", "reset"]
GOOD_FOR: dict[str, timedelta] = {"activation": timedelta(days=14), "reset": timedelta(hours=1)}
PRINTABLE = timedelta(hours=1)
"""How long after drawing them slips can be printed (again: paper jams)."""


@dataclass(frozen=True)
class Ticket:
    """A ticket that can still be used."""

    id: UUID
    person_id: UUID
    purpose: str = field(kw_only=True)
    created_at: datetime = field(kw_only=True)
    expires_at: datetime = field(kw_only=True)

    @property
    def code(self) -> str:
        """The code of the slip: derived from the ticket, so that it is stored nowhere."""
        return codes.derived(self.purpose, self.id.hex)


def draw(person_ids: Iterable[UUID], purpose: Purpose, *, by: UUID | None = None) -> UUID:
    """Draw a ticket for each person and return the id of their batch; older ones like it end (in a command)."""
    wanted, batch, moment = list(person_ids), ids.uuid7(), clock.now()
    revoke(wanted, purpose)
    rows = [_row(person_id, purpose, batch, moment, by) for person_id in wanted]
    if rows:
        run(sa.insert(ticket), rows)
    return batch


def _row(person_id: UUID, purpose: Purpose, batch: UUID, moment: datetime, by: UUID | None) -> dict[str, object]:
    fresh = ids.uuid7()
    code = codes.normal(codes.derived(purpose, fresh.hex))
    return {
        "id": fresh,
        "purpose": purpose,
        "person_id": person_id,
        "batch": batch,
        "code_hash": codes.hashes("ticket", person_id.hex, code)[0],
        "created_at": moment,
        "expires_at": moment + GOOD_FOR[purpose],
        "created_by": by,
    }


def revoke(person_ids: list[UUID], purpose: Purpose | None = None) -> None:
    """End the unused tickets of people, of one purpose or all (in a command)."""
    mine = sa.and_(ticket.c.person_id.in_(person_ids), ticket.c.used_at.is_(None), ticket.c.revoked_at.is_(None))
    if purpose is not None:
        mine = sa.and_(mine, ticket.c.purpose == purpose)
    run(sa.update(ticket).where(mine).values(revoked_at=clock.now()))


def spend(person_id: UUID, typed: str) -> bool:
    """Use a person's ticket up and tell whether the code was good (in a command); of many at once one gets through."""
    code = codes.normal(typed)
    if not code:
        return False
    good = sa.and_(
        ticket.c.person_id == person_id,
        ticket.c.code_hash.in_(codes.hashes("ticket", person_id.hex, code)),
        *_usable(),
    )
    return run(sa.update(ticket).where(good).values(used_at=clock.now())).rowcount == 1


def good(person_id: UUID, typed: str) -> bool:
    """Tell whether a code would be good, using nothing up."""
    code = codes.normal(typed)
    known = ticket.c.code_hash.in_(codes.hashes("ticket", person_id.hex, code))
    query = sa.select(ticket.c.id).where(ticket.c.person_id == person_id, known, *_usable())
    return bool(code) and run(query).first() is not None


def _usable() -> tuple[sa.ColumnElement[bool], ...]:
    return ticket.c.used_at.is_(None), ticket.c.revoked_at.is_(None), ticket.c.expires_at >= clock.now()


_COLUMNS = (ticket.c.id, ticket.c.person_id, ticket.c.purpose, ticket.c.created_at, ticket.c.expires_at)


def by_id(ticket_id: UUID) -> Ticket | None:
    """Return a ticket that can still be used, else None."""
    row = run(sa.select(*_COLUMNS).where(ticket.c.id == ticket_id, *_usable())).first()
    return None if row is None else Ticket(**row._mapping)


def of_batch(batch: UUID, by: UUID | None) -> list[Ticket]:
    """Return what of a batch can be printed now by whom drew it: unused, and drawn within the last hour."""
    fresh = ticket.c.created_at >= clock.now() - PRINTABLE
    query = sa.select(*_COLUMNS).where(ticket.c.batch == batch, ticket.c.created_by == by, fresh, *_usable())
    return [Ticket(**row._mapping) for row in run(query.order_by(ticket.c.id))]
