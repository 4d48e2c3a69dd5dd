"""The limiter: whoever guesses is stopped, whoever works is not, over all workers."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask, request

from superapp.kernel import clock, limiter
from superapp.kernel.database import run
from superapp.kernel.errors import TooMany
from superapp.kernel.limiter import reserve, reserve_sign_in
from superapp.kernel.tables import limit as table
from tests.kernel.conftest import write

HOME, OFFICE = "203.0.113.7", "198.51.100.20"


@pytest.fixture(autouse=True)
def _full_slot(app: Flask) -> None:
    """Begin each test at the start of a slot, so that none crosses a border by chance."""
    seconds = 10 - datetime.now(UTC).timestamp() % 10
    clock.shift(timedelta(seconds=seconds))


def jump(seconds: float) -> None:
    clock.shift(clock.now() - datetime.now(UTC) + timedelta(seconds=seconds))


def tries(how_often: int, attempt: Callable[[int], object]) -> int:
    """Return how many of the attempts were let in."""
    let_in = 0
    for number in range(how_often):
        try:
            attempt(number)
        except TooMany:
            continue
        let_in += 1
    return let_in


def test_ten_failures_per_account_and_address(app: Flask) -> None:
    assert tries(15, lambda _: reserve_sign_in("1987", HOME)) == 10


def test_addresses_of_one_network_count_together(app: Flask) -> None:
    assert tries(15, lambda number: reserve_sign_in("1987", f"203.0.113.{number}")) == 10
    assert tries(15, lambda number: reserve_sign_in("1988", f"2001:db8:0:1::{number}")) == 10


def test_thirty_failures_per_account_over_all_addresses(app: Flask) -> None:
    assert tries(50, lambda number: reserve_sign_in("1987", f"10.0.{number}.1")) == 30


def test_one_password_against_five_thousand_accounts_is_stopped_at_a_hundred(app: Flask) -> None:
    assert tries(300, lambda number: reserve_sign_in(f"{number}", HOME)) == 100


def test_others_of_an_office_go_on_when_one_fails(app: Flask) -> None:
    tries(12, lambda _: reserve_sign_in("1987", OFFICE))

    assert tries(1, lambda _: reserve_sign_in("1990", OFFICE)) == 1


def test_success_gives_the_reservation_back(app: Flask) -> None:
    assert tries(200, lambda number: reserve_sign_in(f"{number}", OFFICE).give_back()) == 200
    assert tries(50, lambda _: reserve_sign_in("1987", OFFICE).give_back()) == 50


def test_known_device_is_never_refused_for_the_failures_of_others(app: Flask) -> None:
    tries(12, lambda _: reserve_sign_in("1987", OFFICE))
    tries(40, lambda number: reserve_sign_in("1987", f"10.0.{number}.1"))
    tries(120, lambda number: reserve_sign_in(f"{number}", OFFICE))

    assert tries(1, lambda _: reserve_sign_in("1987", OFFICE)) == 0
    assert tries(15, lambda _: reserve_sign_in("1987", OFFICE, device="phone")) == 10, "but for its own"


def test_failures_leave_after_five_minutes_and_not_before(app: Flask) -> None:
    tries(10, lambda _: reserve_sign_in("1987", HOME))
    jump(299)
    assert tries(1, lambda _: reserve_sign_in("1987", HOME)) == 0
    jump(12)
    assert tries(15, lambda _: reserve_sign_in("1987", HOME)) == 10


def test_no_five_minutes_hold_more_than_ten_failures(app: Flask) -> None:
    """Tries come every 7 s for half an hour; a window of fixed borders would let twenty in around a border."""
    start, let_in = clock.now(), []
    for _ in range(260):
        if tries(1, lambda _: reserve_sign_in("1987", HOME)):
            let_in.append((clock.now() - start).total_seconds())
        jump(7)

    assert all(sum(moment <= other < moment + 300 for other in let_in) <= 10 for moment in let_in)
    assert len(let_in) >= 50, "and nobody is shut out for longer than the rule says"


def test_refusal_tells_the_minutes_in_words(app: Flask) -> None:
    tries(10, lambda _: reserve_sign_in("1987", HOME))
    jump(100)
    with pytest.raises(TooMany, match=r"Terlalu banyak percobaan\. Tunggu 4 menit, lalu coba lagi\.") as refusal:
        reserve_sign_in("1987", HOME)

    assert 190 <= refusal.value.retry_after <= 211
    jump(refusal.value.retry_after)
    assert tries(1, lambda _: reserve_sign_in("1987", HOME)) == 1


def test_sixty_four_at_once_are_not_more_than_the_limit(app: Flask) -> None:
    let_in: list[int] = []

    def guess() -> None:
        with app.app_context():
            let_in.append(tries(4, lambda _: reserve_sign_in("1987", HOME)))

    threads = [threading.Thread(target=guess) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(let_in), sum(let_in)) == (16, 10)


def test_clock_put_back_shuts_nobody_out(app: Flask) -> None:
    jump(3 * 86_400)
    tries(10, lambda _: reserve_sign_in("1987", HOME))
    jump(-3 * 86_400)

    assert tries(1, lambda _: reserve_sign_in("1987", HOME)) == 1


def test_table_names_nobody(app: Flask) -> None:
    reserve_sign_in("198703152010011007", HOME, device="phone")

    kept = str(run(sa.select(table.c.door, table.c.subject)).all())
    assert "198703152010011007" not in kept
    assert "phone" not in kept


def test_door_counts_each_network_for_itself(app: Flask) -> None:
    limiter.door("test-lookup", limit=3, window=timedelta(minutes=1))
    with app.test_request_context(environ_base={"REMOTE_ADDR": HOME}):
        assert tries(5, lambda _: reserve("test-lookup", request=request)) == 3
    with app.test_request_context(environ_base={"REMOTE_ADDR": OFFICE}):
        assert tries(5, lambda _: reserve("test-lookup", request=request)) == 3


def test_door_counts_a_named_subject(app: Flask) -> None:
    limiter.door("test-reset", limit=2, window=timedelta(minutes=15))

    assert tries(5, lambda _: reserve("test-reset", "1987")) == 2
    assert tries(5, lambda _: reserve("test-reset", "1988")) == 2


def test_unknown_door_is_a_bug_found_at_once(app: Flask) -> None:
    with pytest.raises(KeyError):
        reserve("test-nowhere", "x")
    assert not limiter.is_door("test-nowhere")


def test_two_rules_for_one_door_are_refused() -> None:
    limiter.door("test-twice", limit=2)
    with pytest.raises(ValueError, match="other limits"):
        limiter.door("test-twice", limit=3)


def test_limiter_never_writes_beside_a_command(app: Flask) -> None:
    with write(), pytest.raises(RuntimeError, match="beside a command"):
        reserve_sign_in("1987", HOME)


def test_old_counters_are_forgotten(app: Flask) -> None:
    reserve_sign_in("1987", HOME)
    jump(3 * 86_400)
    reserve_sign_in("1988", HOME)
    with write():
        assert limiter.forget_old() == 2
    assert run(sa.select(sa.func.count()).select_from(table)).scalar() == 2


@pytest.mark.parametrize(
    ("address", "counted_as"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("", "unknown"),
        ("not an address", "unknown"),
    ],
)
def test_network_of_an_address(address: str, counted_as: str) -> None:
    assert limiter.network(address) == counted_as
