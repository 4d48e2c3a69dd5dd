"""The public page in a real browser: clean for axe, light on the line, whole without script."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Page

from tests.support.accessibility import assert_accessible
from tests.support.browser import ConsoleWatch, sign_in
from tests.support.builders import PASSWORD, House
from tests.support.databases import worker
from tests.support.measuring import counted_bytes
from tests.support.stage import Stage

pytestmark = pytest.mark.browser
OpenPage = Callable[..., Page]
CODE = "NUNUKANSATUNUNUKANSATUNNNN"


@pytest.fixture
def letter(stage: Stage, live_house: House) -> str:
    """Return the address of a signed letter on the running server."""
    row = {
        "id": UUID(int=7).hex, "code": CODE, "template": "x.y", "kind": "surat", "module": "", "url": "",
        "opd_id": live_house.units["kominfo"].hex, "record_type": "x", "record_id": UUID(int=8).hex, "permission": "",
        "title": "Surat tugas mendampingi pemasangan jaringan di Krayan Selatan", "values": "{}", "secrecy": 0,
        "record_class": "", "state": "signed", "signing": "signed", "revision": 2,
        "number": "B/800.1.11.1/545/KOMINFO/XI/2026", "number_scope": "s", "number_period": "2026", "number_value": 545,
        "number_suffix": "", "number_reason": "", "dated_on": "2026-11-24", "signer_name": "Bambang Sutrisno, S.Kom.",
        "signer_title": "Kepala Dinas Komunikasi dan Informatika", "signer_number": "", "signer_rank": "",
        "provider": "bsre", "provider_id": "1", "sha256": "5f" * 32, "fault": "", "void_reason": "",
        "created_at": "2026-11-24 01:00:00.000000",
    }  # fmt: skip
    path = Path(stage.folder, f"live_{worker()}_test_browser.db")
    found = next(stage.folder.rglob(path.name))
    with sqlite3.connect(found) as connection:
        names, marks = ", ".join(f'"{name}"' for name in row), ", ".join("?" * len(row))
        connection.execute(f"INSERT OR IGNORE INTO core_document ({names}) VALUES ({marks})", list(row.values()))
    return f"/v/{CODE}"


@pytest.mark.parametrize(("size", "theme"), [("phone", "light"), ("phone", "dark"), ("desktop", "light")])
def test_the_public_page_is_accessible_light_and_fits(
    open_page: OpenPage, console: ConsoleWatch, letter: str, size: str, theme: str
) -> None:
    console.allow("/v/x")
    page = open_page(size, theme=theme)
    with counted_bytes(page) as cost:
        page.goto(letter)
        page.wait_for_load_state("networkidle")
    assert cost.total <= 15_000, cost.table()
    for path in (letter, "/v", "/v/x"):
        page.goto(path)
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, path


def test_a_file_is_compared_without_script(without_javascript: Page, letter: str, tmp_path: Path) -> None:
    other = tmp_path / "lain.pdf"
    other.write_bytes(b"%PDF-1.7\nlain")
    without_javascript.goto(letter)
    without_javascript.set_input_files("[name=file]", other)
    without_javascript.click("form [type=submit]")
    assert "Tidak cocok" in without_javascript.inner_text("main")


def test_pages_of_letterheads_and_numbers_are_accessible(open_page: OpenPage, live_house: House, letter: str) -> None:
    page, unit_id = open_page("phone"), live_house.units["kominfo"]
    sign_in(page, live_house.people["admin"].nip, PASSWORD)
    paths = ("register", "offices", f"letterhead/{unit_id}", f"patterns/{unit_id}", f"patterns/{unit_id}/all",
             f"{UUID(int=7)}/void")  # fmt: skip
    for path in paths:
        page.goto(f"/documents/{path}")
        page.wait_for_load_state("networkidle")
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, path
