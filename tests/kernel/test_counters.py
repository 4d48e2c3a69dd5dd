"""Numbers of registers: without a gap and without a double, whatever is refused or killed."""

from __future__ import annotations

import threading

import pytest
from flask import Flask

from superapp.kernel.counters import last_number, next_number
from tests.kernel.conftest import leave_effect, words, write


def take(scope: str = "letters:diskominfo", period: str = "2026") -> int:
    with write():
        return next_number(scope, period)


def test_numbers_begin_at_one_in_each_scope_and_period(app: Flask) -> None:
    assert [take(), take(), take(period="2027"), take("letters:bkpsdm")] == [1, 2, 1, 1]
    assert last_number("letters:diskominfo", "2026") == 2
    assert last_number("letters:nobody", "2026") == 0


def test_refused_command_leaves_no_gap(app: Flask) -> None:
    def refuse() -> None:
        with write():
            next_number("letters", "2026")
            raise ValueError("refused")

    take("letters")
    with pytest.raises(ValueError, match="refused"):
        refuse()

    assert take("letters") == 2


def test_number_outside_a_command_is_refused(app: Flask) -> None:
    with pytest.raises(RuntimeError, match="no command"):
        next_number("letters", "2026")


def test_thirty_two_writers_take_numbers_without_gap_or_double(app: Flask) -> None:
    def work(writer: int) -> None:
        with app.app_context():
            for turn in range(5):
                try:
                    register(writer, turn)
                except ValueError:
                    continue

    def register(writer: int, turn: int) -> None:
        with write():
            leave_effect(str(next_number("letters", "2026")))
            if (writer + turn) % 3 == 0:
                raise ValueError("refused")

    threads = [threading.Thread(target=work, args=(writer,)) for writer in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    stored = sorted(int(word) for word in words())
    assert len(stored) > 100
    assert stored == list(range(1, len(stored) + 1))
    assert last_number("letters", "2026") == len(stored)
