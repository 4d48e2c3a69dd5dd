"""Every hook is documented with its exact signature, says when it runs and what wins, and is used by the dummy module."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from superapp.plugin import hookspecs
from superapp.plugin.hookspecs import AT_START, PER_CALL
from superapp.plugin.slots import SLOTS
from tests.plugin.conftest import DUMMY

PAGE = (Path(__file__).parents[2] / "docs" / "hooks.md").read_text(encoding="utf-8")
HOOKS = [name for name, value in vars(hookspecs).items() if hasattr(value, "superapp_spec")]


def test_every_hook_is_either_called_at_start_or_while_the_app_works() -> None:
    assert sorted(HOOKS) == sorted([*AT_START, *PER_CALL])


@pytest.mark.parametrize("hook", HOOKS)
def test_the_page_has_the_exact_signature_of_the_hook(hook: str) -> None:
    signature = str(inspect.signature(getattr(hookspecs, hook))).replace("'", "")

    assert f"### `{hook}{signature}`" in PAGE


def test_the_page_describes_no_hook_that_does_not_exist() -> None:
    assert set(re.findall(r"### `(superapp_\w+)\(", PAGE)) == set(HOOKS)


@pytest.mark.parametrize("hook", HOOKS)
def test_the_docstring_of_a_hook_says_when_it_runs(hook: str) -> None:
    words = inspect.getdoc(getattr(hookspecs, hook)) or ""

    assert re.search(r"^Runs ", words, re.MULTILINE), words


def test_the_page_names_every_slot() -> None:
    assert set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)) == set(SLOTS)


@pytest.mark.parametrize("hook", HOOKS)
def test_the_dummy_module_uses_every_hook(hook: str) -> None:
    used = (DUMMY / "dummy" / "hooks.py").read_text(encoding="utf-8")

    assert f"@hookimpl\ndef {hook}(" in used
