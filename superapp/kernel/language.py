"""Words: Indonesian source strings and their English catalogue, looked up in a plain dict."""

from __future__ import annotations

import gettext as _gettext
from collections.abc import Mapping
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

SOURCE = "id"
LANGUAGES = {"id": "Bahasa Indonesia", "en": "English"}
COOKIE = "bahasa"

_folders: dict[str, Path] = {"": Path(__file__).parent.parent / "translations"}


def add_folder(plugin: str, folder: Path) -> None:
    """Let a plugin bring its own catalogue: `<folder>/<language>/LC_MESSAGES/messages.mo`."""
    _folders[plugin] = folder
    catalogue.cache_clear()
    _own.cache_clear()


@cache
def catalogue(language: str, plugin: str = "") -> dict[str, str]:
    """Return the words of a language: source string → translation; a plugin's own before the core's.

    Without a plugin these are the core's before those of any plugin: what a plugin says from Python is asked for so.
    """
    if language == SOURCE:
        return {}
    if plugin:
        return catalogue(language) | _own(language, plugin)
    others = [_own(language, name) for name in sorted(_folders) if name]
    return {key: text for words in [*others, _own(language, "")] for key, text in words.items()}


@cache
def _own(language: str, plugin: str) -> dict[str, str]:
    folder = _folders.get(plugin, _folders[""])
    found = _gettext.translation("messages", folder, [language], fallback=True)
    own: dict[Any, str] = getattr(found, "_catalog", {})
    return {key: text for key, text in own.items() if isinstance(key, str) and key and text}


_current: ContextVar[str] = ContextVar("language", default=SOURCE)
current = _current.get
"""Return the language of the present request: the person's choice, kept in a cookie; else Indonesian."""


def choose(cookies: Mapping[str, str]) -> None:
    """Take the language of a request from its cookies; called as each request opens (asked for 70 times a page)."""
    wanted = cookies[COOKIE] if COOKIE in cookies else SOURCE  # noqa: SIM401 (a missing cookie would raise inside)
    _current.set(wanted if wanted in LANGUAGES else SOURCE)


def translate(text: str, language: str, plugin: str = "") -> str:
    """Return `text` in `language`, or as it is when the catalogue lacks it."""
    return text if language == SOURCE else catalogue(language, plugin).get(text, text)


def gettext(text: str, /, **values: Any) -> str:
    """Return `text` in the language of the request, its `{names}` filled."""
    found = translate(text, current())
    return found.format(**values) if values else found


def N_(text: str) -> str:  # noqa: N802 (gettext's own name)
    """Mark a constant for the catalogue; it is translated where it is shown."""
    return text
