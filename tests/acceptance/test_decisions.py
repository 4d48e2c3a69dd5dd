"""Deciding on a phone: three of twelve in two taps each, one taken back, then six at once with a warning in between."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance.conftest import Enter
from tests.support.accessibility import assert_accessible
from tests.support.browser import throttle
from tests.support.databases import SECRET, prepare, worker
from tests.support.server import ROOT, LiveServer, running_server
from tests.support.stage import Stage

pytestmark = pytest.mark.browser
MODULES = Path(__file__).parents[1] / "shared" / "workflow" / "modules"


@pytest.fixture(scope="module")
def live_server(request: pytest.FixtureRequest, stage: Stage) -> Iterator[LiveServer]:
    """Return a server of this module's own, with *Izin keluar* on."""
    prepare(stage, "sqlite", "house")
    name = f"live_{worker()}_{request.module.__name__.rpartition('.')[2]}"
    url = stage.copy("sqlite", "house", name)
    more = {"SUPERAPP_SECRET_KEY": SECRET, "SUPERAPP_PLUGIN_PATH": str(MODULES)}
    with running_server(url, stage.folder / "data" / name, **more) as server:
        for command in (("migrate",), ("plugin", "enable", "izin")):
            assert server.command(*command).returncode == 0
        yield server
    stage.drop("sqlite", name)


@pytest.fixture
def working(live_server: LiveServer) -> Iterator[None]:
    """Let a worker run the jobs of the server."""
    process = subprocess.Popen(
        [sys.executable, "-m", "superapp.cli", "worker"], env=dict(live_server.environment), cwd=ROOT,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    yield
    process.terminate()
    process.wait(20)


def ask(page: Page, reasons: dict[str, int]) -> None:
    for reason, hours in reasons.items():
        page.goto("/app/izin/")
        page.get_by_label("Alasan").fill(reason)
        page.get_by_label("Lama").fill(str(hours))
        page.locator("main").get_by_role("button", name="Kirim").click()
        page.wait_for_url(re.compile(r"/app/izin/[0-9a-f-]{36}$"))


def badge(page: Page) -> str:
    return page.locator('nav [data-badge="tasks"]').inner_text().split()[0]


def test_three_of_twelve_in_two_taps_each(enter: Enter, working: None) -> None:
    staff = enter("staf", "izin.view", "izin.write")
    ask(staff, {f"Urusan {number}": 1 for number in range(12)})
    kasi = enter("kasi", "izin.view")
    throttle(kasi, "N1")
    kasi.goto("/tasks")
    expect(kasi.locator("main a[data-sheet]")).to_have_count(12)
    assert badge(kasi) == "12"
    assert_accessible(kasi)
    for number in range(3):
        kasi.get_by_role("link", name=f"Izin keluar: Urusan {number}", exact=True).tap()
        kasi.locator("dialog[open]").get_by_role("button", name="Setujui").tap()
        expect(kasi.get_by_role("button", name="Urungkan")).to_be_visible()
    assert badge(kasi) == "9"
    assert_accessible(kasi)
    kasi.get_by_role("button", name="Urungkan").tap()
    expect(kasi.get_by_role("heading", level=1)).to_have_text("Izin keluar: Urusan 2")
    assert_accessible(kasi)
    assert badge(kasi) == "10"
    expect(kasi.get_by_role("button", name="Setujui")).to_be_visible()
    staff.wait_for_timeout(11_000)
    for _attempt in range(20):
        staff.goto("/notices")
        if staff.get_by_text("Izin keluar: Urusan 1 disetujui").count():
            break
        staff.wait_for_timeout(500)
    expect(staff.get_by_text("Izin keluar: Urusan 1 disetujui").first).to_be_visible()
    expect(staff.get_by_text("Izin keluar: Urusan 2 disetujui")).to_have_count(0)


def test_six_are_checked_and_five_approved(enter: Enter) -> None:
    staff = enter("staf", "izin.view", "izin.write")
    ask(staff, {f"Perlu {number}": 7 if number == 5 else 2 for number in range(6)})
    kasi = enter("kasi", "izin.view")
    throttle(kasi, "N1")
    kasi.goto("/tasks")
    for number in range(6):
        kasi.get_by_label(f"Pilih Izin keluar: Perlu {number}").check()
    kasi.get_by_role("button", name="Periksa yang dipilih").tap()
    expect(kasi.get_by_text("Rapat dinas pukul 10.00")).to_be_visible()
    assert_accessible(kasi)
    expect(kasi.get_by_label("Pilih Izin keluar: Perlu 5")).not_to_be_checked()
    other = enter("kasi")
    other.goto("/tasks")
    other.get_by_role("link", name="Izin keluar: Perlu 0", exact=True).tap()
    other.locator("dialog[open]").get_by_label("Catatan").fill("Ada rapat")
    other.locator("dialog[open]").get_by_role("button", name="Tolak").tap()
    expect(other.get_by_role("button", name="Urungkan")).to_be_visible()
    kasi.get_by_role("button", name="Setujui yang dipilih").tap()
    expect(kasi.get_by_role("heading", level=1)).to_have_text("Hasil putusan")
    expect(kasi.get_by_text("Sudah Anda putuskan")).to_have_count(5)
    assert_accessible(kasi)


def test_without_script_a_decision_is_two_pages(enter: Enter) -> None:
    staff = enter("staf", "izin.view", "izin.write", javascript=False)
    ask(staff, {"Tanpa skrip": 1})
    kasi = enter("kasi", javascript=False)
    kasi.goto("/tasks")
    kasi.get_by_role("link", name="Izin keluar: Tanpa skrip", exact=True).click()
    expect(kasi.get_by_role("heading", level=1)).to_have_text("Izin keluar: Tanpa skrip")
    kasi.get_by_role("button", name="Setujui").click()
    expect(kasi.get_by_role("button", name="Urungkan")).to_be_visible()
