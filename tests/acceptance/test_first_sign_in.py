"""Acceptance 1: from a temporary password to a passkey and home, in three screens, on an ordinary mobile connection."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance.conftest import Newcomer
from tests.support.accessibility import assert_accessible
from tests.support.browser import throttle
from tests.support.pages import OpenPage

pytestmark = pytest.mark.browser
OWN = "perahu senja dan meja kayu"
SEEN_WITHIN = 2.5
"""Seconds until the largest content of a page is seen on N1."""
LARGEST = """() => new Promise((done) => new PerformanceObserver((list) => done(list.getEntries().at(-1).startTime / 1000))
    .observe({ type: "largest-contentful-paint", buffered: true }))"""
SENSOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Thumb:
    """Somebody who taps and types on a phone, and counts the taps and the screens."""

    def __init__(self, page: Page) -> None:
        self.page, self.taps = page, 0
        self.screens: list[str] = []

    def tap(self, button: str) -> None:
        """Tap a button by its words."""
        self.taps += 1
        self.page.get_by_role("button", name=button, exact=True).tap()

    def tap_field(self, label: str) -> None:
        """Tap into a field."""
        self.taps += 1
        self.page.get_by_label(label, exact=True).tap()

    def type(self, words: str) -> None:
        """Type where the focus is."""
        self.page.keyboard.type(words)

    def sees(self, heading: str) -> None:
        """Wait for a screen, which must be seen in time and be open to all."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(heading)
        self.screens.append(heading)
        seconds = self.page.evaluate(LARGEST)
        print(f"{heading}: {seconds:.2f} s")
        assert seconds <= SEEN_WITHIN, f"{heading}: seen after {seconds:.2f} s"
        assert_accessible(self.page)


def _add_sensor(page: Page) -> None:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": SENSOR})


def test_a_newcomer_is_home_after_three_screens_and_four_taps(at_localhost: OpenPage, newcomer: Newcomer) -> None:
    page = at_localhost("phone")
    _add_sensor(page)
    throttle(page, "N1")
    thumb = Thumb(page)
    page.goto("/login")
    thumb.sees("Masuk")
    thumb.type(newcomer.nip)
    thumb.tap_field("Kata sandi")
    thumb.type(newcomer.password)
    thumb.tap("Masuk")
    thumb.sees("Buat kata sandi sendiri")
    thumb.type(OWN)
    thumb.tap("Simpan kata sandi")
    thumb.sees("Masuk lebih mudah lain kali")
    thumb.tap("Pasang kunci sandi")
    page.wait_for_url(lambda url: urlsplit(url).path == "/")
    greeting = page.get_by_role("heading", level=1).inner_text()
    assert greeting.endswith(", Pegawai")
    assert (len(thumb.screens), thumb.taps) == (3, 4)
    thumb.sees(greeting)

    page.goto("/profile")
    devices = page.get_by_role("list", name="Perangkat", exact=True).get_by_role("listitem")
    expect(devices).to_have_count(1)
    expect(devices.get_by_text("Perangkat ini")).to_be_visible()
    assert_accessible(page)
