"""The bulkhead: a quarter of the threads for one module, turns for bursts, refusal at once for what is stuck."""

from __future__ import annotations

import threading
import time

import pytest

from superapp.plugin.containment.bulkhead import PATIENCE, Bulkhead, Full


def test_a_module_holds_at_most_a_quarter_of_the_threads() -> None:
    bulkhead = Bulkhead(8)
    bulkhead.enter("halo", "halo.index", bounded=True).since -= PATIENCE
    bulkhead.enter("halo", "halo.index", bounded=True).since -= PATIENCE

    with pytest.raises(Full):
        bulkhead.enter("halo", "halo.index", bounded=True)


@pytest.mark.parametrize("threads", [2, 3, 4])
def test_a_module_always_has_one_thread(threads: int) -> None:
    bulkhead = Bulkhead(threads)

    assert bulkhead.share == 1
    bulkhead.enter("halo", "halo.index", bounded=True)


def test_what_is_stuck_is_refused_at_once() -> None:
    bulkhead = Bulkhead(4)
    bulkhead.enter("halo", "halo.index", bounded=True).since -= PATIENCE
    began = time.monotonic()

    with pytest.raises(Full):
        bulkhead.enter("halo", "halo.index", bounded=True)

    assert time.monotonic() - began < PATIENCE / 2


def test_other_modules_and_the_core_go_on() -> None:
    bulkhead = Bulkhead(4)
    bulkhead.enter("halo", "halo.index", bounded=True).since -= PATIENCE

    bulkhead.enter("surat", "surat.index", bounded=True)
    for _ in range(10):
        bulkhead.enter("navigation", "navigation.home", bounded=False)

    assert bulkhead.under_way() == 12


def test_a_burst_of_fast_requests_waits_its_turn() -> None:
    bulkhead, done = Bulkhead(4), []

    def ask() -> None:
        holding = bulkhead.enter("halo", "halo.index", bounded=True)
        time.sleep(0.005)
        bulkhead.leave(holding)
        done.append(1)

    threads = [threading.Thread(target=ask) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(done) == 12
    assert bulkhead.under_way() == 0


def test_requests_of_the_core_count_as_stuck_too() -> None:
    bulkhead = Bulkhead(4)
    bulkhead.enter("shared", "shared.file", bounded=False).since -= 31
    bulkhead.enter("halo", "halo.index", bounded=True)

    assert [holding.endpoint for holding in bulkhead.longer_than(30)] == ["shared.file"]


def test_the_first_request_starts_the_watch_once() -> None:
    started: list[int] = []
    bulkhead = Bulkhead(4, first=lambda: started.append(1))

    bulkhead.leave(bulkhead.enter("halo", "halo.index", bounded=True))
    bulkhead.enter("halo", "halo.index", bounded=True)

    assert started == [1]
