"""A person's data: nothing of it is left out of the export, and an erasure leaves what law keeps, provably."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask

from superapp.access.actor import Actor, acting_as, operator
from superapp.extensions import db
from superapp.kernel import access_log, audit, clock, command, ids
from superapp.kernel import tables as kernel
from superapp.kernel.database import CoreModel, run
from superapp.kernel.errors import NotFound, Refused
from superapp.kernel.jobs import enqueue
from superapp.navigation import models as navigation
from superapp.operations.personal import holdings
from superapp.operations.personal.commands import person as person_command
from superapp.operations.personal.erasing import erase
from superapp.operations.personal.exporting import export
from superapp.organization import people
from superapp.plugin.mapping import bases
from superapp.shared import mail, notices, timeline
from superapp.shared.search.people import index_people
from superapp.shared.tables import import_row
from tests.login.enrolling import enrol_app, enrol_codes, enrol_passkey
from tests.login.walker import Walker
from tests.organization.acting import done
from tests.shared.importing import staged
from tests.shared.tables_of import as_csv, siasn, somebody
from tests.support.builders import House, Member
from tests.support.databases import only_sqlite

NAME, MAIL, PHONE = "Sari Dewi", "kanari.pribadi@contoh.id", "081299988877"


@pytest.fixture
def staf(house: House) -> Member:
    return house.people["staf"]


@pytest.fixture
def traces(app: Flask, house: House, staf: Member) -> Iterator[Flask]:
    """A person who left traces in every part: account, factors, work, notices, mail, imports, readings, audit."""
    walker = Walker(app)
    walker.sign_in(staf.nip)
    enrol_app(app, staf)
    enrol_codes(app, staf)
    enrol_passkey(walker)
    with app.app_context():
        _work(staf)
        _read_by(house.people["admin"], staf)
        staged("people", as_csv(siasn(somebody(1, **{"NIP BARU": f"'{staf.nip}"}))))
        db.session.rollback()
        yield app


def _work(staf: Member) -> None:
    actor = Actor(f"person:{staf.id.hex}", NAME, person_id=staf.id, session_id="s")
    with command.begin("test.trace", actor=actor, says="{actor} bekerja") as present, acting_as(actor):
        present.values["actor"] = NAME
        people.change(people.person(staf.id), None, email=MAIL, phone=PHONE)
        index_people([staf.id])
        notices.notify(staf.id, "Untuk Anda")
        mail.deliver(MAIL, "Surat", "Isi")
        enqueue("core.effect", {"person_id": staf.id}, person_id=staf.id)
        _rows_of(staf)


def _rows_of(staf: Member) -> None:
    moment = clock.now()
    run(sa.insert(navigation.pin).values(person_id=staf.id, key="halo", place=1))
    run(sa.insert(navigation.recent).values(person_id=staf.id, url="/x", title="X", at=moment))
    run(sa.insert(navigation.report).values(person_id=staf.id, words=f"Hubungi {PHONE}"))
    run(sa.insert(navigation.kept_input).values(id="k" * 64, person_id=staf.id, sealed=b"x", expires_at=moment))
    values = {"principal": f"person:{staf.id.hex}", "operation": "o", "key": "k", "fingerprint": "f"}
    run(sa.insert(kernel.idempotency).values(created_at=moment, **values))
    run(
        sa.insert(timeline.timeline).values(
            record_type="core_person", record_id=staf.id, principal="cli", name=NAME, words="ada", values={}
        )
    )


def _read_by(reader: Member, staf: Member) -> None:
    actor = Actor(f"person:{reader.id.hex}", "Petrus", person_id=reader.id, session_id="s")
    with acting_as(actor):
        access_log.note("core_person", staf.id, subject=staf.id, operation=f"test.{ids.uuid7().hex}")
        db.session.rollback()
        access_log.write()


def leave(staf: Member) -> None:
    with done():
        people.end(people.person(staf.id), None, clock.today() - timedelta(days=1))
    db.session.rollback()
    db.session.expire_all()


def marks(staf: Member) -> list[str]:
    return [str(staf.id), staf.id.hex, staf.nip, MAIL, PHONE]


def all_tables() -> Iterator[sa.Table]:
    yield from CoreModel.metadata.sorted_tables
    for name, base in bases.items():
        yield from (table for table in base.metadata.sorted_tables if table.name.startswith(f"{name}_"))


def stored_about(staf: Member) -> dict[str, int]:
    """Count by table the rows of the whole database in which anything of the person can be read."""
    db.session.rollback()
    present = set(sa.inspect(db.session.connection()).get_table_names())
    found = {}
    for table in all_tables():
        if table.name in present:
            rows = [str(list(row._mapping.values())) for row in run(sa.select(table))]
            count = sum(any(mark in row for mark in marks(staf)) for row in rows)
            found |= {table.name: count} if count else {}
    return found


def test_every_core_table_with_personal_columns_is_covered(app: Flask) -> None:
    """A new table with a PII class above `none` must say here what export and erasure do with it."""
    named = {table.name for table in CoreModel.metadata.tables.values() if holdings.personal(table)}
    assert named - holdings.HOLDINGS.keys() == set(), "add it to superapp/operations/personal/holdings.py"
    assert holdings.HOLDINGS.keys() - CoreModel.metadata.tables.keys() == set()


@only_sqlite
def test_every_link_to_a_person_is_followed(app: Flask) -> None:
    """A foreign key to people is a way to a person's rows: none may be missing among the columns of its table."""
    missing = [
        f"{column.table.name}.{column.name}"
        for table in CoreModel.metadata.tables.values()
        for column in table.columns
        if any(key.column.table.name == "core_person" for key in column.foreign_keys)
        and column.name not in holdings.HOLDINGS[table.name].columns
    ]
    assert missing == []


