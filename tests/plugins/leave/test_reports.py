"""Reports: figures that equal the list, by office and unit, as a page, a spreadsheet and a document."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from python_calamine import CalamineWorkbook

from superapp.extensions import db
from superapp.shared.files import store
from superapp.shared.tables.documents import document
from superapp.shared.tables.files import File
from tests.plugins.catalogue.conftest import fill, opened, titles
from tests.plugins.leave.conftest import HOME, Office, model
from tests.support import builders

ROWS = (
    ("staf", "CT", 5, "approved", date(2026, 2, 2)),
    ("staf", "CS", 3, "changed", date(2026, 3, 2)),
    ("kasi", "CT", 2, "approved", date(2026, 12, 31)),
    ("kasi", "CT", 9, "rejected", date(2026, 5, 4)),
    ("kabid", "CT", 4, "approved", date(2025, 12, 31)),
    ("dokter", "CM", 90, "approved", date(2026, 1, 1)),
)


@pytest.fixture
def granted(office: Office) -> Office:
    """Return the office with leave of two years in two offices; the head and the admin may report."""
    with office.app.app_context(), builders.stored():
        for role, kind, days, state, first in ROWS:
            who = office.house.people[role]
            opd = office.house.units["dinkes" if role == "dokter" else "kominfo"]
            db.session.add(
                model("LeaveRequest")(person_id=who.id, person_name=f"={role}", kind=kind, first_day=first, last_day=first,
                                      days=days, reason="-", address="-", phone="-", state=state, unit_id=who.unit_id,
                                      opd_id=opd)
            )  # fmt: skip
    with office.app.app_context():
        builders.grant(
            office.house.person("kadis"), "leave.report", office.house.unit("kominfo"), starts_on=date(2026, 1, 1)
        )
        builders.grant(
            office.house.person("kadis"), "leave.view", office.house.unit("kominfo"), starts_on=date(2026, 1, 1)
        )
    with office.app.app_context():
        builders.grant(
            office.house.person("bupati"), "leave.report", office.house.unit("kabupaten"), starts_on=date(2026, 1, 1)
        )
    return office


def figures(page: str) -> dict[str, list[int]]:
    """Return the numbers of each line of a report, by unit."""
    found = {}
    for row in re.findall(r'<tr role="row"><th role="rowheader".*?</tr>', page, re.S):
        name = re.sub(r"<[^>]+>", "", row.partition("</th>")[0]).strip()
        found[name] = [int(one) for one in re.findall(r'class="num[^"]*">(\d+)', row)]
    return found


def sheets(office: Office) -> dict[str, list[list[Any]]]:
    """Return the sheets of the latest spreadsheet."""
    with office.app.app_context():
        key = db.session.scalars(sa.select(File.key).order_by(File.id.desc()).limit(1)).one()
        with store().open(key) as content:
            book = CalamineWorkbook.from_filelike(BytesIO(content.read()))
        return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_figures_equal_the_list_behind_them(granted: Office) -> None:
    browser = granted.browser("kadis")
    page = opened(browser, f"{HOME}report", year=2026)
    found = figures(page)
    assert found["Seksi Pengembangan Aplikasi"] == [3, 7, 3, 10]
    assert found["Jumlah"] == [3, 7, 3, 10]
    link = re.search(r'href="([^"]*state=granted[^"]*)"', page)
    assert link is not None
    listed = opened(browser, link[1].replace("&amp;", "&"))
    assert sorted(titles(listed)) == ["=kasi", "=staf", "=staf"]
    assert titles(opened(browser, HOME, q="yosef", year=2026)) == ["=kasi", "=kasi"]
    assert titles(opened(browser, HOME, q="osef")) == []
    assert figures(opened(browser, f"{HOME}report", year=2025))["Jumlah"] == [1, 4, 4]


def test_the_regency_reads_its_offices_and_an_office_no_other(granted: Office) -> None:
    whole = figures(opened(granted.browser("bupati"), f"{HOME}report", year=2026))
    assert whole["Dinas Kesehatan"] == [1, 0, 0, 90, 90]
    assert whole["Jumlah"] == [4, 7, 3, 90, 100]
    foreign = opened(granted.browser("kadis"), f"{HOME}report", unit=str(granted.house.units["dinkes"]))
    assert "Dinas Kesehatan" not in foreign
    answer = fill(granted.browser("kadis"), f"{HOME}report/xlsx", page=f"{HOME}report", unit=str(granted.house.units["dinkes"]))  # fmt: skip
    assert answer.status_code == 422


def test_the_spreadsheet_holds_figures_and_list_and_names_no_illness(granted: Office) -> None:
    browser = granted.browser("kadis")
    assert fill(browser, f"{HOME}report/xlsx", page=f"{HOME}report?year=2026").status_code == 303
    granted.later()
    found = sheets(granted)
    assert found["Rekap"][-1] == ["Jumlah", 3, 7, 3, 10]
    assert [row[2] for row in found["Daftar"][1:]] == ["Cuti Tahunan", "Cuti", "Cuti Tahunan"]
    assert sum(row[5] for row in found["Daftar"][1:]) == 10
    assert found["Daftar"][1][0] == "'=staf"


def test_the_document_is_drawn_anew_with_the_figures_of_now(granted: Office) -> None:
    browser = granted.browser("kadis")
    for _time in range(2):
        assert fill(browser, f"{HOME}report/pdf", page=f"{HOME}report?year=2026").status_code == 303
    with granted.app.app_context():
        (row,) = db.session.execute(sa.select(document.c.title, document.c["values"])).all()
    assert row.title == "Rekap cuti 2026 Dinas Komunikasi dan Informatika"
    assert row[1]["lines"][-1] == ["Jumlah", "3", "7", "3", "10"]
    granted.later()
    page = opened(browser, f"{HOME}report", year=2026)
    assert "Rekap cuti 2026 Dinas Komunikasi" in page
    link = re.search(r'href="(/files/[^"]+)"', page)
    assert link is not None
    with browser.get(link[1]) as file:
        assert file.data.startswith(b"%PDF")
