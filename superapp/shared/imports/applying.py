"""Applying and undoing staged imports as jobs in batches: short transactions, so that others go on writing."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, StatementError

from superapp.extensions import db
from superapp.kernel import clock, command
from superapp.kernel.database import run
from superapp.kernel.errors import AppError, Refused
from superapp.kernel.jobs import Step
from superapp.kernel.language import gettext as _
from superapp.shared import notices
from superapp.shared.imports.contract import Change, Importer, Remark
from superapp.shared.imports.registry import importer_of
from superapp.shared.imports.staging import IMPORT, ROW, Import, find
from superapp.shared.tables.imports import import_, import_row

BATCH = 100
REFUSALS = (AppError, IntegrityError, StatementError)


def apply_import(import_id: str, resume: Any = None) -> Generator[Step, None, dict[str, int]]:
    """Apply a staged import (job, in steps): killed anywhere, it goes on after the last batch that was committed."""
    found = find(UUID(import_id))
    importer = _importer(found)
    ends = found.options.get("ends", "auto")
    if ends == "no" or (ends == "auto" and found.ends_are_many):
        _hold_ends(found.id)
    total = _waiting(found.id)
    while batch := _next(found.id):
        for _action, rows in groupby(batch, key=lambda row: row.action):
            _apply(importer, list(rows))
        importer.after()
        left = _waiting(found.id)
        yield Step(99 * (total - left) // max(total, 1))
    return _finish(found, importer)


def _importer(found: Import) -> Importer:
    importer = importer_of(found.kind)
    if importer is None:
        raise Refused(_("Modul untuk impor ini sedang tidak aktif."))
    return importer


def _hold_ends(import_id: UUID) -> None:
    held = sa.update(import_row).where(ROW.import_id == import_id, ROW.action == "end", ROW.state == "waiting")
    run(held.values(state="held"))


def _waiting(import_id: UUID) -> int:
    query = sa.select(sa.func.count()).where(ROW.import_id == import_id, ROW.state == "waiting")
    return int(run(query).scalar_one())


def _next(import_id: UUID, state: str = "waiting", *, backwards: bool = False) -> Sequence[Any]:
    query = sa.select(import_row).where(ROW.import_id == import_id, ROW.state == state).limit(BATCH)
    return run(query.order_by(ROW.place.desc() if backwards else ROW.place)).all()


def _change(row: Any) -> Change:
    return Change(row.number, action=row.action, key=row.key, label=row.label, values=row.values)


def _apply(importer: Importer, rows: list[Any]) -> None:
    """Apply rows of one action together; when one of them fails, each alone, so that only that one is left out."""
    changes = [_change(row) for row in rows]
    try:
        with db.session.begin_nested():
            done = importer.apply_many(changes)
            _audit(importer, changes, done)
            _note(rows, done)
    except REFUSALS as error:
        if len(rows) == 1:
            _fail(rows[0], error)
            return
        db.session.expire_all()
        for row in rows:
            _apply(importer, [row])


def _audit(importer: Importer, changes: list[Change], done: list[dict[str, Any]]) -> None:
    words = {"add": importer.added, "change": importer.changed, "end": importer.ended}
    for change, facts in zip(changes, done, strict=True):
        _also(words[change.action], change.label, facts)


def _also(words: str, label: str, facts: Mapping[str, Any]) -> None:
    record = facts.get("record", {})
    opd_id = _id(record.get("opd_id"))
    command.current().also(words, record.get("type", ""), _id(record.get("id")), opd_id=opd_id, record=label)


def _note(rows: list[Any], done: list[dict[str, Any]]) -> None:
    noted = (
        sa.update(import_row)
        .where(ROW.import_id == sa.bindparam("import_"), ROW.number == sa.bindparam("number_"))
        .values(state="applied", done=sa.bindparam("done_"))
    )
    values = [
        {"import_": row.import_id, "number_": row.number, "done_": facts} for row, facts in zip(rows, done, strict=True)
    ]
    run(noted, values)


def _id(text: Any) -> UUID | None:
    return UUID(str(text)) if text else None


def _fail(row: Any, error: BaseException) -> None:
    reason = error.message if isinstance(error, AppError) else _("Bertentangan dengan data lain. Periksa lagi.")
    faults = [*row.faults, asdict(Remark("", reason))]
    failing = sa.update(import_row).where(ROW.import_id == row.import_id, ROW.number == row.number)
    run(failing.values(state="failed", faults=faults))


def _finish(found: Import, importer: Importer) -> dict[str, int]:
    counts = found.counts | _states(found.id, ("applied", "failed", "held"))
    over = {"state": "applied", "applied_at": clock.now(), "counts": counts}
    run(sa.update(import_).where(IMPORT.id == found.id).values(over))
    _tell(found, _("Impor {title} selesai", title=importer.title), counts)
    return counts


def _states(import_id: UUID, wanted: Sequence[str]) -> dict[str, int]:
    query = sa.select(ROW.state, sa.func.count().label("rows")).where(ROW.import_id == import_id).group_by(ROW.state)
    return {row.state: row.rows for row in run(query) if row.state in wanted}


def _tell(found: Import, title: str, counts: dict[str, int]) -> None:
    if found.created_by is not None:
        body = _(
            "{applied} diterapkan, {failed} gagal, {held} ditahan.",
            applied=counts.get("applied", 0),
            failed=counts.get("failed", 0),
            held=counts.get("held", 0),
        )
        notices.notify(found.created_by, title, body=body, url=f"/admin/imports/{found.id}", kind="import")


def undo_import(import_id: str, resume: Any = None) -> Generator[Step, None, dict[str, int]]:
    """Take an applied import back (job, in steps), the last row first; what somebody changed since stays."""
    found = find(UUID(import_id))
    importer = _importer(found)
    total = found.counts.get("applied", 0)
    while batch := _next(found.id, "applied", backwards=True):
        for row in batch:
            _revert(importer, row)
        importer.after()
        yield Step(min(99, 99 * len(batch) // max(total, 1)))
    counts = found.counts | _states(found.id, ("reverted", "kept"))
    over = {"state": "undone", "undone_at": clock.now(), "counts": counts}
    run(sa.update(import_).where(IMPORT.id == found.id).values(over))
    if found.created_by is not None:
        body = _(
            "{reverted} dikembalikan, {kept} tetap karena sudah diubah.",
            reverted=counts.get("reverted", 0),
            kept=counts.get("kept", 0),
        )
        title = _("Impor {title} dibatalkan", title=importer.title)
        notices.notify(found.created_by, title, body=body, url=f"/admin/imports/{found.id}", kind="import")
    return counts


def _revert(importer: Importer, row: Any) -> None:
    try:
        with db.session.begin_nested():
            back = importer.revert(_change(row), row.done or {})
            if back:
                _also("Impor dibatalkan untuk {record}", row.label, row.done or {})
    except REFUSALS:
        back = False
        db.session.expire_all()
    undone = sa.update(import_row).where(ROW.import_id == row.import_id, ROW.number == row.number)
    run(undone.values(state="reverted" if back else "kept"))
