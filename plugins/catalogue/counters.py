"""The counters above the list: capped, in one statement, kept for a short while per reach."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from superapp.api import Unit, current_actor, run, visibility

from .kept import Kept
from .models import Application
from .words import LEVELS

MOST = 1000
KEPT = 30.0
"""Seconds; a counter that is half a minute old misleads nobody, counting at each view would cost everybody."""
_A = Application.__table__.c
_kept: Kept[Any] = Kept(KEPT, most=256)


@dataclass(frozen=True)
class Counter:
    """One counter: what it filters to, its words and its figure (`1.000+` from there on)."""

    key: str
    value: str


def counts() -> dict[str, int]:
    """Return how many applications there are: `all`, by level and `missing`, each at most `MOST` + 1."""
    found: dict[str, int] = _remembered("counts", _counted)
    return found


def owners() -> dict[str, str]:
    """Return the names of the OPDs that have applications the actor may see, by id, for the filter."""
    found: dict[str, str] = _remembered("owners", _owning)
    return found


def _remembered(what: str, counted: Callable[[], Any]) -> Any:
    return _kept.get((what, current_actor().reach("catalogue.view")), counted)


def forget() -> None:
    """Count again at the next view; called after a change, for this worker."""
    _kept.forget()


def shown(number: int) -> str:
    """Return a capped count as people read it."""
    return "1.000+" if number > MOST else str(number)


def _counted() -> dict[str, int]:
    clause = visibility(Application, "catalogue.view")
    base = [_A.archived_at.is_(None)] + ([] if clause is None else [clause])
    wanted = {"all": [], "missing": [_A.missing > 0]} | {level: [_A.level == level] for level in LEVELS}
    columns = []
    for name, conditions in wanted.items():
        some = sa.select(_A.id).where(*base, *conditions).limit(MOST + 1).subquery()
        columns.append(sa.select(sa.func.count()).select_from(some).scalar_subquery().label(name))
    return dict(run(sa.select(*columns)).one()._mapping)


def _owning() -> dict[str, str]:
    clause = visibility(Application, "catalogue.view")
    units = Unit.__table__.c
    some = sa.select(_A.id).where(_A.opd_id == units.id, *([] if clause is None else [clause])).exists()
    query = sa.select(units.id, units.name).where(units.id == units.opd_id, some).order_by(units.name).limit(200)
    return {row.id.hex: row.name for row in run(query)}
