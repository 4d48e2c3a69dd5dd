"""Importing in tests as administrators do: plan, stage, let the worker apply, look at the report."""

from __future__ import annotations

from uuid import UUID

from flask import Flask

from superapp.extensions import db
from superapp.kernel.jobs.worker import Worker
from superapp.shared import imports
from superapp.shared.imports import Import, Plan
from superapp.shared.imports.registry import importer_of
from tests.organization.acting import done


def plan(kind: str, content: bytes, name: str = "berkas.csv") -> Plan:
    importer = importer_of(kind)
    assert importer is not None
    found = imports.plan(importer, content, name)
    db.session.rollback()
    return found


def staged(kind: str, content: bytes, name: str = "berkas.csv") -> UUID:
    importer, planned = importer_of(kind), plan(kind, content, name)
    assert importer is not None
    with done(imports.STAGED):
        return imports.stage(importer, planned)


def applied(app: Flask, kind: str, content: bytes, name: str = "berkas.csv", *, ends: str = "auto") -> Import:
    import_id = staged(kind, content, name)
    with done(imports.APPLIED):
        imports.start(import_id, ends=ends)  # type: ignore[arg-type]
    Worker(app).drain()
    db.session.rollback()
    db.session.expire_all()
    return imports.find(import_id)


def undone(app: Flask, found: Import) -> Import:
    with done(imports.UNDONE):
        imports.start_undo(found.id)
    Worker(app).drain()
    db.session.rollback()
    db.session.expire_all()
    return imports.find(found.id)


def faults(planned: Plan) -> list[tuple[int, str, str]]:
    return [(row.number, fault.column, fault.reason) for row in planned.rows for fault in row.faults]


def remarks(planned: Plan) -> list[tuple[int, str, str]]:
    return [(row.number, remark.column, remark.reason) for row in planned.rows for remark in row.remarks]
