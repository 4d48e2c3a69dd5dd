"""Ids are in the order they were made; the clock can be moved by tests and by a file, and never breaks."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from superapp.kernel import clock, ids


@pytest.fixture(autouse=True)
def _true_clock() -> Iterator[None]:
    yield
    clock.follow(None)
    clock.shift(timedelta(0))


def test_ids_are_version_seven_and_in_order() -> None:
    made = [ids.uuid7() for _ in range(20_000)]

    assert made == sorted(made)
    assert len(set(made)) == len(made)
    assert {(one.version, one.variant) for one in made} == {(7, "specified in RFC 4122")}


def test_id_begins_with_its_milliseconds() -> None:
    before = datetime.now(UTC).timestamp() * 1000 - 1
    assert before <= ids.uuid7().int >> 80 <= datetime.now(UTC).timestamp() * 1000 + 50


def test_ids_of_many_threads_never_meet() -> None:
    made: list[list[object]] = [[] for _ in range(8)]

    def make(mine: list[object]) -> None:
        mine.extend(ids.uuid7() for _ in range(2000))

    threads = [threading.Thread(target=make, args=(mine,)) for mine in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({one for mine in made for one in mine}) == 16_000
    assert all(mine == sorted(mine) for mine in made)  # type: ignore[type-var]


def test_clock_put_back_does_not_put_ids_back(monkeypatch: pytest.MonkeyPatch) -> None:
    last = ids.uuid7()
    monkeypatch.setattr(ids.time, "time_ns", lambda: 0)
    assert ids.uuid7() > last


@pytest.mark.parametrize(
    ("utc", "day"), [("2026-11-24T15:59:59", date(2026, 11, 24)), ("2026-11-24T16:00:00", date(2026, 11, 25))]
)
def test_day_begins_at_midnight_in_wita(utc: str, day: date) -> None:
    clock.shift(datetime.fromisoformat(utc).replace(tzinfo=UTC) - datetime.now(UTC) + timedelta(milliseconds=1))
    assert clock.today() == day


def test_clock_follows_a_file_at_each_refresh(tmp_path: Path) -> None:
    file = tmp_path / "offset"
    clock.follow(file)
    for text, seconds in [("+86400", 86_400), ("-60\n", -60), ("nonsense", 0), ("", 0)]:
        file.write_text(text)
        clock.refresh()
        assert abs((clock.now() - datetime.now(UTC)).total_seconds() - seconds) < 1
    file.unlink()
    clock.refresh()
    assert abs((clock.now() - datetime.now(UTC)).total_seconds()) < 1
