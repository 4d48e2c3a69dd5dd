"""Ten thousand hostile posts to every form of the app: never a fault, always a sentence, nothing stored, nothing lost."""

from __future__ import annotations

import html
import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from superapp.extensions import db
from tests.acceptance.forms import Form, Walk, read, visible
from tests.acceptance.hostility import Attack, broken, typed
from tests.support import builders
from tests.support.builders import House

pytestmark = pytest.mark.slow
SEED = 20261124
POSTS = 5_000
"""On each engine."""
ENGLISH = re.compile(
    r"\b(Bad Request|Unprocessable|Traceback|Internal Server|Method Not Allowed|Unsupported|Exception|Error:|"
    r"is required|must be|invalid|The browser)\b"
)
SENTENCE = re.compile(r"\w+[ \w,“”/()-]{8,}[.!?]")
ALIVE = re.compile(r"<script>alert\(7391\)|<img src=x onerror|54626181")
OWN_BOOKS = re.compile(r"core_(limit|session|audit|fault|kept)|device|kept|challenge")
DOORS = re.compile(r"^(login\.|navigation\.visit$|navigation\.pin$)")
"""Doors write refusals down, and pins and visits are no records."""


@dataclass
class Siege:
    """The admin's browser under fire, and what was seen."""

    app: Flask
    house: House
    walk: Walk
    chance: random.Random = field(default_factory=lambda: random.Random(SEED))
    seen: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    client: FlaskClient = field(init=False)
    tables: list[str] = field(default_factory=list)

    def relieve(self) -> None:
        """Begin a new session: a form may have ended the last."""
        self.client = builders.sign_in(self.app.test_client(), self.house.people["admin"], second_factor=True)

    def token(self) -> str:
        """Return the CSRF token of the session."""
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.client.get("/menu").text)
        assert found
        return found[1]

    def key(self) -> str:
        """Return an idempotency key that was not used."""
        return UUID(int=self.chance.getrandbits(128), version=4).hex

    def attack(self, endpoint: str, form: Form, attack: Attack) -> None:
        """Send one request and note what is wrong with its answer."""
        before = self._rows()
        address = {"REMOTE_ADDR": f"10.{self.chance.randrange(250)}.{self.chance.randrange(250)}.7"}
        sent = {"headers": {"Sec-Fetch-Site": "same-origin"}} | attack.sent
        answer = self.client.post(form.action, environ_base=address, **sent)
        stored = not DOORS.search(endpoint) and self._rows() != before
        self.seen[str(answer.status_code)] += 1
        for fault in self._faults_of(answer, attack, stored=stored):
            self.faults.append(f"{endpoint} {form.action} [{attack.name}] → {answer.status_code}: {fault}")

    def _faults_of(self, answer: TestResponse, attack: Attack, *, stored: bool) -> Iterator[str]:
        if answer.status_code >= 500:
            yield visible(answer.text)[-300:]
        if answer.status_code < 400:
            if attack.refused and stored:
                yield "was stored"
            return
        if stored:
            yield "refused and yet stored"
        words = visible(answer.text) if answer.mimetype == "text/html" else answer.text
        if not SENTENCE.search(words):
            yield f"no sentence: {words[:200]}"
        if english := ENGLISH.search(words):
            yield f"English: {english[0]}"
        if ALIVE.search(answer.text):
            yield "the page runs what was typed"
        if answer.status_code in {409, 422} and answer.mimetype == "text/html":
            lost = [mark for mark in attack.marks if mark not in html.unescape(answer.text)]
            if lost:
                yield "typed words are lost"

    def _rows(self) -> list[int]:
        with self.app.app_context():
            self.tables = self.tables or sa.inspect(db.engine).get_table_names()
            counts = [
                sa.select(sa.func.count()).select_from(sa.table(name)).scalar_subquery()
                for name in self.tables
                if not OWN_BOOKS.search(name)
            ]
            with db.engine.connect() as connection:
                return list(connection.execute(sa.select(*counts)).one())


@pytest.fixture
def siege(app: Flask, house: House) -> Siege:
    """Return the app with something of each kind in it, walked by the admin."""
    found = Siege(app, house, Walk(app, app.test_client()))
    found.relieve()
    _furnish(found)
    found.walk.client = found.client
    found.walk.go()
    return found


def _furnish(siege: Siege) -> None:
    things = {
        "/app/catalogue/new": {"name": "Sistem Contoh"},
        "/announcements/new": {"title": "Rapat", "body": "Di aula."},
        "/help/report": {"what": "Halaman kosong", "text": "Halaman kosong", "words": "Halaman kosong"},
    }
    for address, values in things.items():
        _links, forms = read(address, siege.client.get(address).text)
        form = next(form for form in forms if form.action == address)
        answer = siege.client.post(address, data=form.values | values, headers={"Sec-Fetch-Site": "same-origin"})
        assert answer.status_code == 303, visible(answer.text)


def test_hostile_input_is_refused_in_words_and_leaves_nothing(siege: Siege) -> None:
    forms = [(endpoint, form) for (endpoint, _names), form in sorted(siege.walk.forms.items())]
    found = {endpoint for endpoint, _ in forms}
    hidden = [pair for pair in siege.walk.unseen() if pair[0] not in found]
    print(f"{len(forms)} forms of {len(found)} addresses, and {len(hidden)} addresses whose forms no page showed")
    forms += hidden
    writable = [pair for pair in forms if pair[1].own and pair not in hidden]
    for endpoint, form in forms:
        siege.relieve()
        for attack in broken(form, siege.key(), siege.token()):
            siege.attack(endpoint, form, attack)
    rounds = (POSTS - sum(siege.seen.values())) // len(writable) + 1
    for endpoint, form in writable:
        siege.relieve()
        for number in range(rounds):
            if number % 20 == 0:
                token = siege.token()
            siege.attack(endpoint, form, typed(form, siege.chance, siege.key(), token))

    print(dict(siege.seen))
    assert sum(siege.seen.values()) >= POSTS
    assert not siege.faults, f"{len(siege.faults)} of them:\n" + "\n".join(siege.faults[:400])
    _assert_pages_live(siege)


def _assert_pages_live(siege: Siege) -> None:
    """What was accepted on the way (a text may hold a tag) must break or run on no page."""
    siege.relieve()
    again = Walk(siege.app, siege.client).go()
    broken_pages = {
        address: answer.status_code
        for address, answer in again.answers.items()
        if answer.status_code >= 500 or ALIVE.search(answer.text)
    }
    assert not broken_pages
