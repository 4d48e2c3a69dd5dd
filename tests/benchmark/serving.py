"""Gunicorn as an installation runs it: what only developers install (tools that libraries would use when they see them)
is not there, so that start and memory are those of requirements.lock."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from importlib import metadata
from importlib.abc import MetaPathFinder
from types import ModuleType

from superapp.settings import home

OURS = frozenset({"nunukan-satu", "pip", "setuptools"})


class Hidden(MetaPathFinder):
    """Finds no module of the given top-level names."""

    def __init__(self, names: set[str]) -> None:
        self.names = names

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> None:
        """Refuse hidden modules; leave the others to the finders after this one."""
        if name.partition(".")[0] in self.names:
            raise ModuleNotFoundError(f"No module named {name!r} in an installation", name=name)


def only_for_developers() -> set[str]:
    """Return the top-level modules of distributions that requirements.lock does not name."""
    locked = {_plain(line) for line in re.findall(r"^([\w.-]+)==", _lock(), re.MULTILINE)}
    owners = metadata.packages_distributions()
    return {name for name, found in owners.items() if not locked & {_plain(one) for one in found} - OURS}


def _lock() -> str:
    return (home() / "requirements.lock").read_text(encoding="utf-8")


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    sys.meta_path.insert(0, Hidden(only_for_developers() - {"superapp", "tests", "wsgi", "plugins"}))
    from gunicorn.app.wsgiapp import run

    run()
