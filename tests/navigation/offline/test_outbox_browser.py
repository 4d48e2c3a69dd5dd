"""The phone's outbox in a real browser: forms filled without a signal arrive, once, with what they carried."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.navigation.offline.ground import Field, fill, in_the_field, warm
from tests.support.accessibility import assert_accessible
from tests.support.stage import Stage

pytestmark = pytest.mark.browser


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
def phone(field: Field, browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """Return a phone on which a member of staff opened the app once."""
    with field.phone(browser, tmp_path / "profile") as page:
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
    assert field.notes() == []

    phone.context.set_offline(False)
    expect(phone.locator("[data-items] li")).to_contain_text("Diterima")
    expect(phone.locator("[data-items] li")).to_contain_text("Catatan tersimpan.")
    assert_accessible(phone)
    assert field.notes() == ["Krayan"]
    expect(phone.locator("#strip [data-outbox]")).to_be_hidden()
