"""The list: filters, order, paging, scope, and the same number of statements however long it is."""

from __future__ import annotations

import re

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from superapp.extensions import db
from superapp.kernel import clock
from tests.navigation.conftest import warmed
from tests.plugins.catalogue.conftest import HOME, Seat, Shelf, model, opened, titles
from tests.support import builders
from tests.support.builders import House


def test_names_are_ordered_without_regard_to_case(writer: FlaskClient, shelve: Shelf) -> None:
    for name in ("e-Surat", "SIMPEG", "absensi", "SI PADU", "Zakat", "E-Kinerja"):
        shelve(name)
    wanted = ["absensi", "E-Kinerja", "e-Surat", "SI PADU", "SIMPEG", "Zakat"]
    assert titles(opened(writer, HOME)) == wanted
    assert titles(opened(writer, HOME, sort="-name")) == wanted[::-1]


def test_a_renamed_application_moves_in_the_order(app: Flask, writer: FlaskClient, shelve: Shelf) -> None:
    moved = shelve("aaa")
    shelve("bbb")
    with app.app_context(), builders.stored():
        db.session.get_one(model(), moved).name = "CCC"
    assert titles(opened(writer, HOME)) == ["bbb", "CCC"]


FILTERED: list[tuple[dict[str, str], list[str]]] = [
    ({"level": "pusat"}, ["SRIKANDI"]),
    ({"status": "inactive"}, ["SILAPOR"]),
    ({"follow_up": "gabung"}, ["SILAPOR"]),
    ({"origin": "pkn"}, ["SIMPEG"]),
    ({"missing": "1"}, ["SILAPOR"]),
    ({"q": "kepegawaian sistem"}, ["SIMPEG"]),
    ({"q": "100%"}, []),
    ({"q": "arsip", "level": "kabupaten"}, []),
    ({"archived": "1"}, ["SIKUNO"]),
    ({"level": "bulan", "status": "';--", "sort": "x", "page": "bukan-kursor"}, ["SILAPOR", "SIMPEG", "SRIKANDI"]),
    ({"q": "\0\u202e"}, ["SILAPOR", "SIMPEG", "SRIKANDI"]),
]


def test_filters_stand_in_the_address(writer: FlaskClient, shelve: Shelf) -> None:
    shelve("SIMPEG", long_name="Sistem Kepegawaian", origin="pkn")
    shelve("SRIKANDI", level="pusat", function="Arsip dinamis")
    shelve("SILAPOR", status="inactive", follow_up="gabung", missing=3)
    shelve("SIKUNO", archived_at=clock.now())
    for query, found in FILTERED:
        assert titles(opened(writer, HOME, **query)) == found, query


def test_who_sees_several_offices_filters_by_office(admin: FlaskClient, shelve: Shelf, house: House) -> None:
    shelve("SIMPEG")
    shelve("SIMRS", at="dinkes")
    office = house.units["dinkes"].hex
    page = opened(admin, HOME)
    assert titles(page) == ["SIMPEG", "SIMRS"]
    assert f'<option value="{office}">Dinas Kesehatan</option>' in page
    assert titles(opened(admin, HOME, opd=office)) == ["SIMRS"]
    assert titles(opened(admin, HOME, opd="bukan-id")) == ["SIMPEG", "SIMRS"]


def test_a_foreign_office_in_the_address_shows_nothing(writer: FlaskClient, shelve: Shelf, house: House) -> None:
    shelve("SIMRS", at="dinkes")
    assert titles(opened(writer, HOME, opd=house.units["dinkes"].hex)) == []


def test_pages_show_every_row_once(writer: FlaskClient, shelve: Shelf) -> None:
    names = [f"Aplikasi {number:03}" for number in range(45)]
    for name in names:
        shelve(name, level="provinsi")
    seen: list[str] = []
    url = f"{HOME}?level=provinsi"
    for _step in range(3):
        page = opened(writer, url)
        seen += titles(page)
        following = re.search(r'href="([^"]*page=[^"]*)"', page)
        if following is None:
            break
        url = following[1].replace("&amp;", "&")
        assert "level=provinsi" in url
    assert seen == names


def test_the_number_of_statements_does_not_grow_with_the_rows(
    app: Flask, writer: FlaskClient, shelve: Shelf, house: House
) -> None:
    for number in range(10):
        shelve(f"Sedikit {number}")
    few = len(warmed(writer, app, HOME))
    with app.app_context(), builders.stored():
        where = house.unit("kominfo")
        rows = [
            {"name": f"Banyak {n}", "code": f"B-{n}", "level": "pusat", "unit_id": where.id, "opd_id": where.opd_id}
            for n in range(490)
        ]
        db.session.execute(sa.insert(model()), [{**row, "sort_name": row["name"].lower()} for row in rows])
    assert len(warmed(writer, app, HOME)) == few


def test_a_foreign_offices_application_is_neither_listed_nor_found(
    writer: FlaskClient, seat: Seat, shelve: Shelf
) -> None:
    own, foreign = shelve("SIMPEG"), shelve("SIMRS", at="dinkes")
    assert titles(opened(writer, HOME)) == ["SIMPEG"]
    assert writer.get(f"{HOME}{own}").status_code == 200
    for page in (f"{HOME}{foreign}", f"{HOME}{foreign}/edit", f"{HOME}{foreign}/tidak-ada"):
        assert writer.get(page).status_code == 404
    assert titles(opened(seat("dokter", "view", at="dinkes"), HOME)) == ["SIMRS"]


def test_who_may_only_look_finds_no_way_to_write(seat: Seat, shelve: Shelf) -> None:
    reader, own = seat("staf", "view"), shelve("SIMPEG")
    assert f"{HOME}new" not in opened(reader, HOME)
    assert "/edit" not in opened(reader, f"{HOME}{own}")
    assert reader.get(f"{HOME}new").status_code == 403
    assert reader.get(f"{HOME}{own}/edit").status_code == 403


def test_who_has_no_right_at_all_is_refused(seat: Seat, client: FlaskClient) -> None:
    assert seat("tu").get(HOME).status_code == 403
    assert client.get(HOME).status_code in {302, 303}


def test_counters_name_whole_figures_and_filter(writer: FlaskClient, shelve: Shelf) -> None:
    shelve("SIMPEG", missing=2)
    shelve("SRIKANDI", level="pusat")
    page = opened(writer, HOME)
    plain = " ".join(re.sub(r"<[^>]*>", " ", page).split())
    for figure in ("2 tercatat", "1 milik kabupaten", "0 provinsi", "1 pusat", "1 belum lengkap"):
        assert figure in plain
    assert f'href="{HOME}?missing=1"' in page


def test_the_archive_is_one_step_away_and_says_what_it_is(writer: FlaskClient, seat: Seat, shelve: Shelf) -> None:
    assert "Belum ada aplikasi di arsip" in opened(writer, HOME, archived="1")
    shelve("SIMPEG")
    shelve("SIKUNO", archived_at=clock.now())
    assert f'href="{HOME}?archived=1"' in opened(writer, HOME)
    page = opened(writer, HOME, archived="1")
    assert titles(page) == ["SIKUNO"]
    assert "dapat dikembalikan" in page
    assert f'<a href="{HOME}">Kembali ke daftar</a>' in page
    assert "?archived=1" not in opened(seat("staf", "view"), HOME)
