"""A form that is too large because of its files: what was typed comes back, and nothing of the files is held."""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Mapping

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from superapp.kernel.http import LARGEST_RESCUED
from tests.plugin.conftest import token
from tests.support import builders
from tests.support.builders import House
from tests.support.databases import only_sqlite

pytestmark = only_sqlite
BOUNDARY = "batas-uji"
WORDS = "Tombol Kirim tidak bereaksi sejak pagi"
MEGABYTE = 1 << 20


class Body(io.RawIOBase):
    """A form's body with one large file, made while it is read."""

    def __init__(self, values: Mapping[str, str], size: int, *, name: str = "foto.jpg") -> None:
        fields = "".join(self.part(f'name="{key}"') + value + "\r\n" for key, value in values.items())
        file = self.part(f'name="picture"; filename="{name}"', "Content-Type: image/jpeg\r\n")
        self.parts = [file.encode(), size, f"\r\n{fields}--{BOUNDARY}--\r\n".encode()]
        self.length = len(self.parts[0]) + size + len(self.parts[2])

    def part(self, about: str, more: str = "") -> str:
        return f"--{BOUNDARY}\r\nContent-Disposition: form-data; {about}\r\n{more}\r\n"

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:
        if not self.parts:
            return 0
        first, size = self.parts.pop(0), len(buffer)
        whole = isinstance(first, bytes)
        rest, sent = (first[size:], first[:size]) if whole else (max(0, first - size), bytes(min(size, first)))
        if rest:
            self.parts.insert(0, rest)
        buffer[: len(sent)] = sent
        return len(sent)


@pytest.fixture
def client(app: object, house: House) -> FlaskClient:
    """Return a client of `staf`."""
    return builders.sign_in(app.test_client(), house.people["staf"])


def send(client: FlaskClient, size: int, *, site: str = "same-origin") -> TestResponse:
    """Report a problem with a picture of so many bytes, as a browser without JavaScript does."""
    return post(client, Body({"words": WORDS, **token(client, "/help/report")}, size), site)


def post(client: FlaskClient, body: Body, site: str = "same-origin") -> TestResponse:
    """Send a body that is made while the app reads it."""
    line = {
        "wsgi.input": body,
        "CONTENT_LENGTH": str(body.length),
        "CONTENT_TYPE": f"multipart/form-data; boundary={BOUNDARY}",
    }
    return client.post("/help/report", environ_overrides=line, headers={"Sec-Fetch-Site": site})


def test_the_form_comes_back_with_what_was_typed(client: FlaskClient) -> None:
    answer = send(client, 30 * MEGABYTE)
    assert answer.status_code == 413
    assert 'action="/help/report"' in answer.text
    assert WORDS in answer.text
    assert "Kiriman terlalu besar" in answer.text
    assert '<div class="field err">' in answer.text


def test_the_file_is_held_nowhere(client: FlaskClient) -> None:
    send(client, 12 * MEGABYTE)
    tracemalloc.start()
    try:
        send(client, 60 * MEGABYTE)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8 * MEGABYTE, f"{peak / MEGABYTE:.1f} MB"


def test_a_foreign_page_cannot_fill_our_form(client: FlaskClient) -> None:
    answer = send(client, 30 * MEGABYTE, site="cross-site")
    assert answer.status_code == 413
    assert 'action="/help/report"' not in answer.text


def test_a_body_beyond_all_measure_is_not_read(client: FlaskClient) -> None:
    body = Body({"words": WORDS}, LARGEST_RESCUED)
    answer = post(client, body)
    assert answer.status_code == 413
    assert WORDS not in answer.text
    assert len(body.parts) == 3
