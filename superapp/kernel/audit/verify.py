"""Verifying the chains: finds an edit, a deletion, a reordering and a cut tail."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from superapp.kernel import secrets
from superapp.kernel.audit.chain import CORE, START, row_hash, values_hash
from superapp.kernel.database import run
from superapp.kernel.language import N_
from superapp.kernel.tables import audit, audit_head, audit_values


@dataclass(frozen=True)
class Fault:
    """One place where a chain is not what was written."""

    chain: str
    sequence: int
    reason: str


@dataclass(frozen=True)
class Head:
    """The end of a chain, as exported to where the app cannot change it."""

    chain: str
    sequence: int
    hash: str


def heads() -> list[Head]:
    """Return the head of each chain, sorted by chain; keep them elsewhere: they show a cut tail."""
    rows = run(sa.select(audit_head.c.chain, audit_head.c.sequence, audit_head.c.hash).order_by(audit_head.c.chain))
    return [Head(row.chain, row.sequence, hash=row.hash) for row in rows]


def verify(anchors: Mapping[str, tuple[int, str]] | None = None) -> Iterator[Fault]:
    """Yield each fault of all chains; no fault means that nothing was changed since it was written.

    `anchors` maps a chain to a (sequence, hash) exported earlier: it must still be there.
    """
    known = {row.chain: row for row in run(sa.select(audit_head))}
    chains = set(known) | set(run(sa.select(audit.c.chain).distinct()).scalars()) | set(anchors or {})
    chains |= set(run(sa.select(audit_values.c.chain).distinct()).scalars())
    for chain in sorted(chains):
        yield from _verify_chain(chain, known.get(chain), (anchors or {}).get(chain))
    yield from _verify_erasures()


def verify_heads(anchors: Mapping[str, tuple[int, str]] | None = None) -> Iterator[Fault]:
    """Yield what a look at the chains' ends tells, without reading every row: seals, last rows and anchored rows."""
    for head in run(sa.select(audit_head)).all():
        end = run(_ROW_HASH.where(audit.c.chain == head.chain).order_by(audit.c.sequence.desc()).limit(1)).first()
        yield from _verify_head(head.chain, head, *(end or (0, START)))
    for chain, (sequence, hashed) in sorted((anchors or {}).items()):
        found = run(_ROW_HASH.where(audit.c.chain == chain, audit.c.sequence == sequence)).first()
        if found is None or found.hash != hashed:
            yield Fault(chain, sequence, reason=_UNANCHORED)


FOREIGN_SEAL = N_("segel kepala rantai bukan dari sistem ini")
_ROW_HASH = sa.select(audit.c.sequence, audit.c.hash)
_UNANCHORED = "jangkar yang diekspor tidak ada lagi: ekor terpotong"


def _verify_chain(chain: str, head: Any, anchor: tuple[int, str] | None) -> Iterator[Fault]:
    previous, expected, anchored = START, 0, anchor is None
    for row in _rows(chain):
        expected += 1
        yield from _verify_row(chain, row, expected, previous)
        previous, expected = row.hash, row.sequence
        anchored = anchored or (anchor is not None and anchor == (row.sequence, row.hash))
    yield from _verify_head(chain, head, expected, previous)
    orphans = sa.select(sa.func.count()).select_from(audit_values.outerjoin(audit, _SAME_ROW))
    if run(orphans.where(audit_values.c.chain == chain, audit.c.chain.is_(None))).scalar_one():
        yield Fault(chain, expected, reason="nilai tanpa baris")
    if not anchored:
        yield Fault(chain, expected, reason=_UNANCHORED)


_SAME_ROW = (audit_values.c.chain == audit.c.chain) & (audit_values.c.sequence == audit.c.sequence)


def _rows(chain: str) -> Iterator[Any]:
    """Yield the rows of a chain with their values, a thousand at a time."""
    query = (
        sa.select(audit, audit_values.c.salt, audit_values.c["values"].label("kept"), audit_values.c.erased_at)
        .select_from(audit.outerjoin(audit_values, _SAME_ROW))
        .where(audit.c.chain == chain)
        .order_by(audit.c.sequence)
        .limit(1000)
    )
    last = -(2**62)
    while rows := run(query.where(audit.c.sequence > last)).all():
        yield from rows
        last = rows[-1].sequence


def _verify_row(chain: str, row: Any, expected: int, previous: str) -> Iterator[Fault]:
    if row.sequence != expected:
        yield Fault(chain, row.sequence, reason=f"nomor urut {expected} hilang")
    if row.previous != previous:
        yield Fault(chain, row.sequence, reason="tidak menyambung pada baris sebelumnya")
    if row_hash(row._mapping) != row.hash:
        yield Fault(chain, row.sequence, reason="isi baris berubah")
    yield from _verify_values(chain, row)


def _verify_values(chain: str, row: Any) -> Iterator[Fault]:
    if row.erased_at is not None and row.kept is None and row.salt is None:
        return  # whether that was lawful is told by `_verify_erasures`
    if row.kept is None or row.salt is None:
        yield Fault(chain, row.sequence, reason="nilai hilang")
    elif values_hash(row.salt, row.kept) != row.values_hash:
        yield Fault(chain, row.sequence, reason="nilai berubah")


ERASED = "audit_erasure"
"""The record type of the audit row that proves an erasure lawful."""


def erasure_digest(rows: Collection[tuple[str, int]]) -> str:
    """Return the hex SHA-256 over erased rows, given as (chain, sequence), whatever their order."""
    text = "\n".join(f"{chain}/{sequence}" for chain, sequence in sorted(rows))
    return hashlib.sha256(text.encode()).hexdigest()


def _verify_erasures() -> Iterator[Fault]:
    """Compare the rows without values with the erasures that the chain proves."""
    erased: dict[str, list[tuple[str, int]]] = {}
    gone = sa.select(audit_values.c.chain, audit_values.c.sequence, audit_values.c.erased_by)
    for row in run(gone.where(audit_values.c.erased_at.is_not(None))):
        erased.setdefault(row.erased_by or "", []).append((row.chain, row.sequence))
    for name, sequence, digest in _proven_erasures():
        if digest is None or digest != erasure_digest(erased.pop(name, [])):
            yield Fault(CORE, sequence, reason="penghapusan nilai tidak sama dengan yang tercatat")
    for rows in erased.values():
        for chain, sequence in sorted(rows):
            yield Fault(chain, sequence, reason="nilai dihapus tanpa catatan penghapusan")


def _proven_erasures() -> Iterator[tuple[str, int, str | None]]:
    proofs = (
        sa.select(audit.c.record_id, audit.c.sequence, audit_values.c["values"].label("kept"))
        .select_from(audit.outerjoin(audit_values, _SAME_ROW))
        .where(audit.c.chain == CORE, audit.c.record_type == ERASED)
    )
    for row in run(proofs):
        yield str(row.record_id), row.sequence, (row.kept or {}).get("digest")


def _verify_head(chain: str, head: Any, sequence: int, last: str) -> Iterator[Fault]:
    if head is None:
        yield Fault(chain, sequence, reason="kepala rantai hilang")
        return
    if (head.sequence, head.hash) != (sequence, last):
        yield Fault(chain, sequence, reason="ekor rantai terpotong atau ditambah")
    if not secrets.signed_by_us("audit-head", head.seal, chain, str(head.sequence), head.hash):
        yield Fault(chain, head.sequence, reason=FOREIGN_SEAL)
