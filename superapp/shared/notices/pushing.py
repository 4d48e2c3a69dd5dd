"""Web push: one encrypted message to each device of a person (RFC 8030, 8291, 8292)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import UUID

import sqlalchemy as sa

from superapp.kernel import clock, database, logs, secrets
from superapp.kernel.database import run
from superapp.shared.notices.devices import allowed, key_pairs
from superapp.shared.tables.notices import delivery, push

if TYPE_CHECKING:
    from webpush import WebPush

PATIENCE = (5, 10)
"""Seconds to connect, and to wait for an answer."""
TTL = 24 * 3600
"""Seconds that a push service keeps a message for a phone that is off."""
LONGEST = 3000
"""Bytes of a payload; with its envelope a message stays below the 4,096 that push services take."""
GIVE_UP = 20
"""Failures in a row after which a device is forgotten."""
D, P = delivery.c, push.c
_log = logs.get("notices")


class PushFailed(Exception):
    """Some push service could not take a message now; the job tries again."""


def push_all(person_id: UUID, message: str, payload: str, *, urgency: str = "normal") -> dict[str, int]:
    """Send a message to those of a person's devices that have not got it; for `prepare` of jobs.

    Returns how many took it and how many were forgotten, as their push service does not know them any more (404, 410).
    Each delivery is written down at once, and a push service replaces a waiting message of the same topic: a job that
    was killed in between shows nothing twice. Raises PushFailed when a device is left, ValueError for a long payload.
    """
    if len(payload.encode()) > LONGEST:
        raise ValueError(f"a push carries at most {LONGEST} bytes")
    has = sa.select(D.target).where(D.message == message)
    rows = run(sa.select(push).where(P.person_id == person_id)).all()
    reached = set(run(has).scalars())
    outcomes = [_push(row, message, payload, urgency) for row in rows if row.id.hex not in reached]
    if "failed" in outcomes:
        raise PushFailed(f"{outcomes.count('failed')} of {len(outcomes)} devices could not be reached")
    return {"sent": outcomes.count("sent"), "gone": outcomes.count("gone")}


def _push(row: Any, message: str, payload: str, urgency: str) -> str:
    given = json.loads(secrets.box().decrypt(row.sealed))
    sender = _sender(row.server_key)
    status = (
        410 if sender is None or not allowed(given["endpoint"]) else _post(sender, given, message, payload, urgency)
    )
    outcome = "sent" if 200 <= status < 300 else "gone" if status in (404, 410) else "failed"
    if outcome == "failed":
        _log.warning("push refused", status=status, device=row.id.hex)
    _note(row, message, outcome)
    return outcome


def _note(row: Any, message: str, outcome: str) -> None:
    forgotten = outcome == "gone" or (outcome == "failed" and row.failures + 1 >= GIVE_UP)
    this = P.id == row.id
    with database.transaction() as connection:
        if forgotten:
            connection.execute(sa.delete(push).where(this))
        elif outcome == "sent":
            connection.execute(sa.update(push).where(this).values(succeeded_at=clock.now(), failures=0))
            sent = {"message": message, "target": row.id.hex, "sent_at": clock.now()}
            connection.execute(database.insert_once(delivery, sent))
        else:
            connection.execute(sa.update(push).where(this).values(failures=P.failures + 1))


def _sender(server_key: str) -> WebPush | None:
    """Return what encrypts and signs with the pair that the browser was given; None when that pair is no more."""
    from io import BytesIO

    from webpush import WebPush

    found = next((pair for pair in key_pairs() if pair.public.startswith(server_key)), None)
    if found is None:
        return None
    sender = secrets.settings().mail_from
    return WebPush(BytesIO(found.private_pem), BytesIO(found.public_pem), subscriber=sender, ttl=TTL)


def _post(sender: WebPush, given: dict[str, str], message: str, payload: str, urgency: str) -> int:
    """Hand the encrypted message over and return the status; 0 when nobody answered."""
    import requests
    from webpush.types import WebPushSubscription

    keys = {"p256dh": given["p256dh"], "auth": given["auth"]}
    made = sender.get(payload, WebPushSubscription.model_validate({"endpoint": given["endpoint"], "keys": keys}))
    headers = {**made.headers, "urgency": urgency, "topic": secrets.digest(message)[:32]}
    try:
        with requests.post(
            given["endpoint"],
            data=made.encrypted,
            headers=headers,
            timeout=PATIENCE,
            allow_redirects=False,
            stream=True,
        ) as answer:
            return int(answer.status_code)
    except requests.RequestException:
        return 0


def forget_old() -> int:
    """Delete deliveries of more than a month ago (nightly job): their jobs cannot come again."""
    from superapp.kernel.jobs.ledger import KEPT

    return run(sa.delete(delivery).where(D.sent_at < clock.now() - KEPT)).rowcount
