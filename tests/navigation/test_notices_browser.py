"""Notices in a real browser: clean for axe, as wide as the screen, whole without script; and pushes shown."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from superapp.kernel import clock
from superapp.shared.tables import notice
from tests.acceptance.states import SUBSCRIBING
from tests.support.accessibility import assert_accessible
from tests.support.browser import sign_in
from tests.support.builders import PASSWORD, House
from tests.support.server import LiveServer

pytestmark = pytest.mark.browser
OpenPage = Callable[..., Page]
ROLES = {("phone", "light"): "staf", ("phone", "dark"): "tu", ("desktop", "light"): "kasi"}
SUBSCRIBE = """
PushManager.prototype.subscribe = async (options) => ({ toJSON: () => (%s) });
Notification.requestPermission = async () => "granted";
"""
SHOWN = """async () => {
  const registration = await navigator.serviceWorker.ready;
  const shown = await registration.getNotifications();
  return shown.map((one) => [one.title, one.body, one.data.url]);
}"""


def tell(server: LiveServer, own: UUID) -> None:
    shared = {"person_id": own, "created_at": clock.now(), "body": "Kepala Bidang Aptika", "kind": "core"}
    leave = {"url": "/help", "record_type": "leave_request", "record_id": uuid4()}
    meeting = {"url": "/tasks", "record_type": "", "record_id": None}
    said = [("Rapat anggaran pindah ke aula", meeting)]
    said += [(f"Cuti Sari Dewi {what}", leave) for what in ("diajukan", "diperiksa", "disetujui")]
    engine = sa.create_engine(server.environment["SUPERAPP_DATABASE_URL"])
    with engine.begin() as connection:
        connection.execute(sa.insert(notice), [{"title": title, **shared, **about} for title, about in said])
    engine.dispose()


@pytest.mark.parametrize(
    ("size", "theme", "javascript"), [("phone", "light", False), ("phone", "dark", True), ("desktop", "light", True)]
)
def test_the_centre_and_its_settings_work(
    live_server: LiveServer, live_house: House, open_page: OpenPage, size: str, theme: str, javascript: bool
) -> None:
    staf = live_house.people[ROLES[size, theme]]
    tell(live_server, staf.id)
    page = open_page(size, theme=theme, javascript=javascript)
    sign_in(page, staf.nip, PASSWORD)
    page.goto("/notices")
    expect(page.get_by_text("3 pemberitahuan tentang ini")).to_be_visible()
    look(page, f"list-{size}-{theme}", javascript)
    page.get_by_role("link", name="Atur", exact=True).click()
    page.get_by_label("Mulai").fill("21:00")
    look(page, f"settings-{size}-{theme}", javascript)
    page.get_by_role("button", name="Simpan").click()
    expect(page.get_by_label("Mulai")).to_have_value("21:00")


def look(page: Page, name: str, javascript: bool) -> None:
    if shots := os.environ.get("NOTICE_SHOTS"):
        page.screenshot(path=Path(shots) / f"{name}.png", full_page=True)
    if javascript:
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_this_browser_is_taken_in_by_a_button(live_house: House, open_page: OpenPage) -> None:
    page = open_page("phone", service_worker=True)
    page.add_init_script(SUBSCRIBE % json.dumps({"endpoint": SUBSCRIBING["endpoint"], "keys": SUBSCRIBING}))
    page.context.grant_permissions(["notifications"])
    sign_in(page, live_house.people["kabid"].nip, PASSWORD)
    page.goto("/notices/settings")
    page.get_by_role("button", name="Aktifkan notifikasi di perangkat ini").click()
    expect(page.get_by_text("Notifikasi aktif di perangkat ini.")).to_be_visible()
    expect(page.get_by_role("button", name="Hentikan")).to_be_visible()


def test_a_push_is_shown_with_its_page(live_house: House, open_page: OpenPage) -> None:
    page = open_page("phone", service_worker=True)
    page.context.grant_permissions(["notifications"])
    sign_in(page, live_house.people["kabid"].nip, PASSWORD)
    page.goto("/notices/settings")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    devtools = page.context.new_cdp_session(page)
    found: list[str] = []
    devtools.on("ServiceWorker.workerRegistrationUpdated", lambda said: found.extend(
        one["registrationId"] for one in said["registrations"]))  # fmt: skip
    devtools.send("ServiceWorker.enable")
    words = json.dumps(
        {"title": "Nunukan Satu", "body": "Cuti: ada kabar baru", "url": "/tasks", "tag": "a", "tasks": 3}
    )
    origin = page.evaluate("location.origin")
    devtools.send("ServiceWorker.deliverPushMessage", {"origin": origin, "registrationId": found[0], "data": words})
    page.wait_for_function(f"({SHOWN})().then((shown) => shown.length > 0)")
    assert page.evaluate(SHOWN) == [["Nunukan Satu", "Cuti: ada kabar baru", "/tasks"]]
