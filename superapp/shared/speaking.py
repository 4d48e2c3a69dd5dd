"""A job in the language of who asked for it: nothing of a job says which, so its arguments do."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import copy_context
from typing import TypeVar

from superapp.kernel import language

T = TypeVar("T")


def spoken() -> str:
    """Return the language of the present request, for the arguments of a job."""
    return language.current()


def speaking(wanted: str, do: Callable[[], T]) -> T:
    """Return what `do` returns while a language is spoken (`id`, `en`; any other is Indonesian)."""
    context = copy_context()
    context.run(language.choose, {language.COOKIE: wanted})
    return context.run(do)
