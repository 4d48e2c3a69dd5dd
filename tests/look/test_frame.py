"""The frame's own links and words: each address exists, each script's words are there, one h1 a page."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask, render_template_string
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect

from tests.conventions.tree import files, read
from tests.look.conftest import Render

SHELL = '{% extends "layout/shell.html" %}{% block title %}Contoh{% endblock %}'


def test_every_address_of_the_frame_exists(app: Flask) -> None:
    shell = (
        read("templates/layout/shell.html") + read("templates/layout/plain.html") + read("templates/layout/base.html")
    )
    adapter = app.url_map.bind("localhost")
    missing = []
    for address in sorted(set(re.findall(r'(?:href|action)="(/[^"{]*)"', shell))):
        try:
            adapter.match(address, method="GET")
        except RequestRedirect:
            pass
        except (NotFound, MethodNotAllowed):
            missing.append(address)
    assert not missing


def test_every_template_that_scripts_ask_for_is_in_the_shell() -> None:
    asked = {
        name
        for path in files(".js")
        if path.startswith("static/src/js/")
        for name in re.findall(r'"(t-[a-z]+)"', read(path))
    }
    assert asked
    shell = "".join(read(path) for path in files(".html") if path.startswith("templates/layout/"))
    assert asked <= set(re.findall(r'<template id="(t-[a-z]+)"', shell))


def test_title_is_the_one_heading_and_the_last_crumb(stand_in: Flask) -> None:
    with stand_in.test_request_context("/"):
        html = render_template_string(
            SHELL.replace("%}Contoh", "%}{{ '<b>Judul</b>' }}"), crumbs=[("Daftar", "/list")], **_frame()
        )
    assert html.count("<h1>") == 1
    assert html.count("&lt;b&gt;Judul&lt;/b&gt;") == 3  # title, last crumb, h1
    assert "<b>Judul" not in html


def test_nobody_s_name_breaks_out_of_the_frame(stand_in: Flask) -> None:
    with stand_in.test_request_context("/"):
        frame = _frame()
        frame["me"].first_name = "<img src=x>"
        frame["me"].partition = '"><script>'
        html = render_template_string(SHELL, **frame)
    assert "<img" not in html
    assert '"><script>' not in html


@pytest.mark.parametrize(("theme", "expected"), [("", 2), ("light", 1), ("dark", 1)])
def test_bar_of_the_phone_follows_the_theme(stand_in: Flask, theme: str, expected: int) -> None:
    with stand_in.test_request_context("/"):
        html = render_template_string(SHELL, **(_frame() | {"theme": theme}))
    assert html.count('name="theme-color"') == expected
    assert (f'data-theme="{theme}"' in html) == bool(theme)


def test_failures_stand_in_the_page_and_good_news_pass(stand_in: Flask) -> None:
    from flask import flash

    with stand_in.test_request_context("/"):
        flash("Belum tersimpan.", "error")
        flash("Terkirim.")
        html = render_template_string(SHELL, **_frame())
    before, toasts = html.split('<div class="toasts"')
    assert "Belum tersimpan." in before
    assert "Terkirim." in toasts.split("</div>\n<dialog")[0]


def test_sign_in_page_loads_neither_htmx_nor_the_signed_in_script(render: Render) -> None:
    from superapp.kernel.assets import asset

    html = render('{% extends "layout/plain.html" %}{% block title %}Masuk{% endblock %}')
    assert [script["src"] for script in html.all("script")] == [asset("plain.js")]


def _frame() -> dict[str, Any]:
    from tests.look.stand_in import Site, frame

    return frame(Site())
