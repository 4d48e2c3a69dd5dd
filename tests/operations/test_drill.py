"""The restore drill: the newest backup is restored elsewhere and compared; its result is told to those who repair."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask

from superapp.extensions import db
from superapp.kernel import audit, clock, command
from superapp.kernel.database import run
from superapp.kernel.jobs import JobActor, enqueue
from superapp.kernel.jobs.worker import Worker
from superapp.kernel.tables import audit as rows
from superapp.kernel.tables import job
from superapp.operations import commands, health, responsible
from superapp.operations.backup import drilling, keeping, manifest, postgresql, take
from superapp.operations.backup.drilling import rehearse
from superapp.operations.backup.restoring import put
from superapp.settings import Settings
from superapp.shared.tables import notice
from tests.operations.test_backup import change, files_of, flip_a_byte, full, remember, remembered, rewrite, tables_of
from tests.operations.test_backup_encryption import keys, public
from tests.operations.test_doctor import found, level
from tests.support.builders import House, grant
from tests.support.databases import only_postgresql

__all__ = ["full", "keys"]


@pytest.fixture
def newest(full: Settings) -> Iterator[Path]:
    """The folder of the newest nightly backup."""
    yield Path(keeping.take_nightly().path)
    clock.shift(timedelta(0))


OURS = sa.text("SELECT datname FROM pg_database WHERE starts_with(datname, current_database()) ORDER BY 1")


def databases() -> list[str]:
    """The databases of this test on the server: its own and those named after it (nothing on SQLite)."""
    if db.engine.dialect.name == "sqlite":
        return []
    with db.engine.connect() as connection:
        return list(connection.execute(OURS).scalars())


def test_whole_backup_is_restored_elsewhere_and_nothing_is_left_behind(full: Settings, newest: Path) -> None:
    remember("later", 1)
    before, servers = (tables_of(full), files_of(full), remembered()), databases()
    drill = rehearse()

    assert (drill.path, drill.faults, drill.untried) == (str(newest), (), "")
    assert (drill.rows, drill.files) == (manifest.read(newest).rows, 3)
    assert (tables_of(full), files_of(full), remembered()) == before
    assert (databases(), list(full.data_dir.glob(".partial-*"))) == (servers, [])


def test_backup_whose_rows_differ_from_its_manifest_fails(full: Settings, newest: Path) -> None:
    """The manifest and the dump fit each other by digest, but the rows that come out are not those that were counted."""
    content = json.loads((newest / "manifest.json").read_text())
    content["tables"]["core_setting"]["rows"] = 7
    content["key"] = "0" * 16
    rewrite(newest / "manifest.json", json.dumps(content).encode())
    assert rehearse().faults[0].startswith("tabel core_setting berbeda: 7 baris tercatat, 1 ditemukan")


def test_damaged_backup_and_no_backup_are_failures(full: Settings, newest: Path, tmp_path: Path) -> None:
    flip_a_byte(newest / "files/a/one.pdf")
    assert rehearse().faults == ("a/one.pdf berubah",)
    rewrite(newest / "files.jsonl", b"\0")
    assert rehearse().faults == ("files.jsonl berubah",)
    assert "Tidak ada cadangan" in rehearse(tmp_path).faults[0]


def test_trial_that_would_fill_the_disk_is_not_begun(newest: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10, 9, 1))  # type: ignore[attr-defined]
    drill = rehearse()
    assert (drill.faults, "Ruang di" in drill.untried) == ((), True)


def test_new_installation_without_a_backup_has_failed_no_drill(context: Flask, full: Settings) -> None:
    drill = rehearse()
    assert (drill.faults, drill.untried) == ((), drilling.NOTHING)
    assert ran(context)["faults"] == []
    assert last_operation() == drilling.PARTLY
    assert level(found(context), "uji pemulihan") == {"periksa"}


def test_restore_that_breaks_is_a_failure_not_an_exception(newest: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full_disk(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("superapp.operations.backup.restoring.shutil.copyfile", full_disk)
    assert "No space left on device" in rehearse().faults[0]


def test_encrypted_backup_is_tried_with_its_key_and_in_part_without(
    context: Flask, full: Settings, keys: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    change(context, monkeypatch, backup_recipients=[public(keys / "ours")])
    take(tmp_path / "b")

    without = rehearse(tmp_path / "b")
    assert (without.faults, "tanpa kunci" in without.untried) == ((), True)
    with_key = rehearse(tmp_path / "b", keys / "ours")
    assert (with_key.faults, with_key.untried) == ((), "")
    assert "adalah untuk" in rehearse(tmp_path / "b", keys / "theirs").faults[0]
    flip_a_byte(tmp_path / "b/files/a/one.pdf.age")
    assert rehearse(tmp_path / "b").faults == ("a/one.pdf.age berubah",)


def test_server_without_the_right_to_try_says_so(newest: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> Iterator[Settings]:
        raise postgresql.NoTrialError("tidak boleh membuat basis data sementara")

    engine = "sqlite" if db.engine.dialect.name == "sqlite" else "postgresql"
    monkeypatch.setattr(f"superapp.operations.backup.drilling.{engine}.elsewhere", refused)
    drill = rehearse()
    assert (drill.faults, "basis data sementara" in drill.untried) == ((), True)


@only_postgresql
def test_user_who_may_make_a_database_tries_there_and_who_may_not_is_told_how(
    full: Settings, newest: Path, tmp_path: Path
) -> None:
    name = f"trial{uuid4().hex[:8]}"
    url = sa.make_url(full.database_url).set(username=name, password=name).render_as_string(hide_password=False)
    as_user = full.model_copy(update={"database_url": url})
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text(f"CREATE ROLE {name} LOGIN NOCREATEDB PASSWORD '{name}'"))
        try:
            refused = pytest.raises(postgresql.NoTrialError, match=f"ALTER ROLE {name} CREATEDB")
            with refused, postgresql.elsewhere(as_user, tmp_path):
                pass
            connection.execute(sa.text(f"ALTER ROLE {name} CREATEDB"))
            with postgresql.elsewhere(as_user, tmp_path) as trial:
                assert put(trial, newest, manifest.read(newest), None) == []
        finally:
            connection.execute(sa.text(f"DROP ROLE {name}"))


def ran(app: Flask) -> dict[str, object]:
    """Run the drill as the schedule does and return the job's result."""
    with command.begin("test.enqueue", actor=JobActor("test"), says=""):
        enqueue(drilling.KIND)
    Worker(app).drain()
    db.session.rollback()
    result: dict[str, object] = run(sa.select(job.c.result).where(job.c.kind == drilling.KIND)).scalars().all()[-1]
    return result


