"""The catalogue in a real browser: list, filter, edit, conflict, saved views; with script and without, light on the line."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.plugins.catalogue.conftest import HOME
from tests.support.accessibility import assert_accessible
from tests.support.browser import ConsoleWatch, sign_in
from tests.support.builders import PASSWORD, House
from tests.support.measuring import counted_bytes

pytestmark = pytest.mark.browser
Enter = Callable[..., Page]
_numbers = count(1)


@pytest.fixture(autouse=True)
def _counted_anew() -> None:
    """Leave the counters of this process alone: the server of these tests is another one."""


@pytest.fixture
def enter(live_house: House, open_page: Callable[..., Page]) -> Enter:
    """Return a function that opens a profile signed in as the admin."""

    def enter_as_admin(size: Any = "phone", **options: Any) -> Page:
        page = open_page(size, **options)
        sign_in(page, live_house.people["admin"].nip, PASSWORD)
        return page

    return enter_as_admin


def record(page: Page, name: str = "", **values: str) -> str:
    """Record an application by the form, as people do, and return the address of its page."""
    page.goto(f"{HOME}new")
    page.get_by_label("Nama", exact=True).fill(name or f"Sistem Contoh {next(_numbers):03}")
    for label, value in values.items():
        page.get_by_label(label, exact=False).first.fill(value)
    page.get_by_role("button", name="Simpan", exact=True).click()
    page.wait_for_url(lambda url: not url.endswith("/new"))
    return page.url


def assert_sound(page: Page) -> None:
    """Raise AssertionError unless the page is clean for axe, has one heading and fits the screen."""
    page.wait_for_load_state("networkidle")
    assert_accessible(page)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is {wide} px wider than the screen"
    assert page.locator("h1").count() == 1, page.url


@pytest.mark.parametrize(("size", "theme"), [("phone", "dark"), ("desktop", "light")])
def test_every_page_is_accessible_and_fits(enter: Enter, size: str, theme: str) -> None:
    page = enter(size, theme=theme)
    shown = record(page, Alamat="https://contoh.example.id")
    for path in (shown, f"{shown}/edit", HOME, f"{HOME}?level=pusat", f"{HOME}?q=xyzzyq", f"{HOME}?archived=1",
                 f"{HOME}views", f"{HOME}views/new?level=pusat", f"{HOME}views/new"):  # fmt: skip
        page.goto(path)
        assert_sound(page)


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])
@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_the_second_of_two_tabs_gets_the_conflict_field_by_field(
    enter: Enter, console: ConsoleWatch, size: str, javascript: bool
) -> None:
    console.allow("/edit")
    first = enter(size, javascript=javascript)
    shown = record(first)
    second = first.context.new_page()
    for tab in (first, second):
        tab.goto(f"{shown}/edit")
    first.get_by_label("Luaran").fill("Kartu pegawai")
    first.get_by_label("Hosting").fill("Diskominfo")
    first.get_by_role("button", name="Simpan", exact=True).click()
    expect(first.get_by_text("Perubahan tersimpan.")).to_be_visible()

    second.get_by_label("Luaran").fill("Surat keterangan")
    second.get_by_label("Hosting").fill("Vendor")
    second.get_by_label("Status", exact=True).select_option("active")
    second.get_by_role("button", name="Simpan", exact=True).click()
    expect(second.get_by_role("heading", level=1)).to_have_text("Data sudah diubah orang lain")
    for words in (
        "Isian Anda Surat keterangan",
        "Isi tersimpan Kartu pegawai",
        "Isian Anda Vendor",
        "Isian Anda Aktif",
    ):
        expect(second.get_by_role("radio", name=words)).to_be_visible()
    assert_conflict_is_sound(second, javascript)
    second.get_by_role("radio", name="Isi tersimpan Diskominfo").check()
    second.get_by_role("button", name="Simpan pilihan ini").click()

    expect(second.get_by_text("Perubahan tersimpan.")).to_be_visible()
    facts = second.locator("dl.facts")
    for words in ("Luaran Surat keterangan", "Hosting Diskominfo", "Status Aktif"):
        expect(facts.locator("div", has_text=re.compile(words.replace(" ", r"\s*", 1)))).to_have_count(1)
    second.goto(f"{second.url.split('?')[0]}/edit")
    expect(second.get_by_label("Hosting")).to_have_value("Diskominfo")  # not the draft of before the conflict


def assert_conflict_is_sound(page: Page, javascript: bool) -> None:
    """Raise AssertionError unless the conflict page offers every field it changes; axe itself needs script."""
    assert page.get_by_role("radio").count() == 6
    assert page.get_by_role("radio", checked=True).count() == 3
    if javascript:
        assert_sound(page)


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])
def test_list_filter_and_back_keep_what_was_chosen(enter: Enter, javascript: bool) -> None:
    page = enter("phone", javascript=javascript)
    name = f"Zona Uji {next(_numbers)}"
    record(page, name)
    page.goto(HOME)
    page.get_by_label("Cari aplikasi").last.fill(name)
    page.get_by_role("button", name="Cari", exact=True).click()
    page.wait_for_url("**q=Zona**")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    page.go_back()

    expect(page.get_by_label("Cari aplikasi").last).to_have_value(name)
    expect(page.locator("tbody tr")).to_have_count(1)


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])
@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_a_view_is_saved_chosen_renamed_and_deleted(enter: Enter, size: str, javascript: bool) -> None:
    page = enter(size, javascript=javascript)
    record(page)
    page.goto(f"{HOME}?level=kabupaten&sort=-updated&q={size}{javascript}")
    page.get_by_role("link", name="Simpan tampilan").click()
    name = f"Terbaru {next(_numbers)}"
    page.get_by_label("Nama tampilan").fill(name)
    page.get_by_label("Bagikan kepada rekan di unit saya").check()
    page.get_by_role("button", name="Simpan", exact=True).click()
    expect(page.get_by_text("Tampilan tersimpan.", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name=name)).to_have_attribute("aria-current", "true")

    page.get_by_role("link", name="Atur").click()
    page.get_by_label(f"Tindakan untuk {name}").click()
    page.get_by_role("link", name="Ubah", exact=True).locator("visible=true").click()
    page.get_by_label("Nama tampilan").fill(f"{name} baru")
    page.get_by_role("button", name="Simpan", exact=True).click()
    page.get_by_label(f"Tindakan untuk {name} baru").click()
    page.get_by_role("button", name="Hapus", exact=True).locator("visible=true").click()
    expect(page.get_by_text("Tampilan dihapus.")).to_be_visible()
    expect(page.get_by_text(f"{name} baru")).to_have_count(0)


def test_the_door_is_in_the_first_view_of_a_phone(enter: Enter) -> None:
    page = enter("phone")
    record(page, "Sistem Informasi Pelayanan Administrasi Terpadu Kecamatan " + str(next(_numbers)),
           Alamat="https://contoh.example.id", Fungsi="Melayani " * 40)  # fmt: skip
    door = page.get_by_role("link", name="Buka aplikasi")
    expect(door).to_be_visible()
    box = door.bounding_box()
    assert box is not None
    foot = page.evaluate("document.querySelector('nav.nav, .nav')?.getBoundingClientRect().top ?? innerHeight")
    assert box["y"] + box["height"] <= min(800, foot), box
    assert box["height"] >= 44
    assert door.get_attribute("target") == "_blank"


def test_the_first_view_of_a_phone_shows_rows_and_the_filters_are_one_tap_away(enter: Enter) -> None:
    page = enter("phone")
    for _ in range(4):
        record(page, Fungsi="Melayani warga")
    page.goto(HOME)
    foot = page.evaluate("document.querySelector('.nav').getBoundingClientRect().top")
    ends = page.locator("tbody tr").evaluate_all("rows => rows.map(row => row.getBoundingClientRect().bottom)")
    assert len([end for end in ends if end <= foot]) >= 3
    expect(page.get_by_label("Status", exact=True)).to_be_hidden()


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])
@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_a_filter_is_chosen_seen_and_dropped(enter: Enter, size: str, javascript: bool) -> None:
    page = enter(size, javascript=javascript)
    record(page)
    page.goto(f"{HOME}?level=kabupaten")
    if size == "phone":
        page.get_by_text("Saring", exact=True).click()
    page.get_by_label("Status", exact=True).select_option("retired")
    page.get_by_role("button", name="Terapkan").click()
    page.wait_for_url("**status=retired**")
    expect(page.get_by_text("Tidak ada yang cocok")).to_be_visible()
    page.get_by_role("navigation", name="Saringan yang dipakai").get_by_role("link", name="Dihentikan").click()
    page.wait_for_url(lambda url: "status=retired" not in url)
    assert "level=kabupaten" in page.url
    assert page.locator("tbody tr").count() >= 1


def test_the_search_field_of_a_desktop_is_wide(enter: Enter) -> None:
    page = enter("desktop")
    page.goto(HOME)
    box = page.locator("#q").bounding_box()
    assert box is not None
    assert box["width"] >= 600
    expect(page.get_by_label("Status", exact=True)).to_be_visible()


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_an_open_menu_lies_above_the_rows_and_the_bar(enter: Enter, size: str) -> None:
    page = enter(size)
    record(page)
    for number in range(3):
        page.goto(f"{HOME}views/new?q={size}{number}")
        page.get_by_label("Nama tampilan").fill(f"Menu {size} {number}")
        page.get_by_role("button", name="Simpan", exact=True).click()
    page.goto(f"{HOME}views")
    window = page.viewport_size
    assert window is not None
    page.set_viewport_size({"width": window["width"], "height": 460})
    for number in range(3):
        page.get_by_label(f"Tindakan untuk Menu {size} {number}").click()
        shown, covered = page.locator(".menu[open] li").evaluate_all(
            """items => {
                const middle = item => { const box = item.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]; };
                const shown = items.filter(item => middle(item)[1] < innerHeight);
                return [shown.length, shown.filter(item => !item.contains(document.elementFromPoint(...middle(item)))).length];
            }"""
        )
        assert shown >= 1
        assert covered == 0
        page.keyboard.press("Escape")


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])
def test_a_view_takes_over_what_the_list_shows(enter: Enter, javascript: bool) -> None:
    page = enter("phone", javascript=javascript)
    name = f"Berubah {next(_numbers)}"
    page.goto(f"{HOME}views/new?level=pusat&q={name}")
    page.get_by_label("Nama tampilan").fill(name)
    page.get_by_role("button", name="Simpan", exact=True).click()
    page.goto(f"{HOME}?level=provinsi&q={name}")
    page.get_by_role("link", name="Simpan tampilan").click()
    page.get_by_role("button", name=f"Perbarui {name}").click()
    expect(page.get_by_text("Tampilan diperbarui.")).to_be_visible()
    expect(page.get_by_role("link", name=name)).to_have_attribute("aria-current", "true")
    assert "level=provinsi" in page.url


def test_html_fits_the_allowance(enter: Enter) -> None:
    page = enter("phone")
    shown = record(page, Alamat="https://contoh.example.id")
    for number in range(20):
        record(page, f"Aplikasi dengan nama yang cukup panjang nomor {number}", Fungsi="Melayani warga di kecamatan")
    for path in (HOME, shown, f"{shown}/edit", f"{HOME}views", f"{HOME}views/new?level=pusat"):
        with counted_bytes(page) as seen:
            page.goto(path)
        assert seen.of("html") <= 6_000, (path, seen.table())
