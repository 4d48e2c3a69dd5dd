"""Roles and grants: delegation, subtree, effect at the next request, who holds what and from where."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from superapp.access.tables import grant, role_permission
from superapp.kernel import clock
from tests.admin.conftest import Desk, audited, hidden_of, stored
from tests.navigation.conftest import warmed
from tests.support import builders
from tests.support.builders import House

ROLE = {"key": "arsiparis", "title": "Arsiparis", "description": "Merawat arsip", "permissions": ["admin.people"]}


def given(house: House, **more: str) -> dict[str, str]:
    start = {"what": "admin.people", "person": "Maria Lende", "unit": "KOMINFO", "starts_on": clock.today().isoformat()}
    return start | {"position": "", "ends_on": "", "bound": "1"} | more


def test_a_role_is_made_changed_and_removed(desk: Desk, app: Flask) -> None:
    made = desk.send("/admin/roles/new", **ROLE)
    assert made.status_code == 303
    edit = f"{made.location}/edit"
    assert desk.send(edit, **(ROLE | {"permissions": ["admin.people", "admin.units"]})).status_code == 303
    held = sa.select(role_permission.c.permission).where(role_permission.c.role == "arsiparis")
    assert {row.permission for row in stored(app, held)} == {"admin.people", "admin.units"}
    assert desk.send(edit, **(ROLE | {"permissions": ["admin.units"]})).status_code == 303
    assert {row.permission for row in stored(app, held)} == {"admin.units"}
    assert desk.send(f"{made.location}/remove", page=made.location).status_code == 303
    assert desk.get(made.location).status_code == 404


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"key": "Arsip Aris!"}, "Kunci peran: huruf kecil"),
        ({"title": ""}, "Isi nama peran"),
        ({"permissions": ["admin.semua"]}, "Izin admin.semua tidak dikenal."),
        ({"key": "admin"}, "Peran dengan kunci ini sudah ada."),
    ],
)
def test_a_bad_role_is_explained_and_kept(desk: Desk, app: Flask, fields: dict[str, object], sentence: str) -> None:
    answer = desk.send("/admin/roles/new", **(ROLE | fields))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'value="Merawat arsip"' in answer.text
    assert not stored(app, sa.select(role_permission.c.role).where(role_permission.c.role == "arsiparis"))


def test_a_key_that_no_row_can_have_is_no_fault(desk: Desk) -> None:
    desk.send("/admin/roles/new", **ROLE)
    fields = hidden_of(desk.html("/admin/roles/arsiparis/edit"), "/admin/roles/arsiparis/edit")
    assert desk.post("/admin/roles/%00/edit", fields).status_code == 404


def test_two_admins_do_not_undo_each_other_unseen(desk: Desk, app: Flask) -> None:
    desk.send("/admin/roles/new", **ROLE)
    edit = "/admin/roles/arsiparis/edit"
    fields = hidden_of(desk.html(edit), edit)
    assert desk.post(edit, fields | ROLE | {"permissions": ["admin.units"]}).status_code == 303
    answer = desk.post(edit, fields | ROLE | {"permissions": ["admin.audit"], "idempotency_key": "f" * 32})
    assert answer.status_code == 409
    held = stored(app, sa.select(role_permission.c.permission).where(role_permission.c.role == "arsiparis"))
    assert held == [("admin.units",)]


def test_a_grant_opens_at_the_next_request_and_closes_when_taken(desk: Desk, app: Flask, house: House) -> None:
    kabid = Desk(builders.sign_in(app.test_client(), house.people["kabid"]))
    assert kabid.get("/admin/people").status_code == 403
    assert desk.send("/admin/grants/new", **given(house)).status_code == 303
    assert kabid.get("/admin/people").status_code == 200
    assert "Ayu Lestari" not in kabid.html("/admin/people")
    own = stored(app, sa.select(grant.c.id).where(grant.c.person_id == house.people["kabid"].id))[0].id
    listed = f"/admin/grants?person={house.people['kabid'].id}"
    assert desk.send(f"/admin/grants/{own}/take", page=listed).status_code == 303
    assert kabid.get("/admin/people").status_code == 403
    assert audited(app)[:2] == ["admin.take_grant", "admin.give_grant"]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"what": ""}, "Pilih peran atau izin."),
        ({"what": "kerajaan.perintah"}, "Izin ini tidak dikenal."),
        ({"what": "takada"}, "Peran “takada” tidak ada."),
        ({"person": ""}, "Isi salah satu: pegawai atau jabatan."),
        ({"position": "Kepala Bidang"}, "Isi salah satu: pegawai atau jabatan."),
        ({"person": "Tidak Ada"}, "tidak ada dalam daftar."),
        ({"unit": ""}, "Pilih unit tempat akses ini berlaku."),
        ({"ends_on": "2020-01-01"}, "Tanggal akhir tidak boleh sebelum tanggal mulai."),
        ({"starts_on": "nanti"}, "Tanggal tidak dikenal."),
    ],
)
def test_a_bad_grant_is_explained_and_nothing_is_given(
    desk: Desk, app: Flask, house: House, fields: dict[str, str], sentence: str
) -> None:
    before = len(stored(app, sa.select(grant.c.id)))
    answer = desk.send("/admin/grants/new", **given(house, **fields))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert len(stored(app, sa.select(grant.c.id))) == before


def test_a_post_is_given_what_its_holder_of_the_day_has(desk: Desk, app: Flask, house: House) -> None:
    to_post = given(house, person="", position="Kepala Seksi")
    assert desk.send("/admin/grants/new", **to_post).status_code == 303
    kasi = Desk(builders.sign_in(app.test_client(), house.people["kasi"]))
    assert kasi.get("/admin/people").status_code == 200
    html = desk.html("/admin/grants/seers", permission="admin.people", unit=house.units["seksi"])
    assert "Yosef Dagang" in html
    assert "Kepala Seksi" in html
    assert "Petrus Krayan" in html, "who holds everything holds this too"
    assert "Yosef Dagang" not in desk.html("/admin/grants/seers", permission="admin.people", unit=house.units["dinkes"])


def test_a_grant_of_tomorrow_does_not_open_today(desk: Desk, app: Flask, house: House) -> None:
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    assert desk.send("/admin/grants/new", **given(house, starts_on=tomorrow)).status_code == 303
    kabid = Desk(builders.sign_in(app.test_client(), house.people["kabid"]))
    assert kabid.get("/admin/people").status_code == 403


def test_a_units_admin_gives_only_what_he_holds_where_he_holds_it(
    desk_of: Callable[..., Desk], app: Flask, house: House
) -> None:
    clerk = desk_of("tu", "admin.roles", "admin.people")
    assert clerk.send("/admin/grants/new", **given(house)).status_code == 303
    beyond = clerk.send("/admin/grants/new", **given(house, what="admin.audit"))
    assert beyond.status_code == 403
    everything = clerk.send("/admin/grants/new", **given(house, what="admin"))
    assert everything.status_code == 403
    elsewhere = clerk.send("/admin/grants/new", **given(house, unit="DINKES", unit_id=str(house.units["dinkes"])))
    assert elsewhere.status_code == 422
    assert clerk.get("/admin/roles/new").status_code == 403, "a role means the same everywhere"
    assert "Dinas Kesehatan" not in clerk.html("/admin/grants")
    foreign = stored(app, sa.select(grant.c.id).where(grant.c.role == "admin"))[0].id
    own = stored(app, sa.select(grant.c.id).where(grant.c.person_id == house.people["kabid"].id))[0].id
    fields = hidden_of(clerk.html("/admin/grants"), f"/admin/grants/{own}/take")
    assert clerk.post(f"/admin/grants/{foreign}/take", fields).status_code == 404


def test_the_list_of_grants_makes_the_same_statements(desk: Desk, app: Flask, house: House) -> None:
    few = len(warmed(desk.client, app, "/admin/grants"))
    with app.app_context():
        for number in range(40):
            builders.grant(builders.person(f"Pegawai {number:02}"), "admin.people", house.unit("seksi"))
    assert len(warmed(desk.client, app, "/admin/grants")) == few <= 5


def test_a_request_for_access_waits_in_the_queue(desk: Desk, app: Flask, house: House) -> None:
    staf = Desk(builders.sign_in(app.test_client(), house.people["staf"]))
    assert "Tidak ada yang menunggu" in desk.html("/admin/access-requests")
    asked = staf.send(
        "/access/request", page="/access/request?permission=admin.people",
        permission="admin.people", reason="Membantu kepegawaian",
    )  # fmt: skip
    assert asked.status_code == 303, asked.text[-2000:]
    html = desk.html("/admin/access-requests")
    assert "Sari Dewi" in html
    assert "/access/requests/" in html
