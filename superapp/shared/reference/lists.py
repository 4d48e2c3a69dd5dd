"""Questions about regions, ranks and record classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from superapp.kernel.database import run
from superapp.shared.tables.reference import position_kind, rank
from superapp.shared.tables.reference import record_class as classes
from superapp.shared.tables.reference import region as regions_


@dataclass(frozen=True)
class Region:
    """A region with its Kemendagri code (65.03 is Nunukan; BPS numbers differ and are never used)."""

    code: str
    name: str
    kind: str = field(kw_only=True)
    parent_code: str = field(kw_only=True)


@dataclass(frozen=True)
class RecordClass:
    """A code of the record classification; `uncertain` when the transcriptions it comes from differ."""

    code: str
    name: str
    level: int = field(kw_only=True)
    parent_code: str = field(default="", kw_only=True)
    uncertain: bool = field(default=False, kw_only=True)


_REGION = sa.select(regions_.c.code, regions_.c.name, regions_.c.kind, regions_.c.parent_code)
_CLASS = sa.select(
    classes.c.code, classes.c.name, classes.c.level, classes.c.parent_code, classes.c.uncertain
)  # fmt: skip


def region(code: str) -> Region | None:
    """Return the region with a code, None when there is none."""
    found = run(_REGION.where(regions_.c.code == code)).first()
    return Region(**found._mapping) if found else None


def regions(*, kind: str = "", parent_code: str = "", query: str = "") -> list[Region]:
    """Return regions by code: of a kind (kecamatan, kelurahan, desa), below a parent, with a text in name or alias."""
    chosen = _REGION.order_by(regions_.c.code)
    chosen = chosen.where(regions_.c.kind == kind) if kind else chosen
    chosen = chosen.where(regions_.c.parent_code == parent_code) if parent_code else chosen
    if query:
        text = f"%{query.strip().lower()}%"
        named = sa.or_(sa.func.lower(regions_.c.name).like(text), sa.func.lower(regions_.c.aliases).like(text))
        chosen = chosen.where(named)
    return [Region(**row._mapping) for row in run(chosen)]


def ranks() -> Sequence[Any]:
    """Return all ranks from the lowest: rows of code, employment, name, siasn_code, uncertain."""
    columns = (rank.c.code, rank.c.employment, rank.c.name, rank.c.siasn_code, rank.c.uncertain)
    return run(sa.select(*columns).order_by(rank.c.employment.desc(), rank.c.place)).all()


def position_kinds() -> Sequence[Any]:
    """Return all kinds of positions in their order: rows of key, name, group, old_echelon, examples, training."""
    return run(sa.select(position_kind).order_by(position_kind.c.place)).all()


def record_class(code: str) -> RecordClass | None:
    """Return the record class of a code, None when there is none."""
    found = run(_CLASS.where(classes.c.code == code)).first()
    return RecordClass(**found._mapping) if found else None


def record_classes(query: str = "", *, limit: int = 50) -> list[RecordClass]:
    """Return record classes by code, those whose code begins with the text or whose name contains it."""
    chosen = _CLASS.order_by(classes.c.code).limit(limit)
    text = query.strip().lower()
    if text:
        chosen = chosen.where(sa.or_(classes.c.code.like(f"{text}%"), sa.func.lower(classes.c.name).like(f"%{text}%")))
    return [RecordClass(**row._mapping) for row in run(chosen)]
