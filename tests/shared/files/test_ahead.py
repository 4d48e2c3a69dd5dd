"""A large file goes ahead in parts while its form is filled in: on a bad signal too, and per cent are shown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.support.browser import ConsoleWatch, sign_in
from tests.support.builders import PASSWORD, House

pytestmark = pytest.mark.browser
NAMED = ".drop input[name=picture_upload]"


@pytest.fixture
def form(live_house: House, phone: Page) -> Page:
    """Return the form that reports a problem, opened by somebody signed in."""
    sign_in(phone, live_house.people["staf"].nip, PASSWORD)
    phone.goto("/help/report")
    phone.wait_for_function("() => !document.querySelector('.drop').dataset.module")
    return phone


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """Return a file of five parts that no browser can draw."""
    path = tmp_path / "layar.jpg"
    path.write_bytes(b"\xff\xd8\xff\xe0" + bytes(1_200_000))
    return path


def test_a_large_file_is_there_before_the_form_is_sent(form: Page, large: Path, console: ConsoleWatch) -> None:
    console.allow("/help/report")
    form.locator("[name=picture]").set_input_files(large)
    expect(form.locator("[data-files]")).to_have_text(re.compile(r"^layar\.jpg · 1,1 MB · 100 %$"))
    expect(form.locator(NAMED)).to_have_value(re.compile(r"^[0-9a-f-]{36}$"))
    assert form.locator("[name=picture]").evaluate("(field) => field.files.length") == 0
    form.locator("[name=words]").fill("Tombol Kirim tidak bereaksi")
    form.get_by_role("button", name="Kirim laporan").click()
    expect(form.locator(".drop").locator("xpath=..")).to_contain_text("Gambar rusak")
    expect(form.locator("[name=words]")).to_have_value("Tombol Kirim tidak bereaksi")


def test_a_part_that_got_lost_is_sent_again(form: Page, large: Path, console: ConsoleWatch) -> None:
    console.allow("/files/uploads")
    lost: list[str] = []

    def lose(route: Route) -> None:
        if route.request.url.endswith("/2") and len(lost) < 2:
            lost.append(route.request.url)
            route.abort()
        else:
            route.continue_()

    form.route("**/files/uploads/**", lose)
    form.locator("[name=picture]").set_input_files(large)
    expect(form.locator(NAMED)).to_be_attached(timeout=15_000)
    assert len(lost) == 2


def test_without_an_answer_the_form_carries_the_file_itself(form: Page, large: Path, console: ConsoleWatch) -> None:
    console.allow("/files/uploads")
    form.route("**/files/uploads", lambda route: route.fulfill(status=409, json={"message": "penuh"}))
    with form.expect_response("**/files/uploads"):
        form.locator("[name=picture]").set_input_files(large)
    expect(form.locator("[data-files]")).to_have_text("layar.jpg · 1,1 MB")
    assert form.locator("[name=picture]").evaluate("(field) => field.files.length") == 1
    expect(form.locator(NAMED)).not_to_be_attached()


def test_of_several_files_the_large_ones_go_ahead_and_the_form_carries_the_rest(
    form: Page, large: Path, tmp_path: Path
) -> None:
    other, light = tmp_path / "kedua.jpg", tmp_path / "kecil.png"
    other.write_bytes(large.read_bytes() + b"x")
    light.write_bytes(b"x" * 100)
    field = form.locator("[name=picture]")
    field.evaluate("(field) => { field.multiple = true; }")
    field.set_input_files([large, light, other])
    expect(form.locator(NAMED)).to_have_count(2)
    assert field.evaluate("(field) => [...field.files].map((file) => file.name)") == ["kecil.png"]
    expect(form.locator("[data-files] li")).to_have_text(
        [re.compile("100 %$"), "kecil.png · 0 KB", re.compile("100 %$")]
    )


def test_another_file_takes_the_place_of_the_first(form: Page, large: Path, tmp_path: Path) -> None:
    form.locator("[name=picture]").set_input_files(large)
    expect(form.locator(NAMED)).to_be_attached()
    (tmp_path / "kecil.png").write_bytes(b"x" * 100)
    form.locator("[name=picture]").set_input_files(tmp_path / "kecil.png")
    expect(form.locator("[data-files]")).to_have_text("kecil.png · 0 KB")
    expect(form.locator(NAMED)).not_to_be_attached()
