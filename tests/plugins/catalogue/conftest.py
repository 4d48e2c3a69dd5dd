"""Fixtures of the catalogue's tests: people with rights in their office, applications, forms sent as browsers do."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from superapp.extensions import db
from superapp.plugin.mapping import bases
from tests.navigation.conftest import hidden, post
from tests.support import builders
from tests.support.builders import House

HOME = "/app/catalogue/"
Seat = Callable[..., FlaskClient]
Shelf = Callable[..., UUID]


def model() -> Any:
    """Return the model of applications as the app has loaded it."""
    mappers = bases["catalogue"].registry.mappers  # type: ignore[attr-defined]
    return next(mapper.class_ for mapper in mappers if mapper.class_.__name__ == "Application")


@pytest.fixture(autouse=True)
def _counted_anew(app: Flask) -> None:
    """Forget the counters of the database that this test's one replaced."""
    sys.modules[model().__module__.rpartition(".")[0] + ".counters"].forget()


@pytest.fixture
def seat(app: Flask, house: House) -> Seat:
    """Return a function that signs somebody in with rights: `seat("kasi", "view", "write", at="kominfo")`."""

    def sit(who: str, *rights: str, at: str = "kominfo") -> FlaskClient:
        with app.app_context():
            for right in rights:
                builders.grant(house.person(who), f"catalogue.{right}", house.unit(at))
        return builders.sign_in(app.test_client(), house.people[who])

    return sit


@pytest.fixture
def writer(seat: Seat) -> FlaskClient:
    """Return the browser of somebody who records applications of Kominfo."""
    return seat("kasi", "view", "write", "export")


@pytest.fixture
def admin(app: Flask, house: House) -> FlaskClient:
    """Return the browser of the admin of the regency."""
    return builders.sign_in(app.test_client(), house.people["admin"])


@pytest.fixture
def shelve(app: Flask, house: House) -> Shelf:
    """Return a function that stores an application directly: `shelve("SIMPEG", at="dinkes", year=2020)`."""
    numbers = iter(range(1, 100_000))

    def put(name: str, *, at: str = "kominfo", **values: Any) -> UUID:
        with app.app_context(), builders.stored():
            where = house.unit(at)
            given = {"level": "kabupaten", "unit_id": where.id, "opd_id": where.opd_id} | values
            made = model()(name=name, code=f"T-{next(numbers):05}", **given)
            db.session.add(made)
            db.session.flush()
            return made.id  # type: ignore[no-any-return]

    return put


def stored(app: Flask, *names: str, **wanted: Any) -> list[Any]:
    """Return the named columns of the applications that are stored."""
    with app.app_context():
        columns = model().__table__.c
        query = sa.select(*(columns[name] for name in names)).order_by(columns.id)
        return list(db.session.execute(query.where(*(columns[key] == value for key, value in wanted.items()))).all())


def opened(client: FlaskClient, url: str, **query: Any) -> str:
    """Open a page that must be there and return its text."""
    answer = client.get(url, query_string=query or None)
    assert answer.status_code == 200, f"{url}: {answer.status_code} {answer.text[:500]}"
    return answer.text


def fill(client: FlaskClient, url: str, *, page: str = "", **values: Any) -> TestResponse:
    """Open the page with the form, fill it in and send it to `url`."""
    answer: TestResponse = post(client, url, {**hidden_for(opened(client, page or url), url), **values})
    return answer


def hidden_for(page: str, url: str) -> dict[str, str]:
    """Return the hidden fields of the form that goes to `url`, else of the page's last form."""
    if f'action="{url}"' in page:
        page = page[page.index(f'action="{url}"') :]
        page = f"<form {page[: page.index('</form>')]}</form>"
    return hidden(page)


def titles(page: str) -> list[str]:
    """Return the names in the list, in order."""
    return [
        part.partition("<")[0] for part in page.split('class="title cover"')[1:] for part in [part.partition(">")[2]]
    ]
