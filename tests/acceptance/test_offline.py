"""Acceptance 2: leave asked for without a signal, with a photo of 4 MB; the browser is closed and opened again."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, expect

from tests.acceptance.office import day
from tests.navigation.offline.ground import BOX, READY, phone_at, warm
from tests.navigation.offline.test_outbox_browser import photo
from tests.navigation.offline.test_storms import AGED
from tests.support.accessibility import assert_accessible
from tests.support.browser import sign_in, throttle
from tests.support.builders import PASSWORD, House
from tests.support.server import LiveServer, run_command

pytestmark = pytest.mark.browser
HOURS = 3
"""How long ago the form was filled."""


def stored(server: LiveServer, query: str) -> list[sa.Row[tuple[object, ...]]]:
    """Return rows as the server stored them."""
    engine = sa.create_engine(server.environment["SUPERAPP_DATABASE_URL"])
    with engine.connect() as connection:
        found = list(connection.execute(sa.text(query)))
    engine.dispose()
    return found


def ask(page: Page) -> None:
    """Open the form that was never opened before, fill it, and press three times."""
    page.goto("/create")
    page.get_by_role("main").get_by_role("link", name="Cuti").click()
    page.locator(READY).wait_for()
    page.get_by_role("radio", name="Cuti Tahunan Masa kerja").check()
    monday = next(day(ahead) for ahead in range(14, 21) if day(ahead).weekday() == 0)
    page.locator("[name=first_day]").fill(monday.isoformat())
    page.locator("[name=last_day]").fill((monday + timedelta(days=2)).isoformat())
    page.locator("[name=reason]").fill("Pulang ke Krayan")
    page.locator("[name=address]").fill("Long Bawan")
    page.locator("[name=phone]").fill("0812000111")
    page.locator("[name=attachment]").set_input_files(
        {"name": "tiket.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    )
    expect(page.get_by_role("button", name="Simpan & kirim nanti")).to_be_visible()
    page.evaluate("for (let at = 0; at < 3; at++) document.querySelector('form[data-offline] [type=submit]').click()")
    expect(page.locator("[data-is=kept]")).to_contain_text("Disimpan di HP")


def test_leave_without_signal_arrives_once_with_its_photo_and_time(
    live_house: House, live_server: LiveServer, browser: Browser, tmp_path: Path
) -> None:
    who = live_house.people["staf"]
    for right in ("leave.view", "leave.write"):
        run_command(live_server.environment, "grant", who.nip, right, check=True)
    with phone_at(live_server.url, browser, tmp_path / "profile") as page:
        sign_in(page, who.nip, PASSWORD)
        warm(page)
        page.context.set_offline(True)
        ask(page)
        expect(page.locator("[data-is=kept] li")).to_contain_text("MB →")
        assert_accessible(page)
        page.evaluate(AGED, HOURS / 24)
    with phone_at(live_server.url, browser, tmp_path / "profile") as page:
        sent: list[str] = []
        page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
        throttle(page, "N1")
        page.goto("/login")
        if "/login" in page.url:  # a session may end with the browser
            sign_in(page, who.nip, PASSWORD)
        page.goto(BOX)
        card = page.locator("[data-items] > li")
        expect(card).to_contain_text("Diterima")
        expect(card).to_contain_text("Permohonan cuti terkirim.")
        assert_accessible(page)
        card.get_by_role("link", name="Buka").click()
        expect(page.get_by_role("main")).to_contain_text("Pulang ke Krayan")

    assert len([url for url in sent if url.endswith("/app/leave/new")]) == 1
    assert stored(live_server, "SELECT count(*) FROM leave_leave_request") == [(1,)]
    [(size,)] = stored(live_server, "SELECT size FROM core_file")
    assert 0 < size <= 300 * 1024
    told = [json.loads(values) for (values,) in stored(live_server, 'SELECT "values" FROM core_audit_values')]
    [at] = [datetime.fromisoformat(values["filled_at"]) for values in told if "filled_at" in values]
    assert abs(datetime.now(UTC) - timedelta(hours=HOURS) - at) < timedelta(minutes=5)
