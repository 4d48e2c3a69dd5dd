"""Navigation in a real browser: every page clean for axe and the console, light on the line, whole without script."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.support.accessibility import assert_accessible
from tests.support.browser import ConsoleWatch, sign_in
from tests.support.builders import PASSWORD, House
from tests.support.measuring import counted_bytes

pytestmark = pytest.mark.browser
TAKEN_OVER = """() => new Promise((done) => navigator.serviceWorker.controller ? done()
    : navigator.serviceWorker.addEventListener("controllerchange", () => done()))"""
TOLD = """async () => { for (let round = 0; round < 200; round++) {
    if ((await (await fetch("/menu")).text()).includes("Terakhir dibuka")) return;
    await new Promise((done) => setTimeout(done, 50)); } throw new Error("the launcher was not told"); }"""
OpenPage = Callable[..., Page]
PAGES = (
    "/",
    "/menu",
    "/create",
    "/tasks",
    "/tasks?show=done",
    "/notices",
    "/search?q=dinas",
    "/search?q=xyzzyq",
    "/people",
    "/help",
    "/help/report",
    "/help/reports",
    "/help/reports/mine",
    "/announcements",
    "/announcements/new",
    "/profile/access",
    "/offline",
    "/nope",
)


@pytest.fixture
def admin(live_house: House, open_page: OpenPage, console: ConsoleWatch) -> OpenPage:
    """Return a function that opens a page signed in as the admin."""
    console.allow("/nope")

    def opened(size: str = "phone", **options: object) -> Page:
        page = open_page(size, **options)
        sign_in(page, live_house.people["admin"].nip, PASSWORD)
        return page

    return opened


@pytest.mark.parametrize(("size", "theme"), [("phone", "dark"), ("desktop", "light")])
def test_every_page_is_accessible_and_never_wider_than_the_screen(admin: OpenPage, size: str, theme: str) -> None:
    page = admin(size, theme=theme)
    for path in PAGES:
        page.goto(path)
        page.wait_for_load_state("networkidle")
        assert_accessible(page)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{path} is {wide} px wider than the screen"
        assert page.locator("h1").count() == 1, path


def test_pages_stay_whole_at_twice_the_text(admin: OpenPage) -> None:
    page = admin("phone")
    for path in PAGES:
        page.goto(path)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{path} is {wide} px wider than the screen with large text"


def test_the_first_view_fits_the_allowance(admin: OpenPage) -> None:
    page = admin("phone")
    page.context.clear_cookies(name="bahasa")
    cold = page.context.browser.new_context(storage_state=page.context.storage_state(), service_workers="block")
    view = cold.new_page()
    with counted_bytes(view) as first:
        view.goto(page.url)
    with counted_bytes(view) as again:
        view.goto(page.url)
    cold.close()

    assert first.total <= 36_000, first.table()
    assert first.of("html") <= 6_000, first.table()
    assert again.total <= 4_000, again.table()


@pytest.mark.parametrize("path", ["/menu", "/people", "/search?q=dinas", "/tasks", "/help", "/announcements"])
def test_html_of_each_page_fits_the_allowance(admin: OpenPage, path: str) -> None:
    page = admin("phone")
    with counted_bytes(page) as seen:
        page.goto(path)

    assert seen.of("html") <= 6_000, seen.table()


def test_ctrl_k_finds_what_is_misspelt_and_enter_opens_it(admin: OpenPage) -> None:
    page = admin("desktop")
    page.goto("/")
    page.keyboard.press("Control+k")
    page.keyboard.type("pengumumn")
    expect(page.get_by_role("option").first).to_contain_text("Pengumuman")
    page.keyboard.press("Enter")

    page.wait_for_url("**/announcements")
    expect(page.get_by_role("heading", level=1)).to_have_text("Pengumuman")


def test_a_pin_reaches_the_home_page_without_script(live_house: House, open_page: OpenPage) -> None:
    page = open_page("phone", javascript=False)
    sign_in(page, live_house.people["kasi"].nip, PASSWORD)
    page.goto("/menu")
    page.get_by_role("button", name="Taruh di beranda: Bantuan").click()
    expect(page.get_by_text("Bantuan ada di beranda Anda.")).to_be_visible()
    page.goto("/")

    expect(page.locator(".tiles .tile")).to_have_text(["Bantuan"])


def test_a_problem_is_reported_without_script(live_house: House, open_page: OpenPage) -> None:
    page = open_page("phone", javascript=False)
    sign_in(page, live_house.people["staf"].nip, PASSWORD)
    page.goto("/help/report")
    page.get_by_label("Apa yang terjadi?").fill("Halaman cuti kosong")
    page.get_by_role("button", name="Kirim laporan").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Halaman cuti kosong")
    expect(page.get_by_text("Terkirim. Biasanya dijawab dalam 2 hari kerja.")).to_be_visible()


def test_the_keyboard_reaches_everything_on_home_in_order(admin: OpenPage) -> None:
    page = admin("desktop")
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Langsung ke isi")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    assert page.evaluate("document.activeElement.closest('main') !== null")
    reached = set()
    for _ in range(60):
        reached.add(page.evaluate("document.activeElement.getAttribute('href') || document.activeElement.tagName"))
        page.keyboard.press("Tab")
    assert {"/menu", "/help", "/profile/access"} <= reached


def test_what_was_opened_from_the_launcher_stands_there_next_time(admin: OpenPage) -> None:
    page = admin("desktop")
    page.goto("/menu")
    page.locator("main").get_by_role("link", name="Pengumuman").click()
    page.wait_for_url("**/announcements")
    # The browser sends the beacon whatever happens, but tells of its answer only if that comes before the page is left.
    page.evaluate(TOLD)
    page.goto("/menu")

    expect(page.get_by_role("navigation", name="Terakhir dibuka").get_by_role("link")).to_contain_text(["Pengumuman"])


def test_without_signal_the_page_of_before_or_the_offline_page_is_shown(
    live_house: House, open_page: OpenPage, console: ConsoleWatch
) -> None:
    console.allow("ERR_INTERNET_DISCONNECTED")
    console.allow("503")
    page = open_page("phone", service_worker=True)
    sign_in(page, live_house.people["staf"].nip, PASSWORD)
    page.evaluate(TAKEN_OVER)
    page.goto("/help")
    page.wait_for_load_state("networkidle")

    page.context.set_offline(True)
    page.goto("/help")
    expect(page.get_by_role("heading", level=1)).to_have_text("Bantuan")
    page.goto("/people")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Anda luring")
    expect(page.get_by_text("Halaman tersimpan di perangkat ini")).to_be_visible()
