"""Is it alive, is it ready, and how is it doing: what monitors ask."""

from __future__ import annotations

import ipaddress
from hmac import compare_digest
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import Request
from sqlalchemy.exc import SQLAlchemyError

from superapp.extensions import db
from superapp.kernel import clock, metrics, ports, secrets
from superapp.kernel.database import run
from superapp.kernel.jobs import ledger
from superapp.kernel.jobs.ledger import State
from superapp.operations.backup import drilling, keeping
from superapp.plugin.migrate.history import core_history
from superapp.plugin.migrate.running import pending

METRICS = "operations.metrics"


def unready() -> list[str]:
    """Return why this process cannot serve pages now: "database", "migrations"; empty when it can."""
    try:
        run(sa.select(sa.literal(1)))
    except SQLAlchemyError:
        db.session.rollback()
        return ["database"]
    try:
        waiting = pending(core_history())
    except SQLAlchemyError:  # a database without any table
        db.session.rollback()
        return ["migrations"]
    return ["migrations"] if waiting else []


def metrics_token() -> str:
    """Return the bearer token for `/metrics`; it changes with the secret key."""
    return secrets.sign("metrics", "token")


def may_see_metrics(request: Request) -> bool:
    """Tell whether the request may see the metrics.

    By the token, by permission, or from this machine as long as the app is for this machine alone: behind a proxy on
    the same machine every request seems to come from here.
    """
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and compare_digest(token.encode(), metrics_token().encode()):
        return True
    if _is_loopback(urlsplit(secrets.settings().base_url).hostname or "") and _is_loopback(request.remote_addr or ""):
        return not any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-Ip", "Via"))
    return ports.authorizer().allows(ports.current_actor()(), METRICS)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def metrics_text() -> tuple[bytes, str]:
    """Return the metrics and their content type; what is read from the database is left out while it is away."""
    try:
        for state in (State.WAITING, State.RUNNING, State.PARKED, State.DEAD):
            metrics.gauge(f"superapp_jobs_{state}", f"Jobs that are {state} (at most 1000)", ledger.count(state))
        oldest = ledger.oldest_waiting()
        age = (clock.now() - oldest).total_seconds() if oldest else 0
        metrics.gauge("superapp_jobs_delay_seconds", "How long the oldest due job waits", age)
        _gauge_drill()
    except SQLAlchemyError:
        db.session.rollback()
    latest = keeping.latest()
    if latest is not None:
        metrics.gauge("superapp_backup_age_seconds", "Age of the newest backup", (clock.now() - latest).total_seconds())
    return metrics.text()


def _gauge_drill() -> None:
    if last := drilling.last():
        moment, drill = last
        age = (clock.now() - moment).total_seconds()
        metrics.gauge("superapp_restore_drill_age_seconds", "Age of the last restore drill", age)
        metrics.gauge("superapp_restore_drill_faults", "Faults of the last restore drill", len(drill.faults))
