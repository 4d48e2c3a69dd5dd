"""Appending to the chains: last thing in a transaction, heads locked in order of their id."""

from __future__ import annotations

import hashlib
import json
import secrets as randomness
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.kernel import secrets
from superapp.kernel.database import insert_once, run
from superapp.kernel.prepared import Prepared
from superapp.kernel.tables import audit, audit_head, audit_values

CORE = "core"
START = "0" * 64
"""`previous` of the first row of a chain."""


@dataclass(frozen=True)
class Entry:
    """One thing that somebody did, to be chained.

    `message` is the words of the operation with `{names}` of values; `values` is what fills them, kept beside the chain
    so that lawful erasure leaves the chain whole; `opd_id` chooses the chain.
    """

    operation: str
    message: str
    at: datetime = field(kw_only=True)
    principal: str = field(kw_only=True)
    person_id: UUID | None = field(default=None, kw_only=True)
    position_id: UUID | None = field(default=None, kw_only=True)
    opd_id: UUID | None = field(default=None, kw_only=True)
    record_type: str = field(default="", kw_only=True)
    record_id: UUID | None = field(default=None, kw_only=True)
    request_id: str = field(default="", kw_only=True)
    values: Mapping[str, Any] = field(default_factory=dict, kw_only=True)

    @property
    def chain(self) -> str:
        """Return the chain the entry belongs to: its OPD's, else the core's."""
        return self.opd_id.hex if self.opd_id else CORE


def append(entries: Iterable[Entry]) -> None:
    """Append entries to their chains on the session's connection; call it last before the commit.

    Heads are locked in order of their id: locked early, 117 of 320 commands deadlocked in a trial; last and sorted, none.
    """
    by_chain: dict[str, list[Entry]] = {}
    for entry in entries:
        by_chain.setdefault(entry.chain, []).append(entry)
    for chain in sorted(by_chain):
        _append_to(chain, by_chain[chain])


_HEAD = Prepared(
    sa.select(audit_head.c.sequence, audit_head.c.hash)
    .where(audit_head.c.chain == sa.bindparam("chain"))
    .with_for_update()
)
_ADD = Prepared(sa.insert(audit))
_ADD_VALUES = Prepared(sa.insert(audit_values))
_MOVE = Prepared(
    sa.update(audit_head)
    .where(audit_head.c.chain == sa.bindparam("chain_"))
    .values(sequence=sa.bindparam("sequence_"), hash=sa.bindparam("hash_"), seal=sa.bindparam("seal_"))
)


def _append_to(chain: str, entries: list[Entry]) -> None:
    head = _HEAD.first({"chain": chain})
    if head is None:
        run(insert_once(audit_head, {"chain": chain, "sequence": 0, "hash": START, "seal": seal(chain, 0, START)}))
        head = _HEAD.one({"chain": chain})
    sequence, previous = head.sequence, head.hash
    rows, beside = [], []
    for entry in entries:
        sequence += 1
        salt, values = randomness.token_hex(16), _plain(entry.values)
        row = _row(chain, sequence, entry, values_hash(salt, values), previous)
        previous = row["hash"]
        rows.append(row)
        beside.append({"chain": chain, "sequence": sequence, "salt": salt, "values": values})
    _ADD.run_many(rows)
    _ADD_VALUES.run_many(beside)
    _MOVE.run({"chain_": chain, "sequence_": sequence, "hash_": previous, "seal_": seal(chain, sequence, previous)})


def _row(chain: str, sequence: int, entry: Entry, hashed: str, previous: str) -> dict[str, Any]:
    row = {
        "chain": chain,
        "sequence": sequence,
        "at": entry.at,
        "principal": entry.principal,
        "person_id": entry.person_id,
        "position_id": entry.position_id,
        "operation": entry.operation,
        "message": entry.message,
        "record_type": entry.record_type,
        "record_id": entry.record_id,
        "request_id": entry.request_id,
        "values_hash": hashed,
        "previous": previous,
    }
    return row | {"hash": row_hash(row)}


HASHED = (
    "chain",
    "sequence",
    "at",
    "principal",
    "person_id",
    "position_id",
    "operation",
    "message",
    "record_type",
    "record_id",
    "request_id",
    "values_hash",
    "previous",
)
"""The columns under the hash of a row, in their order."""


def row_hash(row: Mapping[str, Any]) -> str:
    """Return the hex SHA-256 that chains a row: over each of `HASHED`, `previous` included."""
    text = json.dumps([_text(row[name]) for name in HASHED], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def values_hash(salt: str, values: Mapping[str, Any]) -> str:
    """Return the salted hash of an entry's values; without the salt nobody can guess erased values back."""
    text = json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256((salt + text).encode()).hexdigest()


def seal(chain: str, sequence: int, head: str) -> str:
    """Return the keyed seal of a chain's head: who has only the database cannot make one."""
    return secrets.sign("audit-head", chain, str(sequence), head)


def reseal_foreign() -> int:
    """Seal heads anew that another key sealed, within the command under way; return how many.

    For a restore with another key alone, after the chains were verified: it declares these heads ours.
    """
    heads = [
        head
        for head in run(sa.select(audit_head)).all()
        if not secrets.signed_by_us("audit-head", head.seal, head.chain, str(head.sequence), head.hash)
    ]
    for head in heads:
        fresh = seal(head.chain, head.sequence, head.hash)
        run(sa.update(audit_head).where(audit_head.c.chain == head.chain).values(seal=fresh))
    return len(heads)


def _text(value: Any) -> Any:
    if isinstance(value, datetime):
        return int(value.timestamp() * 1_000_000)
    return value.hex if isinstance(value, UUID) else value


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _json(value) for name, value in values.items()}


def _json(value: Any) -> Any:
    """Return the value as JSON keeps it, the same before and after storing."""
    if isinstance(value, str):
        return value.replace("\x00", "")  # PostgreSQL's JSONB has no NUL
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, float | Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): _json(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_json(item) for item in value]
    return str(value)
