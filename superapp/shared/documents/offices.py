"""The OPDs whose letterheads and numbers an actor may keep, and what is kept for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa

from superapp.access.actor import current
from superapp.access.belonging import units_of
from superapp.access.listing import Page, page_of
from superapp.extensions import db
from superapp.kernel import clock, command
from superapp.kernel.database import run
from superapp.kernel.errors import Invalid, NotFound, Stale
from superapp.kernel.language import gettext as _
from superapp.kernel.values import changed, checked
from superapp.organization import tree
from superapp.organization.models import Unit
from superapp.shared.documents import numbering, reading, templates
from superapp.shared.documents.letterheads import letterhead
from superapp.shared.tables.documents import Letterhead, NumberPattern
from superapp.shared.tables.documents import document as documents

R = TypeVar("R")
MANAGE = "documents.manage"
D, P, U = documents.c, NumberPattern.__table__.c, Unit.__table__.c


def offices() -> Sequence[Any]:
    """Return the regency and the OPDs within the actor's reach: rows of id, name, patterns (how many), headed."""
    patterns = sa.select(sa.func.count()).where(P.unit_id == U.id).scalar_subquery()
    headed = sa.exists().where(Letterhead.__table__.c.unit_id == U.id)
    query = (
        sa.select(U.id, U.name, patterns.label("patterns"), headed.label("headed"))
        .where(sa.or_(U.is_opd, U.parent_id.is_(None)), tree.valid(clock.today()), _reach())
        .order_by(U.is_opd, U.name)
    )
    return run(query).all()


def office(unit_id: UUID) -> Any:
    """Return the regency or an OPD that the actor may keep; NotFound for any other unit."""
    query = sa.select(U.id, U.name).where(U.id == unit_id, sa.or_(U.is_opd, U.parent_id.is_(None)), _reach())
    found = run(query).first()
    if found is None:
        raise NotFound(_("Perangkat daerah ini tidak ada."))
    return found


def _reach() -> sa.ColumnElement[bool]:
    clause = units_of(current().reach(MANAGE))
    return sa.true() if clause is None else clause


def managed(document_id: UUID) -> reading.Document:
    """Return a document of an OPD that the actor keeps; NotFound for any other."""
    found = reading.find(document_id)
    if run(sa.select(U.id).where(U.id == found.opd_id, _reach())).first() is None:
        raise NotFound(_("Naskah ini tidak ada."))
    return found


def numbered(document_id: UUID) -> reading.Document:
    """Return a document within reach after whose number others can be inserted; NotFound for any other."""
    found = managed(document_id)
    if not found.number or found.number_suffix:
        raise NotFound(_("Sisipan hanya dibuat setelah nomor utuh."))
    return found


def draft(text: str, opd_id: UUID) -> reading.Document:
    """Return the draft of an OPD that a form has chosen; raises Invalid at `draft`."""
    found = next((one for one in reading.drafts(opd_id) if str(one.id) == text), None)
    if found is None:
        raise Invalid(_("Pilih naskah yang diberi nomor sisipan."), field="draft")
    return found


def register(period: str, cursor: str = "", *, only: str = "") -> Page:
    """Return one page of the numbers given out in a year ("2026") in the OPDs within reach, the latest first.

    `only` is "" or a key of `reading.NARROWED`.
    """
    clause = units_of(current().reach(MANAGE))
    mine = None if clause is None else D.opd_id.in_(sa.select(U.id).where(clause))
    query = reading.numbered(mine, period, only)
    found = page_of(query, (D.id,), cursor, descending=True)
    return Page([reading.of_row(row) for row in found.rows], found.next)


def save_letterhead(unit_id: UUID, version: int, values: dict[str, Any], logo_id: UUID | None) -> Letterhead:
    """Write a unit's letterhead in the command under way; raises Stale, Invalid."""
    given = values | ({"logo_id": logo_id} if logo_id else {})
    return _saved(Letterhead, letterhead(unit_id), version, {"unit_id": unit_id, **given})


def pattern_row(unit_id: UUID, kind: str) -> NumberPattern | None:
    """Return the row of a unit's pattern for a kind ("" for all)."""
    return db.session.scalar(sa.select(NumberPattern).where(P.unit_id == unit_id, P.kind == kind))


def patterns_of(unit_id: UUID) -> Sequence[NumberPattern]:
    """Return the patterns of a unit by kind."""
    return db.session.scalars(sa.select(NumberPattern).where(P.unit_id == unit_id).order_by(P.kind)).all()


def save_pattern(unit_id: UUID, kind: str, version: int, values: dict[str, Any]) -> NumberPattern:
    """Write a unit's pattern for a kind in the command under way; raises Stale, Invalid at `pattern`, `scope`, `padding`."""
    if kind and kind not in templates.kinds():
        raise NotFound(_("Jenis naskah ini tidak dikenal."))
    clean = checked(NumberPattern, values, partial=True)
    if clean["scope"] not in numbering.SCOPES:
        raise Invalid(_("Pilih salah satu dari daftar."), field="scope")
    if clean["padding"] is None or not 0 <= clean["padding"] <= 6:
        raise Invalid(_("Isi dengan angka 0 sampai 6."), field="padding")
    numbering.checked_pattern(clean["pattern"], clean["scope"])
    return _saved(NumberPattern, pattern_row(unit_id, kind), version, {"unit_id": unit_id, "kind": kind, **clean})


def forget_pattern(unit_id: UUID, kind: str) -> None:
    """Remove a unit's pattern in the command under way, so that the next wider one holds; nothing to do without one."""
    found = pattern_row(unit_id, kind)
    if found is None:
        return
    command.current().about("core_number_pattern", found.id, opd_id=unit_id)
    db.session.delete(found)
    db.session.flush()


def _saved(model: type[R], row: R | None, version: int, values: dict[str, Any]) -> R:
    """Make a row or change it; version 0 is that of a form opened before there was one."""
    if row is None:
        if version:
            raise Stale
        row = model(**checked(model, values))
        db.session.add(row)
        db.session.flush()
    else:
        changed(row, version, values)
    command.current().about(model.__tablename__, row.id, opd_id=values["unit_id"])  # type: ignore[attr-defined]
    return row
