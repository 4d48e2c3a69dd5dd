"""Deciding on a phone: three of twelve in two taps each, one taken back, then six at once with a warning in between."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from superapp.kernel.format import format_date
from tests.acceptance.office import SMALL, Office, at_work, day
from tests.support.accessibility import assert_accessible
from tests.support.browser import throttle
from tests.support.pages import OpenPage
from tests.support.server import LiveServer
from tests.support.stage import Stage

pytestmark = pytest.mark.browser
FOCUSED = """() => { const here = document.activeElement;
    return (here.labels?.[0] ?? here).textContent.trim().replace(/\\s+/g, " "); }"""


@pytest.fixture(scope="module")
def office(stage: Stage) -> Iterator[Office]:
    """Return the house at work; two people answer to the Kabid beside the Kasi."""
    with at_work(stage, "decisions") as made:
        made.hire("analis", "Rudi Hartono", under="kabid")
        made.hire("juru", "Lina Marlina", under="kabid")
        made.allow("leave", "catalogue", *SMALL)
        yield made


@pytest.fixture(scope="module")
def live_server(office: Office) -> LiveServer:
    """Return the server of the house."""
    return office.server


def badge(page: Page) -> str:
    return page.locator('nav [data-badge="tasks"]').inner_text().split()[0]


def leave_of(office: Office, role: str, ahead: int) -> None:
    office.asks(role, "leave", first_day=f"{day(ahead)}", last_day=f"{day(ahead)}")


def twelve_for_the_kabid(office: Office) -> None:
    """Let twelve tasks of five modules wait for the Kabid."""
    for number, role in enumerate(("kasi", "analis", "juru")):
        office.asks(role, "ruang", purpose=f"Rapat {number}", day=f"{day(20 + number)}")
        office.asks(
            role, "dinas", place=f"Sebuku {number}", first_day=f"{day(40 + number)}", last_day=f"{day(41 + number)}"
        )
        leave_of(office, role, 60 + number)
        if number < 2:
            office.asks(role, "belajar", programme=f"Informatika {number}")
    office.task("Lengkapi data SIMPEG", "/app/catalogue/", "kabid", "catalogue")


def tap_approve(page: Page, title: str) -> None:
    """Decide in two taps: the card, then *Setujui* on the sheet."""
    page.get_by_role("link", name=title, exact=True).tap()
    page.locator("dialog[open]").get_by_role("button", name="Setujui", exact=True).tap()
    expect(page.get_by_role("button", name="Urungkan")).to_be_visible()


def test_three_of_twelve_in_two_taps_each(office: Office, open_page: OpenPage) -> None:
    twelve_for_the_kabid(office)
    kabid = office.enter(open_page("phone"), "kabid")
    throttle(kabid, "N1")
    kabid.goto("/tasks")
    assert badge(kabid) == "12"
    assert_accessible(kabid)
    for number, title in enumerate(("Ruang Tarakan: Rapat 0", "Dinas ke Sebuku 1", "Belajar Informatika 1"), start=1):
        tap_approve(kabid, title)
        assert badge(kabid) == f"{12 - number}"
    undo_by = time.monotonic() + 10
    assert_accessible(kabid)
    kabid.get_by_role("button", name="Urungkan").tap()
    expect(kabid.get_by_role("heading", level=1)).to_have_text("Belajar Informatika 1")
    assert time.monotonic() < undo_by
    assert badge(kabid) == "10"
    assert_accessible(kabid)

    asker = office.enter(open_page("phone"), "analis")
    office.later()
    asker.goto("/notices")
    expect(asker.get_by_text("Dinas ke Sebuku 1 disetujui")).to_have_count(0)
    office.later(timedelta(seconds=11))
    asker.reload()
    expect(asker.get_by_text("Dinas ke Sebuku 1 disetujui").first).to_be_visible()
    expect(asker.get_by_text("Belajar Informatika 1 disetujui")).to_have_count(0)
    assert_accessible(asker)


def six_for_the_kasi(office: Office) -> list[str]:
    """Let six requests of four modules wait for the Kasi, one of them against the agenda; return their titles."""
    for number in range(2):
        office.asks("staf", "ruang", purpose=f"Latihan {number}", day=f"{day(25 + number)}")
        office.asks("staf", "belajar", programme=f"Statistika {number}")
    office.asks("staf", "dinas", place="Krayan", first_day=f"{day(30)}", last_day=f"{day(31)}")
    office.meeting("staf", "Rapat dengan Bupati", day(31))
    leave_of(office, "staf", 50)
    office.delegates("kasi", "tu", "belajar.study")
    return office.waiting("kasi")


def test_six_are_checked_and_five_approved(office: Office, open_page: OpenPage) -> None:
    titles = six_for_the_kasi(office)
    assert len(titles) == 6
    kasi = office.enter(open_page("phone"), "kasi")
    throttle(kasi, "N1")
    kasi.goto("/tasks")
    for title in titles:
        kasi.get_by_label(f"Pilih {title}", exact=True).check()
    kasi.get_by_role("button", name="Periksa yang dipilih").tap()
    expect(kasi.get_by_text(f"Bentrok: Rapat dengan Bupati, {format_date(day(31))}")).to_be_visible()
    expect(kasi.get_by_label("Pilih Dinas ke Krayan", exact=True)).not_to_be_checked()
    expect(kasi.locator("main input[name=step]:checked")).to_have_count(5)
    assert_accessible(kasi)
    office.decides("tu", "Belajar Statistika 0", "reject", note="Anggaran habis")
    kasi.get_by_role("button", name="Setujui yang dipilih").tap()
    expect(kasi.get_by_role("heading", level=1)).to_have_text("Hasil putusan")
    rows = kasi.locator("main li.row")
    expect(rows).to_have_count(5)
    expect(rows.filter(has_text="Sudah Anda putuskan")).to_have_count(4)
    elsewhere = rows.filter(has_text="Belajar Statistika 0")
    expect(elsewhere).to_contain_text("Sudah diputus")
    expect(elsewhere).to_contain_text("Anton Wijaya")
    assert_accessible(kasi)
    assert office.decisions(titles) == {
        title: {"Dinas ke Krayan": "", "Belajar Statistika 0": "reject"}.get(title, "approve") for title in titles
    }


def test_without_script_one_submits_decides_and_tracks(office: Office, open_page: OpenPage) -> None:
    staff = office.enter(open_page("phone", javascript=False), "staf")
    staff.goto("/app/ruang/")
    for label, value in (("Ruang", "Aula"), ("Keperluan", "Tanpa skrip"), ("Tanggal", f"{day(9)}")):
        staff.get_by_label(label, exact=True).fill(value)
    staff.locator("main").get_by_role("button", name="Kirim").click()
    expect(staff.get_by_text("Kepala Seksi").first).to_be_visible()
    kasi = office.enter(open_page("phone", javascript=False), "kasi")
    kasi.goto("/tasks")
    kasi.get_by_role("link", name="Aula: Tanpa skrip", exact=True).click()
    kasi.get_by_role("button", name="Setujui", exact=True).click()
    expect(kasi.get_by_role("button", name="Urungkan")).to_be_visible()
    staff.reload()
    expect(staff.get_by_text("Disetujui").first).to_be_visible()
    expect(staff.get_by_text("Yosef Dagang").first).to_be_visible()


def tab_to(page: Page, words: str) -> None:
    """Press Tab until the focus is, visibly, on what bears these words."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED) == words:
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
            return
    raise AssertionError(f"the keyboard does not reach {words} on {page.url}")


