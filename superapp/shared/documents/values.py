"""What a template is filled with, as JSON keeps it: dates, moments and decimals come back as what they were."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

_BACK = {"$date": date.fromisoformat, "$moment": datetime.fromisoformat, "$decimal": Decimal}
LARGEST = 200_000
"""Characters of all values together, as JSON."""


def frozen(value: Any) -> Any:
    """Return a value as JSON keeps it; TypeError names what cannot be kept."""
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, datetime):
        return {"$moment": value.isoformat()}
    if isinstance(value, date):
        return {"$date": value.isoformat()}
    if isinstance(value, Decimal):
        return {"$decimal": str(value)}
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Mapping):
        return {str(name): frozen(item) for name, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [frozen(item) for item in value]
    raise TypeError(f"a document keeps no {type(value).__name__}; give its template texts, numbers and dates")


def thawed(value: Any) -> Any:
    """Return what `frozen` kept."""
    if isinstance(value, list):
        return [thawed(item) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        ((name, text),) = value.items()
        if name in _BACK and isinstance(text, str):
            return _BACK[name](text)  # type: ignore[operator]
    return {name: thawed(item) for name, item in value.items()}
