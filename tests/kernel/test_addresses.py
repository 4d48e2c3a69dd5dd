"""Builders of addresses: written when the first address is asked for, and then as the library's own."""

from __future__ import annotations

from uuid import UUID

import pytest
from werkzeug.routing import Map, Rule

from superapp.kernel.http import App, LateRule

CASES = (
    ("/orang/<uuid:person>", {"person": UUID(int=7)}),
    ("/arsip/<path:rest>", {"rest": "a b/ç?.pdf", "q": "sari & dewi", "page": 2}),
    ("/hal/<rule>/<int:number>", {"rule": "satu", "number": 4, "self": "x"}),
)


@pytest.mark.parametrize(("rule", "values"), CASES)
def test_addresses_are_those_of_the_library(rule: str, values: dict[str, object]) -> None:
    theirs, ours = (Map([kind(rule, endpoint="e")]).bind("localhost") for kind in (Rule, LateRule))

    assert [ours.build("e", values) for _ in range(2)] == [theirs.build("e", values)] * 2
    assert ours.build("e", values, append_unknown=False) == theirs.build("e", values, append_unknown=False)


def test_defaults_make_part_of_an_address() -> None:
    rules = Map([LateRule("/awal/", defaults={"page": 1}, endpoint="e"), LateRule("/awal/<int:page>", endpoint="e")])

    assert [rules.bind("localhost").build("e", {"page": page}) for page in (1, 2)] == ["/awal/", "/awal/2"]


def test_nothing_is_compiled_before_an_address_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str] = []
    original = Rule._get_func_code
    monkeypatch.setattr(
        Rule, "_get_func_code", staticmethod(lambda c, name: (compiled.append(name), original(c, name))[1])
    )
    app = App("bare", static_folder=None)
    for number in range(3):
        app.add_url_rule(f"/{number}", endpoint=str(number), view_func=str)
    assert compiled == []

    with app.test_request_context():
        assert [app.url_for("1"), app.url_for("1")] == ["/1", "/1"]

    assert len(compiled) == 1
