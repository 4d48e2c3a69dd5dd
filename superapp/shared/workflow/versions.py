"""Versions of definitions: kept when a case first needs them, so that running cases stay on theirs."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from uuid import UUID

import sqlalchemy as sa
from flask import current_app

from superapp.kernel import clock, command, database, ids
from superapp.kernel.database import run
from superapp.kernel.errors import NotFound
from superapp.kernel.language import gettext as _
from superapp.plugin.contributions import WorkflowContribution
from superapp.plugin.host import host
from superapp.shared.tables.workflow import workflow
from superapp.shared.workflow.definition import Workflow, body_of, digest_of, flow_of

W = workflow.c


def declared(key: str) -> Workflow:
    """Return the present definition of a key, as its module gives it; NotFound when none does."""
    found = host().workflows.get(key)
    if found is None:
        raise NotFound(_("Alur “{key}” tidak tersedia.", key=key))
    return _whole(found.item)


def kept(flow: Workflow) -> UUID:
    """Return the id of the version with this content, written in the command under way when it is new."""
    command.current()
    body = body_of(flow)
    digest = digest_of(body)
    present = sa.select(W.id).where(W.key == flow.key, W.digest == digest)
    found = run(present).scalar()
    if found is None:
        _write(flow.key, digest, body)
        found = run(present).scalar_one()
    return UUID(str(found))


def _write(key: str, digest: str, body: dict[str, object]) -> None:
    latest = int(run(sa.select(sa.func.max(W.version)).where(W.key == key)).scalar() or 0)
    row = {
        "id": ids.uuid7(),
        "key": key,
        "version": latest + 1,
        "digest": digest,
        "body": body,
        "created_at": clock.now(),
    }
    # Two first cases at once: the version of the one that came first serves both.
    run(database.insert_once(workflow, row))


def flow(workflow_id: UUID) -> Workflow:
    """Return a kept version with the effects and checks of the present code."""
    body = _kept_flow(current_app.config["SQLALCHEMY_DATABASE_URI"], workflow_id)
    present = host().workflows.get(body.key)
    if present is None:
        return body
    code = _whole(present.item)
    return replace(body, effects=code.effects, check=code.check)


def _whole(given: WorkflowContribution) -> Workflow:
    assert isinstance(given, Workflow)
    return given


@lru_cache(maxsize=512)
def _kept_flow(_database: str, workflow_id: UUID) -> Workflow:
    body = run(sa.select(W.body).where(W.id == workflow_id)).scalar()
    if body is None:
        raise NotFound(_("Alur ini tidak ada."))
    return flow_of(body)


def latest(key: str) -> tuple[int, Workflow] | None:
    """Return number and content of the newest kept version of a key, None when no case has needed it yet."""
    row = run(sa.select(W.version, W.body).where(W.key == key).order_by(W.version.desc()).limit(1)).first()
    return (row.version, flow_of(row.body)) if row else None
