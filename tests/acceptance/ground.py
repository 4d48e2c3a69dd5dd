"""The ground on which forms stand: whose browser it is, what is there, and the form as its page shows it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import unescape
from itertools import count
from typing import Any
from urllib.parse import urljoin
from uuid import UUID

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from superapp.access.actor import operator
from superapp.kernel import command, database
from superapp.kernel.tables import limit
from tests.acceptance.forms import Form, read, visible
from tests.login.walker import Walker
from tests.support import builders
from tests.support.builders import House, Member

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Names(dict[str, Any]):
    """What `{…}` in an address stands for: people and units of the house, `{post_staf}`, what states add; `{n}` and `{day}` are new each time."""

    def __init__(self, house: House) -> None:
        people = {f"post_{role}": member.position_id for role, member in house.people.items()}
        super().__init__(house.units, **{role: member.id for role, member in house.people.items()}, **people)
        self["number"] = house.people["staf"].nip
        self.numbers = count(1)

    def __missing__(self, name: str) -> str:
        return f"{next(self.numbers):04}" if name == "n" else f"{next(self.numbers) % 31 + 1:02}"


@dataclass
class Ground:
    """One test's app and house, and the browser that stands before the form."""

    app: Flask
    house: House
    names: Names = field(init=False)
    walker: Walker = field(init=False)

    def __post_init__(self) -> None:
        self.names = Names(self.house)
        self.enter("admin")

    @property
    def client(self) -> FlaskClient:
        """Return the browser."""
        return self.walker.client

    def who(self, role: str) -> Member:
        """Return somebody of the house."""
        return self.house.people[role]

    def enter(self, role: str) -> None:
        """Begin a new session of somebody ("" is nobody), with nothing counted against anybody yet."""
        self.walker = Walker(self.app)
        if role:
            builders.sign_in(self.client, self.who(role), second_factor=True)
        with self.app.app_context(), builders.stored():
            database.run(sa.delete(limit))

    def worded(self, text: str) -> str:
        """Return a text with its names replaced by what they stand for."""
        return text.format_map(self.names)

    def commanded(self, work: Callable[[], Any]) -> Any:
        """Run a service's function as a command of the operator."""
        with self.app.app_context(), command.begin("test", actor=operator(), says=""):
            return work()

    def form(self, page: str, endpoint: str) -> Form:
        """Return the form of a page that goes to an endpoint."""
        shown = self.client.get(page)
        assert shown.status_code == 200, f"{page}: {shown.status_code} {visible(shown.text)[-300:]}"
        forms = read(urljoin("http://localhost/", page), shown.text)[1]
        found = next((form for form in forms if self.endpoint(form.action) == endpoint), None)
        assert found, f"{page} shows no form of {endpoint}, only of {sorted({self.endpoint(f.action) for f in forms})}"
        return found

    def send(self, page: str, endpoint: str, /, **values: Any) -> TestResponse:
        """Fill the form of a page and send it; it must be taken."""
        form = self.form(page, endpoint)
        sent = form.values | {
            name: self.worded(value) if isinstance(value, str) else value for name, value in values.items()
        }
        answer = self.client.post(form.action, data=sent, headers={"Sec-Fetch-Site": "same-origin"})
        assert answer.status_code == 303, f"{page}: {answer.status_code} {visible(answer.text)[-600:]}"
        return answer

    def endpoint(self, address: str) -> str:
        """Return the endpoint to which an address sends a form."""
        return self.match(address)[0]

    def match(self, address: str) -> tuple[str, dict[str, Any]]:
        """Return endpoint and arguments of an address that takes forms; "" when it is none of ours."""
        from werkzeug.exceptions import HTTPException
        from werkzeug.routing import RequestRedirect

        adapter = self.app.url_map.bind("localhost")
        try:
            return adapter.match(address.removeprefix("http://localhost").split("?")[0], "POST")
        except (HTTPException, RequestRedirect):
            return "", {}

    def token(self, page: str) -> str:
        """Return the CSRF token that a page carries."""
        found = _TOKEN.search(self.client.get(page).text)
        assert found, f"{page} shows no form"
        return unescape(found[1])

    def strangers(self) -> Iterator[str]:
        """Yield ids of units, people and posts."""
        yield from (str(value) for value in self.names.values() if isinstance(value, UUID))
