"""The audit reader: words filled when read, filters, chains by OPD, the export; and the state of the chains."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from superapp.kernel import clock
from superapp.kernel.database import transaction
from superapp.kernel.jobs.worker import Worker
from superapp.kernel.tables import audit, audit_values
from superapp.shared.tables import notice
from tests.admin.conftest import Desk, stored
from tests.navigation.conftest import warmed
from tests.support.builders import House


@pytest.fixture
def trail(desk: Desk, house: House) -> Desk:
    """Return the admin's desk after some work: a person of Kominfo renamed, a unit changed, a holiday added."""
    own = f"/admin/people/{house.people['kasi'].id}"
    form = {"name": "Yosef Dagang Baru", "employment": "pns", "nip": house.people["kasi"].nip}
    assert desk.send(f"{own}/edit", **form).status_code == 303
    unit = {"name": "Seksi Aplikasi", "kind": "seksi"}
    assert desk.send(f"/admin/units/{house.units['seksi']}/edit", **unit).status_code == 303
    day = {"day": "2031-08-17", "kind": "libur", "name": "=1+1 Kemerdekaan"}
    assert desk.send("/admin/reference/holidays/new", **day).status_code == 303
    return desk


def test_rows_read_as_sentences(trail: Desk) -> None:
    html = trail.html("/admin/audit")
    assert "Petrus Krayan mengubah data pegawai Yosef Dagang Baru" in html
    assert "Petrus Krayan mengubah unit Seksi Aplikasi" in html
    assert "{actor}" not in html


def test_filters_by_person_record_operation_and_day(trail: Desk, house: House) -> None:
    record = {"record_type": "core_unit", "record_id": house.units["seksi"]}
    only = trail.html("/admin/audit", **record).split("<tbody")[1]
    assert "mengubah unit" in only
    assert "mengubah data pegawai" not in only
    assert "mengubah unit" not in trail.html("/admin/audit", operation="admin.save_person").split("<tbody")[1]
    assert "Tidak ada yang cocok" in trail.html("/admin/audit", until="2020-01-01")
    assert "mengubah unit" in trail.html("/admin/audit", since=clock.today().isoformat())
    assert "mengubah unit" in trail.html("/admin/audit", person="Petrus Krayan")
    assert "Tidak ada yang cocok" in trail.html("/admin/audit", person="Sari Dewi")
    assert "Tidak ada yang cocok" in trail.html("/admin/audit", person="Tidak Ada")
    wrong = trail.html("/admin/audit", since="kemarin", record_id="x", chain="';--")
    assert "Tanggal tidak dikenal." in wrong


def test_an_erased_row_says_so_and_stays(trail: Desk, app: Flask) -> None:
    row = stored(app, sa.select(audit.c.chain, audit.c.sequence).where(audit.c.operation == "admin.save_person"))[0]
    with app.app_context(), transaction() as connection:
        same = sa.and_(audit_values.c.chain == row.chain, audit_values.c.sequence == row.sequence)
        gone = {"values": sa.null(), "salt": None, "erased_at": clock.now(), "erased_by": "cli"}
        connection.execute(sa.update(audit_values).where(same).values(gone))
    assert "mengubah data pegawai (dihapus)" in trail.html("/admin/audit")
    assert "sudah dihapus menurut hukum" in trail.html(f"/admin/audit/{row.chain}/{row.sequence}")
    assert trail.get("/admin/audit/core/999999").status_code == 404


def test_an_opds_reader_reads_his_chain_alone(
    trail: Desk, desk_of: Callable[..., Desk], app: Flask, house: House
) -> None:
    reader = desk_of("kadis", "admin.audit")
    html = reader.html("/admin/audit")
    assert "mengubah unit Seksi Aplikasi" in html
    assert "Kemerdekaan" not in html, "that is the core's chain"
    core = stored(app, sa.select(audit.c.sequence).where(audit.c.chain == "core"))[0].sequence
    assert reader.get(f"/admin/audit/core/{core}").status_code == 404
    below = desk_of("kabid", "admin.audit", at="aptika")
    assert "mengubah unit" not in below.html("/admin/audit"), "a chain is a whole OPD's"


def test_the_export_is_a_file_for_who_asked(
    trail: Desk, desk_of: Callable[..., Desk], app: Flask, house: House
) -> None:
    assert trail.send("/admin/audit/export", page="/admin/audit").status_code == 303
    Worker(app).drain()
    url = stored(app, sa.select(notice.c.url).where(notice.c.person_id == house.people["admin"].id))[0].url
    with trail.get(url) as file:
        assert file.status_code == 200
        assert "Petrus Krayan mengubah data pegawai Yosef Dagang Baru" in file.text
        assert "attachment" in file.headers["Content-Disposition"]
    assert desk_of("kadis", "admin.audit").get(url).status_code == 404


def test_an_opds_reader_exports_his_chain_alone(
    trail: Desk, desk_of: Callable[..., Desk], app: Flask, house: House
) -> None:
    reader = desk_of("kadis", "admin.audit")
    assert reader.send("/admin/audit/export", page="/admin/audit").status_code == 303
    Worker(app).drain()
    url = stored(app, sa.select(notice.c.url).where(notice.c.person_id == house.people["kadis"].id))[0].url
    with reader.get(url) as file:
        text = file.text
    assert "mengubah unit Seksi Aplikasi" in text
    assert "Kemerdekaan" not in text


def test_the_reader_makes_the_same_statements_for_a_long_trail(trail: Desk, app: Flask, house: House) -> None:
    few = len(warmed(trail.client, app, "/admin/audit"))
    for number in range(8):
        form = {"name": f"Seksi {number}", "kind": "seksi"}
        assert trail.send(f"/admin/units/{house.units['seksi']}/edit", **form).status_code == 303
    assert len(warmed(trail.client, app, "/admin/audit")) == few


def test_an_edited_chain_shows_in_the_repair_centre(trail: Desk, app: Flask) -> None:
    page = "/admin/perbaikan"
    assert "Belum diperiksa" in trail.html(page)
    assert trail.send("/admin/perbaikan/audit", page=page).status_code == 303
    Worker(app).drain()
    assert "Utuh" in trail.html(page)
    with app.app_context(), transaction() as connection:
        touched = audit.c.operation == "admin.save_person"
        connection.execute(sa.update(audit).where(touched).values(message="{actor} tidak berbuat apa-apa"))
    assert trail.send("/admin/perbaikan/audit", page=page).status_code == 303
    Worker(app).drain()
    assert "Tidak utuh" in trail.html(page)
    assert "isi baris berubah" in trail.html("/admin/perbaikan/audit")
