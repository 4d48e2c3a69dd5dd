"""Units and positions: the tree kept by its forms, bad input, scope, conflicts, vacant posts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from superapp.kernel import clock
from superapp.organization.models import Position, Unit
from tests.admin.conftest import Desk, audited, hidden_of, stored
from tests.navigation.conftest import warmed
from tests.support import builders
from tests.support.builders import House

UNITS, POSTS = Unit.__table__, Position.__table__
PART = {"unit_code": "KOMINFO.9", "name": "Bidang Persandian", "kind": "bidang"}
POST = {"title": "Sandiman Ahli Muda", "kind": "fungsional_keahlian"}


@pytest.fixture
def clerk(desk_of: Callable[..., Desk]) -> Desk:
    """Return the desk of a clerk who administers Kominfo alone."""
    return desk_of("tu", "admin.people", "admin.units")


def test_a_part_is_added_renamed_moved_closed_and_opened_again(desk: Desk, app: Flask, house: House) -> None:
    made = desk.send(f"/admin/units/{house.units['kominfo']}/new", **PART)
    assert made.status_code == 303
    address = made.location
    assert "Bidang Persandian" in desk.html(f"/admin/units/{house.units['kominfo']}")
    changed = PART | {"name": "Bidang Persandian dan Keamanan"}
    assert desk.send(f"{address}/edit", **changed).status_code == 303
    assert desk.send(f"{address}/move", parent="APTIKA").status_code == 303, "a code is enough without script"
    assert desk.send(f"{address}/close", on=clock.today().isoformat(), successor="APTIKA").status_code == 303
    row = stored(
        app, sa.select(UNITS.c.name, UNITS.c.parent_id, UNITS.c.successor_id).where(UNITS.c.code == "KOMINFO.9")
    )
    assert row == [("Bidang Persandian dan Keamanan", house.units["aptika"], house.units["aptika"])]
    assert desk.send(f"{address}/reopen", page=address).status_code == 303
    assert audited(app)[:5] == [
        "admin.reopen_unit",
        "admin.close_unit",
        "admin.move_unit",
        "admin.save_unit",
        "admin.add_unit",
    ]


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("unit_code", "", "Wajib diisi."),
        ("unit_code", "SEKSI", "Kode unit ini sudah dipakai."),
        ("unit_code", "x" * 41, "Paling banyak 40 karakter."),
        ("name", "", "Wajib diisi."),
        ("kind", "kerajaan", "Pilih jenis unit dari daftar."),
        ("valid_from", "31-02-2026", "Tanggal tidak dikenal."),
    ],
)
def test_a_unit_with_bad_input_is_explained_and_kept(
    desk: Desk, app: Flask, house: House, field: str, value: str, sentence: str
) -> None:
    before = len(stored(app, sa.select(UNITS.c.id)))
    answer = desk.send(f"/admin/units/{house.units['kominfo']}/new", **(PART | {"note": "Catatan <i>", field: value}))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Catatan &lt;i&gt;" in answer.text
    assert len(stored(app, sa.select(UNITS.c.id))) == before


def test_a_unit_cannot_hang_below_itself_nor_close_over_its_people(desk: Desk, house: House) -> None:
    own = f"/admin/units/{house.units['kominfo']}"
    ring = desk.send(f"{own}/move", parent="SEKSI")
    assert ring.status_code == 409
    assert "ke bawah dirinya sendiri" in ring.text
    nowhere = desk.send(f"{own}/move", parent="")
    assert nowhere.status_code == 422
    assert "Pilih unit induk yang baru." in nowhere.text
    closing = desk.send(f"{own}/close", on=clock.today().isoformat())
    assert closing.status_code == 409
    assert "Tutup atau pindahkan dulu bagiannya" in closing.text
    assert desk.send(f"{own}/close", on="besok").status_code == 422


def test_a_units_change_meanwhile_is_a_conflict(desk: Desk, app: Flask, house: House) -> None:
    address = f"/admin/units/{house.units['seksi']}/edit"
    fields = hidden_of(desk.html(address), address)
    assert desk.post(address, fields | PART | {"name": "Seksi A"}).status_code == 303
    answer = desk.post(address, fields | PART | {"name": "Seksi B", "kind": "seksi", "idempotency_key": "c" * 32})
    assert answer.status_code == 409
    assert "Seksi A" in answer.text
    assert "Seksi B" in answer.text
    assert stored(app, sa.select(UNITS.c.name).where(UNITS.c.id == house.units["seksi"])) == [("Seksi A",)]


def test_a_units_admin_stays_within_his_subtree(clerk: Desk, house: House) -> None:
    html = clerk.html("/admin/units")
    assert "Bidang Aplikasi" in html
    assert "Dinas Kesehatan" not in html
    assert "Kepala Dinas" in clerk.html("/admin/positions")
    assert "Analis Kesehatan" not in clerk.html("/admin/positions")
    foreign, root = house.units["dinkes"], house.units["kabupaten"]
    for path in (f"{foreign}", f"{foreign}/edit", f"{foreign}/new", f"{root}/new", f"{foreign}/positions/new"):
        assert clerk.get(f"/admin/units/{path}").status_code == 404
    fields = hidden_of(clerk.html(f"/admin/units/{house.units['seksi']}/move"), "")
    out = {"parent": "Dinas Kesehatan", "parent_id": str(foreign)}
    assert clerk.post(f"/admin/units/{house.units['seksi']}/move", fields | out).status_code == 422
    assert clerk.post(f"/admin/units/{foreign}/edit", fields | PART).status_code == 404


def test_a_post_is_added_changed_and_abolished(desk: Desk, app: Flask, house: House) -> None:
    made = desk.send(f"/admin/units/{house.units['seksi']}/positions/new", **POST, supervisor="Kepala Bidang")
    assert made.status_code == 303
    row = stored(app, sa.select(POSTS.c.supervisor_id).where(POSTS.c.title == POST["title"]))
    assert row == [(house.people["kabid"].position_id,)]
    changed = desk.send(f"{made.location}/edit", **(POST | {"title": "Sandiman Ahli Madya"}))
    assert changed.status_code == 303
    assert "Sandiman Ahli Madya" in desk.html("/admin/positions", state="vacant")
    closed = desk.send(f"{made.location}/close", on=(clock.today() - timedelta(days=1)).isoformat())
    assert closed.status_code == 303
    assert "Sandiman" not in desk.html("/admin/positions", q="sandiman")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"title": ""}, "Wajib diisi."),
        ({"kind": "raja"}, "Pilih jenis jabatan dari daftar."),
        ({"is_head": "1"}, "Unit ini sudah punya jabatan pimpinan."),
        ({"supervisor": "Tidak Ada"}, "tidak ada dalam daftar."),
        ({"grade": "x" * 11}, "Paling banyak 10 karakter."),
    ],
)
def test_a_post_with_bad_input_is_explained_and_kept(
    desk: Desk, app: Flask, house: House, fields: dict[str, str], sentence: str
) -> None:
    before = len(stored(app, sa.select(POSTS.c.id)))
    answer = desk.send(f"/admin/units/{house.units['seksi']}/positions/new", **(POST | {"grade": "IV.a"} | fields))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert len(stored(app, sa.select(POSTS.c.id))) == before
    if "grade" not in fields:
        assert 'value="IV.a"' in answer.text


def test_a_ring_of_supervisors_and_a_held_post_are_refused(desk: Desk, house: House) -> None:
    kabid = f"/admin/positions/{house.people['kabid'].position_id}"
    form = {"title": "Kepala Bidang", "kind": "administrator", "is_head": "1", "supervisor": "Kepala Seksi"}
    ring = desk.send(f"{kabid}/edit", **form)
    assert ring.status_code == 422
    assert "Atasan tidak boleh berputar" in ring.text
    held = desk.send(f"{kabid}/close", on=clock.today().isoformat())
    assert held.status_code == 409
    assert "Jabatan masih diisi" in held.text


def test_a_supervisor_removed_meanwhile_can_be_kept_removed(desk: Desk, app: Flask, house: House) -> None:
    kasi = house.people["kasi"].position_id
    address = f"/admin/positions/{kasi}/edit"
    form = {"title": "Kepala Seksi", "kind": "pengawas", "is_head": "1"}
    fields = hidden_of(desk.html(address), address)
    assert desk.post(address, fields | form | {"supervisor": ""}).status_code == 303
    mine = {"supervisor": "Kepala Dinas · Dinas Komunikasi dan Informatika", "idempotency_key": "d" * 32}
    mine["supervisor_id"] = str(house.people["kadis"].position_id)
    answer = desk.post(address, fields | form | mine)
    assert answer.status_code == 409
    assert "Kepala Dinas · Dinas Komunikasi dan Informatika" in answer.text, "the conflict names posts, not ids"
    kept = hidden_of(answer.text, address)
    assert desk.post(address, kept | {"supervisor_id": ""}).status_code == 303
    assert stored(app, sa.select(POSTS.c.supervisor_id).where(POSTS.c.id == kasi)) == [(None,)]


def test_lists_make_the_same_statements_for_many_rows(desk: Desk, app: Flask, house: House) -> None:
    lists = ("/admin/units", "/admin/positions")
    few = {address: len(warmed(desk.client, app, address)) for address in lists}
    with app.app_context():
        for number in range(40):
            builders.position(builders.unit(f"Dinas {number:02}", house.unit("kabupaten")))
    many = {address: len(warmed(desk.client, app, address)) for address in lists}
    assert many == few
    assert max(many.values()) <= 3
