"""Fixtures of administration's tests: who administers what, and a form that sends itself as a browser does."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from superapp.extensions import db
from superapp.kernel.tables import audit
from tests.support import builders
from tests.support.builders import House

_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
_FORM = re.compile(r'<form action="([^"]*)" method="post"(.*?)</form>', re.DOTALL)


@dataclass
class Desk:
    """A signed-in browser of somebody who administers."""

    client: FlaskClient

    def get(self, address: str, **query: Any) -> TestResponse:
        """Open a page."""
        return self.client.get(address, query_string=query or None)

    def html(self, address: str, **query: Any) -> str:
        """Open a page that must be there and return its text."""
        answer = self.get(address, **query)
        assert answer.status_code == 200, f"{address}: {answer.status_code} {answer.text[:600]}"
        return answer.text

    def send(self, address: str, *, page: str = "", **fields: Any) -> TestResponse:
        """Fill the form at `address` (shown on `page`, by itself the same address) and send it."""
        return self.post(address, hidden_of(self.html(page or address), address) | fields)

    def post(self, address: str, fields: dict[str, Any]) -> TestResponse:
        """Send fields as a browser sends a form of our own page."""
        return self.client.post(address, data=fields, headers={"Sec-Fetch-Site": "same-origin"})


def hidden_of(html: str, address: str) -> dict[str, str]:
    """Return the hidden fields of the form that goes to `address` (or names none and so goes to its own page)."""
    bodies = {unescape(found[1]): found[2] for found in _FORM.finditer(html)}
    body = bodies.get(address) or bodies.get("")
    assert body, f"no form for {address}, only for {sorted(bodies)}"
    return {name: unescape(value) for name, value in _HIDDEN.findall(body)}


def stored(app: Flask, query: sa.Select[Any]) -> list[Any]:
    """Return the rows of a query as they are stored."""
    with app.app_context():
        return list(db.session.execute(query).all())


def audited(app: Flask) -> list[str]:
    """Return the operations of the trail, the latest first."""
    return [row.operation for row in stored(app, sa.select(audit.c.operation).order_by(audit.c.at.desc()))]


@pytest.fixture
def desk(app: Flask, house: House) -> Desk:
    """Return the desk of the admin of the whole regency."""
    return Desk(builders.sign_in(app.test_client(), house.people["admin"]))


@pytest.fixture
def desk_of(app: Flask, house: House) -> Callable[..., Desk]:
    """Return a function that seats somebody: `desk_of("kadis", "admin.people", at="kominfo")`."""

    def seat(who: str, *permissions: str, at: str = "kominfo") -> Desk:
        with app.app_context():
            for permission in permissions:
                builders.grant(house.person(who), permission, house.unit(at))
        return Desk(builders.sign_in(app.test_client(), house.people[who]))

    return seat