def test_export_leaves_out_no_row_of_the_whole_database(traces: Flask, staf: Member) -> None:
    stored = stored_about(staf)
    assert len(stored) >= 18, stored
    exported = {name: len(rows) for name, rows in export(staf.nip)["tables"].items()}
    short = {name: (count, exported.get(name, 0)) for name, count in stored.items() if exported.get(name, 0) < count}
    assert short == {}


def test_export_hands_over_no_secret_and_is_audited(traces: Flask, staf: Member) -> None:
    text = json.dumps(export(staf.nip))
    hashes = run(sa.text("SELECT password_hash FROM core_account WHERE password_hash IS NOT NULL")).scalars().all()
    assert hashes
    assert not any(hashed in text for hashed in hashes)
    assert MAIL in text
    last = run(sa.select(kernel.audit.c.operation).order_by(kernel.audit.c.at.desc()).limit(1)).scalar_one()
    assert last == "person.export"


def test_active_person_is_not_erased_and_unknown_one_not_found(traces: Flask, staf: Member) -> None:
    before = stored_about(staf)
    with pytest.raises(Refused, match="masih aktif"):
        erase(staf.nip)
    with pytest.raises(NotFound):
        erase("197001011990011999")
    assert stored_about(staf) == before


def test_dry_run_counts_what_the_erasure_then_does_and_stores_nothing(traces: Flask, staf: Member) -> None:
    leave(staf)
    before = stored_about(staf)
    rehearsed = erase(staf.nip, dry_run=True)
    assert stored_about(staf) == before
    assert rehearsed.rows["core_notice"] >= 1
    assert erase(staf.nip).rows == rehearsed.rows


def test_erasure_takes_what_law_lets_go_and_keeps_records_of_office(traces: Flask, staf: Member) -> None:
    with command.begin("core.seal_access_log", actor=operator(), says=""):
        access_log.seal()
    leave(staf)
    erase(staf.nip)
    db.session.expire_all()
    left = stored_about(staf)
    gone = {name for name, rule in holdings.HOLDINGS.items() if rule.treatment == "delete"} - {"core_job"}
    assert not gone & left.keys()
    assert not {"core_session", "core_device", "core_passkey", "core_totp", "core_recovery_code"} & left.keys()
    found = people.person(staf.id)
    assert (found.name, found.nip, found.email, found.phone, found.birth_date) == (NAME, staf.nip, "", "", None)
    assert left.keys() >= {"core_person", "core_appointment", "core_audit", "core_access_log"}
    assert not any(MAIL in text or PHONE in text for text in everything_stored())


def test_erasure_takes_faulty_rows_of_imports_by_number_and_else_by_name(traces: Flask, staf: Member) -> None:
    staged(
        "people", as_csv(siasn(somebody(1, **{"NIP BARU": f"'{staf.nip}", "NAMA": "Sari"}, **{"TANGGAL LAHIR": "x"})))
    )
    staged("people", as_csv(siasn(somebody(2, **{"NIP BARU": "1,98E+17", "NAMA": "SARI DEWI"}))))
    staged("people", as_csv(siasn(somebody(3, **{"NIP BARU": "1,98E+17", "NAMA": "Sari Dewanti"}))))
    faulty = sa.select(import_row.c.label).where(import_row.c.action == "fault")
    assert set(run(faulty).scalars()) == {"SARI DEWI", "Sari", "Sari Dewanti"}
    exported = export(staf.nip)["tables"]["core_import_row"]
    assert "SARI DEWI" not in [row["label"] for row in exported]
    leave(staf)
    erase(staf.nip)
    assert run(faulty).scalars().all() == ["Sari Dewanti"]


def everything_stored() -> Iterator[str]:
    for table in CoreModel.metadata.sorted_tables:
        yield from (str(list(row._mapping.values())) for row in run(sa.select(table)))


def test_audit_trail_stays_provable_after_erasures(traces: Flask, staf: Member) -> None:
    leave(staf)
    erase(staf.nip)
    erase(staf.nip)
    assert [*audit.verify(), *access_log.verify()] == []
    about = sa.select(kernel.audit_values.c.erased_at).where(kernel.audit_values.c.erased_at.is_not(None))
    assert len(run(about).all()) >= 2


def test_the_commands_print_json_and_sentences(traces: Flask, staf: Member) -> None:
    runner = CliRunner()
    shown = runner.invoke(person_command, ["export", staf.nip])
    assert json.loads(shown.output)["person"]["name"] == NAME
    refused = runner.invoke(person_command, ["erase", staf.nip])
    assert (refused.exit_code, "masih aktif" in refused.output) == (1, True)
    leave(staf)
    counted = runner.invoke(person_command, ["erase", staf.nip, "--dry-run"])
    assert (counted.exit_code, "akan dihapus" in counted.output) == (0, True)
