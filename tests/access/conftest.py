"""A small model of a module, its table made in the test's database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Mapped

from superapp.access.listing import list_indexes
from superapp.access.model import plugin_model
from superapp.access.scope import Scope
from superapp.extensions import db
from superapp.kernel.database import column
from tests.support.builders import House


class Note(plugin_model("contoh", scope=Scope.unit(parties=True))):  # type: ignore[misc]
    """A note of a unit."""

    text: Mapped[str] = column(max_length=40, pii="none", label="Isi")
    amount: Mapped[int | None] = column(sa.Integer(), pii="none", label="Jumlah")
    secrecy: Mapped[int] = column(sa.Integer(), default=0, pii="none")


list_indexes(Note.__table__, "text")


@pytest.fixture
def notes(app: Flask, house: House) -> Iterator[type[Note]]:
    """Push an app context and give the model, its table made and empty."""
    with app.app_context():
        with db.engine.begin() as connection:
            Note.__table__.create(connection)
        yield Note
        db.session.rollback()
