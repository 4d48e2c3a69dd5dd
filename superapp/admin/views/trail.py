"""Rows of the audit trail as the timeline of a record."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from superapp.admin.service.audit import sentence, who
from superapp.kernel.format import format_datetime


def events(rows: Iterable[Any]) -> list[dict[str, str]]:
    """Return what `ui.timeline` shows of audit rows: their words and when."""
    return [
        {"title": sentence(row.message, row.kept, who(row)), "sub": format_datetime(row.at), "icon": "clock"}
        for row in rows
    ]
