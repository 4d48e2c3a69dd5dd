"""The search table: one row a findable thing, with who may find it; its index objects are made by search.objects."""

from __future__ import annotations

import sqlalchemy as sa

from superapp.kernel import clock
from superapp.kernel.database import CoreModel, UtcDateTime
from superapp.kernel.database import core_column as column

search = sa.Table(
    "core_search",
    CoreModel.metadata,
    column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True, autoincrement=True),
    column("record_type", sa.String(60), nullable=False),
    column("record_id", sa.Uuid(), nullable=False),
    column("kind", sa.String(40), nullable=False),
    column("module", sa.String(30), nullable=False, default=""),
    column("title", sa.String(255), nullable=False, pii="basic"),
    column("body", sa.Text(), nullable=False, default="", pii="basic"),
    column("folded", sa.Text(), nullable=False, default="", pii="basic"),
    column("url", sa.String(255), nullable=False),
    column("permission", sa.String(80), nullable=False),
    column("unit_id", sa.ForeignKey("core_unit.id", ondelete="RESTRICT")),
    column("opd_id", sa.ForeignKey("core_unit.id", ondelete="RESTRICT")),
    column("person_id", sa.Uuid(), pii="basic"),
    column("secrecy", sa.SmallInteger(), nullable=False, default=0),
    column("updated_at", UtcDateTime(), nullable=False, default=clock.now),
    sa.UniqueConstraint("record_type", "record_id"),
    sa.Index("ix_core_search_module", "module", "kind"),
)
"""`folded` is the title as it is compared: lower case, no accents, words apart by three spaces."""
