"""The repair centre: dead jobs retried or discarded, parked ones counted, incidents found by their code, safety."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from superapp.kernel import clock, ids
from superapp.kernel.database import transaction
from superapp.kernel.jobs.ledger import State
from superapp.kernel.tables import job
from superapp.plugin.tables import fault
from tests.admin.conftest import Desk, audited, hidden_of, stored
from tests.support import builders
from tests.support.builders import House

PAGE = "/admin/perbaikan"


def ledger_row(app: Flask, state: State, **values: Any) -> UUID:
    """Store a job in a state and return its id."""
    own, moment = ids.uuid7(), clock.now()
    row = {"id": own, "kind": "core.backup", "plugin": "", "arguments": {}, "state": state, "attempts": 5}
    row |= {
        "max_attempts": 5,
        "run_at": moment,
        "error": "",
        "progress": 0,
        "created_at": moment,
        "finished_at": moment,
    }
    with app.app_context(), transaction() as connection:
        connection.execute(sa.insert(job).values(row | values))
    return own


@pytest.fixture
def dead(app: Flask, house: House) -> UUID:
    """Return a job that was given up."""
    return ledger_row(app, State.DEAD, kind="shared.import_apply", error="OperationalError <disk penuh>")


def test_a_dead_job_is_told_and_retried(desk: Desk, app: Flask, dead: UUID) -> None:
    html = desk.html(PAGE)
    assert "Menerapkan impor" in html
    assert "OperationalError &lt;disk penuh&gt;" in html
    assert ">1</span>" in desk.html("/admin/"), "the door says that something waits"
    assert desk.send(f"{PAGE}/jobs/{dead}/retry", page=PAGE).status_code == 303
    assert stored(app, sa.select(job.c.state).where(job.c.id == dead)) == [("waiting",)]
    fields = hidden_of(html, f"{PAGE}/jobs/{dead}/retry")
    assert desk.post(f"{PAGE}/jobs/{dead}/retry", fields | {"idempotency_key": "k" * 32}).status_code == 409
    assert audited(app)[0] == "admin.retry_job"


def test_a_dead_job_is_discarded(desk: Desk, app: Flask, dead: UUID) -> None:
    assert desk.send(f"{PAGE}/jobs/{dead}/discard", page=PAGE).status_code == 303
    assert not stored(app, sa.select(job.c.id).where(job.c.id == dead))
    assert "membuang pekerjaan Menerapkan impor" in desk.html("/admin/audit")


def test_only_dead_jobs_are_touched(desk: Desk, app: Flask, dead: UUID) -> None:
    running = ledger_row(app, State.RUNNING)
    fields = hidden_of(desk.html(PAGE), f"{PAGE}/jobs/{dead}/discard")
    assert desk.post(f"{PAGE}/jobs/{running}/discard", fields).status_code == 409
    assert desk.post(f"{PAGE}/jobs/{ids.uuid7()}/discard", fields | {"idempotency_key": "l" * 32}).status_code == 404


def test_parked_jobs_and_late_ones_are_told(desk: Desk, app: Flask, house: House) -> None:
    ledger_row(app, State.PARKED, kind="halo.greet", plugin="halo")
    assert "halo.greet" in desk.html(PAGE)
    assert "Tidak ada pekerjaan yang tertahan." in desk.html(PAGE)
    ledger_row(app, State.WAITING, run_at=clock.now() - timedelta(minutes=6))
    assert "superapp worker" in desk.html(PAGE)


def test_the_age_of_the_backup_is_told_in_red(desk: Desk, app: Flask, house: House) -> None:
    assert "Belum ada cadangan otomatis yang selesai." in desk.html(PAGE)
    ledger_row(app, State.DONE, finished_at=clock.now() - timedelta(hours=27))
    assert "Terlambat" in desk.html(PAGE)
    ledger_row(app, State.DONE, finished_at=clock.now() - timedelta(hours=3))
    assert "Terlambat" not in desk.html(PAGE)


def test_a_failed_restore_drill_is_told_in_red_on_both_pages(desk: Desk, app: Flask, house: House) -> None:
    assert "Belum diuji" in desk.html(PAGE)
    drilled = {"path": "/cadangan", "rows": 1, "files": 0, "untried": ""}
    ledger_row(app, State.DONE, kind="core.restore_drill", result=drilled | {"faults": ["tabel <core> hilang"]})
    for page in (PAGE, "/admin/"):
        assert "Uji pemulihan cadangan gagal" in desk.html(page)
        assert "tabel &lt;core&gt; hilang" in desk.html(page)
    ledger_row(app, State.DONE, kind="core.restore_drill", result=drilled | {"faults": []})
    assert "Berhasil" in desk.html(PAGE)
    assert "Uji pemulihan cadangan gagal" not in desk.html(PAGE) + desk.html("/admin/")


def test_a_late_backup_is_told_in_red_on_the_front_of_administration(desk: Desk, app: Flask, house: House) -> None:
    assert "Cadangan terlambat" in desk.html("/admin/")
    ledger_row(app, State.DONE)
    assert "Cadangan terlambat" not in desk.html("/admin/")


def test_an_incident_is_found_by_the_code_people_read_out(desk: Desk, app: Flask, house: House) -> None:
    with app.app_context(), transaction() as connection:
        row = {
            "id": ids.uuid7(),
            "at": clock.now(),
            "plugin": "halo",
            "contribution": "page:halo.index",
            "kind": "page",
        }
        row |= {"error": "KeyError", "where": "halo/views.py:42", "request_id": "01a20c28d2704f2a", "counted": True}
        connection.execute(sa.insert(fault).values(row))
    for typed in ("NNK-4F2A", "nnk-4f2a", "4F2A"):
        assert "halo/views.py:42" in desk.html(PAGE, code=typed)
    assert "Tidak ada galat modul dengan kode ini" in desk.html(PAGE, code="NNK-0000")
    assert "Kode terdiri atas NNK-" in desk.html(PAGE, code="apa saja")


def test_the_repair_centre_needs_its_right(desk_of: Callable[..., Desk]) -> None:
    assert desk_of("kabid", "admin.people").get(PAGE).status_code == 403


def test_what_people_report_stands_in_the_repair_centre(desk: Desk, app: Flask, house: House) -> None:
    assert "Tidak ada laporan yang menunggu." in desk.html(PAGE)
    staf = Desk(builders.sign_in(app.test_client(), house.people["staf"]))
    assert staf.send("/help/report", words="Tombol simpan tidak bereaksi").status_code == 303
    html = desk.html(PAGE)
    assert "Tombol simpan tidak bereaksi" in html
    assert "Sari Dewi" in html


def test_reports_are_read_only_by_who_answers_them(desk_of: Callable[..., Desk]) -> None:
    assert "Laporan masalah" not in desk_of("kabid", "admin.repair").html(PAGE)
