"""Leave in a real browser: every page clean for axe and the console, light, and a request sent by keyboard and form."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from superapp.kernel import clock
from tests.support.accessibility import assert_accessible
from tests.support.browser import ConsoleWatch, sign_in
from tests.support.builders import PASSWORD, House

pytestmark = pytest.mark.browser
PAGES = ("", "new", "balance", "calendar", "report", "kinds", "kinds/CT")


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_leave_is_asked_for_and_every_page_is_clean(
    live_house: House, open_page: Callable[..., Page], console: ConsoleWatch, size: str
) -> None:
    page = open_page(size)
    sign_in(page, live_house.people["admin"].nip, PASSWORD)
    for path in PAGES:
        page.goto(f"/app/leave/{path}")
        assert_accessible(page)
    page.goto("/app/leave/new")
    page.get_by_label("Cuti Sakit").check()
    day = (clock.today() + timedelta(days={"phone": 10, "desktop": 20}[size])).isoformat()
    for label, value in (("Mulai", day), ("Sampai", day), ("Alasan", "Operasi"), ("Alamat selama cuti", "Nunukan"),
                         ("Telepon selama cuti", "0812000111")):  # fmt: skip
        page.get_by_label(label, exact=True).fill(value)
    expect(page.get_by_text("1 hari kalender")).to_be_visible()
    page.get_by_role("button", name="Kirim").click()
    expect(page.get_by_text("Yang akan memutus").or_(page.get_by_text("Perjalanan permohonan"))).to_be_visible()
    expect(page.get_by_text("Diajukan").first).to_be_visible()
    assert_accessible(page)
