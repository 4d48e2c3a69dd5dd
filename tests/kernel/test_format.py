"""Periods in words."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from superapp.kernel.format import format_period
from superapp.shared.speaking import speaking


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2026, 8, 3), date(2026, 8, 3), "3 Agustus 2026"),
        (date(2026, 8, 3), date(2026, 8, 7), "3–7 Agustus 2026"),
        (date(2026, 10, 28), date(2026, 11, 3), "28 Oktober – 3 November 2026"),
        (date(2026, 12, 28), date(2027, 1, 3), "28 Desember 2026 – 3 Januari 2027"),
        (date(2026, 8, 3), date(2027, 8, 7), "3 Agustus 2026 – 7 Agustus 2027"),
    ],
)
def test_a_period_says_nothing_twice(app: Flask, first: date, last: date, words: str) -> None:
    with app.test_request_context():
        assert format_period(first, last) == words


def test_a_period_is_said_in_the_language_of_the_reader(app: Flask) -> None:
    with app.test_request_context():
        said = speaking("en", lambda: format_period(date(2026, 8, 3), date(2026, 8, 7)))
    assert said == "3–7 August 2026"
