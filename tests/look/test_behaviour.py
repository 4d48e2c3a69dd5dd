"""What the scripts add to a page, and that the page lives without them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.look.stand_in import Site
from tests.support.accessibility import assert_accessible
from tests.support.browser import ConsoleWatch

Visit = Callable[..., Page]
PAGES = ("/", "/list", "/form", "/widgets", "/login", "/gallery", "/slip")


def test_form_opens_again_as_typed_after_the_session_ended(visit: Visit, site: Site) -> None:
    page = visit("/form")
    page.fill("[name=reason]", "Mengantar orang tua berobat")
    page.check("[value=b]")
    site.session_ended = True
    page.get_by_role("button", name="Kirim").click()
    page.wait_for_url("**/login")
    page.fill("[name=nip]", "19850412 201001 2 017")
    page.click("button:has-text('Masuk')")
    page.wait_for_url("**/form")
    assert page.input_value("[name=reason]") == "Mengantar orang tua berobat"
    assert page.is_checked("[value=b]")
    expect(page.locator("form .note")).to_contain_text("dipulihkan")


def test_reload_keeps_what_was_typed_but_never_a_password(visit: Visit) -> None:
    page = visit("/form")
    page.fill("[name=reason]", "Setengah jadi")
    page.fill("[name=secret]", "rahasia")
    expect(page.locator("[data-saved]")).to_contain_text(re.compile(r"Tersimpan \d\d\.\d\d"))
    page.reload()
    assert page.input_value("[name=reason]") == "Setengah jadi"
    assert page.input_value("[name=secret]") == ""
    assert "rahasia" not in page.evaluate("JSON.stringify(sessionStorage)")


def test_restored_input_can_be_thrown_away(visit: Visit) -> None:
    page = visit("/form")
    page.fill("[name=reason]", "Batal saja")
    page.reload()
    page.click("text=Kosongkan")
    assert page.input_value("[name=reason]") == ""
    page.reload()
    assert page.input_value("[name=reason]") == ""


def test_accepted_form_leaves_no_draft(visit: Visit) -> None:
    page = visit("/form")
    page.fill("[name=reason]", "Sudah terkirim")
    page.get_by_role("button", name="Kirim").click()
    expect(page.locator(".toast")).to_contain_text("Terkirim")
    page.goto("/form")
    assert page.input_value("[name=reason]") == ""
    assert not page.locator("form .note").count()


def test_refused_form_shows_the_server_s_kept_input_and_its_fault(
    visit: Visit, site: Site, console: ConsoleWatch
) -> None:
    console.allow("422")
    site.refuse = True
    page = visit("/form")
    page.fill("[name=reason]", "Singkat")
    page.get_by_role("button", name="Kirim").click()
    expect(page.locator(".oops")).to_be_focused()
    assert page.input_value("[name=reason]") == "Singkat"
    page.click(".oops a")
    expect(page.locator("[name=reason]")).to_be_focused()


def test_drafts_of_another_user_are_gone(visit: Visit, site: Site) -> None:
    page = visit("/form")
    page.fill("[name=reason]", "Urusan pribadi")
    expect(page.locator("[data-saved]")).to_contain_text(re.compile(r"Tersimpan \d\d\.\d\d"))
    site.partition = "p-rizal"
    page.reload()
    assert page.input_value("[name=reason]") == ""
    assert "Urusan" not in page.evaluate("JSON.stringify(sessionStorage)")


def test_double_tap_sends_once(visit: Visit, site: Site) -> None:
    page = visit("/form")
    page.fill("[name=reason]", "Dua kali")
    page.get_by_role("button", name="Kirim").dblclick()
    page.wait_for_url(re.compile("/$"))
    assert len(site.posted) == 1


def test_nip_and_money_are_grouped_while_typing(visit: Visit) -> None:
    page = visit("/form")
    page.locator("[name=nip]").press_sequentially("198504122010012017")
    page.locator("[name=cost]").press_sequentially("48000000")
    assert page.input_value("[name=nip]") == "19850412 201001 2 017"
    assert page.input_value("[name=cost]") == "48.000.000"


def test_picker_sends_the_id_of_the_chosen_suggestion(visit: Visit) -> None:
    page = visit("/form")
    with page.expect_response("**/people**"):
        page.locator("[name=person]").press_sequentially("Dor")
    page.locator("datalist option").wait_for(state="attached")
    page.fill("[name=person]", "Dorkas Liling")
    assert page.input_value("[name=person_id]") == "7"
    page.fill("[name=person]", "Dorkas L")
    assert page.input_value("[name=person_id]") == ""


def test_password_can_be_shown(visit: Visit) -> None:
    page = visit("/login")
    page.fill("[name=password]", "kata-sandi")
    page.get_by_role("button", name="Tampilkan kata sandi").click()
    assert page.get_attribute("[name=password]", "type") == "text"


def test_photo_shrinks_before_it_is_sent(visit: Visit, tmp_path: Path) -> None:
    photo = tmp_path / "tiket.png"
    Image.effect_noise((1800, 1400), 90).convert("RGB").save(photo)
    assert photo.stat().st_size > 1_000_000
    page = visit("/form")
    page.set_input_files("#f-files", photo)
    expect(page.locator("[data-files] li")).to_contain_text("→")
    assert page.evaluate("document.querySelector('#f-files').files[0].size") <= 300 * 1024


def test_next_rows_join_the_list_until_there_are_no_more(visit: Visit) -> None:
    page = visit("/list")
    page.click("text=Muat lagi")
    expect(page.locator("tbody tr")).to_have_count(40)
    page.click("text=Muat lagi")
    expect(page.locator("tbody tr")).to_have_count(60)
    assert not page.get_by_text("Muat lagi").count()


def test_back_finds_the_list_as_it_was_left(visit: Visit) -> None:
    page = visit("/list")
    page.click("text=Muat lagi")
    expect(page.locator("tbody tr")).to_have_count(40)
    page.get_by_role("link", name="Baris 35").click()
    page.wait_for_url("**/form")
    page.go_back()
    expect(page.locator("tbody tr")).to_have_count(40)
    expect(page.get_by_role("link", name="Baris 35")).to_be_in_viewport()


def test_way_back_in_the_top_bar_is_the_browser_s_back(visit: Visit) -> None:
    page = visit("/list")
    page.get_by_role("link", name="Baris 3", exact=True).click()
    page.wait_for_url("**/form")
    before = page.evaluate("history.length")
    page.click("[data-back]")
    page.wait_for_url("**/list")
    assert page.evaluate("history.length") == before


def test_failing_widget_says_so_and_its_neighbour_lives(visit: Visit, console: ConsoleWatch) -> None:
    console.allow("500")
    page = visit("/widgets")
    expect(page.locator("[data-widget=Agenda]")).to_contain_text("Agenda belum bisa dimuat.")
    expect(page.locator("[data-widget=Surat]")).to_contain_text("Tiga surat baru")
    with page.expect_response("**/part?broken=1"):
        page.click("text=Coba lagi")


def test_sheet_opens_over_the_page_and_closes_with_escape(visit: Visit, console: ConsoleWatch) -> None:
    console.allow("500")
    page = visit("/widgets", "desktop")
    page.click("text=Putuskan")
    expect(page.get_by_role("dialog")).to_contain_text("Putuskan cuti")
    expect(page.get_by_role("button", name="Setujui")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("link", name="Putuskan")).to_be_focused()


def test_menu_closes_with_escape_and_by_a_click_outside(visit: Visit, console: ConsoleWatch) -> None:
    console.allow("500")
    page = visit("/widgets")
    for close in (lambda: page.keyboard.press("Escape"), lambda: page.click("h1")):
        page.click("summary")
        expect(page.get_by_role("link", name="Ubah")).to_be_visible()
        close()
        expect(page.get_by_role("link", name="Ubah")).to_be_hidden()


def test_palette_finds_by_keyboard(visit: Visit) -> None:
    page = visit("/", "desktop")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox")).to_be_focused()
    page.keyboard.type("cuti")
    expect(page.get_by_role("option")).to_have_text(re.compile("Formulir cuti"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/form")


def test_palette_says_when_nothing_fits(visit: Visit) -> None:
    page = visit("/", "desktop")
    page.keyboard.press("Control+k")
    page.keyboard.type("zzz")
    expect(page.locator("dialog.palette [role=status]")).to_have_text("Tidak ada yang cocok. Coba kata lain.")
    assert_accessible(page)


def test_badges_follow_the_server_only_while_the_page_is_seen(visit: Visit) -> None:
    page = visit("/")
    page.clock.install()
    page.reload()
    expect(page.locator("[data-badge=tasks]")).to_contain_text("12")
    page.clock.run_for(61_000)
    expect(page.locator("[data-badge=tasks]")).to_contain_text("9")
    expect(page.locator("[data-badge=unread]")).to_be_hidden()


def test_lost_signal_is_told_with_the_time_of_the_data(visit: Visit) -> None:
    page = visit("/")
    expect(page.locator("#strip")).to_be_hidden()
    page.context.set_offline(True)
    expect(page.locator("#strip")).to_be_visible()
    assert re.match(r"Luring — data per \d\d\.\d\d", page.inner_text("#strip"))
    page.context.set_offline(False)
    expect(page.locator("#strip")).to_be_hidden()


def test_rail_folds_and_stays_folded(visit: Visit) -> None:
    page = visit("/", "desktop")
    page.get_by_role("button", name="Ciutkan menu").click()
    page.reload()
    assert page.locator("nav.nav").bounding_box()["width"] == 72
    expect(page.get_by_role("link", name="Beranda")).to_be_visible()


def test_current_page_is_marked_in_both_lists(visit: Visit) -> None:
    page = visit("/list", "desktop")
    assert page.locator("nav.nav [aria-current]").inner_text() == "Cuti"
    page.goto("/")
    assert page.locator("nav.nav [aria-current]").inner_text() == "Beranda"


def test_action_bar_takes_the_place_of_the_bottom_bar_and_hides_no_field(visit: Visit) -> None:
    page = visit("/form")
    expect(page.locator("nav.nav")).to_be_hidden()
    page.focus("[name=person]")
    bar, field = page.locator(".actions").bounding_box(), page.locator("[name=person]").bounding_box()
    assert field["y"] + field["height"] <= bar["y"]


def test_skip_link_is_the_first_stop_and_leads_to_the_content(visit: Visit) -> None:
    page = visit("/list")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Langsung ke isi")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


@pytest.mark.parametrize("address", ["/form", "/list", "/widgets", "/login"])
def test_page_works_without_script(visit: Visit, address: str) -> None:
    page = visit(address, javascript=False)
    assert page.locator("h1").count() == 1
    assert not page.locator(".scripted:visible").count()
    assert not page.get_by_role("button", name="Tampilkan kata sandi").count()


def test_form_and_list_go_on_without_script(visit: Visit, site: Site) -> None:
    page = visit("/list", javascript=False)
    page.click("text=Muat lagi")
    expect(page.get_by_role("link", name="Baris 21")).to_be_visible()
    page.goto("/form")
    page.fill("[name=reason]", "Tanpa skrip")
    page.get_by_role("button", name="Kirim").click()
    expect(page.get_by_text("Terkirim.")).to_be_visible()
    assert site.posted[0]["reason"] == "Tanpa skrip"
    page.goto("/widgets")
    page.click("text=Putuskan")
    expect(page.get_by_text("Halaman putusan")).to_be_visible()


@pytest.mark.parametrize(("size", "theme"), [("phone", "dark"), ("desktop", "light")])
@pytest.mark.parametrize("address", PAGES)
def test_axe_finds_nothing(visit: Visit, console: ConsoleWatch, address: str, size: str, theme: str) -> None:
    console.allow("500")
    page = visit(address, size, theme=theme)
    page.wait_for_load_state("networkidle")
    # the gallery shows headings of cards inside its own cards
    assert_accessible(page, but=("heading-order",) if address == "/gallery" else ())


@pytest.mark.parametrize("address", PAGES)
def test_page_never_scrolls_sideways_even_with_text_of_twice_the_size(
    visit: Visit, console: ConsoleWatch, address: str
) -> None:
    console.allow("500")
    page = visit(address)
    too_wide = []
    for text in ("100%", "200%"):
        page.evaluate("(size) => { document.documentElement.style.fontSize = size }", text)
        for width in (320, 360, 768, 1024, 1440):
            page.set_viewport_size({"width": width, "height": 800})
            too_wide += [(text, width)] if page.evaluate("document.documentElement.scrollWidth") > width else []
    assert not too_wide


@pytest.mark.parametrize("address", ["/", "/list", "/form", "/login", "/widgets"])
def test_what_is_touched_is_large_enough(visit: Visit, console: ConsoleWatch, address: str) -> None:
    console.allow("500")
    page = visit(address)
    small = page.evaluate(
        """() => [...document.querySelectorAll("a, button, input:not([type=hidden]), select, textarea, summary")]
        .filter((e) => e.offsetParent && !e.closest(".vh, .skip, .scripted .vh") && !e.matches(".vh"))
        .map((e) => [e, (e.closest("label.opt, label.tick") ?? e).getBoundingClientRect()])
        .filter(([e, box]) => !e.matches(".cover") && (box.height < 44 || box.width < 44))
        .map(([e]) => e.outerHTML.slice(0, 80))"""
    )
    assert small == []


def test_chosen_theme_wins_over_the_system(visit: Visit) -> None:
    page = visit("/?theme=light", theme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(244, 247, 248)"
    page.goto("/?theme=dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(15, 26, 33)"


def test_slip_prints_without_its_buttons(visit: Visit) -> None:
    page = visit("/slip", theme="dark")
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Cetak")).to_be_hidden()
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
