"""The command line is Indonesian throughout, whatever the locale of the shell."""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterator

import click
import pytest
from babel.messages.pofile import read_po
from click.testing import CliRunner, Result
from flask import Flask

from superapp.cli import TRANSLATIONS, main
from tests.support.databases import only_sqlite

ENGLISH = re.compile(
    r"\b(the|and|of|with|or|is|not|Usage|Options|Commands|Show|default|required|Error|Missing|Try|No such)\b"
)


@pytest.fixture
def run(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[click.Group]:
    """Let the command work on the test's app, as in a shell that speaks English."""
    monkeypatch.setenv("LANGUAGE", "en")
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    monkeypatch.setattr(main, "app", app, raising=False)
    for _path, command in walk(main):
        monkeypatch.setattr(command, "_help_option", None)  # kept with the words of whoever ran it first
    yield main
    gettext.textdomain("messages")


def say(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), prog_name="superapp")


def walk(group: click.Group, *path: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield each command and group below a group with the words one types."""
    context = click.Context(group)
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        assert found is not None
        yield (*path, name), found
        if isinstance(found, click.Group):
            yield from walk(found, *path, name)


@only_sqlite
def test_each_command_explains_itself_in_indonesian(run: click.Group) -> None:
    paths = [(), *(path for path, _command in walk(run))]
    assert len(paths) > 30
    pages = {path: say(*path, "--help").output for path in paths}
    assert [path for path, page in pages.items() if ENGLISH.search(page) or "Pemakaian: superapp" not in page] == []
    assert [path for path, page in pages.items() if len(page.split("\n\n")[1].strip()) < 10] == []


@only_sqlite
@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        (["grant"], "Kesalahan: Argumen belum diisi: 'NIP'"),
        (["tidak-ada"], "Tidak ada perintah 'tidak-ada'."),
        (["demo", "--people"], "Pilihan '--people' perlu isian."),
        (["demo", "--people", "0"], "Isian '--people' salah: 0 di luar x>=1."),
        (["verify", "a", "b"], "Argumen berlebih: b"),
    ],
)
def test_what_is_typed_wrongly_is_answered_in_indonesian(run: click.Group, typed: list[str], answer: str) -> None:
    said = say(*typed)
    assert said.exit_code == 2
    assert answer in said.output
    assert not ENGLISH.search(said.output)


def test_what_click_says_is_compiled_as_it_is_written() -> None:
    folder = TRANSLATIONS / "id" / "LC_MESSAGES"
    with (folder / "click.po").open("rb") as file:
        written = {message.id: message.string for message in read_po(file) if message.id}
    with (folder / "click.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    assert written
    for source, text in written.items():
        one = compiled.ngettext(*source, 1) if isinstance(source, tuple) else compiled.gettext(source)
        assert one == (text[0] if isinstance(text, tuple) else text)
        assert set(re.findall(r"\{\w+", one)) <= set(re.findall(r"\{\w+", str(source)))
