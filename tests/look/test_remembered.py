"""Remembered macros: the same markup as the macro itself, for every kind of argument."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from flask import Flask, g
from markupsafe import Markup
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


def test_types_count() -> None:
    assert frozen(True) != frozen(1)
    assert frozen("a") != frozen(Markup("a"))
    assert frozen({"a": [1]}) == frozen({"a": (1,)})
    assert frozen({"a": 1}) != frozen((("a", 1),))
