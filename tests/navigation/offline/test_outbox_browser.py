"""The phone's outbox in a real browser: forms filled without a signal arrive, once, with what they carried."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.navigation.offline.ground import BOX, NEW, READY, Field, fill, in_the_field, kill, phone_at, warm
from tests.support.accessibility import assert_accessible
from tests.support.stage import Stage

pytestmark = pytest.mark.browser
DATABASE = """const opened = await new Promise((done) => {
    const request = indexedDB.open("satu"); request.onsuccess = () => done(request.result); });
    const all = (store, what) => new Promise((done) => {
    const request = opened.transaction(store).objectStore(store)[what](); request.onsuccess = () => done(request.result); });"""
KEYS = f"async () => {{ {DATABASE} const keys = await all('keys', 'count'); opened.close(); return keys; }}"
DRAFT_KEPT = (
    f"async () => {{ {DATABASE} const drafts = await all('drafts', 'count'); opened.close(); return drafts > 0; }}"
)
EVERYTHING = f"""async () => {{ {DATABASE} const words = new TextDecoder("latin1"); const found = [];
    for (const store of ["items", "files", "drafts", "meta"]) found.push(JSON.stringify(await all(store, "getAll"), (_name, value) =>
        value instanceof ArrayBuffer ? words.decode(value) : value));
    for (const name of await caches.keys()) for (const key of await (await caches.open(name)).keys())
        found.push(key.url, await (await (await caches.open(name)).match(key)).text());
    opened.close(); return found.join(); }}"""


def photo() -> bytes:
    """Return a picture of about 4 MB that no compression makes small."""
    stored = io.BytesIO()
    Image.effect_noise((2600, 2000), 90).convert("RGB").save(stored, "JPEG", quality=90)
    return stored.getvalue()


@pytest.fixture(scope="module")
def field(stage: Stage) -> Iterator[Field]:
    """Serve the house once for this module."""
    with in_the_field(stage, "outbox") as served:
        yield served


@pytest.fixture(autouse=True)
def nothing_stored(field: Field) -> None:
    """Let each test begin without notes."""
    field.forget()


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    """Return the folder of the phone's profile."""
    return tmp_path / "profile"


@pytest.fixture
def phone(field: Field, browser: Browser, profile: Path) -> Iterator[Page]:
    """Return a phone on which a member of staff opened the app once."""
    with phone_at(field.server.url, browser, profile) as page:
        field.enter(page.context, "staf")
        warm(page)
        yield page


def save(page: Page) -> None:
    """Press the button and wait until the phone has the form."""
    page.get_by_role("button", name="Simpan").click()
    expect(page.locator("[data-is=kept]")).to_be_visible()


def test_a_form_never_opened_before_is_filled_without_signal_and_arrives_once(field: Field, phone: Page) -> None:
    phone.context.set_offline(True)
    fill(phone, "Krayan")
    expect(phone.get_by_role("button", name="Simpan & kirim nanti")).to_be_visible()
    save(phone)
    assert_accessible(phone)
    expect(phone.locator("#strip")).to_contain_text("1 menunggu kirim")
    phone.get_by_role("link", name="Kotak kirim").click()
    expect(phone.locator("[data-items] li")).to_contain_text("Menunggu kirim")
    expect(phone.locator("[data-items] h3")).to_have_text("Catat di lapangan: Krayan")
    assert field.notes() == []

    phone.context.set_offline(False)
    expect(phone.locator("[data-items] li")).to_contain_text("Diterima")
    expect(phone.locator("[data-items] li")).to_contain_text("Catatan tersimpan.")
    assert_accessible(phone)
    assert field.notes() == ["Krayan"]
    expect(phone.locator("#strip [data-outbox]")).to_be_hidden()


def test_with_a_signal_the_form_works_as_ever_refused_or_accepted(field: Field, phone: Page) -> None:
    fill(phone, "K")
    phone.get_by_role("button", name="Simpan").click()
    expect(phone.get_by_role("alert")).to_contain_text("paling sedikit 3 huruf")
    phone.locator(READY).wait_for()
    phone.get_by_label("Tempat").fill("Sebatik")
    phone.get_by_role("button", name="Simpan").click()

    expect(phone.get_by_role("heading", level=1)).to_have_text("Sebatik")
    expect(phone.get_by_text("Catatan tersimpan.")).to_be_visible()
    assert field.notes() == ["Sebatik"]
    phone.goto(BOX)
    expect(phone.locator("[data-items] li")).to_have_count(1)
    expect(phone.locator("[data-items] li")).to_contain_text("Diterima")


def test_a_killed_browser_and_an_ended_session_lose_nothing(
    field: Field, browser: Browser, profile: Path, phone: Page
) -> None:
    phone.context.set_offline(True)
    fill(phone, "Lumbis")
    phone.get_by_label("Foto").set_input_files({"name": "jalan.jpg", "mimeType": "image/jpeg", "buffer": photo()})
    save(phone)
    expect(phone.locator("[data-is=kept]")).to_contain_text("MB →")
    phone.goto(NEW)
    phone.locator(READY).wait_for()
    phone.get_by_label("Catatan").fill("Baru separuh")
    while not phone.evaluate(DRAFT_KEPT):
        phone.wait_for_timeout(20)
    kill(profile)
    field.end_sessions("staf")

    with phone_at(field.server.url, browser, profile) as reopened:
        reopened.goto(BOX)
        expect(reopened.get_by_text("Masuk dulu untuk melihat")).to_be_visible()
        expect(reopened.locator("[data-items] li")).to_have_count(0)
        assert field.notes() == []
        field.enter(reopened.context, "staf")
        reopened.goto(BOX)
        expect(reopened.locator("[data-items] li")).to_contain_text("Diterima")
        assert field.notes() == ["Lumbis"]
        assert 0 < field.largest_file() <= 300 * 1024
        reopened.goto(NEW)
        expect(reopened.get_by_label("Catatan")).to_have_value("Baru separuh")


def test_the_next_user_of_the_phone_sees_nothing_and_the_owner_finds_it_again(field: Field, phone: Page) -> None:
    phone.context.set_offline(True)
    fill(phone, "Rahasia Sembakung")
    save(phone)
    phone.route(f"**{NEW}", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    phone.context.set_offline(False)
    phone.goto("/profile")
    expect(phone.locator("#strip")).to_contain_text("1 menunggu kirim")
    phone.get_by_role("button", name="Keluar", exact=True).click()
    expect(phone.get_by_role("dialog")).to_contain_text("1 isian belum terkirim")
    assert_accessible(phone)
    phone.get_by_role("button", name="Tetap keluar").click()
    phone.wait_for_url("**/login**")

    assert phone.evaluate(KEYS) == 0
    assert phone.evaluate("async () => (await caches.keys()).filter((name) => /^(pages|forms)-/.test(name))") == []
    field.enter(phone.context, "kasi")
    warm(phone)
    phone.goto(BOX)
    expect(phone.get_by_text("Tidak ada yang menunggu kirim.")).to_be_visible()
    assert "Sembakung" not in phone.evaluate(EVERYTHING)
    field.enter(phone.context, "staf")
    phone.unroute(f"**{NEW}")
    phone.goto(BOX)
    expect(phone.locator("[data-items] li")).to_contain_text("Diterima")
    assert field.notes() == ["Rahasia Sembakung"]
