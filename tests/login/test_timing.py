"""Time tells nothing: known and unknown numbers take the same time to be refused."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator

import pytest
from flask import Flask

from superapp.kernel import limiter
from superapp.login import password
from tests.login.enrolling import set_account
from tests.login.walker import Walker
from tests.support.builders import PASSWORD, House
from tests.support.databases import only_sqlite

ROUNDS = 30


@pytest.fixture(autouse=True)
def _full_price(app: Flask, house: House, cheap_passwords) -> Iterator[None]:
    """Hash and check as in production: the price must be the same for known and unknown."""
    with cheap_passwords():
        set_account(app, house.people["staf"], password_hash=password.hash_password(PASSWORD))
        yield


def _auc(left: list[float], right: list[float]) -> float:
    """Return how often a value of `right` is larger than one of `left`: 0.5 when they cannot be told apart."""
    wins = sum((b > a) + 0.5 * (a == b) for a in left for b in right)
    return wins / (len(left) * len(right))


@only_sqlite
def test_known_and_unknown_numbers_cannot_be_told_apart(app: Flask, house: House, monkeypatch) -> None:
    monkeypatch.setattr(limiter, "PER_ACCOUNT_AND_ADDRESS", 10_000)
    monkeypatch.setattr(limiter, "PER_ACCOUNT", 10_000)
    walker, known = Walker(app), house.people["staf"].nip
    token = walker.token()
    waited: dict[str, list[float]] = {known: [], "199001012015011999": []}
    worked: dict[str, list[float]] = {known: [], "199001012015011999": []}
    for _ in range(ROUNDS):
        for number in waited:
            started, work = time.perf_counter(), time.thread_time()
            walker.post("/login", {"csrf_token": token, "nip": number, "password": "bukan-sandi-saya-1"})
            worked[number].append(time.thread_time() - work)
            waited[number].append(time.perf_counter() - started)
    left, right = (times[4:] for times in waited.values())
    auc = _auc(left, right)
    one, other = (statistics.median(times[4:]) for times in worked.values())
    print(f"AUC {auc:.2f}; work {one * 1000:.1f} and {other * 1000:.1f} ms")
    assert 0.2 < auc < 0.8
    assert abs(one - other) < 0.1 * one
