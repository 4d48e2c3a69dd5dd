"""Reference data: adding, changing and removing rows, every fault at its field, only for the whole regency."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from superapp.shared.tables import holiday, region
from tests.admin.conftest import Desk, audited, hidden_of, stored

DAY = {"day": "2031-08-17", "kind": "libur", "name": "Proklamasi Kemerdekaan", "source": "SKB 2030"}


def test_a_holiday_is_added_changed_and_removed(desk: Desk, app: Flask) -> None:
    assert desk.send("/admin/reference/holidays/new", **DAY).status_code == 303
    page = "/admin/reference/holidays/2031-08-17~libur"
    assert "Proklamasi Kemerdekaan" in desk.html("/admin/reference/holidays", year=2031)
    assert desk.send(page, **(DAY | {"name": "Hari Kemerdekaan", "uncertain": "1"})).status_code == 303
    row = stored(app, sa.select(holiday.c.name, holiday.c.uncertain).where(holiday.c.source == "SKB 2030"))
    assert row == [("Hari Kemerdekaan", True)]
    remove = "/admin/reference/holidays/remove/2031-08-17~libur"
    assert desk.send(remove, page=page).status_code == 303
    assert desk.get(page).status_code == 404
    assert audited(app)[:3] == ["admin.remove_reference", "admin.save_reference", "admin.add_reference"]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"day": ""}, "Wajib diisi."),
        ({"day": "2031-02-30"}, "Tanggal tidak dikenal."),
        ({"kind": "bolos"}, "Pilih salah satu dari daftar."),
        ({"name": ""}, "Wajib diisi."),
        ({"name": "x" * 121}, "Paling banyak 120 karakter."),
    ],
)
def test_a_bad_row_is_explained_and_kept(desk: Desk, app: Flask, fields: dict[str, str], sentence: str) -> None:
    before = len(stored(app, sa.select(holiday.c.day)))
    answer = desk.send("/admin/reference/holidays/new", **(DAY | fields))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'value="SKB 2030"' in answer.text
    assert len(stored(app, sa.select(holiday.c.day))) == before


def test_a_row_that_is_there_already_is_refused(desk: Desk) -> None:
    assert desk.send("/admin/reference/holidays/new", **DAY).status_code == 303
    answer = desk.send("/admin/reference/holidays/new", **(DAY | {"name": "Lain"}))
    assert answer.status_code == 422
    assert "Data yang sama sudah ada." in answer.text


def test_a_change_meanwhile_is_not_overwritten(desk: Desk) -> None:
    desk.send("/admin/reference/holidays/new", **DAY)
    page = "/admin/reference/holidays/2031-08-17~libur"
    fields = hidden_of(desk.html(page), page)
    assert desk.post(page, fields | DAY | {"name": "A"}).status_code == 303
    assert desk.post(page, fields | DAY | {"name": "B", "idempotency_key": "j" * 32}).status_code == 409


def test_codes_identify_and_stay(desk: Desk, app: Flask) -> None:
    form = {"row_code": "65.03.99", "name": "Kecamatan Uji", "kind": "kecamatan", "parent_code": "65.03", "aliases": ""}
    assert desk.send("/admin/reference/regions/new", **form).status_code == 303
    page = "/admin/reference/regions/65.03.99"
    assert desk.send(page, **(form | {"row_code": "65.03.98", "name": "Kecamatan Coba"})).status_code == 303
    assert stored(app, sa.select(region.c.code).where(region.c.name == "Kecamatan Coba")) == [("65.03.99",)]
    fields = hidden_of(desk.html(page), page)
    assert desk.post("/admin/reference/regions/remove/65.03.99", fields).status_code == 404, "only holidays go"
    for odd in ("/admin/reference/takada", "/admin/reference/holidays/besok~libur", "/admin/reference/regions/~~"):
        assert desk.get(odd).status_code == 404


def test_an_opds_admin_reads_but_does_not_change(desk_of: Callable[..., Desk]) -> None:
    clerk = desk_of("tu", "admin.reference")
    assert clerk.get("/admin/reference/holidays").status_code == 200
    assert clerk.get("/admin/reference/holidays/new").status_code == 403
