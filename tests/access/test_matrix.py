"""The matrix: every route, as every actor, on every record, answers what tests/access_matrix.toml says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule as UrlRule
from werkzeug.test import TestResponse

from superapp.kernel import command, ids
from superapp.kernel.errors import AppError
from superapp.plugin.host import host
from tests.access.expected import GUEST, REGENCY, Rule, matrix
from tests.access.street import PLACES, Arguments, Street, build, counted
from tests.navigation.conftest import hidden, post
from tests.plugin.conftest import DUMMY, switch_on
from tests.support import builders
from tests.support.builders import House
from tests.support.databases import only_sqlite

NO_SUCH = "00000000-0000-7000-8000-000000000000"
ADMITTED = 299
"""The status of a command that came as far as its commit."""


class Admitted(AppError):
    """What a command meets instead of its commit: it would have taken effect, and nothing of it stays."""

    status = ADMITTED


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    """Return the app with the dummy module beside the catalogue: its records have parties."""
    made = make_app(plugin_path=str(DUMMY))
    switch_on(made, "dummy")
    return made


@pytest.fixture
def street(app: Flask, house: House) -> Street:
    """Return the street; no app context stays pushed, or all requests would share who acts."""
    with app.app_context():
        return build(app, house)


@pytest.fixture
def visitors(street: Street, monkeypatch: pytest.MonkeyPatch) -> list[Visitor]:
    """Return everybody, each with a browser of his own; from now on nothing takes effect, so one house serves all."""
    found = [_visitor(street, name) for name in matrix().actors]

    def stop(_command: command.Command) -> None:
        raise Admitted

    monkeypatch.setattr(command, "_commit", stop)
    return found


@dataclass
class Visitor:
    """Somebody who tries doors, with a browser and the token of its forms."""

    name: str
    client: FlaskClient = field(repr=False)
    token: str = field(default="", repr=False)

    def knock(self, rule: UrlRule, method: str, arguments: Arguments) -> TestResponse:
        """Open a page, or send its form empty but for what every form of ours carries and what the route needs."""
        url, more = address(rule, arguments), set(arguments) - rule.arguments
        extra = {name: arguments[name] for name in more if not name.endswith("_id")}
        if method == "GET":
            return self.client.get(url, query_string=extra, buffered=True)
        values = {"csrf_token": self.token, "idempotency_key": ids.uuid7().hex, "version": "1", **extra}
        answer: TestResponse = post(self.client, url, values, buffered=True)
        return answer


def _visitor(street: Street, name: str) -> Visitor:
    client = street.app.test_client()
    if name in street.ids:
        builders.sign_in(client, street.ids[name], second_factor=True)
    elif name == GUEST:
        _let_in(client, street.links[1])
    page = client.get("/help/report" if name in street.ids else "/login").text
    return Visitor(name, client, _token(page))


def _let_in(client: FlaskClient, link: str) -> None:
    page = client.get(f"/guest/{link}").text
    assert post(client, f"/guest/{link}", hidden(page)).status_code == 303


def _token(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found, page[:2000]
    return found[1]


def answer_of(response: TestResponse) -> str:
    """Return the word of the matrix for what came back."""
    location = response.headers.get("Location", "")
    if response.status_code == 401 or location.startswith("/login?next="):
        return "login"
    return {403: "refused", 404: "missing"}.get(response.status_code, "opens")


def fits(answer: str, wanted: str) -> bool:
    """Tell whether an answer is the one that the matrix wants."""
    return answer != "opens" if wanted == "shut" else answer == wanted


def routes(app: Flask, method: str) -> dict[str, UrlRule]:
    """Return the app's routes of a method, as the matrix writes them: `GET /people/<uuid:person_id>`."""
    with app.app_context():
        known = {route.rule for route in host().routes.values() if route.method == method}
    rules = app.url_map.iter_rules()
    return {f"{method} {rule.rule}": rule for rule in rules if rule.rule in known and method in (rule.methods or ())}


@only_sqlite
def test_every_route_stands_in_the_matrix_once_and_nothing_else_does(app: Flask) -> None:
    with app.app_context():
        declared = {f"{route.method} {route.rule}" for route in host().routes.values()}
    written = matrix().entries
    assert declared - set(written) == set(), "say in tests/access_matrix.toml who may open these"
    assert set(written) - declared == set(), "tests/access_matrix.toml speaks of routes that are no more"
    assert sorted(written) == sorted(set(written))


