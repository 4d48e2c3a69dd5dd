"""Words for the choices of forms and the rows of lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for

from superapp.kernel.language import gettext as _
from superapp.plugin.host import host
from superapp.settings import home


def options(kinds: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return stored keys with the words people read, for a select."""
    return [(key, _(words)) for key, words in kinds.items()]


def full_name(row: Any) -> str:
    """Return a person's name with titles, from any row that has `name`, `title_before` and `title_after`."""
    before = f"{row.title_before} " if row.title_before else ""
    return f"{before}{row.name}" + (f", {row.title_after}" if row.title_after else "")


def module(owner: str) -> str:
    """Return the title of a module in the reader's language, or the name of a core part."""
    return _(host().title(owner))


def place(where: str) -> str:
    """Return a "file:line" as people read it: from the app's own folder on."""
    return where.removeprefix(f"{home()}/")


def initials(name: str) -> str:
    """Return the first letters of the first two words of a bare name."""
    return "".join(word[0] for word in name.split()[:2]).upper()


def chips(
    endpoint: str, kept: Mapping[str, Any], name: str, choices: Sequence[tuple[str, str]]
) -> list[dict[str, Any]]:
    """Return filters as `ui.chips` shows them: each the address of the list with `name` set to its key."""
    present = str(kept.get(name) or "")
    return [
        {"label": words, "href": url_for(endpoint, **{**kept, name: key or None}), "current": key == present}
        for key, words in choices
    ]
