"""Writing rows inside a command: made, changed with a version check, with words for every fault."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from superapp.access.actor import current
from superapp.access.scope import record_type, scope_of, visible
from superapp.extensions import db
from superapp.kernel import command, rows
from superapp.kernel.errors import NotFound
from superapp.kernel.values import changed, checked

M = TypeVar("M")


def create(model: type[M], **values: Any) -> M:
    """Make a row of `model` in the command under way and return it.

    Unit and OPD come from the hat unless given. Raises Invalid with a sentence at each field that is missing, of a wrong
    type or too long. The values fill the words of the audit row.
    """
    clean = checked(model, values)
    row = model(**(_placed(model) | clean))
    rows.add(row)
    _audited(row, clean)
    return row


def change(row: Any, version: int | None, **values: Any) -> Any:
    """Change a row with a version check and return it.

    `version` is the one the form was opened with. Raises Stale with each field that differs (theirs, yours) when
    somebody changed it meanwhile, Invalid as `create`.
    """
    _audited(row, changed(row, version, values))
    return row


def find(model: type[M], record_id: UUID, permission: str, *, lock: bool = False) -> M:
    """Return one visible row; NotFound when there is none or it is not for this actor. `lock` for a change (FOR UPDATE)."""
    query = visible(model, permission).where(model.__table__.c.id == record_id)  # type: ignore[attr-defined]
    row: M | None = db.session.scalar(query.with_for_update() if lock else query)
    if row is None:
        raise NotFound
    return row


def _placed(model: type[Any]) -> dict[str, Any]:
    if scope_of(model).kind != "unit":
        return {}
    actor = current()
    if actor.unit_id is None:
        return {}
    return {"unit_id": actor.unit_id, "opd_id": actor.opd_id}


def _audited(row: Any, values: Mapping[str, Any]) -> None:
    running = command.current()
    running.about(record_type(type(row)), row.id, opd_id=getattr(row, "opd_id", None))
    columns = type(row).__table__.c
    running.values |= {name: _shown(value) for name, value in values.items() if not _private(columns.get(name))}


def _private(column: Any) -> bool:
    """Tell whether a value is too personal for the trail: that it changed is on record, what it says is not."""
    return column is not None and column.info.get("pii") in ("sensitive", "secret")


def _shown(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime | date) else value
