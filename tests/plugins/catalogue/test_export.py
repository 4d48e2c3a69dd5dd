"""The export: the filtered list as a file, formulas defused, for who asked and no further than his right reaches."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook

from superapp.kernel.jobs.worker import Worker
from superapp.shared.tables import notice
from tests.navigation.conftest import post, rows
from tests.plugins.catalogue.conftest import HOME, Seat, Shelf, hidden_for, opened
from tests.support.builders import House

Exported = Callable[..., bytes]


@pytest.fixture
def exported(app: Flask, house: House, writer: FlaskClient) -> Exported:
    """Return a function that exports as kasi: `exported("csv", level="pusat")` gives the file."""

    def export(form: str, **filters: str) -> bytes:
        hidden = hidden_for(opened(writer, HOME, **filters), f"{HOME}export")
        answer = post(writer, f"{HOME}export", {**hidden, "format": form})
        assert answer.status_code == 303
        Worker(app).drain()
        of = notice.c.person_id == house.people["kasi"].id
        found = rows(app, sa.select(notice.c.url).where(of).order_by(notice.c.id.desc()))
        assert found, "nobody was told"
        with writer.get(found[0].url) as file:
            assert file.status_code == 200
            assert f".{form}" in file.headers["Content-Disposition"]
            return file.data

    return export


def table_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_csv_holds_the_filtered_list_of_the_own_office(exported: Exported, shelve: Shelf) -> None:
    shelve("SIMPEG", year=2020, backed_up=True, yearly_cost=1250000)
    shelve("SRIKANDI", level="pusat")
    shelve("SIMRS", at="dinkes")
    heads, *lines = table_of(exported("csv", level="kabupaten"))
    assert [line[heads.index("Nama")] for line in lines] == ["SIMPEG"]
    row = dict(zip(heads, lines[0], strict=True))
    assert row["Unit pengampu"] == "Dinas Komunikasi dan Informatika"
    assert (row["Tahun dibangun"], row["Biaya per tahun"], row["Tingkat"]) == ("2020", "1250000", "Kabupaten")
    assert (row["Basis data dicadangkan"], row["Kode sumber tersimpan"]) == ("Ya", "")


def test_headings_words_and_notice_are_in_the_language_of_who_asked(
    app: Flask, exported: Exported, shelve: Shelf, writer: FlaskClient, house: House
) -> None:
    shelve("SIMPEG", backed_up=True, level="kabupaten")
    writer.set_cookie("bahasa", "en")
    heads, line = table_of(exported("csv"))
    row = dict(zip(heads, line, strict=True))
    assert (row["Name"], row["Level"], row["Database is backed up"]) == ("SIMPEG", "Regency", "Yes")
    told = sa.select(notice.c.title).where(notice.c.person_id == house.people["kasi"].id)
    assert [one.title for one in rows(app, told)] == ["The export of the app catalogue is ready"]
    writer.set_cookie("bahasa", "id")
    assert "Nama" in table_of(exported("csv"))[0]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_formulas_are_defused(exported: Exported, shelve: Shelf, form: str) -> None:
    shelve("=HYPERLINK('http://jahat')", owner_name="@SUM(1)", function="+62", hosting="-x")
    content = exported(form)
    if form == "csv":
        heads, line = table_of(content)
    else:
        heads, line = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
        assert b"<f>" not in content
    row = dict(zip(heads, line, strict=True))
    assert row["Nama"] == "'=HYPERLINK('http://jahat')"
    assert (row["Pemilik"], row["Fungsi"], row["Hosting"]) == ("'@SUM(1)", "'+62", "'-x")


def test_the_file_is_for_who_asked_alone(
    app: Flask, exported: Exported, seat: Seat, shelve: Shelf, house: House
) -> None:
    shelve("SIMPEG")
    exported("xlsx")
    url = rows(app, sa.select(notice.c.url).where(notice.c.person_id == house.people["kasi"].id))[0].url
    assert seat("kabid", "view", "export").get(url).status_code == 404


def test_an_unknown_format_is_refused_and_nothing_is_queued(app: Flask, writer: FlaskClient) -> None:
    hidden = hidden_for(opened(writer, HOME), f"{HOME}export")
    for form in ("", "exe", "x" * 5000):
        answer = post(writer, f"{HOME}export", {**hidden, "format": form})
        assert answer.status_code == 422
        assert "Pilih XLSX atau CSV." in answer.text
    assert rows(app, sa.select(notice.c.url)) == []


def test_who_may_not_export_sees_no_way_to(seat: Seat) -> None:
    reader = seat("staf", "view")
    assert "Ekspor" not in opened(reader, HOME).partition("<main")[2]
