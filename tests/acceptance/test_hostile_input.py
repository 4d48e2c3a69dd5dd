"""Thousands of hostile posts to every form of the app: never a fault, always a sentence, nothing stored, nothing lost."""

from __future__ import annotations

import html
import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import urljoin
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from tests.acceptance.contents import TRAIL, Contents, Numbers, changed
from tests.acceptance.forms import FREE, Field, Form, Walk, visible
from tests.acceptance.ground import Ground
from tests.acceptance.hostility import VALUES, Arms, Attack, broken, broken_json, crooked, told, typed
from tests.acceptance.places import PLACES, Place
from tests.support import builders
from tests.support.builders import House

SEED = 20261124
ENDPOINTS = 123
"""How many take forms; hostile values reach each of them."""
ENGLISH = re.compile(
    r"\b(Bad Request|Unprocessable|Traceback|Internal Server|Method Not Allowed|Unsupported|Exception|Error:|"
    r"is required|must be|invalid|The browser)\b"
)
SENTENCE = re.compile(r"\w+[ \w,“”/()-]{8,}[.!?]")
ALIVE = re.compile(r"<script>alert\(7391\)|<img src=x onerror|54626181")
WRITING = (
    "admin.add_person", "admin.add_post", "admin.add_reference", "admin.add_role", "admin.add_unit", "admin.appoint",
    "admin.save_person", "admin.save_post", "admin.save_role", "admin.save_unit", "catalogue.alter_view",
    "catalogue.record", "catalogue.update", "navigation.access_ask", "navigation.announcement_publish",
    "navigation.announcement_save", "navigation.report_answer", "navigation.report_submit", "navigation.visit",
)  # fmt: skip
"""Places that store words which other pages show."""


def endpoint_of(name: str) -> str:
    """Return the endpoint of a place; what follows in brackets tells two forms of one apart."""
    return name.partition(" ")[0]


@dataclass
class Siege:
    """One form under fire, and what was seen."""

    name: str
    ground: Ground
    contents: Contents
    chance: random.Random = field(default_factory=lambda: random.Random(SEED))
    seen: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    form: Form = field(init=False)
    token: str = field(init=False)
    before: Numbers = field(init=False)

    @property
    def endpoint(self) -> str:
        return endpoint_of(self.name)

    @property
    def place(self) -> Place:
        return PLACES[self.name]

    def arrange(self) -> None:
        """Make the form's state anew, as before the last request that was taken, and open its page in a new session."""
        self.ground.enter("admin")
        self.ground.enter(self.place.who)
        page = self.place.page if isinstance(self.place.page, str) else self.place.page(self.ground)
        self.form = self._form(self.ground.worded(page))
        if self.form.values.get("csrf_token"):
            self.token = self.form.values["csrf_token"]
        self.before = self.contents.numbers()

    def _form(self, page: str) -> Form:
        filled = {name: self.ground.worded(value) for name, value in self.place.filled.items()}
        if self.place.body is not None or self.place.beacon:
            self.token = self.ground.token(page)
            address = self.ground.app.url_map.bind("localhost").build(self.endpoint, self._into(), method="POST")
            return Form(
                page, f"http://localhost{address}", [Field(name, "text", value) for name, value in filled.items()]
            )
        form = self.ground.form(page, self.endpoint)
        for one in form.fields:
            one.value, one.sent = filled.get(one.name, one.value), one.sent or one.name in filled
        present = {one.name for one in form.fields}
        form.fields += [Field(name, "hidden", value) for name, value in filled.items() if name not in present]
        return form

    def _into(self) -> dict[str, Any]:
        found = {name: self.ground.worded(value) for name, value in self.place.into.items()}
        return {name: int(value) if value.isdigit() else UUID(value) for name, value in found.items()}

    def body(self) -> dict[str, Any]:
        """Return what the script sends now: a passkey signs each challenge once."""
        assert self.place.body is not None
        made = self.place.body(self.ground)
        self.before = self.contents.numbers()
        return made

    def peace(self) -> Attack:
        """Return the form as a careful person fills it in."""
        if self.place.body is not None:
            return Attack("json well", {"json": self.body()})
        proof = {"csrf_token": self.token, "idempotency_key": self.arms().key}
        return Attack("well", {"data": self.form.values | proof})

    def arms(self) -> Arms:
        """Return what the next request attacks with."""
        key = UUID(int=self.chance.getrandbits(128), version=4).hex
        return Arms(self.chance, key, self.token, strangers=sorted(self.ground.strangers()))

    def attack(self, attack: Attack) -> None:
        """Send one request, note what is wrong with its answer, and arrange again what it changed."""
        address = {"REMOTE_ADDR": f"10.{self.chance.randrange(250)}.{self.chance.randrange(250)}.7"}
        key = UUID(int=self.chance.getrandbits(128), version=4).hex
        script = (
            {"X-CSRFToken": self.token, "Idempotency-Key": key}
            if self.place.body is not None and attack.name.startswith("json")
            else {}
        )
        sent = {"headers": {"Sec-Fetch-Site": "same-origin"} | script} | attack.sent
        if self.place.upload and isinstance(sent.get("data"), dict):
            sent |= self._with_file(sent["data"])
        answer = self.ground.client.post(attack.action or self.form.action, environ_base=address, **sent)
        self.seen[answer.status_code] += 1
        after = self.contents.numbers()
        door = TRAIL if self.endpoint.startswith("login.") else frozenset[str]()
        differs = changed(self.before, after, but=door)
        for fault in self._faults_of(answer, attack, differs):
            self.faults.append(
                f"{self.name} {attack.action or self.form.action} [{attack.name}] → {answer.status_code}: {fault}"
            )
        self.before = after
        if answer.status_code < 400:
            self.arrange()

    def _with_file(self, values: dict[str, Any]) -> dict[str, Any]:
        """Return the body with a file; the client itself would leave a large one open in a temporary file."""
        files = {name: FileStorage(BytesIO(text.encode()), "berkas.csv") for name, text in self.place.upload.items()}
        boundary, body = encode_multipart(files | values)
        return {"data": body, "content_type": f'multipart/form-data; boundary="{boundary}"'}

    def _faults_of(self, answer: TestResponse, attack: Attack, differs: list[str]) -> Iterator[str]:
        if answer.status_code >= 500:
            yield visible(answer.text)[-300:]
        if answer.status_code < 400:
            if attack.refused and differs:
                yield f"was stored in {differs}"
            yield from self._faults_behind(answer)
            return
        if differs:
            yield f"refused, and yet it changed {differs}"
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

    def _faults_behind(self, answer: TestResponse) -> Iterator[str]:
        """Open the page to which a form that was taken leads: what was typed must break or run nothing there."""
        address = urljoin("http://localhost/", answer.location or self.form.page)
        if not address.startswith("http://localhost/"):
            yield f"leads away to {address}"
            return
        shown = self.ground.client.get(address)
        if shown.status_code >= 500 or ALIVE.search(shown.text):
            yield f"the page behind it is broken: {address} {shown.status_code}"


