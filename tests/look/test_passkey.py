"""The passkey button: it asks, signs with a virtual authenticator, sends what a server can verify, and says what failed."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.look.stand_in import Site
from tests.support.browser import ConsoleWatch

Visit = Callable[..., Page]


@pytest.fixture
def keyed(visit: Visit, site: Site) -> Page:
    """Return the page with the two buttons, on a device that has a fingerprint reader. WebAuthn wants a name, not a number."""
    page = visit("/login")
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    reader: dict[str, Any] = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    session.send("WebAuthn.addVirtualAuthenticator", {"options": reader})
    page.goto(site.url.replace("127.0.0.1", "localhost") + "/keys")
    return page


def client_data(sent: dict[str, Any]) -> dict[str, Any]:
    """Return what the browser says that it signed."""
    text = sent["credential"]["response"]["clientDataJSON"]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return found


def test_key_is_made_and_then_signs_in(keyed: Page, site: Site) -> None:
    keyed.get_by_role("button", name="Tambah kunci").click()
    keyed.wait_for_url("**/list")
    made = site.verified[0]
    assert client_data(made)["type"] == "webauthn.create"
    assert made["credential"]["response"]["attestationObject"]
    keyed.goto(keyed.url.replace("/list", "/keys"))
    keyed.get_by_role("button", name="Sidik jari").click()
    keyed.wait_for_url("**/list")
    used = site.verified[1]
    assert client_data(used)["type"] == "webauthn.get"
    assert client_data(used)["challenge"] == "dGFudGFuZ2Fu"
    assert used["credential"]["id"] == made["credential"]["id"]
    assert used["credential"]["response"]["signature"]
    assert "csrf_token" not in used
    assert site.tokens[-1]


def test_refusal_is_told_in_the_server_s_words(keyed: Page, site: Site, console: ConsoleWatch) -> None:
    console.allow("403")
    site.refuse = True
    keyed.get_by_role("button", name="Tambah kunci").click()
    expect(keyed.locator("#problem")).to_contain_text("Kunci ini sudah terdaftar.")


def test_withdrawn_prompt_shows_the_page_s_own_words(visit: Visit, site: Site) -> None:
    page = visit("/login")
    page.add_init_script("navigator.credentials.get = () => Promise.reject(new DOMException('no', 'NotAllowedError'))")
    page.goto(site.url.replace("127.0.0.1", "localhost") + "/keys")
    page.get_by_role("button", name="Sidik jari").click()
    expect(page.locator("#problem")).to_contain_text("Belum berhasil.")


def test_button_stays_away_where_the_browser_has_no_passkeys(visit: Visit, site: Site) -> None:
    page = visit("/login")
    page.add_init_script("delete window.PublicKeyCredential")
    page.goto(site.url + "/keys")
    page.wait_for_load_state("networkidle")
    expect(page.get_by_role("button", name="Sidik jari")).to_be_hidden()
