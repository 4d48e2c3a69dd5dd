"""Every column says how personal it is: redaction, masking, export, erasure and retention follow from that."""

from __future__ import annotations

import pytest
from flask import Flask

from superapp.kernel.database import CoreModel
from tests.conventions.tree import told
from tests.support.databases import only_sqlite

CLASSES = {"none", "basic", "sensitive", "secret"}


@only_sqlite
def test_every_core_column_has_a_pii_class(app: Flask) -> None:
    tables = CoreModel.metadata.tables.values()
    faults = [f"{c.table.name}.{c.name}" for table in tables for c in table.columns if c.info.get("pii") not in CLASSES]
    assert not faults, told(faults, f"declare pii= as one of {sorted(CLASSES)}")


@only_sqlite
@pytest.mark.parametrize("word", ["password", "secret", "token", "hash"])
def test_columns_that_sound_secret_are_secret(app: Flask, word: str) -> None:
    known = {"core_audit.values_hash", "core_audit.hash", "core_audit_head.hash"}  # a chain of digests, made to be read
    faults = [
        f"{column.table.name}.{column.name} is {column.info.get('pii')}"
        for table in CoreModel.metadata.tables.values()
        for column in table.columns
        if word in column.name.split("_") and not column.name.endswith("_at") and column.info.get("pii") != "secret"
    ]
    assert not set(faults) - {f"{name} is none" for name in known}, told(faults, "these look like secrets")
