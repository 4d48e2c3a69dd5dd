"""The doctor: names everything unsafe, one line each, and is content with what is safe."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask
from pydantic import SecretStr

from superapp.extensions import db
from superapp.kernel import audit, clock, command, database, secrets
from superapp.kernel.jobs import JobActor, enqueue
from superapp.kernel.tables import audit as rows
from superapp.kernel.tables import audit_head as heads
from superapp.kernel.tables import audit_values as values
from superapp.operations import anchors, commands
from superapp.operations.backup import keeping
from superapp.operations.doctor import Finding, Level, examine, examining
from superapp.plugin import setting
from superapp.plugin.host import EXTENSION
from tests.operations.test_backup import change
from tests.support.databases import only_sqlite


def found(app: Flask) -> dict[str, list[Finding]]:
    """Return the findings by their name; the context is new, so that nothing is remembered."""
    with app.app_context():
        by_name: dict[str, list[Finding]] = {}
        for finding in examine():
            by_name.setdefault(finding.name, []).append(finding)
        return by_name


def level(findings: dict[str, list[Finding]], name: str) -> set[str]:
    return {str(finding.level) for finding in findings.get(name, [])}


def act(says: str = "tried") -> None:
    with command.begin("test.act", actor=JobActor("test"), says=says):
        pass


@pytest.fixture
def kept(context: Flask, tmp_path: Path) -> Flask:
    """An installation that was backed up and anchored a moment ago."""
    act()
    anchors.export()
    keeping.take_nightly()
    db.session.rollback()
    return context


def test_installation_in_order_has_no_fault(kept: Flask) -> None:
    findings = found(kept)
    faults = {line.words.split(":")[0] for lines in findings.values() for line in lines if line.level is Level.FAULT}
    # The tests' PostgreSQL is unsafe for the sake of speed, and the doctor sees that.
    unsafe = {f"PostgreSQL {name}=off" for name in ("fsync", "full_page_writes", "synchronous_commit")}
    assert faults == (unsafe if db.engine.dialect.name == "postgresql" else set())
    for name in ("alamat", "migrasi", "pekerja", "cadangan", "jejak audit", "disk"):
        assert level(findings, name) <= {"baik", "periksa"}, findings[name]


def test_missing_and_old_backups_are_faults(context: Flask) -> None:
    assert level(found(context), "cadangan") == {"salah"}
    keeping.take_nightly()
    assert level(found(context), "cadangan") == {"baik"}
    clock.shift(timedelta(hours=27))
    assert level(found(context), "cadangan") == {"salah"}


def test_backup_on_the_same_machine_is_told(kept: Flask) -> None:
    assert level(found(kept), "tujuan cadangan") == {"periksa"}


def test_jobs_that_nobody_runs_are_a_fault(kept: Flask) -> None:
    with command.begin("test.enqueue", actor=JobActor("test"), says=""):
        enqueue("core.x")
    assert level(found(kept), "pekerja") == {"baik"}
    clock.shift(timedelta(minutes=6))
    assert level(found(kept), "pekerja") == {"salah"}


def test_cut_audit_chain_is_a_fault(kept: Flask) -> None:
    with database.transaction() as connection:
        connection.execute(sa.delete(rows))
    findings = found(kept)
    assert "salah" in level(findings, "jejak audit")
    assert "superapp audit verify" in findings["jejak audit"][0].words


def test_anchors_of_yesterday_are_told(kept: Flask) -> None:
    assert "jangkar audit" not in found(kept)
    clock.shift(timedelta(hours=27))
    assert level(found(kept), "jangkar audit") == {"periksa"}


def cut_the_trail() -> None:
    """Somebody takes the last row of the core's chain away, and the head that told of it."""
    newest = sa.select(rows).where(rows.c.chain == audit.CORE).order_by(rows.c.sequence.desc())
    with database.transaction() as connection:
        last, before = connection.execute(newest.limit(2)).all()
        for table in (rows, values):
            cut = sa.and_(table.c.chain == audit.CORE, table.c.sequence == last.sequence)
            connection.execute(sa.delete(table).where(cut))
        seal = secrets.sign("audit-head", audit.CORE, str(before.sequence), before.hash)
        head = {"sequence": before.sequence, "hash": before.hash, "seal": seal}
        connection.execute(sa.update(heads).where(heads.c.chain == audit.CORE).values(head))
    db.session.rollback()  # SQLite reads on from what was there when it began


def test_cut_trail_is_a_fault_also_after_the_next_export(kept: Flask) -> None:
    act()
    anchors.export()
    cut_the_trail()
    for _ in range(2):
        assert "salah" in level(found(kept), "jejak audit")
        anchors.export()


