"""The revisions lead to the models: what the code expects is what `superapp migrate` makes."""

from __future__ import annotations

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask

from superapp.extensions import db
from superapp.plugin.migrate.running import histories
from tests.conventions.tree import told


def test_revisions_make_what_the_models_say(context: Flask) -> None:
    faults = []
    with db.engine.connect() as connection:
        for history in histories():
            options = {
                "include_name": history.includes_name,
                "include_object": history.includes_object,
                "version_table": history.version_table,
                "compare_type": True,
            }
            migration = MigrationContext.configure(connection, opts=options)
            faults += [f"{history.name}: {_words(found)}" for found in compare_metadata(migration, history.metadata)]
    assert not faults, told(faults, "make a revision (`superapp plugin revision NAME -m WORDS`)")


def _words(difference: Any) -> str:
    first = difference[0] if isinstance(difference, list) else difference
    return f"{first[0]} {' '.join(str(part) for part in first[1:])}"
