"""Idempotency keys: a form that arrives twice takes effect once and gets the same answer."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from werkzeug.datastructures import FileStorage, MultiDict

from superapp.kernel import clock, secrets
from superapp.kernel.database import run
from superapp.kernel.errors import KeyReused
from superapp.kernel.prepared import Prepared
from superapp.kernel.tables import idempotency as keys

KEPT = timedelta(days=30)
"""An outbox may replay a form after days (RELIABILITY: at least 30)."""
UNHASHED = frozenset({"csrf_token", "idempotency_key", "confirm_password"})


@dataclass(frozen=True)
class Claim:
    """A key that somebody wants to use for one effect of one operation."""

    principal: str
    operation: str
    key: str = ""
    fingerprint: str = ""


@dataclass(frozen=True)
class Answer:
    """What the first arrival was answered."""

    status: int
    location: str
    record_id: UUID | None = None


_THIS = sa.and_(
    keys.c.principal == sa.bindparam("principal_"),
    keys.c.operation == sa.bindparam("operation_"),
    keys.c.key == sa.bindparam("key_"),
)
_CLAIM = Prepared(lambda insert: insert(keys).on_conflict_do_nothing())
_STORED = Prepared(sa.select(keys.c.fingerprint, keys.c.status, keys.c.location, keys.c.record_id).where(_THIS))
_KEEP = Prepared(
    sa.update(keys)
    .where(_THIS)
    .values(status=sa.bindparam("status_"), location=sa.bindparam("location_"), record_id=sa.bindparam("record_"))
)


def claim(wanted: Claim) -> Answer | None:
    """Claim the key inside the command's transaction.

    Returns None when it is ours now, or the stored answer when the same form took effect before. Raises KeyReused when
    the key came with another body. A concurrent claim waits for the other transaction.
    """
    values = {
        "principal": wanted.principal,
        "operation": wanted.operation,
        "key": wanted.key,
        "fingerprint": wanted.fingerprint,
        "created_at": clock.now(),
    }
    if _CLAIM.run(values) == 1:
        return None
    stored = _STORED.one(_where(wanted))
    if not hmac.compare_digest(stored.fingerprint, wanted.fingerprint):
        raise KeyReused
    return Answer(stored.status, stored.location or "", record_id=stored.record_id)


def keep(wanted: Claim, answer: Answer) -> None:
    """Store the answer of the effect with its key; never a body."""
    stored = {"status_": answer.status, "location_": answer.location, "record_": answer.record_id}
    _KEEP.run(_where(wanted) | stored)


def _where(wanted: Claim) -> dict[str, Any]:
    return {"principal_": wanted.principal, "operation_": wanted.operation, "key_": wanted.key}


def fingerprint(form: MultiDict[str, str], files: MultiDict[str, FileStorage], body: bytes = b"") -> str:
    """Return the keyed fingerprint of a body: fields and files without the CSRF token and the key itself."""
    fields = sorted((name, value) for name, value in form.items(multi=True) if name not in UNHASHED)
    mac = hmac.new(secrets.key_for("fingerprint"), json.dumps(fields).encode(), "sha256")
    for name, file in sorted(files.items(multi=True), key=lambda item: item[0]):
        mac.update(f"\x1f{name}\x1f{file.filename}\x1f".encode())
        for chunk in _chunks(file):
            mac.update(chunk)
    mac.update(body)
    return mac.hexdigest()


def _chunks(file: FileStorage) -> Iterable[bytes]:
    file.stream.seek(0)
    while chunk := file.stream.read(1 << 16):
        yield chunk
    file.stream.seek(0)


def forget_old() -> int:
    """Delete keys older than `KEPT` (nightly job); return how many."""
    return run(sa.delete(keys).where(keys.c.created_at < clock.now() - KEPT)).rowcount
