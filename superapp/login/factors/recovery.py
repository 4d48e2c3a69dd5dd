"""Recovery codes: ten, each good once, stored as keyed hashes, shown once."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from superapp.kernel import clock, secrets
from superapp.kernel.database import run
from superapp.login import codes
from superapp.login.tables import challenge, recovery_code

HOW_MANY = 10
SHOWN_FOR = timedelta(minutes=10)


def renew(person_id: UUID, session_id: str) -> None:
    """Draw ten new codes in place of the old ones, to be shown to this session for ten minutes (in a command)."""
    fresh = [codes.draw() for _ in range(HOW_MANY)]
    run(sa.delete(recovery_code).where(recovery_code.c.person_id == person_id))
    run(sa.insert(recovery_code), [{"person_id": person_id, "code_hash": _hash(person_id, code)} for code in fresh])
    forget_shown(session_id)
    shown = {
        "id": _place(session_id),
        "purpose": "codes",
        "person_id": person_id,
        "data": secrets.box().encrypt(json.dumps(fresh).encode()),
        "expires_at": clock.now() + SHOWN_FOR,
    }
    run(sa.insert(challenge).values(shown))


def shown(session_id: str) -> list[str]:
    """Return the codes drawn in this session a moment ago, or nothing any more."""
    query = sa.select(challenge.c.data, challenge.c.expires_at).where(challenge.c.id == _place(session_id))
    row = run(query).first()
    if row is None or row.expires_at < clock.now():
        return []
    found: list[str] = json.loads(secrets.box().decrypt(row.data))
    return found


def forget_shown(session_id: str) -> None:
    """Show the codes no more (in a command)."""
    run(sa.delete(challenge).where(challenge.c.id == _place(session_id)))


def spend(person_id: UUID, typed: str) -> bool:
    """Use a code up and tell whether it was good and unused (in a command)."""
    code = codes.normal(typed)
    if not code:
        return False
    mine = sa.and_(
        recovery_code.c.person_id == person_id,
        recovery_code.c.code_hash.in_(codes.hashes("recovery", person_id.hex, code)),
        recovery_code.c.used_at.is_(None),
    )
    return run(sa.update(recovery_code).where(mine).values(used_at=clock.now())).rowcount == 1


def _hash(person_id: UUID, code: str) -> str:
    return codes.hashes("recovery", person_id.hex, codes.normal(code))[0]


def _place(session_id: str) -> str:
    return secrets.digest(f"codes:{session_id}")
