"""Rows of stored files: kept in the command, read by who may see their record, swept when nobody wants them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from superapp.access.actor import Actor, current
from superapp.access.scope import record_type, visible
from superapp.extensions import db
from superapp.kernel import clock, command
from superapp.kernel.database import run
from superapp.kernel.errors import NotFound
from superapp.kernel.jobs import Step
from superapp.plugin.mapping import bases
from superapp.shared.files import quarantine
from superapp.shared.files.acceptance import Accepted
from superapp.shared.files.keys import own_key
from superapp.shared.files.limits import ORPHANED
from superapp.shared.files.store import delete_later, store
from superapp.shared.gate import module_on
from superapp.shared.tables.files import File, FileState, Upload

Reader = Callable[[Actor, UUID], bool]
F = File.__table__.c
SWEPT_AT_ONCE = 50
Guard = Callable[[Any, str], bool]
_readers: dict[str, Reader] = {}
_guards: dict[type[Any], Guard] = {}


def watch(kind_of_record: str, reader: Reader) -> None:
    """Say who may read the files of a core record: `reader(actor, record_id)`. Records of modules need none."""
    _readers[kind_of_record] = reader


def guard_files(model: type[Any], may_read: Guard) -> None:
    """Let a module say who reads the files of its records: `may_read(row, permission)`.

    It is asked in place of whether the record is visible under the permission that the file was attached with, for
    records of which some files are for fewer eyes than the record, or for more.
    """
    _guards[model] = may_read


def keep(accepted: Accepted, record: Any = None, *, permission: str = "") -> File:
    """Write the row of an accepted file in the command under way and return it.

    With a `record` it is attached: who may see the record under `permission` may read the file. Without one, `attach`
    follows later, or the sweep takes it away after a day.
    """
    command.current()
    made = File(
        name=accepted.name,
        content_type=accepted.content_type,
        size=accepted.size,
        sha256=accepted.sha256,
        key=accepted.key,
        uploaded_by=current().person_id,
    )
    db.session.add(made)
    if record is not None:
        attach(made, record, permission=permission)
    db.session.flush()
    if accepted.foreign:
        quarantine.hold(made)
    return made


def attach(file: File, record: Any, *, permission: str) -> None:
    """Attach a file to a record in the command under way."""
    command.current()
    model = type(record)
    file.record_type, file.record_id, file.permission = record_type(model), record.id, permission
    file.module, file.opd_id = getattr(model, "__plugin__", ""), getattr(record, "opd_id", None)
    file.attached_at = clock.now()


def attach_to(file: File, kind_of_record: str, record_id: UUID, *, permission: str = "") -> None:
    """Attach a file to a core record that has no class; `watch` says who may read it."""
    command.current()
    file.record_type, file.record_id, file.permission = kind_of_record, record_id, permission
    file.attached_at = clock.now()


def of_record(record: Any) -> Sequence[File]:
    """Return the files of a record by the time they were made; the caller has checked that it may be seen."""
    query = sa.select(File).where(F.record_type == record_type(type(record)), F.record_id == record.id)
    return db.session.scalars(query.order_by(F.id)).all()


def find(file_id: UUID) -> File | None:
    """Return a file's row without a question about rights."""
    return db.session.get(File, file_id)


def readable(file_id: UUID, *, actor: Actor | None = None) -> File:
    """Return a file that an actor may read; NotFound for a foreign one as for a missing one."""
    file = db.session.scalar(sa.select(File).where(F.id == file_id, module_on(File.__table__)))
    if file is None or not _may_read(file, actor or current()):
        raise NotFound
    return file


def _may_read(file: File, actor: Actor) -> bool:
    if file.record_id is None:
        return actor.person_id is not None and file.uploaded_by == actor.person_id
    reader = _readers.get(file.record_type)
    if reader is not None:
        return reader(actor, file.record_id)
    model = _model_of(file)
    if model is None or not file.permission:
        return False
    if (guard := _guards.get(model)) is not None:
        row = db.session.get(model, file.record_id)
        return row is not None and guard(row, file.permission)
    found = visible(model, file.permission, model.__table__.c.id, actor=actor)
    return run(found.where(model.__table__.c.id == file.record_id)).first() is not None


def _model_of(file: File) -> Any:
    base = bases.get(file.module)
    mappers = base.registry.mappers if base is not None else ()
    return next((mapper.class_ for mapper in mappers if mapper.local_table.name == file.record_type), None)  # type: ignore[attr-defined]


def remove(file: File) -> None:
    """Delete a file's row in the command under way; its bytes go after the commit."""
    delete_later(file.key)
    db.session.delete(file)
    db.session.flush()


def unattached() -> int:
    """Return how many uploads wait for their form longer than they should, for `doctor`."""
    old = sa.and_(F.attached_at.is_(None), F.created_at < clock.now() - ORPHANED)
    return int(run(sa.select(sa.func.count()).select_from(File).where(old)).scalar_one())


def sweep(prepared: None = None, resume: Any = None) -> Iterator[Step]:
    """Delete the rows that no record took and ended uploads (nightly job, in steps); bytes go after each commit."""
    old = sa.select(F.id).where(F.attached_at.is_(None), F.created_at < clock.now() - ORPHANED).limit(SWEPT_AT_ONCE)
    while file_ids := run(old).scalars().all():
        for file_id in file_ids:
            _let_go(file_id)
        yield Step(50)
    run(sa.delete(Upload).where(Upload.__table__.c.created_at < clock.now() - ORPHANED))
    yield Step(100)


def _let_go(file_id: UUID) -> None:
    key = run(sa.select(F.key).where(F.id == file_id)).scalar_one()
    try:
        with db.session.begin_nested():
            run(sa.delete(File).where(F.id == file_id))
    except IntegrityError:  # a module refers to it without having attached it: then it is wanted
        run(sa.update(File).where(F.id == file_id).values(attached_at=clock.now()))
    else:
        delete_later(key)


def prepare_sweep() -> None:
    """Delete bytes without a row and those of refused files, outside of any transaction: a slow bucket must hold no writer up.

    Raises StoreAway; then the job is tried again.
    """
    keys = store().keys(older_than=ORPHANED.total_seconds())
    while part := list(islice(keys, 500)):
        wanted = sa.select(F.key).where(F.key.in_(set(map(own_key, part))), F.state != FileState.REFUSED)
        known = set(run(wanted).scalars())
        db.session.rollback()
        for key in part:
            if own_key(key) not in known:
                store().delete(key)
