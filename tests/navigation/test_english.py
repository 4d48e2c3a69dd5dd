"""English is whole: the administrator of the regency walks all pages in English and meets no Indonesian word of ours."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from urllib.parse import urlencode

import pytest
from flask import Flask

from superapp.kernel import language
from superapp.settings import home
from tests.access.expected import REGENCY, matrix
from tests.access.street import Street, build
from tests.access.test_matrix import address, routes
from tests.plugin.conftest import DUMMY, switch_on
from tests.support import builders
from tests.support.builders import House
from tests.support.databases import only_sqlite

SPOKEN = ("title", "aria-label", "placeholder", "alt", "data-label", "data-confirm", "value")
"""Attributes that people read or hear."""
SILENT = frozenset({"script", "style", "pre", "code", "textarea"})
"""Elements whose text is no sentence of ours: programs, and what people typed."""
DATA = frozenset(
    {
        "Bupati",
        "Sekretaris Daerah",
        "Senin",
        "Baru",
        "Boneka",
        "Tamu",
        "Kabar",
        "Kepala Dinas",
        "Surat",
        "Tombol tidak berfungsi",
        "Tombol tidak berfungsi · Nunukan Satu",
    }
)
"""What the people of the test's house wrote themselves, and the titles of their posts."""
LAW = frozenset(
    row["terms"]
    for row in csv.DictReader(
        (home() / "plugins/administration/leave/data/kinds.csv").read_text("utf-8").splitlines()[1:]
    )
    if row["terms"]
)
"""The terms of the kinds of leave: words of the law, delivered as data and changed by who manages them."""
PLAIN = re.compile(r"\b(yang|untuk|dengan|tidak|belum|atau|sudah|pada|dari|oleh|akan|Anda|Semua|Simpan|Batal)\b")
"""Words of which hardly an Indonesian sentence goes without one, and no name of the house has."""


class _Words(HTMLParser):
    """Collects what people read of a page, text by text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._mute = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._mute += tag in SILENT
        given = dict(attrs)
        shown = [name for name in SPOKEN if name != "value" or given.get("type") in ("submit", "button")]
        self.found += [value for name in shown if (value := given.get(name))]

    def handle_endtag(self, tag: str) -> None:
        self._mute -= tag in SILENT

    def handle_data(self, data: str) -> None:
        if not self._mute and data.strip():
            self.found.append(" ".join(data.split()))


def spoken(page: str) -> list[str]:
    """Return the texts of a page."""
    parser = _Words()
    parser.feed(page)
    return parser.found


def untranslated(page: str) -> Iterator[str]:
    """Yield the texts of a page that are Indonesian: sources of our catalogues, or sentences with a plain word."""
    sources = {source for source, text in language.catalogue("en").items() if source != text}
    for text in set(spoken(page)) - DATA:
        if any(terms in text for terms in LAW):
            continue
        if text in sources or PLAIN.search(text):
            yield text


@pytest.fixture
def street(make_app: Callable[..., Flask], house: House) -> Street:
    """Return a house with a record of each kind."""
    app = make_app(plugin_path=str(DUMMY))
    switch_on(app, "dummy")
    with app.app_context():
        return build(app, house)


def _pages(street: Street) -> Iterator[tuple[str, str]]:
    """Yield each page's rule with an address of it, about a record of the own unit where it needs one."""
    rules = matrix().by_route
    for name, rule in sorted(routes(street.app, "GET").items()):
        known = street.relations(rules[name].record, REGENCY)
        arguments = next(iter(known.values()))
        extra = {key: value for key, value in arguments.items() if key not in rule.arguments}
        query = urlencode({key: value for key, value in extra.items() if not key.endswith("_id")})
        if "/dummy/" not in name:
            yield name, f"{address(rule, arguments)}?{query}"
    yield "missing", "/tidak/ada"


@only_sqlite
def test_the_administrator_meets_no_indonesian_word_of_ours_in_english(street: Street) -> None:
    client = builders.sign_in(street.app.test_client(), street.ids[REGENCY], second_factor=True)
    client.set_cookie("bahasa", "en")
    foreign: dict[str, list[str]] = {}
    shown = 0
    for name, url in _pages(street):
        answer = client.get(url, buffered=True)
        if answer.mimetype == "text/html":
            shown += 1
            found = sorted(set(untranslated(answer.text)))
            foreign |= {name: found} if found else {}
    assert shown > 60
    assert foreign == {}
