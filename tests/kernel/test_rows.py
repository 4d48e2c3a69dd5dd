"""A new row stored at once: the same row, the same object as by the unit of work."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from superapp.extensions import db
from superapp.kernel import clock, database, rows
from superapp.kernel.database import TYPES, Identified, Versioned, column
from superapp.testing import statements_on
from tests.kernel.conftest import write


class Base(DeclarativeBase):
    """The base of this file's models."""

    type_annotation_map = TYPES


class Boat(Identified, Versioned, Base):
    """A model as modules have them."""

    __tablename__ = "boat"
    name: Mapped[str] = column(max_length=40, pii="none")
    seats: Mapped[int] = column(sa.Integer(), default=12, pii="none")
    gear: Mapped[dict[str, Any] | None] = column(database.Json, pii="none")
    harbour_: Mapped[str | None] = mapped_column("harbour", sa.Text(), unique=True)


class Ticket(Base):
    """A model whose values the database makes."""

    __tablename__ = "ticket"
    id: Mapped[int] = mapped_column(primary_key=True)
    printed: Mapped[str] = mapped_column(sa.Text(), server_default="belum")


@pytest.fixture(autouse=True)
def tables(app: Flask) -> None:
    with db.engine.begin() as connection:
        Base.metadata.create_all(connection)


def heard(work: Any) -> list[str]:
    """Return the statements that `work` makes."""
    with statements_on(db.engine) as sent:
        work()
    return sent.texts


def test_a_row_is_stored_whole_by_one_statement(app: Flask) -> None:
    boat = Boat(name="Sebatik Ekspres", harbour_="Sungai Nyamuk")
    with write():
        made = heard(lambda: rows.add(boat))
        known = heard(lambda: [boat.id, boat.created_at, boat.version, boat.seats, boat.gear])
    assert (len(made), known) == (1, [])
    stored = database.run(sa.select(Boat.__table__)).one()
    assert stored._asdict() == {
        "id": boat.id,
        "created_at": boat.created_at,
        "version": 1,
        "name": "Sebatik Ekspres",
        "seats": 12,
        "gear": None,
        "harbour": "Sungai Nyamuk",
    }
    assert isinstance(boat.created_at, datetime)
    assert (clock.now() - boat.created_at).total_seconds() < 60


def test_the_row_belongs_to_the_session(app: Flask) -> None:
    boat = Boat(name="Pelni")
    with write():
        rows.add(boat)
        assert sa.inspect(boat).persistent
        assert db.session.get(Boat, boat.id) is boat
        boat.name = "Pelni II"
        db.session.flush()
        assert boat.version == 2
    assert database.run(sa.select(Boat.__table__.c.name)).scalar() == "Pelni II"


def test_what_waited_in_the_session_is_stored_first(app: Flask) -> None:
    with write():
        db.session.add(Boat(name="Pertama"))
        rows.add(Boat(name="Kedua"))
    names = database.run(sa.select(Boat.__table__.c.name).order_by(Boat.__table__.c.id)).scalars()
    assert list(names) == ["Pertama", "Kedua"]


def test_a_refused_row_leaves_nothing(app: Flask) -> None:
    with pytest.raises(IntegrityError), write():
        rows.add(Boat(name="Satu", harbour_="Nunukan"))
        rows.add(Boat(name="Dua", harbour_="Nunukan"))
    assert database.run(sa.select(sa.func.count()).select_from(Boat.__table__)).scalar() == 0


def test_values_that_the_database_makes_come_from_it(app: Flask) -> None:
    ticket = Ticket()
    with write():
        rows.add(ticket)
        assert (ticket.id, ticket.printed) == (1, "belum")
