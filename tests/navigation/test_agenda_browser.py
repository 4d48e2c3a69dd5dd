"""The agenda in a real browser: clean for axe, as wide as the screen, whole without script and light on the line."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from superapp.kernel import clock
from tests.support.accessibility import assert_accessible
from tests.support.browser import sign_in
from tests.support.builders import PASSWORD, House

pytestmark = pytest.mark.browser
OpenPage = Callable[..., Page]
PAGES = ("/agenda", "/agenda?view=week", "/agenda?view=day", "/agenda?view=list", "/agenda/new", "/agenda/feed")


@pytest.mark.parametrize(
    ("size", "theme", "javascript"), [("phone", "light", False), ("phone", "dark", True), ("desktop", "light", True)]
)
def test_an_entry_is_written_and_read_in_every_view(
    live_house: House, open_page: OpenPage, size: str, theme: str, javascript: bool
) -> None:
    page = open_page(size, theme=theme, javascript=javascript)
    sign_in(page, live_house.people["kabid"].nip, PASSWORD)
    page.goto("/agenda/new")
    page.get_by_label("Acara", exact=True).fill("Rapat anggaran perubahan")
    page.get_by_role("button", name="Simpan").click()
    expect(page.get_by_role("heading", level=2).first).to_contain_text(str(clock.today().year))
    for path in PAGES:
        page.goto(path)
        if javascript:
            assert_accessible(page)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        if "view" in path:
            expect(page.get_by_role("link", name="Rapat anggaran perubahan").first).to_be_visible()


def test_the_month_is_walked_by_keyboard(live_house: House, open_page: OpenPage) -> None:
    page = open_page("desktop")
    sign_in(page, live_house.people["kasi"].nip, PASSWORD)
    page.goto("/agenda?on=2026-11-24")
    page.get_by_role("link", name="Selasa, 10 November 2026").press("Enter")
    expect(page.get_by_role("heading", name="Selasa, 10 November 2026")).to_be_visible()
    assert "on=2026-11-10" in page.url
