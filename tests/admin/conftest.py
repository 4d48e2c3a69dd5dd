"""Fixtures of administration's tests: who administers what, and a form that sends itself as a browser does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support import builders
from tests.support.builders import House

_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')


@dataclass
class Desk:
    """A signed-in browser of somebody who administers."""

    client: FlaskClient

    def get(self, address: str, **query: Any) -> TestResponse:
        """Open a page."""
        return self.client.get(address, query_string={k: v for k, v in query.items() if v is not None})

    def html(self, address: str, **query: Any) -> str:
        """Open a page that must be there and return its text."""
        answer = self.get(address, **query)
        assert answer.status_code == 200, f"{address}: {answer.status_code} {answer.text[:600]}"
        return answer.text

    def send(self, address: str, *, page: str = "", **fields: Any) -> TestResponse:
        """Fill the form at `address` (shown on `page`, by itself the same address) and send it."""
        shown = self.html(page or address)
        return self.client.post(address, data=hidden_of(shown, address) | fields)


def hidden_of(html: str, address: str) -> dict[str, str]:
    """Return the hidden fields of the form that goes to `address` (or has none and so goes to its own page)."""
    forms = re.findall(r'<form action="([^"]*)" method="post".*?</form>', html, re.DOTALL)
    assert forms, "this page has no form to send"
    whole = re.finditer(r'<form action="([^"]*)" method="post"(.*?)</form>', html, re.DOTALL)
    bodies = {unescape(found[1]): found[2] for found in whole}
    body = bodies.get(address) or bodies.get("") or next(iter(bodies.values()))
    return {name: unescape(value) for name, value in _HIDDEN.findall(body)}


@pytest.fixture
def desk(app: Flask, house: House) -> Iterator[Desk]:
    """Return the desk of the admin of the whole regency."""
    yield Desk(builders.sign_in(app.test_client(), house.people["admin"]))


@pytest.fixture
def desk_of(app: Flask, house: House) -> Callable[..., Desk]:
    """Return a function that seats somebody: `desk_of("kadis", "admin.people", at="kominfo")`."""

    def seat(who: str, *permissions: str, at: str = "kominfo") -> Desk:
        with app.app_context():
            for permission in permissions:
                builders.grant(house.person(who), permission, house.unit(at))
        return Desk(builders.sign_in(app.test_client(), house.people[who]))

    return seat
