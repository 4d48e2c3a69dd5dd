"""Clearing away what is over: sessions, challenges, tickets, devices of long ago."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from superapp.kernel import clock
from superapp.kernel.database import run
from superapp.login import session as sessions
from superapp.login.tables import challenge, device, session, ticket

KEPT = timedelta(days=90)
DEVICE_KEPT = timedelta(days=400)


def sweep() -> dict[str, int]:
    """Delete what is over and return how many of each (nightly, in a job)."""
    moment = clock.now()
    over = sa.or_(session.c.expires_at < moment, session.c.last_seen < moment - sessions.IDLE)
    return {
        "sessions": run(sa.delete(session).where(over)).rowcount,
        "challenges": run(sa.delete(challenge).where(challenge.c.expires_at < moment)).rowcount,
        "tickets": run(sa.delete(ticket).where(ticket.c.expires_at < moment - KEPT)).rowcount,
        "devices": run(sa.delete(device).where(device.c.last_seen < moment - DEVICE_KEPT)).rowcount,
    }
