"""Reading a module's templates: no inline code, no hand-made forms, nothing outside its own name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from superapp.plugin.check.finding import Finding

RULES = (
    (
        re.compile(r"<script(?![^>]*\bsrc=)", re.IGNORECASE),
        "skrip di dalam halaman ditolak oleh CSP; pakai berkas di static/",
    ),
    (re.compile(r"<style|\sstyle\s*=", re.IGNORECASE), "gaya di dalam halaman ditolak oleh CSP; pakai kelas yang ada"),
    (re.compile(r"\son[a-z]+\s*=\s*[\"']", re.IGNORECASE), "atribut on… ditolak oleh CSP; pakai berkas di static/"),
    (
        re.compile(r"https?://[^\"'\s]+\.(?:js|css|woff2?)", re.IGNORECASE),
        "aset dari luar tidak boleh; simpan di static/",
    ),
)
_POST_FORM = re.compile(r"<form[^>]*method\s*=\s*[\"']?post", re.IGNORECASE)


def read_templates(name: str, folder: Path) -> Iterator[Finding]:
    """Yield what is wrong in the templates of a module."""
    root = folder / "templates"
    for path in sorted(root.rglob("*.html")):
        if path.relative_to(root).parts[0] != name:
            yield Finding(f"templat harus berada di templates/{name}/", f"{path}:1")
        text = path.read_text(encoding="utf-8")
        for pattern, reason in RULES:
            for found in pattern.finditer(text):
                yield Finding(reason, _at(path, text, found.start()))
        for found in _POST_FORM.finditer(text):
            if "csrf_token" not in text[found.end() : text.find("</form", found.end())]:
                yield Finding("formulir tanpa csrf_token; pakai {% call ui.form(…) %}", _at(path, text, found.start()))
        for found in re.finditer(r"\|\s*safe\b", text):
            yield Finding(
                "|safe mematikan pengaman HTML; pakai hanya untuk teks buatan sendiri",
                _at(path, text, found.start()),
                advice=True,
            )


def _at(path: Path, text: str, offset: int) -> str:
    return f"{path}:{text.count(chr(10), 0, offset) + 1}"
