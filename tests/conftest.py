"""Fixtures of all tests: a fresh database per test on each engine, the app over it, people to act, pages to open."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.stage import Stage

pytest_plugins = ["tests.support.databases", "tests.support.pages"]

STAGE = pytest.StashKey[Stage]()


def pytest_configure(config: pytest.Config) -> None:
    """Open the run's shared folder; workers of xdist get the one of their controller."""
    given = getattr(config, "workerinput", {}).get("stage")
    config.stash[STAGE] = Stage(Path(given)) if given else Stage.open()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of xdist where the shared folder is."""
    node.workerinput["stage"] = str(node.config.stash[STAGE].folder)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server and clear the folder away, also after Ctrl-C; the controller alone does that."""
    if STAGE in config.stash and not hasattr(config, "workerinput"):
        config.stash[STAGE].close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark browser tests."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")


@pytest.fixture(scope="session")
def stage(pytestconfig: pytest.Config) -> Stage:
    """Return what all processes of this run share."""
    return pytestconfig.stash[STAGE]
