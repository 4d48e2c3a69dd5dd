"""What signing in keeps about a person: handed over on export, taken away on erasure."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from superapp.kernel import clock
from superapp.kernel.database import run
from superapp.kernel.format import format_datetime
from superapp.login import accounts, factors
from superapp.login.factors import passkeys
from superapp.login.tables import account, challenge, device, passkey, recovery_code, session, ticket, totp
from superapp.plugin.contributions import PersonData

ERASED = (session, device, passkey, totp, recovery_code, ticket, challenge)
"""Tables whose rows of a person go; the account stays as a closed shell, because others refer to its person."""


def kept(person_id: UUID) -> list[PersonData]:
    """Return account, devices and passkeys in words; secrets (hashes, keys) are nobody's to hand over."""
    found = accounts.by_person(person_id)
    if found is None:
        return []
    return [
        PersonData("Akun", ({"Masuk dengan": found.number, "Aktif sejak": format_datetime(found.activated_at)},)),
        PersonData("Faktor kedua", ({"Aplikasi kode": "ya" if factors.of(person_id).totp else "tidak"},)),
        PersonData("Kunci sandi", tuple({"Nama": key.label, "Dipasang": format_datetime(key.created_at)} for key in passkeys.of(person_id))),
        PersonData("Perangkat", tuple(_devices(person_id))),
    ]  # fmt: skip


def _devices(person_id: UUID) -> list[dict[str, str]]:
    query = sa.select(device.c.label, device.c.created_at, device.c.last_seen).where(device.c.person_id == person_id)
    return [
        {"Peramban": row.label, "Pertama": format_datetime(row.created_at), "Terakhir": format_datetime(row.last_seen)}
        for row in run(query.order_by(device.c.created_at))
    ]


def erase(person_id: UUID) -> int:
    """Close the account and delete what belongs to it; return the number of rows (in a command)."""
    rows = sum(run(sa.delete(table).where(table.c.person_id == person_id)).rowcount for table in ERASED)
    shell = {"password_hash": None, "disabled_at": clock.now(), "temporary_until": None, "must_change": False}
    return rows + run(sa.update(account).where(account.c.person_id == person_id).values(shell)).rowcount
