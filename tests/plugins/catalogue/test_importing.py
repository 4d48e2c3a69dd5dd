"""The import of a list: a trial says every fault, a repeat changes nothing, undo takes out what nobody touched."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask

from superapp.navigation.models import tile
from tests.navigation.conftest import rows
from tests.plugins.catalogue.conftest import stored
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
