"""Fixtures of the look: snippets rendered with the macros, and the stand-in opened in a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from tests.look.stand_in import Site, make_app, running
from tests.support.browser import ConsoleWatch, opened

Render = Callable[..., "Markup"]
Element = tuple[str, dict[str, str]]


class Markup(str):
    """Rendered HTML that a test can ask for its elements."""

    def all(self, tag: str, **wanted: str) -> list[dict[str, str]]:
        """Return the attributes of every `tag` that has the wanted ones (`cls` for class, `_` for a dash)."""
        names = {("class" if name == "cls" else name.replace("_", "-")): value for name, value in wanted.items()}
        return [own for name, own in _elements(self) if name == tag and names.items() <= own.items()]

    def one(self, tag: str, **wanted: str) -> dict[str, str]:
        """Return the attributes of the only such element."""
        (found,) = self.all(tag, **wanted)
        return found


def _elements(html: str) -> list[Element]:
    found: list[Element] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.append((tag, {name: value or "" for name, value in attrs}))

    Reader().feed(html)
    return found


@pytest.fixture(scope="session")
def stand_in() -> Flask:
    """Return the stand-in app for rendering."""
    return make_app(Site())


@pytest.fixture
def render(stand_in: Flask) -> Iterator[Render]:
    """Return a function that renders a snippet of template with the macros at hand."""

    def snippet(source: str, **context: Any) -> Markup:
        return Markup(stand_in.jinja_env.from_string(source).render(context))

    with stand_in.test_request_context("/form"):
        yield snippet


@pytest.fixture
def site() -> Iterator[Site]:
    """Return the stand-in, running."""
    with running(Site()) as started:
        yield started


@pytest.fixture
def visit(browser: Browser, site: Site, console: ConsoleWatch) -> Iterator[Callable[..., Page]]:
    """Return a function that opens an address of the stand-in in a fresh profile."""
    console.allow("Service Worker registration blocked")
    with ExitStack() as profiles:

        def open_one(address: str, size: Any = "phone", **options: Any) -> Page:
            page: Page = profiles.enter_context(opened(browser, site.url, size, watch=console, **options))
            page.goto(address)
            return page

        yield open_one
