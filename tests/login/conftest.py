"""Fixtures of the tests of signing in: people with browsers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from tests.login.walker import Walker
from tests.support.builders import House, Member

MakeWalker = Callable[..., Walker]


@pytest.fixture
def browser_of(app: Flask) -> MakeWalker:
    """Return a function that gives a fresh browser: `browser_of(address="10.0.0.9")`."""
    return lambda **options: Walker(app, **options)


@pytest.fixture
def walker(browser_of: MakeWalker) -> Walker:
    """Return a browser that nobody used yet."""
    return browser_of()


@pytest.fixture
def staf(house: House) -> Member:
    """Return somebody without special rights."""
    return house.people["staf"]


@pytest.fixture
def signed_in(browser_of: MakeWalker, staf: Member) -> Walker:
    """Return a browser in which `staf` signed in by the form."""
    found = browser_of()
    assert found.sign_in(staf.nip).status_code == 303
    return found
