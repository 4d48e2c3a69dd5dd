"""The outbox on a bad line: a thousand sendings, two tabs, portals, a new version, refusals, conflicts, age."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.navigation.offline.ground import BOX, NEW, READY, Field, fill, in_the_field, phone_at, warm
from tests.navigation.offline.line import Line, line_to
from tests.support.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ITEMS, SENDINGS = 260, 1000
STORE_MANY = """async (count) => { const form = document.querySelector("form[data-offline]");
    for (let at = 0; at < count; at++) {
        form.elements.place.value = `Tempat ${String(at).padStart(4, "0")}`;
        form.elements.idempotency_key.value = crypto.randomUUID();
        form.requestSubmit();
        while (form.dataset.busy) await new Promise((done) => setTimeout(done, 2));
    } }"""
WAITING = """async () => { const opened = await new Promise((done) => {
    const request = indexedDB.open("satu"); request.onsuccess = () => done(request.result); });
    const items = await new Promise((done) => { const request = opened.transaction("items").objectStore("items").getAll();
    request.onsuccess = () => done(request.result); }); opened.close();
    return items.filter((item) => item.state === "waiting").length; }"""
AGED = """async (days) => { const opened = await new Promise((done) => {
    const request = indexedDB.open("satu"); request.onsuccess = () => done(request.result); });
    await new Promise((done) => { const change = opened.transaction("items", "readwrite"); const items = change.objectStore("items");
    items.getAll().onsuccess = (event) => { for (const item of event.target.result) items.put({ ...item, at: item.at - days * 86400000 }); };
    change.oncomplete = done; }); opened.close(); }"""


@pytest.fixture(scope="module")
def field(stage: Stage) -> Iterator[Field]:
    """Serve the house once for this module."""
    with in_the_field(stage, "storms") as served:
        yield served


@pytest.fixture
def line(field: Field) -> Iterator[Line]:
    """Lay a line to the server; nothing is stored yet."""
    field.forget()
    with line_to(field.server.url) as laid:
        yield laid


@pytest.fixture
def phone(field: Field, line: Line, browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """Return a phone at the end of the line on which a member of staff opened the app once."""
    with phone_at(line.url, browser, tmp_path / "profile") as page:
        field.enter(page.context, "staf")
        warm(page)
        yield page


def keep(page: Page, place: str) -> None:
    """Fill the form and save it on the phone."""
    fill(page, place)
    page.get_by_role("button", name="Simpan").click()
    expect(page.locator("[data-is=kept]")).to_be_visible()


def all_sent(page: Page) -> None:
    """Wait until nothing waits any more."""
    for _round in range(3000):
        if not page.evaluate(WAITING):
            return
        page.wait_for_timeout(20)
    raise AssertionError(f"{page.evaluate(WAITING)} still wait")


def card(page: Page) -> Locator:
    """Return the one card of the outbox."""
    page.goto(BOX)
    return page.locator("[data-items] > li")


def test_a_thousand_sendings_with_lost_answers_store_each_item_once(field: Field, line: Line, phone: Page) -> None:
    phone.context.set_offline(True)
    phone.goto(NEW)
    phone.locator(READY).wait_for()
    phone.evaluate(STORE_MANY, ITEMS)
    assert phone.evaluate(WAITING) == ITEMS

    line.lost = 1 - ITEMS / SENDINGS
    phone.context.set_offline(False)
    while phone.evaluate(WAITING) and line.sent[NEW] < 4 * SENDINGS:
        phone.evaluate("dispatchEvent(new Event('online'))")
        phone.wait_for_timeout(20)

    assert line.sent[NEW] >= 0.8 * SENDINGS
    assert phone.evaluate(WAITING) == 0
    assert field.notes() == [f"Tempat {at:04}" for at in range(ITEMS)]


def test_two_tabs_send_each_item_once(field: Field, line: Line, phone: Page) -> None:
    other = phone.context.new_page()
    other.goto(BOX)
    phone.context.set_offline(True)
    phone.goto(NEW)
    phone.locator(READY).wait_for()
    phone.evaluate(STORE_MANY, 20)
    phone.context.set_offline(False)
    for page in (phone, other):
        page.evaluate("dispatchEvent(new Event('online'))")
    all_sent(other)

    assert len(field.notes()) == 20
    assert line.sent[NEW] == 20


def test_three_presses_make_one(field: Field, line: Line, phone: Page) -> None:
    fill(phone, "Sebuku")
    phone.evaluate("for (let at = 0; at < 3; at++) document.querySelector('form[data-offline] [type=submit]').click()")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Sebuku")

    assert (field.notes(), line.sent[NEW]) == (["Sebuku"], 1)


def test_the_page_of_a_public_network_is_no_answer(field: Field, line: Line, phone: Page) -> None:
    fill(phone, "Bandara")
    line.portal = True
    phone.get_by_role("button", name="Simpan").click()
    expect(phone.locator("[data-is=kept]")).to_be_visible()
    assert phone.evaluate(WAITING) == 1
    line.portal = False
    phone.evaluate("dispatchEvent(new Event('online'))")
    all_sent(phone)

    assert field.notes() == ["Bandara"]


def test_a_new_version_of_the_app_in_between_takes_the_items_over(field: Field, line: Line, phone: Page) -> None:
    phone.context.set_offline(True)
    keep(phone, "Tulin Onsoi")
    line.version = "next"
    line.cut = True
    phone.context.set_offline(False)
    line.cut = False
    phone.route(f"**{NEW}", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    phone.goto("/")
    phone.get_by_role("button", name="Muat versi baru").click()
    phone.wait_for_load_state("load")
    assert phone.evaluate("async () => (await caches.keys()).some((name) => name.startsWith('assets-next-'))")
    phone.unroute(f"**{NEW}")
    expect(card(phone)).to_contain_text("Diterima")

    assert field.notes() == ["Tulin Onsoi"]


def test_a_refusal_becomes_a_card_that_opens_the_form_filled(field: Field, phone: Page) -> None:
    phone.context.set_offline(True)
    keep(phone, "X")
    phone.context.set_offline(False)
    one = card(phone)
    expect(one).to_contain_text("Perlu diperiksa")
    expect(one).to_contain_text("paling sedikit 3 huruf")
    one.get_by_role("link", name="Perbaiki").click()
    phone.locator(READY).wait_for()
    expect(phone.get_by_label("Tempat")).to_have_value("X")
    phone.get_by_label("Tempat").fill("Nunukan Selatan")
    phone.get_by_role("button", name="Simpan").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Nunukan Selatan")
    phone.goto(BOX)
    expect(phone.locator("[data-items] > li")).to_have_count(1)
    expect(phone.locator("[data-items] > li")).to_contain_text("Diterima")

    assert field.notes() == ["Nunukan Selatan"]


@pytest.mark.parametrize(("mine", "theirs", "asks"), [("words", "place", False), ("place", "place", True)])
def test_a_conflict_is_merged_where_it_can_be_and_asked_where_it_cannot(
    field: Field, phone: Page, mine: str, theirs: str, asks: bool
) -> None:
    fill(phone, "Krayan")
    phone.get_by_role("button", name="Simpan").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Krayan")
    phone.wait_for_load_state("networkidle")
    record = phone.url
    phone.context.set_offline(True)
    phone.reload()
    phone.locator(READY).wait_for()
    phone.locator(f"[name={mine}]").fill("Isian saya")
    phone.get_by_role("button", name="Simpan").click()
    expect(phone.locator("[data-is=kept]")).to_be_visible()
    field.change(theirs, "Isian rekan")
    phone.context.set_offline(False)
    one = card(phone).filter(has_text="Krayan").first
    if asks:
        expect(one).to_contain_text("Perlu diperiksa")
        one.get_by_text("Isi tersimpan").click()
        one.get_by_role("button", name="Pakai pilihan ini").click()
    expect(one).to_contain_text("Diterima")

    phone.goto(record)
    expect(phone.get_by_label("Tempat")).to_have_value("Isian rekan")
    expect(phone.get_by_label("Catatan")).to_have_value("" if asks else "Isian saya")


def test_what_waited_longer_than_its_key_is_known_asks_first(field: Field, phone: Page) -> None:
    phone.context.set_offline(True)
    keep(phone, "Lama sekali")
    phone.evaluate(AGED, 30)
    phone.context.set_offline(False)
    one = card(phone)
    expect(one).to_contain_text("Perlu dipastikan")
    assert field.notes() == []
    one.get_by_role("button", name="Kirim sebagai baru").click()
    expect(one).to_contain_text("Diterima")

    assert field.notes() == ["Lama sekali"]


def test_kept_pages_open_at_once_without_a_signal(phone: Page) -> None:
    phone.goto("/people")
    phone.wait_for_load_state("networkidle")
    phone.context.set_offline(True)
    for path in ("/", "/people", "/create", NEW, BOX):
        phone.goto(path)
        expect(phone.locator("#strip")).to_contain_text("data per")
        seconds = phone.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd") / 1000
        assert seconds <= 0.5, f"{path} took {seconds:.2f} s"


def test_the_outbox_is_exported_and_an_item_deleted_only_on_a_second_word(field: Field, phone: Page) -> None:
    phone.context.set_offline(True)
    keep(phone, "Sei Menggaris")
    one = card(phone)
    with phone.expect_download() as saved:
        phone.get_by_role("button", name="Ekspor kotak kirim").click()
    [item] = json.loads(saved.value.path().read_text(encoding="utf-8"))
    assert ["place", "Sei Menggaris"] in item["fields"]
    one.get_by_role("button", name="Hapus").click()
    phone.get_by_role("dialog").get_by_role("button", name="Batal").click()
    expect(one).to_have_count(1)
    one.get_by_role("button", name="Hapus").click()
    phone.get_by_role("dialog").get_by_role("button", name="Hapus").click()
    expect(one).to_have_count(0)
