"""What was typed into a refused form: shown again, sent again, and kept over the end of a session; never secrets."""

from __future__ import annotations

import json
import re
import secrets as randomness
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID

import sqlalchemy as sa
from flask import request
from werkzeug.exceptions import HTTPException

from superapp.kernel import clock, database, limiter, secrets
from superapp.kernel.database import run
from superapp.kernel.errors import NotFound, TooMany
from superapp.login.session import cookie_name
from superapp.login.tables import session
from superapp.navigation.models import kept_input

UNKEPT = frozenset({"csrf_token", "idempotency_key"})
CODES = frozenset({"code", "kode"})
SECRET_PARTS = frozenset("password passphrase pass sandi secret rahasia pin otp totp token recovery credential".split())
"""Parts of field names (split at `_`) that hold secrets; `unit_code` is none, a field named only `code` is."""
LONGEST = timedelta(hours=2)
LARGEST = 200_000
"""Characters that are kept over the end of a session."""
DOOR = limiter.door("kept-input", limit=30, window=timedelta(minutes=10))


@dataclass(frozen=True)
class Kept:
    """A refused form: where it was sent, its fields, and whether it may be sent again as it is."""

    action: str
    fields: tuple[tuple[str, str], ...]
    key: str = field(default="", kw_only=True)
    files: bool = field(default=False, kw_only=True)
    secret: bool = field(default=False, kw_only=True)
    trusted: bool = field(default=True, kw_only=True)

    @property
    def shown(self) -> tuple[str, ...]:
        """Return the texts a person typed; ids and ticks say nothing to anybody."""
        return tuple(value for _, value in self.fields if _is_text(value))

    @property
    def sendable(self) -> bool:
        """Whether the form came from our own page and nothing had to be left out."""
        return self.trusted and not self.secret

    def without(self, *names: str) -> tuple[tuple[str, str], ...]:
        """Return the fields but those of `names`."""
        return tuple(pair for pair in self.fields if pair[0] not in names)


def _is_text(value: str) -> bool:
    text = value.strip()
    return len(text) > 1 and text not in {"on", "true", "false"} and not re.fullmatch(r"[0-9a-f-]{32,36}", text)


def is_secret(name: str) -> bool:
    """Tell whether a field of this name holds a secret: `password`, `new_password`, `code`, but not `unit_code`."""
    return name.lower() in CODES or not SECRET_PARTS.isdisjoint(re.split(r"[^a-z]+", name.lower()))


def of_request() -> Kept | None:
    """Return the refused form of this request, secrets left out; None for a page that was only read."""
    if request.method in {"GET", "HEAD", "OPTIONS"}:
        return None
    try:
        form, files = request.form, request.files
    except HTTPException:
        return None  # the body itself could not be read, so there is nothing to keep
    pairs = [(name, value) for name, value in form.items(multi=True) if name not in UNKEPT]
    return Kept(
        request.path,
        tuple(pair for pair in pairs if not is_secret(pair[0])),
        key=form.get("idempotency_key", "")[:80],
        files=any(file.filename for file in files.values()),
        secret=any(is_secret(name) for name, _ in pairs),
        trusted=came_from_us(),
    )


def came_from_us() -> bool:
    """Tell whether our own page sent this form.

    A foreign page's form must not come back with a fresh token and a button: that would turn one click into its wish.
    """
    said = request.headers.get("Sec-Fetch-Site")
    if said:
        return said == "same-origin"
    source = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return urlsplit(source).netloc == request.host


def lay_by(kept: Kept) -> str:
    """Keep a form until its owner has signed in again and return the word that opens it, or "" when it cannot be kept.

    Stored encrypted, for two hours, and bound to the person of the session that ended, as far as that is known.
    """
    packed = json.dumps([kept.action, kept.fields, kept.key, kept.files])
    if not kept.sendable or not kept.fields or len(packed) > LARGEST:
        return ""
    try:
        limiter.reserve(DOOR.name, request=request)
    except TooMany:
        return ""
    word = randomness.token_urlsafe(24)
    with database.transaction() as connection:
        former = connection.execute(_FORMER, {"id": secrets.digest(request.cookies.get(cookie_name(), ""))}).scalar()
        values = {"id": secrets.digest(word), "person_id": former, "expires_at": clock.now() + LONGEST}
        connection.execute(sa.insert(kept_input).values(**values, sealed=secrets.box().encrypt(packed.encode())))
    return word


_FORMER = sa.select(session.c.person_id).where(session.c.id == sa.bindparam("id"))
_LAID_BY = sa.select(kept_input).where(
    kept_input.c.id == sa.bindparam("id"), kept_input.c.expires_at > sa.bindparam("now")
)


def take_up(word: str, person_id: UUID | None) -> Kept:
    """Return the form that was laid by under `word`.

    Raises NotFound when there is none, its time is over, or it is another person's.
    """
    row = run(_LAID_BY, {"id": secrets.digest(word), "now": clock.now()}).first()
    if row is None or (row.person_id is not None and row.person_id != person_id):
        raise NotFound("Isian ini sudah tidak tersimpan. Buka lagi formulirnya.")
    action, fields, key, files = json.loads(secrets.box().decrypt(row.sealed))
    return Kept(action, tuple((name, value) for name, value in fields), key=key, files=files)


def forget_old() -> int:
    """Delete what nobody came back for (hourly job); return how many."""
    return run(sa.delete(kept_input).where(kept_input.c.expires_at < clock.now())).rowcount
