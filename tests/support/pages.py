"""Fixtures for browser tests: a running server with the house's people, and pages of both sizes to open on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.support.browser import ConsoleWatch, launch, opened
from tests.support.builders import House, recall
from tests.support.databases import SECRET, prepare, worker
from tests.support.server import LiveServer, running_server
from tests.support.stage import Stage

OpenPage = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return Debian's Chromium, started once a process."""
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def live_server(request: pytest.FixtureRequest, stage: Stage) -> Iterator[LiveServer]:
    """Return a server of this test module's own: SQLite, the people of the house, all bundled modules on."""
    prepare(stage, "sqlite", "house")
    name = f"live_{worker()}_{request.module.__name__.rpartition('.')[2]}"
    url = stage.copy("sqlite", "house", name)
    with running_server(url, stage.folder / "data" / name, SUPERAPP_SECRET_KEY=SECRET) as server:
        yield server
    stage.drop("sqlite", name)


@pytest.fixture
def console() -> Iterator[ConsoleWatch]:
    """Return what the pages of this test complain about; the test fails at its end if anything unexpected came."""
    watch = ConsoleWatch()
    yield watch
    watch.assert_silent()


@pytest.fixture
def open_page(browser: Browser, live_server: LiveServer, console: ConsoleWatch) -> Iterator[OpenPage]:
    """Return a function that opens a fresh profile: `open_page("phone", theme="dark", javascript=False)`."""
    yield from _opener(browser, live_server.url, console)


@pytest.fixture
def at_localhost(browser: Browser, live_server: LiveServer, console: ConsoleWatch) -> Iterator[OpenPage]:
    """Return a function that opens a fresh profile at `localhost`: browsers allow passkeys at no bare address."""
    yield from _opener(browser, live_server.url.replace("127.0.0.1", "localhost"), console)


def _opener(browser: Browser, base: str, console: ConsoleWatch) -> Iterator[OpenPage]:
    with ExitStack() as profiles:

        def open_one(size: Any = "phone", **options: Any) -> Page:
            return profiles.enter_context(opened(browser, base, size, watch=console, **options))

        yield open_one


@pytest.fixture
def phone(open_page: OpenPage) -> Page:
    """Return a page of 360 × 800."""
    return open_page("phone")


@pytest.fixture
def desktop(open_page: OpenPage) -> Page:
    """Return a page of 1440 × 900."""
    return open_page("desktop")


@pytest.fixture(params=["phone", "desktop"])
def page(request: pytest.FixtureRequest, open_page: OpenPage) -> Page:
    """Return a page of each size in turn."""
    return open_page(request.param)


@pytest.fixture(params=["light", "dark"])
def themed(request: pytest.FixtureRequest, open_page: OpenPage) -> Page:
    """Return a phone page in each theme in turn."""
    return open_page("phone", theme=request.param)


@pytest.fixture
def without_javascript(open_page: OpenPage) -> Page:
    """Return a phone page that runs no script."""
    return open_page("phone", javascript=False)


@pytest.fixture
def live_house(stage: Stage, live_server: LiveServer) -> House:
    """Return who is who on the running server; all sign in with builders.PASSWORD."""
    return recall(stage.folder / "house-sqlite.json")
