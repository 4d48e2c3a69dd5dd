"""Photos shrink in the browser before they are sent: light, upright, with the words that say so."""

from __future__ import annotations

import re
from base64 import b64decode
from io import BytesIO
from pathlib import Path
from random import Random

import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect

from tests.support.browser import sign_in
from tests.support.builders import PASSWORD, House

pytestmark = pytest.mark.browser
SENT = """async (field) => { const file = field.files[0];
    const address = await new Promise((done) => { const reader = new FileReader();
        reader.onload = () => done(reader.result); reader.readAsDataURL(file); });
    return [file.name, file.type, address.slice(address.indexOf(",") + 1)]; }"""
TURNED = 6
"""The orientation of EXIF that a phone held upright writes."""


@pytest.fixture
def form(live_house: House, phone: Page) -> Page:
    """Return a page with a field for photos, opened by somebody signed in."""
    sign_in(phone, live_house.people["staf"].nip, PASSWORD)
    phone.goto("/help/components")
    expect(phone.locator(".drop [data-files]")).to_be_attached()
    phone.wait_for_function("() => !document.querySelector('.drop').dataset.module")
    return phone


def photo(path: Path) -> Path:
    """Write a noisy photo of some megabytes, lying on its side: red at the left as stored, at the top as seen."""
    small = Image.frombytes("RGB", (1000, 750), Random(1).randbytes(1000 * 750 * 3))
    whole = small.resize((3000, 2250))
    whole.paste((255, 0, 0), (0, 0, 300, 2250))
    exif = Image.Exif()
    exif[0x0112] = TURNED
    whole.save(path, "JPEG", quality=92, exif=exif)
    return path


def sent(page: Page) -> tuple[str, str, bytes]:
    """Return name, type and content of the file that the form would send now."""
    name, kind, content = page.locator(".drop input[name=files]").first.evaluate(SENT)
    return name, kind, b64decode(content)


def test_a_photo_is_sent_light_and_upright_and_says_so(form: Page, tmp_path: Path) -> None:
    path = photo(tmp_path / "rapat.pagi.jpeg")
    assert path.stat().st_size > 1_500_000
    form.locator(".drop input[name=files]").first.set_input_files(path)
    expect(form.locator("[data-files]").first).to_have_text(re.compile(r"^rapat\.pagi\.jpg · [\d,]+ MB → \d+ KB$"))
    name, kind, content = sent(form)
    assert (name, kind) == ("rapat.pagi.jpg", "image/jpeg")
    assert len(content) <= 300 * 1024
    with Image.open(BytesIO(content)) as image:
        assert image.width * 4 == pytest.approx(image.height * 3, rel=0.01)
        red, green, blue = image.convert("RGB").getpixel((image.width // 2, 10))
        assert red > 200 > 80 > max(green, blue)
        assert not dict(image.getexif())


def test_a_picture_without_background_gets_a_white_one(form: Page, tmp_path: Path) -> None:
    noise = Image.frombytes("RGBA", (500, 500), Random(2).randbytes(500 * 500 * 4))
    noise.paste((0, 0, 0, 0), (0, 0, 100, 100))
    noise.save(tmp_path / "bagan.png")
    form.locator(".drop input[name=files]").first.set_input_files(tmp_path / "bagan.png")
    expect(form.locator("[data-files]").first).to_contain_text("→")
    with Image.open(BytesIO(sent(form)[2])) as image:
        assert min(image.convert("RGB").getpixel((20, 20))) > 240


def test_a_photo_chosen_before_the_script_comes_is_shrunk_too(form: Page, tmp_path: Path) -> None:
    held: list[Route] = []
    form.route(re.compile(r"/static/files\.\w+\.js$"), lambda route: held.append(route))
    form.reload(wait_until="domcontentloaded")
    form.locator(".drop input[name=files]").first.set_input_files(photo(tmp_path / "lahan.jpg"))
    form.wait_for_timeout(100)
    for one in held:
        one.continue_()
    expect(form.locator("[data-files]").first).to_contain_text("→")
    assert len(sent(form)[2]) <= 300 * 1024


@pytest.mark.parametrize("name", ["rusak.jpg", "foto.heic", "surat.pdf"])
def test_what_cannot_be_drawn_is_sent_as_it_is(form: Page, tmp_path: Path, name: str) -> None:
    content = bytes(400 * 1024)
    (tmp_path / name).write_bytes(content)
    form.locator(".drop input[name=files]").first.set_input_files(tmp_path / name)
    expect(form.locator("[data-files]").first).to_have_text(f"{name} · 400 KB")
    assert sent(form)[2] == content
