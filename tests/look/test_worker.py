"""The service worker: pages without signal, each to its own user, and never more than that."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.look.stand_in import Site
from tests.support.browser import ConsoleWatch, throttle

Visit = Callable[..., Page]
KEPT = """async () => Object.fromEntries(await Promise.all((await caches.keys()).filter((key) => key.startsWith("pages-"))
  .map(async (key) => [key, (await (await caches.open(key)).keys()).map((request) => new URL(request.url).pathname)])))"""


def until(page: Page, condition: str) -> None:
    """Wait inside the page until an async function is true: the policy forbids Playwright's own way, which evaluates text."""
    page.evaluate(
        f"async () => {{ for (let round = 0; round < 200; round++) {{ if (await ({condition})()) return;"
        " await new Promise((done) => setTimeout(done, 50)); } throw new Error('waited in vain'); }"
    )


@pytest.fixture
def warm(visit: Visit, console: ConsoleWatch) -> Callable[..., Page]:
    """Return a function that opens the home page and waits until the worker has taken over."""
    console.allow("ERR_INTERNET_DISCONNECTED")
    console.allow("503")

    def install(**options: Any) -> Page:
        page = visit("/", service_worker=True, **options)
        until(page, "() => navigator.serviceWorker.controller")
        return page

    return install


def keep(page: Page, *addresses: str) -> None:
    """Open pages and wait until the worker has kept the last of them."""
    for address in addresses:
        page.goto(address)
    until(page, f"async () => Object.values(await ({KEPT})()).flat().includes('{addresses[-1]}')")


def test_kept_page_opens_without_signal_and_tells_its_time(warm: Callable[..., Page]) -> None:
    page = warm()
    keep(page, "/list")
    throttle(page, "offline")
    page.goto("/list")
    expect(page.get_by_role("link", name="Baris 3", exact=True)).to_be_visible()
    expect(page.locator("#strip")).to_be_visible()
    assert re.match(r"Luring — data per \d\d\.\d\d", page.inner_text("#strip"))
    assert page.evaluate("getComputedStyle(document.querySelector('.bar')).backgroundColor") == "rgb(8, 69, 86)"


def test_page_never_opened_leads_to_the_offline_page_with_what_is_kept(warm: Callable[..., Page]) -> None:
    page = warm()
    keep(page, "/list")
    throttle(page, "offline")
    page.goto("/widgets")
    expect(page.get_by_role("heading", name="Anda luring")).to_be_visible()
    page.get_by_role("link", name="Daftar").click()
    expect(page.get_by_role("link", name="Baris 3", exact=True)).to_be_visible()


def test_sending_without_signal_loses_nothing(warm: Callable[..., Page], site: Site) -> None:
    page = warm()
    keep(page, "/form")
    page.fill("[name=reason]", "Ditulis di Krayan")
    throttle(page, "offline")
    page.click("button:has-text('Kirim')")
    expect(page.get_by_role("heading", name="Anda luring")).to_be_visible()
    throttle(page, "full")
    page.goto("/form")
    assert page.input_value("[name=reason]") == "Ditulis di Krayan"
    assert site.posted == []


def test_sign_out_deletes_what_was_kept(warm: Callable[..., Page]) -> None:
    page = warm()
    keep(page, "/list")
    page.goto("/")
    page.click("text=Keluar")
    page.wait_for_url("**/login")
    assert page.evaluate(KEPT) == {}
    throttle(page, "offline")
    page.goto("/list")
    expect(page.get_by_role("heading", name="Anda luring")).to_be_visible()
    assert not page.get_by_text("Halaman tersimpan").is_visible()


def test_another_user_never_sees_the_pages_of_the_first(warm: Callable[..., Page], site: Site) -> None:
    page = warm()
    keep(page, "/list", "/form")
    site.partition = "p-rizal"
    keep(page, "/")
    assert page.evaluate(KEPT) == {"pages-p-rizal": ["/"]}
    throttle(page, "offline")
    page.goto("/list")
    expect(page.get_by_role("heading", name="Anda luring")).to_be_visible()


def test_ended_session_hides_pages_until_their_owner_returns(warm: Callable[..., Page], site: Site) -> None:
    page = warm()
    keep(page, "/list")
    site.session_ended = True
    page.goto("/")
    page.wait_for_url("**/login")
    until(page, "async () => (await (await (await caches.open('meta')).match('/partition')).text()) === ''")
    throttle(page, "offline")
    page.goto("/list")
    expect(page.get_by_role("heading", name="Anda luring")).to_be_visible()
    throttle(page, "full")
    site.session_ended = False
    keep(page, "/")
    assert "/list" in page.evaluate(KEPT)["pages-p-nurhayati"]


def test_secret_pages_and_fragments_are_never_kept(warm: Callable[..., Page], console: ConsoleWatch) -> None:
    console.allow("500")
    page = warm()
    page.goto("/secret")
    page.goto("/widgets")
    expect(page.locator("[data-widget=Surat]")).to_contain_text("Tiga surat baru")
    keep(page, "/list")
    assert set(page.evaluate(KEPT)["pages-p-nurhayati"]) <= {"/", "/widgets", "/list"}


def test_slow_signal_shows_the_kept_page_and_says_so(warm: Callable[..., Page], site: Site) -> None:
    page = warm()
    keep(page, "/list", "/")
    site.slow = 7
    page.goto("/")
    expect(page.locator("#strip")).to_be_visible()
    assert page.inner_text("#strip").startswith("Sinyal lemah — data per")


def test_phone_that_saves_data_gets_no_worker(visit: Visit) -> None:
    page = visit("about:blank", service_worker=True)
    page.add_init_script("Object.defineProperty(navigator, 'connection', { value: { saveData: true } })")
    page.goto("/")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0


def test_new_version_is_offered_and_taken_only_when_asked(warm: Callable[..., Page], site: Site) -> None:
    page = warm()
    site.release = 2
    page.evaluate("navigator.serviceWorker.getRegistration().then((one) => one.update())")
    expect(page.get_by_text("Versi baru siap")).to_be_visible()
    with page.expect_navigation():
        page.click("text=Muat versi baru")
