"""Imports as jobs: killed anywhere they go on once, others keep writing, and the command line does it in one go."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from superapp.extensions import db
from superapp.kernel.database import run, writing
from superapp.kernel.jobs.worker import Worker
from superapp.organization.models import Appointment, Person
from superapp.shared import imports
from superapp.shared.tables import notice
from tests.organization.acting import done
from tests.shared.importing import staged
from tests.shared.tables_of import as_csv, as_xlsx, siasn, somebody
from tests.support.builders import House
from tests.support.server import ROOT, environment


def many(count: int) -> list[list]:
    units = ("KOMINFO", "DINKES", "SETDA", "APTIKA", "SEKSI")
    people = []
    for number in range(1, count + 1):
        nip = f"'19860421{2010 + number // 10_800}{number // 900 % 12 + 1:02}1{number % 900:03}"
        people.append(somebody(number, **{"NIP BARU": nip, "UNOR ID": units[number % 5]}))
    return siasn(*people)


@pytest.fixture
def waiting(context: Flask, house: House):
    """Return the id of an import of 350 people that a job is to apply."""
    import_id = staged("people", as_csv(many(350)))
    with done():
        imports.start(import_id, ends="no")
    db.session.rollback()
    return import_id


def counted() -> tuple[int, int]:
    db.session.rollback()
    new = Person.__table__.c.name.startswith("Pegawai Nomor")
    people = run(sa.select(sa.func.count()).select_from(Person.__table__).where(new)).scalar_one()
    posts = run(
        sa.select(sa.func.count())
        .select_from(Appointment.__table__)
        .join(Person.__table__, Person.__table__.c.id == Appointment.__table__.c.person_id)
        .where(new)
    ).scalar_one()
    return people, posts


def test_a_worker_killed_between_and_inside_batches_imports_everybody_once(
    context: Flask, waiting, database_url: str, data_dir: Path
) -> None:
    points = (
        "after-step:shared.import_apply",
        "before-commit:job:shared.import_apply",
        "after-commit:job:shared.import_apply",
    )
    program = (
        "from superapp import create_app; from superapp.kernel.jobs.worker import Worker; Worker(create_app()).drain()"
    )
    for point in points:
        variables = environment(
            database_url, data_dir, SUPERAPP_FAILPOINT=point, SUPERAPP_SECRET_KEY="only-for-tests-" * 4
        )
        ended = subprocess.run(
            [sys.executable, "-c", program], env=variables, cwd=ROOT, check=False, capture_output=True
        )
        assert ended.returncode == 137, ended.stderr[-2000:]
        with done():  # as the sweep does once the lease of a dead worker is over
            run(
                sa.text(
                    "UPDATE core_job SET state = 'waiting', lease_until = NULL, leased_by = NULL WHERE state = 'running'"
                )
            )
    assert counted()[0] in range(100, 350)
    Worker(context).drain()
    assert counted() == (350, 350)
    assert imports.find(waiting).counts["applied"] == 350


def test_who_asked_is_told_the_outcome(context: Flask, house: House) -> None:
    from superapp.access.actor import Actor, acting_as
    from superapp.kernel import command
    from superapp.shared.imports.registry import importer_of

    admin = Actor("person:admin", "Petrus", person_id=house.people["admin"].id, session_id="s")
    planned = imports.plan(importer_of("people"), as_csv(many(3)), "siasn.csv")
    with acting_as(admin), command.begin("test", actor=admin, says=""):
        import_id = imports.stage(importer_of("people"), planned)
        imports.start(import_id, ends="no")
    Worker(context).drain()
    row = run(sa.select(notice)).one()
    assert (row.person_id, row.title, row.body) == (
        admin.person_id,
        "Impor Pegawai selesai",
        "3 diterapkan, 0 gagal, 9 ditahan.",
    )
    assert row.url == f"/admin/imports/{import_id}"


def test_others_write_while_an_import_runs(context: Flask, house: House) -> None:
    """While thousands of people are imported, small writes of others wait for one batch at most."""
    import_id = staged("people", as_csv(many(1500)))
    with done():
        imports.start(import_id, ends="no")
    db.session.rollback()
    stop, waits = threading.Event(), []

    def write() -> None:
        while not stop.is_set():
            started = time.perf_counter()
            with context.app_context(), writing(), db.engine.begin() as connection:
                connection.exec_driver_sql("UPDATE core_stamp SET plugins = plugins + 1")
            waits.append(time.perf_counter() - started)
            stop.wait(0.05)

    other = threading.Thread(target=write)
    other.start()
    Worker(context).drain()
    stop.set()
    other.join()
    print(f"{len(waits)} writes beside the import, slowest {1000 * max(waits):.0f} ms")
    assert imports.find(import_id).counts["applied"] == 1500
    assert len(waits) > 10
    assert max(waits) < 2


@pytest.mark.slow
def test_ten_thousand_people_within_a_minute(context: Flask, house: House) -> None:
    content = as_xlsx(many(10_000))
    started = time.monotonic()
    import_id = staged("people", content, "siasn.xlsx")
    with done():
        imports.start(import_id, ends="no")
    Worker(context).drain()
    seconds = time.monotonic() - started
    print(f"10,000 people in {seconds:.1f} s")
    assert counted() == (10_000, 10_000)
    assert seconds <= 60


# The command line


def command(database_url: str, data_dir: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    variables = environment(database_url, data_dir, SUPERAPP_SECRET_KEY="only-for-tests-" * 4)
    program = [sys.executable, "-m", "superapp.cli", "import", *arguments]
    return subprocess.run(program, env=variables, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture
def book(data_dir: Path) -> Path:
    path = data_dir / "siasn.xlsx"
    path.write_bytes(as_xlsx([*many(4), *siasn(somebody(9, NAMA=""))[1:]]))
    return path


def test_the_command_line_reports_and_imports(
    app: Flask, house: House, database_url: str, data_dir: Path, book: Path
) -> None:
    dry = command(database_url, data_dir, "people", str(book), "--dry-run")
    assert dry.returncode == 0, dry.stderr
    assert "4 masuk, 0 berubah, 9 berakhir, 0 tetap, 1 salah" in dry.stdout
    assert "Baris 6, NAMA: Wajib diisi. (salah)" in dry.stdout
    with app.app_context():
        assert counted() == (0, 0)

    real = command(database_url, data_dir, "people", str(book), "--ends", "no")
    assert real.returncode == 0, real.stderr
    assert "Selesai: 4 baris diterapkan, 0 gagal." in real.stdout
    with app.app_context():
        assert counted() == (4, 4)


def test_the_command_line_refuses_with_a_sentence(
    app: Flask, house: House, database_url: str, data_dir: Path, book: Path
) -> None:
    broken = data_dir / "rusak.xlsx"
    broken.write_bytes(book.read_bytes()[:500])
    refused = command(database_url, data_dir, "people", str(broken))
    assert (refused.returncode, "Traceback" in refused.stderr) == (1, False)
    assert "rusak" in refused.stderr
    assert command(database_url, data_dir, "kucing", str(book)).returncode == 2
    assert command(database_url, data_dir, "people", str(data_dir / "tidak-ada.csv")).returncode == 2