@pytest.fixture
def besiege(app: Flask, house: House) -> Iterator[Siege]:
    """Return a function that lays siege to a form."""
    open_views = []

    def begin(name: str) -> Siege:
        open_views.append(Contents(app))
        siege = Siege(name, Ground(app, house), open_views[-1])
        siege.arrange()
        return siege

    yield begin
    for view in open_views:
        view.close()


@pytest.mark.slow
@pytest.mark.parametrize("name", PLACES)
def test_hostile_input_is_refused_in_words_and_leaves_nothing(besiege, name: str) -> None:
    siege = besiege(name)
    siege.attack(siege.peace())
    assert set(siege.seen) <= {200, 204, 303}, "what is filled in well is taken"
    if siege.place.body is None:
        _storm_form(siege)
    else:
        _storm_script(siege)

    print(name, dict(siege.seen))
    assert not siege.faults, f"{len(siege.faults)} of them:\n" + "\n".join(siege.faults[:60])


def _storm_form(siege: Siege) -> None:
    for attack in broken(siege.form, siege.arms()):
        siege.attack(attack)
    for _ in range(siege.place.rounds):
        siege.attack(typed(siege.form, siege.arms()))
    arguments = [str(value) for value in siege.ground.match(siege.form.action)[1].values()]
    for number in range(len(list(crooked(siege.form, arguments, siege.arms())))):
        arguments = [str(value) for value in siege.ground.match(siege.form.action)[1].values()]
        for attack in list(crooked(siege.form, arguments, siege.arms()))[number : number + 1]:  # by chance one fewer
            siege.attack(attack)


def _storm_script(siege: Siege) -> None:
    for attack in (*broken(siege.form, siege.arms()), *broken_json()):
        siege.attack(attack)
    for _ in range(siege.place.rounds):
        siege.attack(told(siege.body(), siege.arms()))


@pytest.mark.slow
def test_what_was_taken_breaks_and_runs_on_no_page(besiege, app: Flask) -> None:
    taken = Counter[str]()
    for name in WRITING:
        siege = besiege(name)
        for one in [written for written in siege.form.own if written.kind in FREE]:
            for value in (*VALUES["script"][:2], VALUES["direction"][1]):
                values = siege.form.values | {
                    one.name: value, "csrf_token": siege.token, "idempotency_key": siege.arms().key,
                }  # fmt: skip
                siege.attack(Attack(f"{one.name}={value}", {"data": values}))
        assert not siege.faults, siege.faults
        taken[name] = siege.seen[303] + siege.seen[204]
    assert not [name for name in WRITING if not taken[name]], taken

    walk = Walk(app, builders.sign_in(app.test_client(), siege.ground.who("admin"), second_factor=True)).go()
    broken_pages = {
        address: answer.status_code
        for address, answer in walk.answers.items()
        if answer.status_code >= 500 or ALIVE.search(answer.text)
    }
    assert len(walk.answers) > 80
    assert not broken_pages


def test_every_address_that_takes_a_form_has_its_place(app: Flask) -> None:
    taking = {rule.endpoint for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    placed = {endpoint_of(name) for name in PLACES}
    assert not taking - placed, (
        f"hostile values reach these never; give each a line in places.py: {sorted(taking - placed)}"
    )
    assert not placed - taking, f"these are no addresses any more: {sorted(placed - taking)}"
    assert len(placed) == ENDPOINTS
