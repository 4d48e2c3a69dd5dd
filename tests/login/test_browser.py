"""The doors in a real browser: three screens for the first sign-in, without script, light in bytes, open to all."""

from __future__ import annotations

import json
from datetime import date
from urllib.parse import urlsplit

import pyotp
import pytest
from playwright.sync_api import Page, expect

from superapp.kernel import clock
from tests.support.accessibility import assert_accessible
from tests.support.browser import ConsoleWatch, sign_in
from tests.support.builders import PASSWORD, House, new_nip
from tests.support.measuring import counted_bytes
from tests.support.pages import OpenPage
from tests.support.server import LiveServer, run_command

pytestmark = pytest.mark.browser
OWN = "perahu senja dan meja kayu"


def _newcomer(server: LiveServer, **more: str) -> dict[str, str]:
    """Make an account by the command line and return what it printed."""
    given = {"nip": new_nip(date(1999, 4, 5), year=2022), "name": "Pegawai Baru", **more}
    done = run_command(server.environment, "user", "create", stdin=json.dumps(given), check=True)
    return given | json.loads(done.stdout)


def _add_sensor(page: Page, *, agrees: bool = True) -> None:
    """Give the page's browser a fingerprint sensor that is always touched."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
               "isUserVerified": agrees, "automaticPresenceSimulation": True}  # fmt: skip
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def _wait_for_home(page: Page) -> None:
    page.wait_for_url(lambda url: urlsplit(url).path == "/")


def test_the_first_sign_in_takes_three_screens(at_localhost: OpenPage, live_server: LiveServer) -> None:
    who, page = _newcomer(live_server), at_localhost("phone")
    _add_sensor(page)
    page.goto("/login")
    assert_accessible(page)
    page.fill("[name=nip]", who["nip"])
    page.fill("[name=password]", who["password"])
    page.locator("form [type=submit]").click()
    expect(page.locator("h1")).to_have_text("Buat kata sandi sendiri")
    assert_accessible(page)
    page.fill("[name=password]", OWN)
    page.locator("form [type=submit]").click()
    expect(page.locator("h1")).to_have_text("Masuk lebih mudah lain kali")
    assert_accessible(page)
    page.get_by_role("button", name="Pasang kunci sandi").click()
    _wait_for_home(page)
    page.goto("/profile")
    expect(page.get_by_role("list", name="Perangkat").get_by_text("Chrome di Android")).to_be_visible()
    expect(page.get_by_text("Perangkat ini")).to_be_visible()

    page.get_by_role("button", name="Keluar", exact=True).click()
    _wait_for_home(page)  # the browser suggests the passkey in the field, and the sensor is touched
    page.wait_for_load_state("networkidle")
    page.goto("/profile")
    expect(page.locator("h1")).to_have_text("Profil & keamanan")


def test_the_button_signs_in_where_nothing_is_suggested(
    at_localhost: OpenPage, live_server: LiveServer, console: ConsoleWatch
) -> None:
    console.allow("/login/passkey/options")
    who, page = _newcomer(live_server, password=OWN), at_localhost("phone")
    _add_sensor(page)
    sign_in(page, who["nip"], OWN)
    page.goto("/profile/factors")
    page.get_by_role("button", name="Tambah kunci sandi").click()
    expect(page.locator("h1")).to_have_text("Simpan kode cadangan")
    page.get_by_role("button", name="Sudah saya simpan").click()
    page.wait_for_url("**/profile")
    page.route("**/login/passkey/options", lambda route: route.abort(), times=1)
    page.get_by_role("button", name="Keluar", exact=True).click()
    page.wait_for_url("**/login")
    page.get_by_role("button", name="Sidik jari atau wajah").click()
    _wait_for_home(page)


def test_the_offer_can_be_left_for_later(at_localhost: OpenPage, live_server: LiveServer) -> None:
    who, page = _newcomer(live_server), at_localhost("phone")
    sign_in(page, who["nip"], who["password"])
    page.fill("[name=password]", OWN)
    page.locator("form [type=submit]").click()
    page.get_by_role("link", name="Nanti saja").click()
    _wait_for_home(page)


def test_a_refused_passkey_says_so_in_words(at_localhost: OpenPage, console: ConsoleWatch) -> None:
    console.allow("/login/passkey")
    page = at_localhost("phone")
    page.goto("/login")
    _add_sensor(page, agrees=False)
    page.get_by_role("button", name="Sidik jari atau wajah").click()
    expect(page.locator("#passkey-problem")).to_be_visible()


def test_an_app_is_enrolled_and_asked_for(at_localhost: OpenPage, live_server: LiveServer) -> None:
    who, page = _newcomer(live_server, password=OWN), at_localhost("phone")
    sign_in(page, who["nip"], OWN)
    page.goto("/profile/factors")
    page.get_by_role("button", name="Pasang aplikasi kode").click()
    expect(page.locator("svg.qr")).to_be_visible()
    assert_accessible(page)
    page.get_by_text("Tidak bisa memindai?").click()
    phone = pyotp.TOTP(page.locator("code.mark").inner_text().replace(" ", ""))
    page.fill("[name=code]", phone.at(clock.now()))
    page.locator("main form [type=submit]").click()
    expect(page.locator("h1")).to_have_text("Simpan kode cadangan")
    assert_accessible(page)
    code = page.locator("code.mark").first.inner_text()
    page.get_by_role("button", name="Sudah saya simpan").click()
    page.wait_for_url("**/profile")

    other = at_localhost("desktop")
    other.goto("/login")
    other.fill("[name=nip]", who["nip"])
    other.fill("[name=password]", OWN)
    other.locator("form [type=submit]").click()
    expect(other.locator("h1")).to_have_text("Satu langkah lagi")
    assert_accessible(other)
    other.fill("[name=code]", code)
    other.locator("form [type=submit]").first.click()
    _wait_for_home(other)


def test_without_script_everything_but_passkeys_works(at_localhost: OpenPage, live_server: LiveServer) -> None:
    who, page = _newcomer(live_server), at_localhost("phone", javascript=False)
    page.goto("/login")
    page.fill("[name=nip]", who["nip"])
    page.fill("[name=password]", who["password"])
    page.click("form [type=submit]")
    page.fill("[name=password]", OWN)
    page.fill("[name=again]", OWN)
    page.click("form [type=submit]")
    page.click("text=Nanti saja")
    page.goto("/profile")
    assert page.inner_text("h1") == "Profil & keamanan"
    page.select_option("[name=language]", "en")
    page.click("form[action='/profile/look'] [type=submit]")
    assert page.get_attribute("html", "lang") == "en"
    page.click("form[action='/logout'] [type=submit]")
    assert page.url.endswith("/login")


@pytest.mark.parametrize(("size", "theme"), [("phone", "dark"), ("desktop", "light")])
def test_the_pages_are_open_to_all(at_localhost: OpenPage, live_server: LiveServer, size: str, theme: str) -> None:
    page = at_localhost(size, theme=theme)
    for path in ("/login", "/password/forgotten", "/password/forgotten?sent=1", "/activate"):
        page.goto(path)
        assert_accessible(page)
    who = _newcomer(live_server, password=OWN, role="unit-admin")
    sign_in(page, who["nip"], OWN)
    page.goto("/profile/factors")
    assert_accessible(page)


@pytest.mark.parametrize(("size", "theme"), [("phone", "dark"), ("desktop", "light")])
def test_profile_and_desk_are_open_to_all(at_localhost: OpenPage, live_house: House, size: str, theme: str) -> None:
    page = at_localhost(size, theme=theme)
    sign_in(page, live_house.people["admin"].nip, PASSWORD)
    for path in (
        "/profile",
        "/profile/factors",
        "/profile/factors/offer",
        "/confirm",
        "/password/new",
        "/accounts?show=all",
    ):
        page.goto(path)
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], path


def test_a_refused_form_is_open_to_all_and_names_its_fields(at_localhost: OpenPage, console: ConsoleWatch) -> None:
    console.allow("/login")
    page = at_localhost("phone")
    page.goto("/login")
    page.locator("form [type=submit]").click()
    expect(page.locator("#f-nip-e")).to_be_visible()
    expect(page.locator("#f-password-e")).to_be_visible()
    assert_accessible(page)


def test_the_sign_in_page_weighs_at_most_16_kb(at_localhost: OpenPage) -> None:
    page = at_localhost("phone")
    with counted_bytes(page) as found:
        page.goto("/login")
    print(f"{found.total} bytes\n{found.table()}")
    assert found.total <= 16 * 1024, found.table()


def test_the_keyboard_alone_signs_in(at_localhost: OpenPage, live_house: House) -> None:
    page = at_localhost("desktop")
    page.goto("/login")
    expect(page.locator("[name=nip]")).to_be_focused()
    page.keyboard.type(live_house.people["staf"].nip)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    _wait_for_home(page)
