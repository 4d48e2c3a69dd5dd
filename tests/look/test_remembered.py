"""Remembered macros: the same markup as the macro itself, for every kind of argument."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from itertools import product
from typing import Any

import pytest
from flask import Flask, g
from jinja2 import DictLoader
from markupsafe import Markup, escape
from werkzeug.datastructures import MultiDict

from superapp.kernel import components
from superapp.kernel.components import SLOTTED, frozen
from superapp.plugin.blueprint import FormState

EVIL = "\"><script>alert(1)</script>'"


@pytest.fixture
def ui(app: Flask) -> Iterator[Any]:
    """Give `ui` of a fresh environment within a request."""
    with app.test_request_context():
        yield components.Components(app.jinja_env)


def plain(app: Flask, *args: Any, **kwargs: Any) -> str:
    """Render a field by the macro alone."""
    return str(app.jinja_env.get_template("components/ui.html").module.field(*args, **kwargs))  # type: ignore[attr-defined]


def test_a_remembered_field_is_the_field(app: Flask, ui: Any) -> None:
    for kind, value in product(sorted(SLOTTED), [None, "", "Sebatik", EVIL, 12, Markup("<b>"), "0"] * 2):
        assert ui.field("name", "Nama", kind, value=value, hint="h") == plain(
            app, "name", "Nama", kind, value, hint="h"
        )


def test_values_are_not_remembered(ui: Any) -> None:
    ui.field("name", "Nama", value="Rahasia Sari")
    assert "Rahasia Sari" not in repr(vars(ui.field))
    assert "Rahasia Sari" not in repr(ui.field._remembered._kept)


def test_choices_follow_their_value_and_options(ui: Any) -> None:
    def chosen(value: Any, options: Any) -> str:
        return str(ui.field("level", "Tingkat", "select", value=value, options=options))

    two = [("1", "Satu"), ("True", "Benar")]
    assert chosen("1", two).count("selected") == 1
    assert 'value="True" selected' in chosen(True, two)
    assert 'value="1" selected' in chosen(1, two)
    assert "Tiga" in chosen("1", [*two, ("3", "Tiga")])


def test_text_is_never_taken_for_markup(ui: Any) -> None:
    assert "<b>tebal</b>" in ui.link_button(Markup("<b>tebal</b>"), "/a")
    assert "<b>tebal</b>" not in ui.link_button("<b>tebal</b>", "/a")
    assert "<b>" in ui.note(Markup("<b>x</b>"))
    assert "<b>" not in ui.note("<b>x</b>")


def test_a_refused_form_shows_what_was_typed(ui: Any) -> None:
    ui.field("name", "Nama", value="lama")
    g.form_state = FormState(MultiDict({"name": "ketikan saya"}), {"name": "Terlalu panjang."})
    shown = ui.field("name", "Nama", value="lama")
    assert "ketikan saya" in shown
    assert "Terlalu panjang." in shown


def test_what_may_change_is_made_anew(ui: Any) -> None:
    items = [{"value": object(), "label": "a"}]
    assert ui.kpis(items) != ui.kpis([{"value": object(), "label": "b"}])
    with pytest.raises(TypeError):
        frozen([object()])


def test_no_macro_remembers_without_bound(ui: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(components, "MOST", 10)
    for number in range(100):
        ui.link_button(f"Buka {number}", f"/a/{number}")
    assert len(ui.link_button._kept) <= 10


def test_each_form_of_a_menu_has_a_key_of_its_own(app: Flask, ui: Any) -> None:
    g.csrf_token = "token"
    items = [{"label": "Arsipkan", "action": "/a", "fields": {"q": EVIL}}, {"label": "Hapus", "action": "/b"}]
    macro = app.jinja_env.get_template("components/ui.html").module.menu  # type: ignore[attr-defined]
    expected = str(macro("Lain", items, token="t", key="k"))
    keys: list[str] = []
    for _ in range(2):
        shown = str(ui.menu("Lain", items))
        keys += (here := re.findall(r'name="idempotency_key" value="([^"]+)"', shown))
        tokens = re.findall(r'name="csrf_token" value="([^"]+)"', shown)
        assert len(set(tokens)) == 1
        for found, stand_in in [(tokens[0], "t"), *((key, "k") for key in here)]:
            shown = shown.replace(f'value="{found}"', f'value="{stand_in}"')
        assert shown == expected
    assert len(set(keys)) == 4


ROW = "{% macro row(row, address='') %}<p>{{ address }}{{ row[0] }} {{ row[1] }}{{ reader }}</p>{% endmacro %}"


@pytest.fixture
def listed(app: Flask) -> Iterator[Any]:
    """Give a list's template within a request."""
    environment = app.jinja_env.overlay(loader=DictLoader({"row.html": ROW}))
    with app.test_request_context():
        yield partial(components.Components(environment).each, "row.html")


def test_each_row_shows_its_own_values(listed: Any) -> None:
    rows = [(1, "Sebatik"), (2, EVIL), (1, None), (True, "Sebatik"), (1, Markup("Sebatik"))]
    expected = [f"<p>/a/{escape(first)} {escape(second)}</p>" for first, second in rows]
    for _ in range(2):
        assert listed(rows, address="/a/") == "".join(expected)
    assert listed([(1, "Krayan")], address="/a/") == "<p>/a/1 Krayan</p>"
    assert listed([(1, "Krayan")], address="/b/") == "<p>/b/1 Krayan</p>"


def test_a_row_is_drawn_once(listed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    listed([(1, "Sebatik")])
    [one] = listed.func.__self__._lists.values()
    monkeypatch.setattr(one, "_draw", lambda row: f"drawn {row[0]}")
    assert listed([(1, "Sebatik"), (2, "Lumbis")]) == "<p>1 Sebatik</p>drawn 2"


def test_a_row_whose_value_may_change_is_drawn_anew(listed: Any) -> None:
    parts = ["a"]
    assert "[&#39;a&#39;]" in listed([(1, parts)])
    parts.append("b")
    assert "&#39;b&#39;" in listed([(1, parts)])


def test_a_row_knows_nothing_of_who_reads(app: Flask) -> None:
    loader = DictLoader({"row.html": ROW, "page.html": "{{ ui.each('row.html', [(1, 'a')]) }}"})
    environment = app.jinja_env.overlay(loader=loader)
    environment.globals = environment.globals | {"ui": components.Components(environment)}
    with app.test_request_context():
        assert environment.get_template("page.html").render(reader="Sari") == "<p>1 a</p>"


def test_rows_are_remembered_within_a_bound(listed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(components, "ROWS", 10)
    for number in range(100):
        listed([(number, "a"), (number, "b")])
    [one] = listed.func.__self__._lists.values()
    assert len(one._kept) <= 10


def test_types_count() -> None:
    assert frozen(True) != frozen(1)
    assert frozen("a") != frozen(Markup("a"))
    assert frozen({"a": [1]}) == frozen({"a": (1,)})
    assert frozen({"a": 1}) != frozen((("a", 1),))
