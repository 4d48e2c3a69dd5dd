"""Tests of a module run with its kit alone; plain pytest is told so."""

from __future__ import annotations

from pathlib import Path

import pytest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Refuse the tests below this folder unless the kit was loaded for one module."""
    if config.pluginmanager.has_plugin("superapp.testing") and config.getoption("--module"):
        return
    here = Path(__file__).parent
    names = sorted({item.path.relative_to(here).parts[0] for item in items if item.path.is_relative_to(here)})
    if names:
        commands = ", ".join(f"`superapp plugin test {name}`" for name in names)
        raise pytest.UsageError(f"A module is tested alone, with its kit: {commands}")