def notices() -> list[tuple[object, str]]:
    db.session.rollback()
    told = run(sa.select(notice.c.person_id, notice.c.title).where(notice.c.kind == "backup"))
    return [(row.person_id, row.title) for row in told]


def last_operation() -> str:
    newest = sa.select(rows.c.message).where(rows.c.chain == audit.CORE).order_by(rows.c.sequence.desc()).limit(1)
    return str(run(newest).scalar_one())


def test_failure_is_told_to_those_who_repair_and_success_to_nobody(
    context: Flask, full: Settings, house: House
) -> None:
    folder = Path(keeping.take_nightly().path)
    assert ran(context)["faults"] == []
    assert (notices(), last_operation()) == ([], drilling.PASSED)

    flip_a_byte(folder / "files/a/one.pdf")
    assert ran(context)["faults"] == ["a/one.pdf berubah"]
    assert notices() == [(house.people["admin"].id, "Uji pemulihan cadangan gagal")]
    assert last_operation() == drilling.FAILED


def test_those_who_repair_everywhere_are_told_while_their_right_lasts(context: Flask, house: House) -> None:
    yesterday = clock.today() - timedelta(days=1)
    grant(house.position("kasi"), responsible.REPAIR, house.unit("kabupaten"))
    grant(house.person("staf"), responsible.REPAIR, house.unit("kominfo"))
    grant(house.person("kabid"), responsible.REPAIR, house.unit("kabupaten"), ends_on=yesterday)
    assert set(responsible.people()) == {house.people["admin"].id, house.people["kasi"].id}


def test_doctor_and_metrics_tell_the_last_drill(context: Flask, full: Settings) -> None:
    assert level(found(context), "uji pemulihan") == {"periksa"}
    folder = Path(keeping.take_nightly().path)
    ran(context)
    assert level(found(context), "uji pemulihan") == {"baik"}
    assert b"superapp_restore_drill_faults 0.0" in health.metrics_text()[0]

    flip_a_byte(folder / "files/a/one.pdf")
    ran(context)
    assert level(found(context), "uji pemulihan") == {"salah"}
    assert b"superapp_restore_drill_faults 1.0" in health.metrics_text()[0]


def test_drill_by_hand_counts_when_it_is_of_this_installation(context: Flask, full: Settings, tmp_path: Path) -> None:
    folder = Path(keeping.take_nightly().path)
    flip_a_byte(folder / "files/a/one.pdf")
    ran(context)
    take(tmp_path / "elsewhere")
    assert CliRunner().invoke(commands.drill_command, [str(tmp_path / "elsewhere")]).exit_code == 0
    assert level(found(context), "uji pemulihan") == {"salah"}

    manifest.remove(folder)
    keeping.take_nightly()
    assert CliRunner().invoke(commands.drill_command).exit_code == 0
    db.session.rollback()
    assert level(found(context), "uji pemulihan") == {"baik"}
    flip_a_byte(folder / "files/a/one.pdf")
    failed = CliRunner().invoke(commands.drill_command)
    assert (failed.exit_code, "a/one.pdf berubah" in failed.output) == (1, True)
    db.session.rollback()
    assert level(found(context), "uji pemulihan") == {"salah"}


def test_doctor_warns_of_a_drill_that_is_long_ago(context: Flask, full: Settings) -> None:
    keeping.take_nightly()
    ran(context)
    clock.shift(timedelta(days=9))
    assert level(found(context), "uji pemulihan") == {"periksa"}
    clock.shift(timedelta(0))
