"""Lawful erasure: values of audit rows go, the rows stay provable, and the erasure itself is chained."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa

from superapp.kernel import clock, command, ids
from superapp.kernel.audit.verify import ERASED, erasure_digest
from superapp.kernel.database import run
from superapp.kernel.tables import audit_values


def erase(rows: Collection[tuple[str, int]]) -> UUID:
    """Erase the values of audit rows, given as (chain, sequence), within the command under way; return the erasure's id.

    The command gets an audit row that names the rows by digest: values that are missing without one show in
    `audit verify` (UU PDP 27/2022, art. 43-44: erase what law lets go, and keep proof of it).
    """
    erasure = ids.uuid7()
    gone = {"salt": None, "values": sa.null(), "erased_at": clock.now(), "erased_by": str(erasure)}
    for chain, sequence in sorted(rows):
        where = (audit_values.c.chain == chain, audit_values.c.sequence == sequence, audit_values.c.salt.is_not(None))
        if run(sa.update(audit_values).where(*where).values(gone)).rowcount != 1:
            raise ValueError(f"no values to erase at {chain}/{sequence}")
    command.current().also(
        "{count} nilai jejak audit dihapus menurut hukum",
        ERASED,
        erasure,
        opd_id=None,
        count=len(rows),
        digest=erasure_digest(rows),
    )
    return erasure
