"""A module is switched off and on again while somebody else has it open."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance.conftest import Enter
from tests.support.accessibility import assert_accessible
from tests.support.browser import ConsoleWatch, throttle

pytestmark = pytest.mark.browser
CATALOGUE = "/app/catalogue/"


def _switch(page: Page, word: str) -> None:
    page.goto("/admin/modules")
    page.get_by_role("row", name="Katalog aplikasi").get_by_role("button", name=word).click()
    page.wait_for_url("**/admin/modules/catalogue")


def test_a_switch_holds_for_the_next_request_of_everybody(enter: Enter, console: ConsoleWatch) -> None:
    console.allow(CATALOGUE)
    staff = enter("staf", "catalogue.view")
    throttle(staff, "N1")
    staff.goto(CATALOGUE)
    expect(staff.get_by_role("heading", level=1)).to_have_text("Katalog aplikasi")
    admin = enter("admin", size="desktop")

    _switch(admin, "Nonaktifkan")
    answer = staff.reload()
    assert answer is not None
    assert answer.status == 404
    expect(staff.get_by_role("heading", level=1)).to_have_text("Halaman tidak ditemukan")
    assert_accessible(staff)
    staff.goto("/menu")
    expect(staff.locator("main").get_by_role("link", name="Katalog aplikasi")).to_have_count(0)

    _switch(admin, "Aktifkan")
    assert_accessible(admin)
    staff.goto("/menu")
    staff.locator("main").get_by_role("link", name="Katalog aplikasi").first.tap()
    staff.wait_for_url(f"**{CATALOGUE}")
    expect(staff.get_by_role("heading", level=1)).to_have_text("Katalog aplikasi")
