"""What is shipped in static/dist is built from the present sources, small enough, and free of foreign addresses."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from pathlib import Path

import brotli
import pytest

from superapp.kernel.assets import dist, manifest
from tests.conventions.tree import ROOT, files, read

KB = 1024
BUDGETS = {"app.css": 9 * KB, "htmx.js": 14 * KB, "app.js": int(4.5 * KB), "icons.svg": 3 * KB, "plain.js": 2 * KB}
"""Bytes after gzip -9, which is the heavier of the two encodings that are served (UX 4)."""


def compressed(name: str) -> int:
    """Return how many bytes of an asset travel at most."""
    return len(gzip.compress((dist() / manifest()[name]).read_bytes(), 9, mtime=0))


def _sources() -> list[str]:
    folders = [ROOT / "static" / "src", ROOT / "static" / "build"]
    own = ["static/build.mjs", "package.json", "package-lock.json"]
    return sorted(
        own + [path.relative_to(ROOT).as_posix() for folder in folders for path in folder.rglob("*") if path.is_file()]
    )


def test_dist_is_built_from_the_present_sources() -> None:
    total = hashlib.sha256()
    for path in _sources():
        total.update(path.encode() + b"\0" + (ROOT / path).read_bytes() + b"\0")
    assert manifest()["#sources"] == total.hexdigest(), (
        "static/src changed after the build: run `npm ci && npm run build`"
    )


def test_every_named_file_is_there_under_its_own_hash() -> None:
    for name, built in manifest().items():
        if name in ("#sources", "sw.js"):
            continue
        stem, _, suffix = name.rpartition(".")
        body = (dist() / built).read_bytes()
        assert built == f"{stem}.{hashlib.sha256(body).hexdigest()[:8]}.{suffix}"


def test_no_file_of_an_older_build_is_left() -> None:
    known = {built for name, built in manifest().items() if name != "#sources"} | {"manifest.json", "icons.json"}
    assert {path.name.removesuffix(".br").removesuffix(".gz") for path in dist().iterdir()} == known


@pytest.mark.parametrize("path", sorted(dist().glob("*.br")), ids=lambda path: path.stem)
def test_compressed_twins_hold_the_same(path: Path) -> None:
    plain = path.with_suffix("").read_bytes()
    assert brotli.decompress(path.read_bytes()) == plain
    assert gzip.decompress(path.with_suffix(".gz").read_bytes()) == plain


@pytest.mark.parametrize(("name", "most"), BUDGETS.items())
def test_asset_keeps_to_its_bytes(name: str, most: int) -> None:
    assert compressed(name) <= most


def test_scripts_of_a_signed_in_page_keep_to_eighteen_kilobytes() -> None:
    assert compressed("htmx.js") + compressed("app.js") <= 18 * KB


def test_precache_keeps_to_its_bytes() -> None:
    worker = (dist() / "sw.js").read_text()
    listed = {built for built in manifest().values() if built in worker}
    assert {manifest()[name] for name in ("app.css", "app.js", "htmx.js", "icons.svg")} <= listed
    assert sum((dist() / f"{built}.br").stat().st_size for built in listed) <= 250 * KB


def test_nothing_is_loaded_from_elsewhere() -> None:
    foreign = re.compile(r"""(?:url\(|src=|href=|import\(|fetch\(|from\s*)["'`]?(?:https?:)?//""")
    assert not [
        path.name
        for path in dist().iterdir()
        if path.suffix in (".css", ".js", ".svg") and foreign.search(path.read_text())
    ]


def test_lock_names_no_place_to_load_from() -> None:
    lock = json.loads(read("package-lock.json"))
    assert not [name for name, package in lock["packages"].items() if "resolved" in package]
    assert "omit-lockfile-registry-resolved=true" in read(".npmrc")


def test_every_icon_that_is_asked_for_is_in_the_sprite() -> None:
    drawn = set(json.loads((dist() / "icons.json").read_text()))
    asked = re.compile(r"""['"]([a-z][a-z0-9-]*)['"]\s*\|\s*icon\b|\bicon\s*=\s*['"]([a-z][a-z0-9-]*)['"]""")
    missing = {
        f"{path}: {first or second}"
        for path in files(".html", ".py")
        if path.startswith(("templates/", "superapp/", "plugins/")) and "/tests/" not in path
        for first, second in asked.findall(read(path))
        if (first or second) not in drawn
    }
    assert not missing, "add them to static/src/icons/list.txt and run `npm run build`"


def test_sprite_draws_each_listed_icon() -> None:
    sprite = (dist() / manifest()["icons.svg"]).read_text()
    listed = {
        line.split()[0] for line in read("static/src/icons/list.txt").splitlines() if line and not line.startswith("#")
    }
    assert set(re.findall(r'<symbol id="([\w-]+)"', sprite)) == listed | {"satu", "isles"}


@pytest.mark.parametrize(
    ("name", "size"), [("icon-192.png", 192), ("icon-512.png", 512), ("maskable-512.png", 512), ("apple-180.png", 180)]
)
def test_app_icon_has_its_size(name: str, size: int) -> None:
    from PIL import Image

    with Image.open(dist() / manifest()[name]) as picture:
        assert picture.size == (size, size)
        corner = picture.convert("RGBA").getpixel((0, 0))
    # A maskable icon fills its square, because the phone cuts the shape; the plain one is already rounded.
    assert corner[3] == (0 if name.startswith("icon-") else 255)


def _luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    channels = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _tokens(path: str) -> dict[str, str]:
    screen, _, _paper = read(path).partition(".paper")
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{3,6});", screen))


PAIRS = [
    ("text", "bg", 7), ("text", "surface", 7), ("muted", "bg", 4.5), ("muted", "surface", 4.5), ("muted", "sunken", 4.5),
    ("primary", "bg", 4.5), ("primary", "surface", 4.5), ("primary", "tint", 4.5), ("on-primary", "primary", 4.5),
    ("ok", "ok-bg", 4.5), ("warn", "warn-bg", 4.5), ("bad", "bad-bg", 4.5), ("info", "info-bg", 4.5), ("bad", "surface", 4.5),
    ("warn", "surface", 4.5), ("text", "warn-bg", 4.5), ("text", "sunken", 4.5), ("on-bar", "bar", 7), ("on-bar-muted", "bar", 4.5),
    ("on-bar-muted", "bar-soft", 4.5), ("on-gold", "gold", 4.5), ("control", "surface", 3), ("control", "bg", 3),
]  # fmt: skip


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("front", "back", "least"), PAIRS, ids=lambda value: str(value))
def test_colours_can_be_read(theme: str, front: str, back: str, least: float) -> None:
    """WCAG 2.2, 1.4.3 and 1.4.11; text on surfaces aims at 7:1."""
    tokens = _tokens("static/src/css/tokens.css") | (_tokens("static/src/css/dark.css") if theme == "dark" else {})
    light, dark = sorted((_luminance(tokens[front]), _luminance(tokens[back])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= least
