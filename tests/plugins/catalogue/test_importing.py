"""The import of a list: a trial says every fault, a repeat changes nothing, undo takes out what nobody touched."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from superapp.navigation.models import tile
from tests.navigation.conftest import rows
from tests.plugins.catalogue.conftest import HOME, Seat, fill, opened, stored, titles
from tests.shared.importing import applied, faults, plan, remarks, undone
from tests.support.builders import House

HEAD = "kode,nama,tingkat,opd_pengampu,tahun,alamat,asal\n"


def csv(*lines: str) -> bytes:
    return (HEAD + "\n".join(lines) + "\n").encode()


def names(app: Flask) -> list[str]:
    return sorted(row.name for row in stored(app, "name"))


def test_a_trial_names_row_and_column_of_every_fault_and_stores_nothing(
    app: Flask, context: Flask, house: House
) -> None:
    planned = plan(
        "apps",
        csv(
            "A-1,SIMPEG,kabupaten,KOMINFO,2020,https://simpeg.example.id,opd",
            "A-2,SILAPOR,benua,KOMINFO,1800,bukan alamat,langit",
            "A-3,,kabupaten,TIDAKADA,,,",
            "A-4,SIKUNO,pusat,,dua,,",
        ),
    )
    found = {(number, column) for number, column, _reason in faults(planned)}
    assert {(3, "TINGKAT"), (3, "TAHUN"), (3, "ALAMAT"), (3, "ASAL"), (4, "NAMA"), (5, "TAHUN")} <= found | {
        (number, column.upper()) for number, column in found
    }, faults(planned)
    assert any("TIDAKADA" in reason for _number, _column, reason in faults(planned))
    assert any("kabupaten" in reason for _number, _column, reason in remarks(planned))
    assert names(app) == []


def test_a_list_is_imported_and_a_repeat_finds_nothing_new(app: Flask, context: Flask, house: House) -> None:
    content = csv(
        "A-1,SIMPEG,kabupaten,KOMINFO,2020,https://simpeg.example.id,opd",
        "A-2,SIMRS,kabupaten,DINKES,,,",
        "A-3,SRIKANDI,pusat,,,,pusat",
    )
    applied(app, "apps", content)
    assert names(app) == ["SIMPEG", "SIMRS", "SRIKANDI"]
    before = stored(app, "name", "version", "unit_id")
    applied(app, "apps", content)
    assert stored(app, "name", "version", "unit_id") == before
    assert {row.unit_id for row in before} == {house.units[key] for key in ("kominfo", "dinkes", "kabupaten")}


def test_undo_takes_out_what_the_import_brought(app: Flask, context: Flask, house: House) -> None:
    first = applied(app, "apps", csv("A-1,SIMPEG,kabupaten,KOMINFO,2020,,"))
    second = applied(app, "apps", csv("A-1,SIMPEG,kabupaten,KOMINFO,2021,,", "A-2,SIMRS,kabupaten,DINKES,,,"))
    assert {row.year for row in stored(app, "year", code="A-1")} == {2021}
    undone(app, second)
    assert names(app) == ["SIMPEG"]
    assert {row.year for row in stored(app, "year")} == {2020}
    undone(app, first)
    assert names(app) == ["SIMPEG"], "what somebody changed since stays"


def test_undo_of_an_untouched_import_leaves_nothing(app: Flask, context: Flask, house: House) -> None:
    undone(app, applied(app, "apps", csv("A-1,SIMPEG,kabupaten,KOMINFO,2020,https://simpeg.example.id,")))
    assert names(app) == []
    assert rows(app, sa.select(tile.c.url)) == []


def seen_by(client: FlaskClient) -> list[str]:
    return titles(opened(client, HOME))


def test_a_row_with_another_unit_moves_the_application_and_undo_brings_it_back(
    app: Flask, house: House, seat: Seat
) -> None:
    moving = csv("A-1,SIMPEG,kabupaten,DINKES,2020,,opd")
    old, new = seat("kasi", "view"), seat("dokter", "view", at="dinkes")
    with app.app_context():
        applied(app, "apps", csv("A-1,SIMPEG,kabupaten,KOMINFO,2020,,opd"))
        (row,) = plan("apps", moving).rows
        assert (row.action, row.was) == ("change", {"unit": "KOMINFO"})
        moved = applied(app, "apps", moving)
        assert plan("apps", moving).counts["same"] == 1
    (found,) = stored(app, "unit_id", "opd_id")
    assert found == (house.units["dinkes"], house.units["dinkes"])
    assert (seen_by(old), seen_by(new)) == ([], ["SIMPEG"])
    assert "SIMPEG" in search(new)
    assert "SIMPEG" not in search(old)
    with app.app_context():
        undone(app, moved)
    assert stored(app, "unit_id", "opd_id") == [(house.units["kominfo"], house.units["kominfo"])]
    assert (seen_by(old), seen_by(new)) == (["SIMPEG"], [])
    assert "SIMPEG" in search(old)


def test_a_moved_application_that_somebody_changed_since_stays_where_it_is(
    app: Flask, house: House, seat: Seat
) -> None:
    with app.app_context():
        applied(app, "apps", csv("A-1,SIMPEG,kabupaten,KOMINFO,2020,,"))
        moved = applied(app, "apps", csv("A-1,SIMPEG,kabupaten,DINKES,2020,,"))
    (row,) = stored(app, "id")
    keeper = seat("dokter", "view", "write", at="dinkes")
    url = f"{HOME}{row.id}/edit"
    assert fill(keeper, url, name="SIMPEG 2", level="kabupaten", status="active").status_code == 303
    with app.app_context():
        undone(app, moved)
    assert stored(app, "name", "unit_id") == [("SIMPEG 2", house.units["dinkes"])]


def test_an_empty_unit_cell_moves_nothing(app: Flask, context: Flask, house: House) -> None:
    applied(app, "apps", csv("A-1,SIMPEG,kabupaten,DINKES,2020,,"))
    applied(app, "apps", csv("A-1,SIMPEG,kabupaten,,2021,,"))
    assert stored(app, "year", "unit_id") == [(2021, house.units["dinkes"])]


def test_a_file_that_tells_no_status_leaves_the_status(app: Flask, house: House, seat: Seat) -> None:
    content = csv("A-1,SIMPEG,kabupaten,KOMINFO,2020,,")
    with app.app_context():
        applied(app, "apps", content)
    assert [row.status for row in stored(app, "status")] == ["unknown"]
    (row,) = stored(app, "id")
    keeper = seat("kasi", "view", "write")
    fill(keeper, f"{HOME}{row.id}/edit", name="SIMPEG", level="kabupaten", status="active")
    with app.app_context():
        assert plan("apps", content).counts["same"] == 1
        applied(app, "apps", csv("A-1,SIMPEG,kabupaten,KOMINFO,2021,,"))
    assert [row.status for row in stored(app, "status")] == ["active"]


def search(client: FlaskClient) -> str:
    """Return what the search page finds for SIMPEG, without the words of the question."""
    return opened(client, "/search", q="simpeg").partition("<main")[2].partition("<ul")[2]
