"""The gallery shows every macro, and shows the words that it runs."""

from __future__ import annotations

import re

from flask import Flask

from tests.conventions.tree import read

GALLERY = "templates/components/gallery.html"
SAMPLE = re.compile(
    r"{% raw %}(?P<shown>.*?){% endraw %}.*?<div class=\"tight\">\n(?P<run>.*?)\n</div></article>", re.DOTALL
)


def test_shown_code_is_the_code_that_runs() -> None:
    samples = list(SAMPLE.finditer(read(GALLERY)))
    assert len(samples) > 20
    assert [sample["shown"] for sample in samples] == [sample["run"] for sample in samples]


def test_every_macro_has_its_place(stand_in: Flask) -> None:
    with stand_in.test_request_context():
        module = stand_in.jinja_env.get_template("components/ui.html").module
    public = {name for name in vars(module) if not name.startswith("_")}
    shown = set(re.findall(r"ui\.(\w+)\(", read(GALLERY)))
    # `bound` needs a field of WTForms; its twin `field` is shown; `thead` is the head of `table`
    assert public - {"bound", "thead"} <= shown


def test_ui_offers_every_macro_of_its_files(stand_in: Flask) -> None:
    with stand_in.test_request_context():
        module = vars(stand_in.jinja_env.get_template("components/ui.html").module)
    written = {
        name
        for part in ("form", "field", "action", "surface", "state", "list")
        for name in re.findall(r"{% macro ([a-z]\w*)\(", read(f"templates/components/{part}.html"))
    }
    assert written - {"first"} <= set(module)


def test_every_macro_says_what_it_takes() -> None:
    silent = []
    for part in ("form", "field", "action", "surface", "state", "list"):
        text = read(f"templates/components/{part}.html")
        silent += [
            f"{part}.{found[1]}"
            for found in re.finditer(r"{% macro ([a-z]\w*)\(", text)
            if not text[: found.start()].rstrip().endswith("-#}")
        ]
    assert not silent
