"""Acceptance 14 for sign-in, home, list and form: without script, by keyboard alone, dark, twice the text, no signal."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance.conftest import Enter
from tests.support.accessibility import assert_accessible
from tests.support.browser import ConsoleWatch, throttle
from tests.support.builders import PASSWORD, House
from tests.support.pages import OpenPage
from tests.support.server import LiveServer, allow

pytestmark = pytest.mark.browser
RIGHTS = ("catalogue.view", "catalogue.write")
LIST = "/app/catalogue/"
FOCUSED = "() => [document.activeElement.textContent.trim(), document.activeElement.name ?? ''].join('|')"
CONTROLLED = """() => new Promise((done) => navigator.serviceWorker.controller ? done()
    : navigator.serviceWorker.addEventListener("controllerchange", () => done()))"""
KEPT = """async (path) => { for (let round = 0; round < 200; round++) { for (const key of await caches.keys())
    if (key.startsWith("pages-") && await (await caches.open(key)).match(path)) return;
    await new Promise((done) => setTimeout(done, 50)); } throw new Error(path + " was not kept"); }"""


@pytest.fixture
def writer(live_house: House, live_server: LiveServer) -> str:
    """Return the number of somebody who may write the catalogue."""
    allow(live_server, live_house, "kasi", *RIGHTS)
    return live_house.people["kasi"].nip


def test_without_script_one_signs_in_lists_edits_and_signs_out(
    open_page: OpenPage, writer: str, console: ConsoleWatch
) -> None:
    console.allow("/edit")  # the refused form answers 422
    page = open_page("phone", javascript=False)
    page.goto(LIST)
    page.fill("[name=nip]", writer)
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Masuk").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Katalog aplikasi")
    page.get_by_role("link", name="Catat aplikasi").first.click()
    page.get_by_label("Nama", exact=True).fill("Sistem Tanpa Skrip")
    page.get_by_role("button", name="Simpan").click()
    expect(page.get_by_text("Aplikasi tersimpan.")).to_be_visible()
    page.get_by_role("link", name="Ubah").click()
    page.get_by_label("Nama", exact=True).fill("")
    page.get_by_role("button", name="Simpan").click()
    expect(page.get_by_role("alert")).to_contain_text("Wajib diisi.")
    page.get_by_label("Nama", exact=True).fill("Sistem Biasa")
    page.get_by_role("button", name="Simpan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sistem Biasa")
    page.goto(f"{LIST}?q=biasa")
    expect(page.get_by_role("link", name="Sistem Biasa")).to_be_visible()
    page.goto("/profile")
    page.get_by_role("button", name="Keluar", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Masuk")
    page.goto(LIST)
    expect(page.get_by_role("heading", level=1)).to_have_text("Masuk")


def _tab_to(page: Page, words: str, *, name: str = "") -> None:
    """Press Tab until the focus is on the element with these words or this name, and is seen there."""
    page.wait_for_load_state()
    for _ in range(90):
        page.keyboard.press("Tab")
        text, _, field = page.evaluate(FOCUSED).rpartition("|")
        if (words and words in text) or (name and name == field):
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
            return
    raise AssertionError(f"the keyboard does not reach {words or name} on {page.url}")


def test_the_keyboard_alone_signs_in_lists_edits_and_signs_out(open_page: OpenPage, writer: str) -> None:
    page = open_page("desktop", theme="dark")
    page.goto(LIST)
    expect(page.locator("[name=nip]")).to_be_focused()
    page.keyboard.type(writer)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Katalog aplikasi")
    _tab_to(page, "Catat")
    page.keyboard.press("Enter")
    page.wait_for_url("**/new")
    _tab_to(page, "", name="name")
    page.keyboard.type("Sistem Papan Ketik")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sistem Papan Ketik")
    _tab_to(page, "Ubah")
    page.keyboard.press("Enter")
    page.wait_for_url("**/edit")
    _tab_to(page, "", name="long_name")
    page.keyboard.type("Disusun tanpa tetikus")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Disusun tanpa tetikus").first).to_be_visible()
    _tab_to(page, "Profil")
    page.keyboard.press("Enter")
    page.wait_for_url("**/profile")
    _tab_to(page, "Keluar")
    page.keyboard.press("Enter")
    page.wait_for_url("**/login")
    assert_accessible(page)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_list_and_form_stay_whole_at_twice_the_text(enter: Enter, theme: str) -> None:
    page = enter("kadis", *RIGHTS, theme=theme)
    for path in ("/", LIST, f"{LIST}new", "/profile"):
        page.goto(path)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{path} is {wide} px wider than the screen"
        assert_accessible(page)


def test_without_signal_the_opened_list_is_there_and_the_rest_is_explained(enter: Enter, console: ConsoleWatch) -> None:
    console.allow("ERR_INTERNET_DISCONNECTED")
    console.allow("503")
    page = enter("tu", "catalogue.view", service_worker=True)
    page.evaluate(CONTROLLED)
    page.goto(LIST)
    page.evaluate(KEPT, LIST)

    throttle(page, "offline")
    page.goto(LIST)
    expect(page.get_by_role("heading", level=1)).to_have_text("Katalog aplikasi")
    assert re.match(r"Luring — data per \d\d\.\d\d", page.inner_text("#strip"))
    assert_accessible(page)
    page.goto("/people")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Anda luring")
    assert_accessible(page)
    throttle(page, "full")
    page.get_by_role("link", name="Coba lagi").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("Pegawai")


def test_date_and_time_are_both_seen_on_a_phone(enter: Enter) -> None:
    page = enter("admin")
    page.goto("/announcements/new")
    for label in ("Tampil mulai", "Tampil sampai"):
        field = page.get_by_label(label)
        field.fill("2026-11-24T14:05")
        width = field.evaluate("field => field.getBoundingClientRect().width")
        assert width >= 200, f"{label} is {width} px wide: the time is cut off"
