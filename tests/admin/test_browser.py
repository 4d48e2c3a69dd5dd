"""Administration in a real browser: clean for axe, whole without script, quick to pick with it, and by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.support.accessibility import assert_accessible
from tests.support.browser import sign_in
from tests.support.builders import PASSWORD, House, recall
from tests.support.measuring import counted_bytes
from tests.support.stage import Stage

pytestmark = pytest.mark.browser
OPEN = (
    "/admin/",
    "/admin/people",
    "/admin/people/new",
    "/admin/units",
    "/admin/positions",
    "/admin/roles",
    "/admin/roles/new",
    "/admin/grants",
    "/admin/grants/new",
    "/admin/grants/seers",
    "/admin/access-requests",
    "/admin/imports",
    "/admin/imports/new",
    "/admin/modules",
    "/admin/settings",
    "/admin/perbaikan",
    "/admin/audit",
    "/admin/reference",
    "/admin/reference/holidays",
)


@pytest.fixture
def people(stage: Stage) -> House:
    """Return who is who in the live server's house."""
    return recall(stage.folder / "house-sqlite.json")


@pytest.fixture
def enter(open_page: Callable[..., Page], people: House) -> Callable[..., Page]:
    """Return a function that opens a profile signed in as the admin."""

    def enter_as_admin(size: Any = "phone", **options: Any) -> Page:
        page = open_page(size, **options)
        sign_in(page, people.people["admin"].nip, PASSWORD)
        return page

    return enter_as_admin


@pytest.mark.parametrize(("size", "theme"), [("phone", "dark"), ("desktop", "light")])
def test_every_page_is_accessible_and_fits(enter: Callable[..., Page], people: House, size: str, theme: str) -> None:
    page = enter(size, theme=theme)
    single = (f"/admin/people/{people.people['kadis'].id}", f"/admin/units/{people.units['kominfo']}")
    for address in (*OPEN, *single):
        page.goto(address)
        assert_accessible(page)
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider == 0, f"{address} scrolls sideways by {wider} px"


def test_a_first_view_stays_within_its_bytes(enter: Callable[..., Page]) -> None:
    page = enter()
    for address in ("/admin/people", "/admin/positions", "/admin/grants", "/admin/modules", "/admin/perbaikan"):
        with counted_bytes(page) as found:
            page.goto(address)
        assert found.of("html") <= 6_144, found.table()


def test_without_script_a_post_is_named_in_words(enter: Callable[..., Page], people: House) -> None:
    page = enter(javascript=False)
    page.goto(f"/admin/people/{people.people['tu'].id}/appoint")
    page.fill("[name=position]", "Kepala Seksi · Seksi Pengembangan Aplikasi")
    page.check("[name=kind][value=plh]")
    page.click("text=Simpan jabatan")
    expect(page.get_by_text("Plh. Kepala Seksi").first).to_be_visible()


def test_a_picker_suggests_and_keeps_what_was_chosen(enter: Callable[..., Page], people: House) -> None:
    page = enter("desktop")
    page.goto("/admin/grants/new")
    page.select_option("[name=what]", "admin.people")
    page.fill("[name=person]", "lende")
    suggested = page.locator("#f-person-list option")
    expect(suggested.first).to_have_attribute("value", "Maria Lende · Kepala Bidang")
    page.fill("[name=person]", "Maria Lende · Kepala Bidang")
    expect(page.locator("[name=person_id]")).to_have_value(str(people.people["kabid"].id))
    page.fill("[name=unit]", "APTIKA · Bidang Aplikasi dan Informatika")
    page.click("main button:has-text('Beri akses')")
    expect(page.get_by_role("rowheader", name="Maria Lende")).to_be_visible()


def test_the_keyboard_alone_switches_a_module(enter: Callable[..., Page]) -> None:
    page = enter("desktop")
    page.goto("/admin/modules")
    switch = page.get_by_role("button", name="Nonaktifkan Katalog aplikasi")
    for _ in range(60):
        if switch.evaluate("button => button === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".st", has_text="Nonaktif")).to_be_visible()
    page.get_by_role("button", name="Aktifkan Katalog aplikasi").press("Enter")
    expect(page.locator(".st", has_text="Sehat")).to_be_visible()


def test_the_bad_field_is_one_press_away(enter: Callable[..., Page], console: Any) -> None:
    console.allow("/admin/people/new")
    page = enter()
    page.goto("/admin/people/new")
    page.fill("[name=name]", "Yusup Lasung")
    page.fill("[name=nip]", "123")
    page.click("main button:has-text('Simpan')")
    page.get_by_role("link", name="NIP terdiri atas 18 angka").click()
    expect(page.locator("[name=nip]")).to_be_focused()
    expect(page.locator("[name=name]")).to_have_value("Yusup Lasung")
    assert_accessible(page)