def test_the_keyboard_alone_submits_decides_and_tracks_in_the_dark(office: Office, open_page: OpenPage) -> None:
    staff = office.enter(open_page("desktop", theme="dark"), "staf")
    staff.goto("/app/belajar/")
    for label, typed in (("Program studi", "Hukum"), ("Perguruan tinggi", "UT"), ("Lama (bulan)", "6")):
        tab_to(staff, label)
        staff.keyboard.type(typed)
    staff.keyboard.press("Enter")
    expect(staff.get_by_role("heading", level=1)).to_have_text("Hukum")
    kasi = office.enter(open_page("desktop", theme="dark"), "kasi")
    kasi.goto("/tasks")
    tab_to(kasi, "Belajar Hukum")
    kasi.keyboard.press("Enter")
    expect(kasi.get_by_role("button", name="Setujui", exact=True)).to_be_visible()
    assert_accessible(kasi)
    tab_to(kasi, "Setujui")
    kasi.keyboard.press("Enter")
    expect(kasi.get_by_role("button", name="Urungkan")).to_be_visible()
    staff.goto("/tasks?show=asked")
    tab_to(staff, "Belajar Hukum")
    staff.keyboard.press("Enter")
    expect(staff.get_by_text("Yosef Dagang").first).to_be_visible()
    assert_accessible(staff)


def test_the_pages_of_a_decision_stay_whole_at_twice_the_text(office: Office, open_page: OpenPage) -> None:
    page = office.enter(open_page("phone", theme="dark"), "kasi")
    office.asks("staf", "ruang", purpose="Huruf besar", day=f"{day(8)}")
    own = office.asks("staf", "dinas", place="Huruf besar", first_day=f"{day(7)}", last_day=f"{day(8)}")
    sheets = [office.sheet(title) for title in ("Ruang Tarakan: Huruf besar", "Dinas ke Huruf besar")]
    check = "/tasks/check?" + "&".join(f"step={sheet.rpartition('/')[2]}" for sheet in sheets)
    for path in ("/tasks", sheets[0], check, own, "/app/ruang/"):
        page.goto(path)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{path} is {wide} px wider than the screen"
        assert_accessible(page)
