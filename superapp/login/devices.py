"""Devices that signed in before, and what browsers are called."""

from __future__ import annotations

import re
import secrets as randomness
from uuid import UUID

import sqlalchemy as sa
from flask import Request

from superapp.kernel import clock, ids, secrets
from superapp.kernel.database import run
from superapp.login.tables import device

COOKIE = "perangkat"
SECONDS = 400 * 24 * 3600
"""The longest that browsers keep a cookie."""


def cookie_name() -> str:
    """Return the device cookie's name; the __Host- prefix needs https."""
    return f"__Host-{COOKIE}" if secrets.settings().secure else COOKIE


def token_of(request: Request) -> str:
    """Return the token of the device's cookie, or an empty text."""
    token = request.cookies.get(cookie_name(), "")
    return token if 20 <= len(token) <= 80 else ""


def _hash(token: str, person_id: UUID | None) -> str:
    # The person is part of it: one browser of a front office serves several people, each known for himself.
    return secrets.digest(f"{token}:{person_id.hex if person_id else ''}")


def known(token: str, person_id: UUID | None) -> UUID | None:
    """Return the device's id when it signed in to this account before, else None."""
    return run(sa.select(device.c.id).where(device.c.token_hash == _hash(token, person_id))).scalar() if token else None


def remember(token: str, person_id: UUID, label: str) -> tuple[str, UUID]:
    """Note in the command under way that the device signed in; return its cookie's token and its id."""
    token = token or randomness.token_urlsafe(24)
    moment, hashed = clock.now(), _hash(token, person_id)
    found = known(token, person_id)
    if found is not None:
        run(sa.update(device).where(device.c.id == found).values(last_seen=moment, label=label[:80]))
        return token, found
    fresh = ids.uuid7()
    row = {"id": fresh, "person_id": person_id, "token_hash": hashed, "label": label[:80]}
    run(sa.insert(device).values(row | {"created_at": moment, "last_seen": moment}))
    return token, fresh


def forget(person_id: UUID, device_ids: list[UUID]) -> None:
    """Treat devices as strangers from now on (a lost phone)."""
    run(sa.delete(device).where(device.c.person_id == person_id, device.c.id.in_(device_ids)))


_BROWSERS = (
    ("Edge", r"Edg(?:A|iOS)?/"),
    ("Samsung Internet", r"SamsungBrowser/"),
    ("Opera", r"OPR/|OPX/"),
    ("Firefox", r"Firefox/|FxiOS/"),
    ("Chrome", r"Chrome/|CriOS/|Chromium/"),
    ("Safari", r"Safari/"),
)
_SYSTEMS = (
    ("Android", r"Android"),
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("Windows", r"Windows"),
    ("Mac", r"Macintosh|Mac OS X"),
    ("Linux", r"Linux|X11"),
)


def describe(user_agent: str) -> str:
    """Return a browser in words people know: "Chrome di Android"."""
    text = user_agent[:400]
    browser = next((name for name, pattern in _BROWSERS if re.search(pattern, text)), "Peramban")
    system = next((name for name, pattern in _SYSTEMS if re.search(pattern, text)), "")
    return f"{browser} di {system}" if system else browser
