"""The records of the dummy: toys of a unit, and their parts."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import relationship

from superapp.api import Mapped, Person, Scope, column, core_ref, plugin_model


class Toy(plugin_model("dummy", scope=Scope.unit(parties=True))):
    """A toy that belongs to a unit, lent to a person."""

    name: Mapped[str] = column(max_length=80, pii="none", label="Nama")
    note: Mapped[str] = column(max_length=500, default="", pii="none", label="Catatan")
    holder_id: Mapped[UUID | None] = column(sa.Uuid(), core_ref(Person, ondelete="SET NULL"), index=True, pii="basic")
    parts: Mapped[list[Part]] = relationship(back_populates="toy")


class Part(plugin_model("dummy", scope=Scope.parent(Toy, "toy_id"))):
    """A part of a toy."""

    toy_id: Mapped[UUID] = column(
        sa.Uuid(), sa.ForeignKey("dummy_toy.id", ondelete="CASCADE"), index=True, pii="none", label="Boneka"
    )
    label: Mapped[str] = column(max_length=40, pii="none", label="Label")
    toy: Mapped[Toy] = relationship(back_populates="parts")
