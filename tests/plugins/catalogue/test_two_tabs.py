"""Two tabs with one record: of each pair of edits one wins, the other is told of it and keeps what was typed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.navigation.conftest import post
from tests.plugins.catalogue.conftest import HOME, Seat, Shelf, hidden_for, opened, stored
from tests.plugins.catalogue.test_writing import GOOD

pytestmark = pytest.mark.slow
PAIRS = 200
TABS = ("pertama", "kedua")


class Tabs:
    """Two tabs of one person, each with the form of one record, sent in the same moment."""

    def __init__(self, clients: list[FlaskClient], url: str) -> None:
        self.clients, self.url, self._start = clients, url, Barrier(len(clients))

    def send(self, pool: ThreadPoolExecutor, texts: list[str]) -> list[TestResponse]:
        """Open the form in every tab, then send all of them with these texts; return the answers by tab."""
        forms = [hidden_for(opened(client, self.url), self.url) for client in self.clients]
        return list(pool.map(self._post, self.clients, forms, texts))

    def _post(self, client: FlaskClient, form: dict[str, str], text: str) -> TestResponse:
        self._start.wait(timeout=30)
        answer: TestResponse = post(client, self.url, {**form, **GOOD, "description": text})
        return answer


def test_of_each_pair_of_edits_one_wins_and_the_other_is_kept(app: Flask, seat: Seat, shelve: Shelf) -> None:
    own = shelve("SIMPEG")
    url = f"{HOME}{own}/edit"
    tabs = Tabs([seat("kasi", "view", "write"), seat("kasi")], url)
    with ThreadPoolExecutor(len(TABS)) as pool:
        for pair in range(PAIRS):
            texts = [f"Tab {name}, ubahan {pair}" for name in TABS]
            answers = tabs.send(pool, texts)
            assert sorted(answer.status_code for answer in answers) == [303, 409], pair
            won = next(text for text, answer in zip(texts, answers, strict=True) if answer.status_code == 303)
            page = next(answer.text for answer in answers if answer.status_code == 409)
            assert all(text in page for text in texts), pair
            assert hidden_for(page, url)["version"] == str(pair + 2)
            assert [tuple(row) for row in stored(app, "description", "version")] == [(won, pair + 2)]
