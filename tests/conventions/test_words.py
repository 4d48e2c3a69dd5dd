"""The English catalogues: complete, compiled, and with the same placeholders as the Indonesian words."""

from __future__ import annotations

import re
from gettext import GNUTranslations

import pytest
from babel.messages import Catalog

from superapp.kernel import language
from tools import words

CATALOGUES = words.catalogues()
PLACEHOLDER = re.compile(r"\{[^}]*\}|%\w|</?\w+[^>]*>")


@pytest.fixture(scope="module", params=CATALOGUES, ids=lambda name: name or "core")
def plugin(request: pytest.FixtureRequest) -> str:
    """Return the owner of a catalogue, empty for the core."""
    return str(request.param)


@pytest.fixture(scope="module")
def catalogue(plugin: str) -> Catalog:
    """Return the words as they are written in the .po file."""
    return words.read(CATALOGUES[plugin])


def test_every_text_of_the_code_is_in_the_catalogue_and_nothing_else(plugin: str, catalogue: Catalog) -> None:
    """`make translations` has been run since the last new sentence."""
    in_code = {message.id for message in words.collected(plugin) if message.id}
    written = {message.id for message in catalogue if message.id}
    assert (sorted(in_code - written), sorted(written - in_code)) == ([], [])


def test_no_text_lacks_its_translation(catalogue: Catalog) -> None:
    """Nobody who chose English meets an Indonesian sentence of ours."""
    assert words.missing(catalogue) == []


def test_no_translation_is_a_guess(catalogue: Catalog) -> None:
    """A fuzzy entry is one that nobody has read."""
    assert [message.id for message in catalogue if message.id and message.fuzzy] == []


def test_placeholders_tags_and_outer_spaces_survive_translation(catalogue: Catalog) -> None:
    """A lost or misspelt `{name}` would break the page that fills it."""
    assert [message.id for message in catalogue if message.id and _shape(message.id) != _shape(message.string)] == []


def _shape(text: str) -> tuple[list[str], str, str]:
    before = text[: len(text) - len(text.lstrip())]
    after = text[len(text.rstrip()) :]
    return sorted(PLACEHOLDER.findall(text)), before, after


def test_what_is_compiled_is_what_is_written(plugin: str, catalogue: Catalog) -> None:
    """The app reads the .mo, people edit the .po."""
    with CATALOGUES[plugin].with_suffix(".mo").open("rb") as file:
        compiled = GNUTranslations(file)
    written = {message.id: message.string for message in catalogue if message.id and message.string}
    assert {text: compiled.gettext(text) for text in written} == written


def test_words_of_a_plugin_are_found_from_python_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """`gettext` does not know who asks, so the core's words are joined by those of the plugins."""
    monkeypatch.setattr(language, "_folders", dict(language._folders))
    language.add_folder("catalogue", CATALOGUES["catalogue"].parents[2])
    try:
        assert language.translate("Aplikasi tersimpan.", "en") == "The app was saved."
        assert language.translate("Beranda", "en", "catalogue") == "Home"
    finally:
        monkeypatch.undo()
        language.catalogue.cache_clear()
        language._own.cache_clear()
