"""Clients of the house's people, forms filled as browsers fill them, and statements counted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from superapp.access.actor import operator
from superapp.extensions import db
from superapp.kernel import command
from superapp.shared.search.people import index_all
from superapp.testing import statements_on
from tests.support import builders
from tests.support.builders import House

Visitor = Callable[[str], FlaskClient]


@contextmanager
def commanded() -> Iterator[command.Command]:
    """Run the with-block as a command of the operator; needs an app context."""
    db.session.rollback()
    with command.begin("test", actor=operator(), says="{actor} menguji") as under_way:
        under_way.values["actor"] = "Uji"
        yield under_way


@pytest.fixture
def visit(app: Flask, house: House) -> Visitor:
    """Return a function that gives a client signed in as somebody of the house: `visit("kabid")`."""
    return lambda role: builders.sign_in(app.test_client(), house.people[role])


@pytest.fixture
def indexed(app: Flask, house: House) -> House:
    """Return the house after all its people and units were put into the search index."""
    with app.app_context(), commanded():
        index_all()
    return house


def text(answer: Any) -> str:
    """Return an answer's page with the marks for bold and the like taken out of the way."""
    return answer.get_data(as_text=True)


def hidden(page: str, form: str = "") -> dict[str, str]:
    """Return the hidden fields of a page's form (the one with this id, else the last)."""
    forms = re.findall(r"<form\b.*?</form>", page, re.DOTALL)
    chosen = [one for one in forms if f'id="{form}"' in one] if form else forms
    assert chosen, page[:3000]
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', chosen[-1])
    return dict(fields)


def post(client: FlaskClient, url: str, values: dict[str, Any], **options: Any) -> Any:
    """Send values as a browser sends a form of our own page."""
    return client.post(url, data=values, headers={"Sec-Fetch-Site": "same-origin"}, **options)


def send(client: FlaskClient, page: str, form: str, url: str = "", /, **values: Any) -> Any:
    """Open a page, fill its form with this id and send it."""
    opened = client.get(page)
    assert opened.status_code == 200, text(opened)[:2000]
    return post(client, url or page, {**hidden(text(opened), form), **values})


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """Collect the statements that the app sends in the with-block."""
    with app.app_context():
        engine = db.engine
    with statements_on(engine) as sent:
        yield sent.texts


def warmed(client: FlaskClient, app: Flask, url: str) -> list[str]:
    """Return the statements of a page once its caches are filled."""
    assert client.get(url).status_code == 200
    with counted(app) as statements:
        assert client.get(url).status_code == 200
    return statements


def rows(app: Flask, query: sa.Select[Any]) -> list[Any]:
    """Return the rows of a query as they are stored."""
    with app.app_context():
        return list(db.session.execute(query).all())
