"""What a page may cost, measured beside the floor in one run: the aims are `make bench`'s, these are the limits."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmark import pages
from tests.benchmark.__main__ import LIMITS, Built, build, compare, report, with_modules

pytestmark = pytest.mark.slow
SLOTS = 24


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Give an app with demo data, ten thousand applications and as many tasks."""
    return build(tmp_path_factory.mktemp("bench") / "app", pages.ROWS)


def test_each_request_stays_within_its_limit(built: Built, tmp_path: Path) -> None:
    measured, start, memory = compare(built, tmp_path / "floor", SLOTS)
    report(measured, start, memory, None)
    assert {name: found.figures[2] for name, found in measured.items() if found.figures[2] > LIMITS[name]} == {}
    assert start <= 1.5
    assert memory <= 100


def test_a_hundred_modules_cost_next_to_nothing(built: Built, tmp_path: Path) -> None:
    crowd = with_modules(built.environment, tmp_path, SLOTS)
    assert crowd.home <= 1.05 + 0.03  # the ratio of two equal apps is that true
    assert crowd.start <= 0.3
    assert crowd.memory <= 5 + 1