@only_sqlite
def test_every_route_declares_the_permission_that_the_matrix_expects(app: Flask) -> None:
    rules = matrix().by_route
    with app.app_context():
        declared = {f"{route.method} {route.rule}": route.permission for route in host().routes.values()}
    wrong = {
        name: (found, rules[name].permission) for name, found in declared.items() if found != rules[name].permission
    }
    assert not wrong


@only_sqlite
def test_the_matrix_speaks_of_every_built_in_role(app: Flask) -> None:
    from superapp.access.roles import BUILT_IN

    assert sorted(matrix().roles) == sorted(role.key for role in BUILT_IN)


@pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)], indirect=True)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_door_answers_each_actor_as_the_matrix_says(street: Street, visitors: list[Visitor], method: str) -> None:
    rules, known = matrix().by_route, routes(street.app, method)
    wrong = [
        fault
        for visitor in visitors
        for name, url_rule in sorted(known.items())
        for fault in _tried(street, visitor, method, rules[name], url_rule)
    ]
    assert not wrong, f"{len(wrong)} doors:\n" + "\n".join(wrong)


def _tried(street: Street, visitor: Visitor, method: str, rule: Rule, url_rule: UrlRule) -> Iterator[str]:
    """Try one route on every record; yield a line for each answer that is not the one expected."""
    unknown: list[tuple[int, str]] = []
    for relation, arguments in street.relations(rule.record, visitor.name).items():
        response = visitor.knock(url_rule, method, arguments)
        answer, wanted = answer_of(response), rule.answer(visitor.name, relation)
        where = f"{visitor.name} at {method} {url_rule.rule} ({relation or 'no record'})"
        if not fits(answer, wanted):
            yield f"{where}: {wanted} expected, {answer} ({response.status_code}) came"
        elif wanted == "missing":
            unknown = unknown or [_likeness(visitor.knock(url_rule, method, nameless(url_rule, arguments)))]
            if _likeness(response) != unknown[0]:
                yield f"{where}: does not look like a record that never was"


def address(rule: UrlRule, arguments: Arguments) -> str:
    """Return the address of a route with these arguments."""
    built = rule.build({name: arguments[name] for name in rule.arguments} | dict(rule.defaults or {}))
    assert built is not None, (rule, arguments)
    return built[1]


def nameless(rule: UrlRule, arguments: Arguments) -> dict[str, Any]:
    """Return arguments like these, but for an address that no record has."""
    made_up = {UUID: UUID(NO_SUCH), int: 999_999}
    own = {name: arguments[name] for name in rule.arguments}
    return {**arguments, **{key: made_up.get(type(value), "0" * len(str(value))) for key, value in own.items()}}


def _likeness(response: TestResponse) -> tuple[int, str]:
    """Return an answer without what differs at each request: its address, tokens, the incident's code and minute."""
    text = response.text.replace(response.request.path, "HERE").replace(quote(response.request.path, safe=""), "HERE")
    text = re.sub(r'(name="(?:csrf_token|idempotency_key)" value=)"[^"]*"', r"\1", text)
    return response.status_code, re.sub(r"NNK-[0-9A-F]{4}|\d\d\.\d\d WITA", "", text)


def test_what_is_listed_is_counted_found_and_opened(street: Street, visitors: list[Visitor]) -> None:
    readers = [visitor for visitor in visitors if visitor.name in street.ids]
    seen = {visitor.name: _ways_of_seeing(street, visitor) for visitor in readers}
    differing = {name: ways for name, ways in seen.items() if len({frozenset(ids) for ids in ways.values()}) != 1}
    assert not differing
    reading = matrix().by_route["GET /app/catalogue/"]
    expected = {name: int(reading.answer(name, "") == "opens") for name in seen} | {REGENCY: len(PLACES)}
    assert {name: len(ways["opened"]) for name, ways in seen.items()} == expected


def _ways_of_seeing(street: Street, visitor: Visitor) -> dict[str, set[str]]:
    """Return the applications that a visitor sees in the list, counts, finds by search, and can open."""
    every = {str(one["application_id"]) for one in street.records["application"].values()}
    listed = _linked(visitor.client.get("/app/catalogue/?q=Aplikasi").text)
    found = _linked(visitor.client.get("/search?q=Aplikasi").text)
    opened = {one for one in every if visitor.client.get(f"/app/catalogue/{one}").status_code == 200}
    assert counted(street, visitor.name) == len(opened), visitor.name
    return {"listed": listed & every, "found": found & every, "opened": opened}


def _linked(page: str) -> set[str]:
    return set(re.findall(r"/app/catalogue/([0-9a-f]{8}-[0-9a-f-]{27})", page))
