"""Imports from tables: read, compared, staged with a row report, applied in batches, taken back."""

from superapp.shared.imports.cells import Row
from superapp.shared.imports.contract import Change, Column, Importer, Missing, Reading, Remark
from superapp.shared.imports.planning import Plan, PlannedRow, plan
from superapp.shared.imports.registry import importer_of, importers
from superapp.shared.imports.staging import (
    APPLIED,
    DISCARDED,
    STAGED,
    UNDONE,
    Import,
    discard,
    find,
    latest,
    report,
    stage,
    start,
    start_undo,
)

__all__ = [
    "APPLIED",
    "DISCARDED",
    "STAGED",
    "UNDONE",
    "Change",
    "Column",
    "Import",
    "Importer",
    "Missing",
    "Plan",
    "PlannedRow",
    "Reading",
    "Remark",
    "Row",
    "discard",
    "find",
    "importer_of",
    "importers",
    "latest",
    "plan",
    "report",
    "stage",
    "start",
    "start_undo",
]
