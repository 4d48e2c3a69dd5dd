"""Codes of an authenticator app (TOTP, RFC 6238): each time step is good once, for whoever comes first."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import sqlalchemy as sa

from superapp.kernel import clock, secrets
from superapp.kernel.database import insert_once, run
from superapp.login.tables import totp

if TYPE_CHECKING:
    from pyotp import TOTP

ISSUER = "Nunukan Satu"
STEP = 30
DRIFT = 1
"""Steps that a phone's clock may be off, either way (ASVS 6.5.5)."""


def begin(person_id: UUID) -> None:
    """Draw a secret that waits to be confirmed; one that is in use stays so until then (in a command)."""
    import pyotp

    sealed = secrets.box().encrypt(pyotp.random_base32(32).encode()).decode()
    run(
        insert_once(
            totp, {"person_id": person_id, "created_at": clock.now(), "secret": "", "pending": "", "last_step": 0}
        )
    )
    run(sa.update(totp).where(totp.c.person_id == person_id).values(pending=sealed))


def pending(person_id: UUID) -> str:
    """Return the secret that waits to be confirmed (base32), or an empty text."""
    sealed = run(sa.select(totp.c.pending).where(totp.c.person_id == person_id)).scalar()
    return _unsealed(sealed) if sealed else ""


def address(secret: str, number: str) -> str:
    """Return the otpauth:// address that authenticator apps read from the picture."""
    return _generator(secret).provisioning_uri(name=number, issuer_name=ISSUER)


def confirm(person_id: UUID, code: str) -> bool:
    """Put the waiting secret to use when the code is of it; tell whether it was (in a command)."""
    row = run(sa.select(totp.c.pending).where(totp.c.person_id == person_id).with_for_update()).first()
    step = _step_of(row.pending, code) if row and row.pending else None
    if row is None or step is None:
        return False
    values = {"secret": row.pending, "pending": "", "last_step": step, "confirmed_at": clock.now()}
    run(sa.update(totp).where(totp.c.person_id == person_id).values(values))
    return True


def spend(person_id: UUID, code: str) -> bool:
    """Use a code up and tell whether it was good (in a command).

    The last used step only ever rises, by one conditional UPDATE: of many that send one code at once, one gets in.
    """
    query = sa.select(totp.c.secret).where(totp.c.person_id == person_id, totp.c.confirmed_at.is_not(None))
    sealed = run(query).scalar()
    step = _step_of(sealed, code) if sealed else None
    if step is None:
        return False
    rising = sa.update(totp).where(totp.c.person_id == person_id, totp.c.secret == sealed, totp.c.last_step < step)
    return run(rising.values(last_step=step)).rowcount == 1


def remove(person_id: UUID) -> None:
    """Drop the authenticator app (in a command)."""
    run(sa.delete(totp).where(totp.c.person_id == person_id))


def digits(typed: str) -> str:
    """Return the six digits of a code however it was grouped, or an empty text."""
    kept = "".join(typed[:20].split()).replace("-", "")
    return kept if len(kept) == 6 and kept.isascii() and kept.isdigit() else ""


def _step_of(sealed: str, code: str) -> int | None:
    """Return the time step that the code belongs to, near now; None when it is of none."""
    typed = digits(code)
    if not typed:
        return None
    generator, present = _generator(_unsealed(sealed)), int(clock.now().timestamp()) // STEP
    matching = [step for step in range(present - DRIFT, present + DRIFT + 1) if _same(generator, step, typed)]
    return max(matching, default=None)


def _same(generator: TOTP, step: int, typed: str) -> bool:
    import hmac

    return hmac.compare_digest(generator.generate_otp(step), typed)


def _unsealed(sealed: str) -> str:
    return secrets.box().decrypt(sealed.encode()).decode()


def _generator(secret: str) -> TOTP:
    import pyotp

    return pyotp.TOTP(secret, interval=STEP)