def test_anchors_off_the_machine_prove_what_this_one_forgot(
    kept: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert "SUPERAPP_ANCHORS_DIR" in found(kept)["jangkar di luar"][0].words
    (tmp_path / "elsewhere").mkdir()
    change(kept, monkeypatch, anchors_dir=tmp_path / "elsewhere")
    act()
    anchors.export()
    cut_the_trail()
    anchors.path().unlink()
    assert "salah" in level(found(kept), "jejak audit")
    assert anchors.latest(tmp_path / "elsewhere" / anchors.NAME)


def test_anchors_tell_each_head_once(kept: Flask) -> None:
    def size() -> int:
        return anchors.path().stat().st_size

    act()
    anchors.export()
    before = size()
    anchors.export()
    assert size() == before
    act()
    anchors.export()
    assert size() > before


def test_heads_that_somebody_collects_elsewhere_prove_a_cut(kept: Flask, tmp_path: Path) -> None:
    """`superapp audit heads >> file` each hour: what was printed after the cut takes nothing back."""
    act()
    collected = anchors.lines()
    cut_the_trail()
    collected += anchors.lines()
    (tmp_path / "heads").write_text("\n".join(collected))
    checked = CliRunner().invoke(commands.audit_verify, ["--anchors", str(tmp_path / "heads")])
    assert (checked.exit_code, "core baris" in checked.output) == (1, True)


def test_security_contact_that_nobody_named_is_told(kept: Flask) -> None:
    assert level(found(kept), "kontak keamanan") == {"periksa"}
    with command.begin("test.set", actor=JobActor("test"), says=""):
        setting.change("navigation", "security_contact", "csirt@contoh.go.id")
    kept.extensions[EXTENSION].states.forget()
    assert level(found(kept), "kontak keamanan") == {"baik"}


def test_backup_that_everybody_can_read_is_told(kept: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    assert level(found(kept), "enkripsi cadangan") == {"periksa"}
    change(kept, monkeypatch, backup_recipients=["age1…"])
    assert "enkripsi cadangan" not in found(kept)


Make = Callable[..., Flask]


@only_sqlite
@pytest.mark.parametrize(
    ("settings", "name", "expected"),
    [
        ({"base_url": "http://satu.example.go.id"}, "alamat", "salah"),
        ({"base_url": "http://localhost", "host": "0.0.0.0"}, "alamat", "salah"),
        ({"base_url": "https://satu.example.go.id"}, "alamat", "baik"),
        ({"base_url": "https://satu.example.go.id"}, "proksi", "periksa"),
        ({"test_clock": Path("/nowhere")}, "jam uji", "periksa"),
        ({"test_clock": Path("/nowhere"), "base_url": "https://satu.example.go.id"}, "jam uji", "salah"),
        ({"safe_mode": True}, "mode aman", "periksa"),
        ({}, "surel", "periksa"),
        ({"smtp_url": "smtp://mail.example.go.id"}, "surel", "baik"),
    ],
)
def test_unsafe_setting_is_named(make_app: Make, settings: dict[str, object], name: str, expected: str) -> None:
    assert expected in level(found(make_app(**settings)), name)


@only_sqlite
def test_readable_key_is_a_fault(make_app: Make, data_dir: Path) -> None:
    app = make_app(secret_key=SecretStr("k" * 48))
    (data_dir / "secret-key").write_text("k" * 48)
    (data_dir / "secret-key").chmod(0o644)
    assert "salah" in level(found(app), "kunci rahasia")
    (data_dir / "secret-key").chmod(0o600)
    assert level(found(app), "kunci rahasia") == {"periksa"}


@only_sqlite
def test_debug_mode_is_a_fault(make_app: Make) -> None:
    app = make_app()
    app.debug = True
    assert level(found(app), "mode debug") == {"salah"}


@only_sqlite
def test_check_that_breaks_is_a_fault_and_the_others_go_on(context: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> list[Finding]:
        raise LookupError("broken")

    monkeypatch.setattr(examining, "CHECKS", (("rusak", broken), *examining.CHECKS))
    findings = found(context)
    assert level(findings, "rusak") == {"salah"}
    assert "alamat" in findings


@only_sqlite
def test_database_that_is_away_is_one_clear_line_a_check(context: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise sa.exc.OperationalError("SELECT", {}, Exception("connection refused"))

    monkeypatch.setattr(type(db.session()), "connection", away)
    findings = found(context)
    assert level(findings, "basis data") == {"salah"}
    assert findings["basis data"][0].words == "basis data tidak menjawab: connection refused"
    assert level(findings, "alamat") == {"baik"}
