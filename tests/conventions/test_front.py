"""The front keeps to the tokens and to the strict content security policy."""

from __future__ import annotations

import re

from tests.conventions.tree import files, read, told

COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgba?|hsla?|oklch|lab|lch)\(")
NAMED = re.compile(r":\s*(?:white|black|red|green|blue|gray|grey|orange|yellow)\b")
INLINE = re.compile(
    r"<style\b|\sstyle\s*=|<script\b(?![^>]*\bsrc=)(?![^>]*type=\"application/(?:ld\+)?json\")|\son[a-z]{3,}=[\x22\x27]|javascript:",
    re.IGNORECASE,
)
TEMPLATES = tuple(
    path for path in files(".html", ".jinja", ".j2") if "/tests/" not in path and not path.startswith("tests/")
)
BUILT = ("static/dist/", "node_modules/")


def _sources(*suffixes: str) -> list[str]:
    return [path for path in files(*suffixes) if not path.startswith((*BUILT, "tests/"))]


def _without_comments(text: str) -> str:
    return re.sub(r"/\*.*?\*/", lambda found: "\n" * found.group().count("\n"), text, flags=re.DOTALL)


def test_colours_are_tokens() -> None:
    faults = []
    for path in _sources(".css"):
        for number, line in enumerate(_without_comments(read(path)).split("\n"), 1):
            declarations = re.sub(r"--[\w-]+\s*:[^;]*", "", line.split("{")[-1])
            if ":" in declarations and (COLOUR.search(declarations) or NAMED.search(declarations)):
                faults.append(f"{path}:{number} {line.strip()[:80]}")
    assert not faults, told(faults, "use a token (var(--…)); a raw colour knows nothing of the dark theme")


def test_templates_have_no_inline_style_or_script() -> None:
    faults = [
        f"{path}:{number} {line.strip()[:80]}"
        for path in TEMPLATES
        for number, line in enumerate(read(path).split("\n"), 1)
        if INLINE.search(line)
    ]
    assert not faults, told(faults, "the content security policy refuses inline style and script")


def test_remembered_rows_show_nothing_of_the_moment() -> None:
    drawn = {name for path in TEMPLATES for name in re.findall(r"""ui\.each\(["']([^"']+)""", read(path))}
    rows = [path for path in TEMPLATES if path.partition("templates/")[2] in drawn]
    faults = [
        f"{path}: {found}"
        for path in rows
        for found in re.findall(r"\b(?:request|csrf_token|idempotency_key|typed|fault|ago|me)\b", read(path))
    ]
    assert len(rows) >= len(drawn) > 0
    assert not faults, told(faults, "a row that `ui.each` remembers is shown to everybody")


def test_every_script_says_what_it_enhances() -> None:
    faults = [path for path in _sources(".js", ".mjs") if not re.match(r"\s*(?:#!.*\n)?\s*(?:/\*|//)", read(path))]
    assert not faults, told(faults, "begin with a comment: which element of which page this enhances")
