"""The audit trail: whatever is done to the tables behind the app's back shows in `audit verify`."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.engine import Connection

from superapp.extensions import db
from superapp.kernel import audit, clock, command, database
from superapp.kernel.audit.chain import CORE, HASHED, row_hash, values_hash
from superapp.kernel.audit.erasure import erase
from superapp.kernel.database import run
from superapp.kernel.tables import audit as rows
from superapp.kernel.tables import audit_head as heads
from superapp.kernel.tables import audit_values as beside
from tests.kernel.conftest import OPERATOR, audited, write

OPDS = [uuid.UUID(int=number) for number in (1, 2)]
Anchors = Mapping[str, tuple[int, str]]


def commands(how_many: int) -> None:
    """Write some history: each command with a row in the core's chain or an OPD's."""
    for number in range(how_many):
        with write("letters.register", says="{actor} registers {number}") as present:
            opd = [None, *OPDS][number % 3]
            present.about("letter", uuid.uuid4(), opd_id=opd, number=number, subject=f"letter {number}")


def anchors() -> dict[str, tuple[int, str]]:
    return {head.chain: (head.sequence, head.hash) for head in audit.heads()}


def faults(kept: Anchors | None = None) -> list[audit.Fault]:
    return list(audit.verify(kept))


def test_untouched_chains_have_no_fault(app: Flask) -> None:
    commands(30)

    assert {head.chain: head.sequence for head in audit.heads()} == {CORE: 10, OPDS[0].hex: 10, OPDS[1].hex: 10}
    assert faults() == []
    assert faults(anchors()) == []


def test_anchor_stays_true_when_the_chain_grows(app: Flask) -> None:
    commands(9)
    kept = anchors()
    commands(9)

    assert faults(kept) == []


def test_values_of_every_kind_verify_after_storing(app: Flask) -> None:
    kinds: dict[str, Any] = {
        "text": 'é “ü” \\ " 你好 \u202e',
        "number": 2**60,
        "decimal": Decimal("1250000.50"),
        "float": 0.1,
        "none": None,
        "yes": True,
        "day": date(2026, 11, 24),
        "moment": clock.now(),
        "id": uuid.uuid4(),
        "many": [1, {"b": 2, "a": (3, None)}],
        "": {"z": 1, "a": 2},
    }
    with write(says="{text}") as present:
        present.about("letter", uuid.uuid4(), **kinds)

    assert faults() == []


Crime = Callable[[Connection, random.Random], None]


def _pick(connection: Connection, chance: random.Random, *, but_last: bool = False) -> Any:
    found = connection.execute(sa.select(rows).order_by(rows.c.chain, rows.c.sequence)).all()
    if but_last:
        found = [
            row for row in found if any(other.chain == row.chain and other.sequence > row.sequence for other in found)
        ]
    return chance.choice(found)


def _at(table: sa.Table, row: Any) -> tuple[Any, Any]:
    return table.c.chain == row.chain, table.c.sequence == row.sequence


def edit_a_column(connection: Connection, chance: random.Random) -> None:
    row = _pick(connection, chance)
    name = chance.choice([*HASHED[2:], "hash"])
    change = {
        "at": row.at + timedelta(microseconds=1),
        "person_id": uuid.uuid4(),
        "position_id": uuid.uuid4(),
        "record_id": uuid.uuid4(),
    }.get(name, str(getattr(row, name))[:-1] + "x")
    connection.execute(sa.update(rows).where(*_at(rows, row)).values({name: change}))


def edit_the_values(connection: Connection, chance: random.Random) -> None:
    row = _pick(connection, chance)
    connection.execute(sa.update(beside).where(*_at(beside, row)).values({"values": {"number": -1}}))


def edit_values_and_row_and_hash(connection: Connection, chance: random.Random) -> None:
    row = _pick(connection, chance)
    changed = dict(row._mapping) | {"values_hash": values_hash("salt", {"number": -1})}
    connection.execute(sa.update(beside).where(*_at(beside, row)).values({"values": {"number": -1}, "salt": "salt"}))
    connection.execute(sa.update(rows).where(*_at(rows, row)).values(changed | {"hash": row_hash(changed)}))


def rewrite_the_chain_from_a_row_on(connection: Connection, chance: random.Random) -> None:
    """Everything recomputed as the app would, but for the seal: its key is not in the database."""
    first = _pick(connection, chance)
    later = rows.c.chain == first.chain, rows.c.sequence >= first.sequence
    previous = first.previous
    for row in connection.execute(sa.select(rows).where(*later).order_by(rows.c.sequence)).all():
        changed = dict(row._mapping) | {"previous": previous, "operation": "letters.forge"}
        previous = row_hash(changed)
        connection.execute(sa.update(rows).where(*_at(rows, row)).values(changed | {"hash": previous}))
    connection.execute(sa.update(heads).where(heads.c.chain == first.chain).values(hash=previous))


def delete_a_row(connection: Connection, chance: random.Random) -> None:
    row = _pick(connection, chance)
    connection.execute(sa.delete(rows).where(*_at(rows, row)))
    if chance.random() < 0.5:
        connection.execute(sa.delete(beside).where(*_at(beside, row)))


def delete_a_row_and_close_the_gap(connection: Connection, chance: random.Random) -> None:
    row = _pick(connection, chance, but_last=True)
    for table in (rows, beside):
        connection.execute(sa.delete(table).where(*_at(table, row)))
        after = connection.execute(
            sa.select(table.c.sequence)
            .where(table.c.chain == row.chain, table.c.sequence > row.sequence)
            .order_by(table.c.sequence)
        ).scalars()
        for sequence in list(after):
            where = (table.c.chain == row.chain, table.c.sequence == sequence)
            connection.execute(sa.update(table).where(*where).values(sequence=sequence - 1))


def swap_two_rows(connection: Connection, chance: random.Random) -> None:
    first = _pick(connection, chance, but_last=True)
    second = connection.execute(
        sa.select(rows).where(rows.c.chain == first.chain, rows.c.sequence == first.sequence + 1)
    ).one()
    for table in (rows, beside):
        for found, sequence in ((first.sequence, -1), (second.sequence, first.sequence), (-1, second.sequence)):
            where = (table.c.chain == first.chain, table.c.sequence == found)
            connection.execute(sa.update(table).where(*where).values(sequence=sequence))


def cut_the_tail(connection: Connection, chance: random.Random) -> None:
    row = _pick(connection, chance, but_last=True)
    for table in (rows, beside):
        connection.execute(sa.delete(table).where(table.c.chain == row.chain, table.c.sequence > row.sequence))
    if chance.random() < 0.5:
        change = sa.update(heads).where(heads.c.chain == row.chain)
        connection.execute(change.values(sequence=row.sequence, hash=row.hash))


def delete_values(connection: Connection, chance: random.Random) -> None:
    row = _pick(connection, chance)
    connection.execute(sa.delete(beside).where(*_at(beside, row)))


def erase_values_without_proof(connection: Connection, chance: random.Random) -> None:
    row = _pick(connection, chance)
    gone = {"salt": None, "values": sa.null(), "erased_at": clock.now(), "erased_by": str(uuid.uuid4())}
    connection.execute(sa.update(beside).where(*_at(beside, row)).values(gone))


def append_a_row(connection: Connection, chance: random.Random) -> None:
    row = _pick(connection, chance)
    last = connection.execute(sa.select(heads).where(heads.c.chain == row.chain)).one()
    forged = dict(row._mapping) | {"sequence": last.sequence + 1, "previous": last.hash}
    connection.execute(sa.insert(rows).values(forged | {"hash": row_hash(forged)}))
    connection.execute(sa.insert(beside).values(chain=row.chain, sequence=last.sequence + 1, salt="s", values={}))


def forge_a_chain(connection: Connection, chance: random.Random) -> None:
    row = _pick(connection, chance)
    forged = dict(row._mapping) | {"chain": uuid.uuid4().hex, "sequence": 1, "previous": "0" * 64}
    connection.execute(sa.insert(rows).values(forged | {"hash": row_hash(forged)}))


def delete_a_chain(connection: Connection, chance: random.Random) -> None:
    """Nothing of it is left in the database: only an exported anchor shows it."""
    row = _pick(connection, chance)
    for table in (rows, beside, heads):
        connection.execute(sa.delete(table).where(table.c.chain == row.chain))


CRIMES: tuple[Crime, ...] = (
    edit_a_column,
    edit_the_values,
    edit_values_and_row_and_hash,
    rewrite_the_chain_from_a_row_on,
    delete_a_row,
    delete_a_row_and_close_the_gap,
    swap_two_rows,
    cut_the_tail,
    delete_values,
    erase_values_without_proof,
    append_a_row,
    forge_a_chain,
    delete_a_chain,
)


def undetected(how_many: int, seed: int) -> list[str]:
    """Return the crimes that `audit verify` missed; each is undone before the next."""
    chance, kept, missed = random.Random(seed), anchors(), []
    for number in range(how_many):
        crime = CRIMES[number % len(CRIMES)]
        with database.writing():
            crime(db.session.connection(), chance)
            if not faults(kept):
                missed.append(f"{crime.__name__} ({number})")
            db.session.rollback()
    return missed


def test_every_kind_of_tampering_shows(app: Flask) -> None:
    commands(18)
    db.session.rollback()

    assert undetected(4 * len(CRIMES), seed=26_11) == []
    assert faults(anchors()) == []


@pytest.mark.slow
def test_a_thousand_random_mutations_are_all_found(app: Flask) -> None:
    commands(45)
    db.session.rollback()

    assert undetected(1001, seed=11_26) == []


def test_state_of_an_older_backup_shows_by_its_anchor(app: Flask) -> None:
    """An old head carries a true seal: only what was exported elsewhere tells that the chain was longer."""
    commands(6)
    db.session.rollback()
    older = {table: run(sa.select(table)).all() for table in (rows, beside, heads)}
    commands(6)
    kept = anchors()
    with database.transaction() as connection:
        for table, content in older.items():
            connection.execute(sa.delete(table))
            connection.execute(sa.insert(table), [dict(row._mapping) for row in content])
    db.session.rollback()

    assert faults() == []
    assert {fault.reason for fault in faults(kept)} == {"jangkar yang diekspor tidak ada lagi: ekor terpotong"}


def test_fault_names_the_place(app: Flask) -> None:
    commands(9)
    with database.transaction() as connection:
        connection.execute(sa.update(rows).where(rows.c.chain == CORE, rows.c.sequence == 2).values(principal="x"))
    db.session.rollback()

    assert [(fault.chain, fault.sequence, fault.reason) for fault in faults()] == [(CORE, 2, "isi baris berubah")]


def test_lawful_erasure_leaves_the_chain_whole(app: Flask) -> None:
    commands(9)
    with write("person.erase"):
        erase([(CORE, 1), (OPDS[0].hex, 2)])

    left = run(sa.select(beside.c["values"]).where(beside.c.salt.is_(None))).scalars().all()
    assert left == [None, None]
    assert faults() == []
    assert "{count} nilai jejak audit dihapus menurut hukum" in audited()


def test_values_put_under_a_lawful_erasure_later_show(app: Flask) -> None:
    commands(9)
    with write("person.erase"):
        name = erase([(CORE, 1)])
    with database.transaction() as connection:
        gone = {"salt": None, "values": sa.null(), "erased_at": clock.now(), "erased_by": str(name)}
        connection.execute(sa.update(beside).where(beside.c.chain == CORE, beside.c.sequence == 2).values(gone))
    db.session.rollback()

    assert [fault.reason for fault in faults()] == ["penghapusan nilai tidak sama dengan yang tercatat"]


def test_nothing_is_erased_twice_or_where_nothing_is(app: Flask) -> None:
    commands(3)
    with write("person.erase"):
        erase([(CORE, 1)])
    for nowhere in [(CORE, 1), (CORE, 99), ("x", 1)]:
        with pytest.raises(ValueError, match="no values"), command.begin("person.erase", actor=OPERATOR, says=""):
            erase([nowhere])
    assert faults() == []
