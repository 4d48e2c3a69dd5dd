"""Letterheads: what stands above a unit's letters; a unit without one writes under the regency's name and its own."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.extensions import db
from superapp.kernel.database import run
from superapp.organization.models import Unit
from superapp.shared.files import File, store
from superapp.shared.tables.documents import Letterhead
from superapp.shared.tables.files import FileState

U = Unit.__table__.c
LOGO = "core_letterhead"
"""The record type that logos are attached to."""


@dataclass(frozen=True, kw_only=True)
class Head:
    """What a template shows: lines from the top down, contacts, the logo as a data: address ("" without one)."""

    lines: tuple[str, ...]
    address: str = ""
    phone: str = ""
    mail: str = ""
    site: str = ""
    city: str = ""
    logo: str = field(default="", repr=False)


def letterhead(unit_id: UUID) -> Letterhead | None:
    """Return the row of a unit's letterhead, None when nobody wrote one."""
    return db.session.scalar(sa.select(Letterhead).where(Letterhead.__table__.c.unit_id == unit_id))


def head(unit_id: UUID) -> Head:
    """Return what stands above a unit's letters; for jobs and `prepare`, as the logo is read from the store."""
    own = letterhead(unit_id)
    lines = tuple(line for line in (own.lines.splitlines() if own else []) if line.strip())
    if own is None:
        return Head(lines=default_lines(unit_id), city=default_city())
    return Head(
        lines=lines or default_lines(unit_id),
        address=own.address,
        phone=own.phone,
        mail=own.mail,
        site=own.site,
        city=own.city or default_city(),
        logo=_logo(own.logo_id),
    )


def default_lines(unit_id: UUID) -> tuple[str, ...]:
    """Return the regency above the unit, in capitals."""
    name = str(run(sa.select(U.name).where(U.id == unit_id)).scalar_one())
    root_id, regency = _regency()
    above = f"Pemerintah {regency}".upper()
    return (above,) if root_id == unit_id else (above, name.upper())


def default_city() -> str:
    """Return the regency's name without its kind: the city of the date."""
    return _regency()[1].removeprefix("Kabupaten ").removeprefix("Kota ")


def _regency() -> tuple[UUID, str]:
    """Return the unit above all others and its name without *Pemerintah*, with which some write it."""
    root = run(sa.select(U.id, U.name).where(U.parent_id.is_(None))).one()
    return root.id, str(root.name).removeprefix("Pemerintah ")


def _logo(file_id: UUID | None) -> str:
    file: Any = db.session.get(File, file_id) if file_id else None
    if file is None or file.state != FileState.RELEASED:
        return ""
    try:
        content = store().get(file.key)
    except FileNotFoundError:
        return ""
    return f"data:{file.content_type};base64,{base64.b64encode(content).decode()}"
