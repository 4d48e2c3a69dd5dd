"""After a restore with another secret key: what the lost key sealed is sealed anew or dropped, and the trail says so."""

from __future__ import annotations

import sqlalchemy as sa

from superapp.access.actor import operator
from superapp.kernel import audit, command, secrets
from superapp.kernel.database import run
from superapp.kernel.language import N_
from superapp.login.tables import totp
from superapp.operations.backup.manifest import BackupError

REKEYED = N_(
    "Dipulihkan dengan kunci rahasia lain: {chains} kepala rantai disegel ulang, {seeds} aplikasi kode dihapus"
)


def rekey() -> None:
    """Seal the audit chains' heads with the present key and drop authenticator seeds that it cannot open.

    Only heads of whole chains: raises BackupError, with nothing sealed, when a chain shows any other fault. A seal of
    the lost key proved that the head was ours; from now on the audit row of this command and the anchors do.
    """
    if faults := [fault for fault in audit.verify() if fault.reason != audit.FOREIGN_SEAL]:
        words = "; ".join(f"{fault.chain} baris {fault.sequence}: {fault.reason}" for fault in faults[:5])
        raise BackupError(f"Data sudah dipulihkan, tetapi jejak auditnya tidak utuh dan tidak disegel ulang: {words}")
    with command.begin("backup.rekey", actor=operator(), says=REKEYED) as present:
        present.values |= {"chains": audit.reseal_foreign(), "seeds": _drop_unreadable_seeds()}


def _drop_unreadable_seeds() -> int:
    kept = run(sa.select(totp.c.person_id, totp.c.secret, totp.c.pending)).all()
    lost = [row.person_id for row in kept if not (_opens(row.secret) and _opens(row.pending))]
    for person_id in lost:
        run(sa.delete(totp).where(totp.c.person_id == person_id))
    return len(lost)


def _opens(sealed: str) -> bool:
    from cryptography.fernet import InvalidToken  # 7 MB, which no worker needs

    try:
        return not sealed or bool(secrets.box().decrypt(sealed.encode()))
    except InvalidToken:
        return False
