"""Forms that come from the phone's store."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import ConsoleWatch, sign_in
from tests.support.builders import PASSWORD, House

pytestmark = pytest.mark.browser
OpenPage = Callable[..., Page]
TAKEN_OVER = """() => new Promise((done) => navigator.serviceWorker.controller ? done()
    : navigator.serviceWorker.addEventListener("controllerchange", () => done()))"""
KEY = "#report [name=idempotency_key]"


def test_each_filling_of_a_kept_form_draws_its_own_key(
    live_house: House, open_page: OpenPage, console: ConsoleWatch
) -> None:
    console.allow("ERR_INTERNET_DISCONNECTED")
    page = open_page("phone", service_worker=True)
    sign_in(page, live_house.people["staf"].nip, PASSWORD)
    page.evaluate(TAKEN_OVER)
    page.goto("/help/report")
    page.wait_for_load_state("networkidle")
    keys = [page.locator(KEY).input_value()]

    page.context.set_offline(True)
    for _ in range(2):
        page.goto("/help/report")
        expect(page.locator("#strip")).to_be_visible()
        keys.append(page.locator(KEY).input_value())

    assert len(set(keys)) == 3, keys
