"""The macros of `templates/components` as `ui`: compiled at first use, and remembered by their arguments where they can be.

A form of thirty fields costs more macro calls than all else of its page; what a field looks like depends on its arguments
alone, and its value is put in afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping, Sequence
from datetime import date
from decimal import Decimal
from secrets import token_hex
from typing import Any
from uuid import UUID

from flask import g
from jinja2 import Environment, Template, Undefined
from markupsafe import Markup, escape

MOST = 4096
"""Pieces of markup that are remembered for each macro; then it starts anew."""
PURE = frozenset(
    {"button", "empty", "icon_button", "kpis", "link_button", "more", "narrow", "note", "saved", "thead"}
    | {"widget", "widgets"}
)
"""Macros whose markup depends on their arguments alone: no token, no request, no moment."""
SLOTTED = frozenset(
    {"text", "textarea", "number", "integer", "email", "phone", "date", "time", "datetime", "month", "url", "search"}
    | {"nip", "money", "code", "color"}
)
"""Kinds of fields that show their value once, as text."""
SLOT = "\x00"
"""Stands for the value in remembered markup; no value that is stored or shown holds it."""
TOKEN, KEY = token_hex(12), token_hex(12)
"""Stand for the token and the keys of forms in remembered markup; made at the start, so that nobody can send them."""
ROWS = 500
"""Rows that are remembered for each list."""
_PLAIN = (str, int, float, Decimal, date, UUID, Undefined)


class Components:
    """The macros by name."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._module: Any = None

    def __getattr__(self, name: str) -> Any:
        if self._module is None:
            self._module = self._environment.get_template("components/ui.html").module
        found = self._wrapped(name, getattr(self._module, name))
        setattr(self, name, found)
        return found

    def _wrapped(self, name: str, macro: Any) -> Any:
        if name == "field":
            return Field(macro)
        if name == "menu":
            return Menu(macro, self._environment.globals)
        return Remembered(macro) if name in PURE else macro

    def each(self, template: str, rows: Sequence[Any], **shared: Any) -> Markup:
        """Return the rows of a list, each drawn by the macro `row(row, …)` of `template` and remembered by its values.

        `rows` are rows of a query; `shared` are the macro's further arguments, the same for all rows (an address, a
        module of words). The template sees no context: it shows the row alone, nothing of the reader or the moment.
        """
        source = self._environment.get_template(template)
        lists: dict[str, Rows] = self.__dict__.setdefault("_lists", {})
        found = lists.get(template)
        if found is None or found.source is not source:
            found = lists[template] = Rows(source)
        return found(rows, shared)


class Remembered:
    """A macro that renders once for each set of arguments."""

    def __init__(self, macro: Callable[..., Markup]) -> None:
        self._macro = macro
        self._kept: dict[Any, Markup] = {}

    def __call__(self, *args: Any, **kwargs: Any) -> Markup:
        """Return the markup; with a call block, or arguments that may change, it is made anew."""
        if "caller" in kwargs:
            return self._macro(*args, **kwargs)
        try:
            key = (frozen(args), frozen(kwargs))
        except TypeError:
            return self._macro(*args, **kwargs)
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= MOST:
                self._kept.clear()
            found = self._kept[key] = self._macro(*args, **kwargs)
        return found


class Field:
    """The macro `field`: remembered without its value, unless the form was refused (then it shows what was typed)."""

    def __init__(self, macro: Callable[..., Markup]) -> None:
        self._macro = macro
        self._remembered = Remembered(macro)

    def __call__(
        self, name: str, label: str, kind: str = "text", value: Any = None, *args: Any, **kwargs: Any
    ) -> Markup:
        """Return the markup of one field."""
        if g.get("form_state") is not None:
            return self._macro(name, label, kind, value, *args, **kwargs)
        if kind not in SLOTTED or value is None or isinstance(value, Undefined):
            return self._remembered(name, label, kind, value, *args, **kwargs)
        made = self._remembered(name, label, kind, SLOT, *args, **kwargs)
        return made.replace(SLOT, escape(value))


class Menu:
    """The macro `menu`: remembered without the token and the keys of its forms."""

    def __init__(self, macro: Callable[..., Markup], given: MutableMapping[str, Any]) -> None:
        self._remembered = Remembered(macro)
        self._token, self._key = given["csrf_token"], given["idempotency_key"]

    def __call__(self, *args: Any, **kwargs: Any) -> Markup:
        """Return the markup; each form has a key of its own."""
        made = self._remembered(*args, **kwargs, token=TOKEN, key=KEY)
        if TOKEN not in made:
            return made
        first, *rest = made.replace(TOKEN, escape(self._token())).split(KEY)
        return first + Markup("").join([part for piece in rest for part in (self._key(), piece)])


class Rows:
    """The rows of one list's template."""

    def __init__(self, source: Template) -> None:
        self.source = source
        self._draw: Callable[..., Markup] = source.module.row  # type: ignore[attr-defined]
        self._kept: dict[Any, Markup] = {}

    def __call__(self, rows: Sequence[Any], shared: dict[str, Any]) -> Markup:
        """Return the markup of all rows."""
        if len(self._kept) + len(rows) > ROWS:
            self._kept.clear()
        same = tuple(shared.values())
        return Markup("").join([self._one(row, same, shared) for row in rows])

    def _one(self, row: Sequence[Any], same: tuple[Any, ...], shared: dict[str, Any]) -> Markup:
        key = same, tuple(row), tuple(map(type, row))
        try:
            found = self._kept.get(key)
        except TypeError:  # a value that may change, so it cannot be a key
            return self._draw(row, **shared)
        if found is None:
            found = self._kept[key] = self._draw(row, **shared)
        return found


def frozen(value: Any) -> Any:
    """Return a hashable stand-in for an argument, the same for what renders the same.

    TypeError for anything that may change or is not known. Types count: `True` is not `1`, and text is not markup.
    """
    kind = type(value)
    if kind is str or value is None:
        return value
    if kind is tuple or kind is list:
        return tuple([item if type(item) is str else frozen(item) for item in value])
    if kind is dict:
        return dict, *[(name, item if type(item) is str else frozen(item)) for name, item in value.items()]
    if isinstance(value, _PLAIN):
        return kind, value
    raise TypeError(f"{kind.__name__} is not remembered")
