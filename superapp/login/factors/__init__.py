"""Second factors: which somebody has, and when one is asked for or required."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa

from superapp.access.rights import rights_of
from superapp.kernel import clock, stamps
from superapp.kernel.database import run
from superapp.kernel.errors import Refused
from superapp.kernel.language import gettext as _
from superapp.login import tables
from superapp.login.accounts import Account


@dataclass(frozen=True)
class Factors:
    """The second factors of a person."""

    totp: bool = False
    passkeys: int = 0
    codes: int = field(default=0, kw_only=True)

    def __bool__(self) -> bool:
        return self.totp or self.passkeys > 0

    @property
    def last_one(self) -> bool:
        """Whether removing one leaves none (recovery codes alone are no factor)."""
        return int(self.totp) + self.passkeys == 1


def of(person_id: UUID) -> Factors:
    """Return what factors a person has, in one statement."""
    app, code = tables.totp.c, tables.recovery_code.c
    has_totp = sa.select(sa.func.count()).where(app.person_id == person_id, app.confirmed_at.is_not(None))
    keys = sa.select(sa.func.count()).where(tables.passkey.c.person_id == person_id)
    codes = sa.select(sa.func.count()).where(code.person_id == person_id, code.used_at.is_(None))
    counted = {"totp": has_totp, "passkeys": keys, "codes": codes}
    row = run(sa.select(*(query.scalar_subquery().label(name) for name, query in counted.items()))).one()
    return Factors(row.totp > 0, row.passkeys, codes=row.codes)


def required_of(found: Account) -> bool:
    """Tell whether the person must have a second factor: administrators and signers (DESIGN 10)."""
    return not found.factor_exempt and rights_of(found.person_id, stamps.read().access, clock.today()).sensitive


def asked_of(found: Account, has: Factors) -> bool:
    """Tell whether a password alone does not sign the person in.

    An authenticator app is asked for whenever there is one; a passkey, which many keep on one phone for comfort, only
    of those who must have a second factor.
    """
    return has.totp or (has.passkeys > 0 and required_of(found))


def refuse_removing_last(found: Account, has: Factors) -> None:
    """Raise Refused when the person must have a second factor and this is the last one."""
    if has.last_one and required_of(found):
        raise Refused(_("Peran Anda mewajibkan faktor kedua. Tambahkan yang lain dulu."))
