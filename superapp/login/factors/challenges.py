"""Challenges of passkeys: signed instead of stored while they wait, written down when used, so that none works twice."""

from __future__ import annotations

import hmac
import secrets as randomness
from datetime import timedelta

from superapp.kernel import clock, secrets
from superapp.kernel.database import insert_once, run
from superapp.login.tables import challenge

GOOD_FOR = timedelta(hours=1)
"""A sign-in page may lie open for a while before a finger touches the sensor."""
_RANDOM, _TIME, _SEAL = 16, 5, 16


def make(purpose: str, binding: str) -> bytes:
    """Return a challenge for a purpose, good for one browser (`binding`: its session or visitor) and one hour."""
    until = int((clock.now() + GOOD_FOR).timestamp())
    body = randomness.token_bytes(_RANDOM) + until.to_bytes(_TIME)
    return body + _seals(purpose, binding, body)[0]


def is_ours(given: bytes, purpose: str, binding: str) -> bool:
    """Tell whether we made the challenge for this purpose and browser, within the hour."""
    if len(given) != _RANDOM + _TIME + _SEAL:
        return False
    body, seal = given[:-_SEAL], given[-_SEAL:]
    matches = [hmac.compare_digest(seal, ours) for ours in _seals(purpose, binding, body)]
    return any(matches) and int.from_bytes(body[_RANDOM:]) >= clock.now().timestamp()


def spend(given: bytes, purpose: str) -> bool:
    """Write a challenge down as used; False when it was used before (in a command)."""
    row = {
        "id": secrets.digest(f"{purpose}:{given.hex()}"),
        "purpose": purpose,
        "expires_at": clock.now() + 2 * GOOD_FOR,
    }
    return run(insert_once(challenge, row)).rowcount == 1


def _seals(purpose: str, binding: str, body: bytes) -> list[bytes]:
    return [bytes.fromhex(seal)[:_SEAL] for seal in secrets.signatures("challenge", purpose, binding, body.hex())]
