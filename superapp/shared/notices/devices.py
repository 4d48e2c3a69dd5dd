"""Browsers that take pushes: subscriptions of RFC 8030, kept encrypted, and the key pairs that name us to push services."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import sqlalchemy as sa

from superapp.kernel import clock, command, ids, secrets
from superapp.kernel.database import run
from superapp.kernel.errors import Invalid, NotFound
from superapp.kernel.language import gettext as _
from superapp.login.tables import session
from superapp.shared.tables.notices import push

P = push.c
LONGEST_ADDRESS = 1000
MOST = 10
"""Devices of a person; the oldest makes room."""
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""The order of the curve P-256 (SEC 2)."""


@dataclass(frozen=True)
class KeyPair:
    """A VAPID key pair (RFC 8292): PEM texts for signing, and `public` as browsers want it (base64url, uncompressed)."""

    private_pem: bytes = field(repr=False)
    public_pem: bytes
    public: str


def key_pairs() -> list[KeyPair]:
    """Return our key pairs, derived from the present secret key (first) and from the former ones."""
    return [_pair(key) for key in secrets.keys_for("vapid")]


def _pair(key: bytes) -> KeyPair:
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric import ec

    private = ec.derive_private_key(int.from_bytes(key) % (_ORDER - 1) + 1, ec.SECP256R1())
    public = private.public_key()
    point = public.public_bytes(form.Encoding.X962, form.PublicFormat.UncompressedPoint)
    return KeyPair(
        private.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption()),
        public.public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo),
        base64.urlsafe_b64encode(point).rstrip(b"=").decode(),
    )


@dataclass(frozen=True)
class Subscription:
    """What a browser gave: the address to send to, its public key and its secret (base64url)."""

    endpoint: str
    p256dh: str = field(repr=False)
    auth: str = field(repr=False)

    def __post_init__(self) -> None:
        """Raise Invalid for an address that is none of a known push service, or keys that cannot encrypt."""
        if len(self.endpoint) > LONGEST_ADDRESS or not allowed(self.endpoint):
            raise Invalid(_("Layanan notifikasi peramban ini tidak dikenal. Hubungi Diskominfo."))
        if not (_is_point(self.p256dh) and len(_bytes(self.auth)) == 16):
            raise Invalid(_("Kunci notifikasi dari peramban tidak lengkap. Muat ulang halaman, lalu coba lagi."))


def _bytes(value: str) -> bytes:
    try:
        return base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return b""


def _is_point(value: str) -> bool:
    from cryptography.hazmat.primitives.asymmetric import ec

    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _bytes(value))
    except ValueError:
        return False
    return len(_bytes(value)) == 65


def allowed(address: str) -> bool:
    """Tell whether we may send to an address: https of a host in SUPERAPP_PUSH_HOSTS, or of an origin named there.

    Whatever a browser gives is called from inside the network (SSRF, ASVS 5.0, 1.3.6), so nothing else is.
    """
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if not address.isascii() or not address.isprintable() or parts.username is not None or parts.password is not None:
        return False
    named = secrets.settings().push_hosts
    if f"{parts.scheme}://{parts.netloc}" in named:
        return True
    return parts.scheme == "https" and port in (None, 443) and any(_fits(host, one) for one in named)


def _fits(host: str, named: str) -> bool:
    return host.endswith(named[1:]) if named.startswith("*.") else host == named


def subscribe(person_id: UUID, given: Subscription, *, session_id: str) -> UUID:
    """Keep a browser of a person in the command under way, or take it over from whoever used it before."""
    command.current()
    own, digest = ids.uuid7(), secrets.digest(given.endpoint)
    run(sa.delete(push).where(P.digest == digest))
    from_ = run(sa.select(session.c.device_id, session.c.browser).where(session.c.id == session_id)).one()
    sealed = secrets.box().encrypt(json.dumps(vars(given)).encode())
    values = {
        "id": own,
        "person_id": person_id,
        "session_id": session_id,
        "device_id": from_.device_id,
        "digest": digest,
    }
    server_key = key_pairs()[0].public[:16]
    more = {
        "sealed": sealed,
        "server_key": server_key,
        "label": from_.browser,
        "created_at": clock.now(),
        "failures": 0,
    }
    run(sa.insert(push).values(values | more))
    kept = sa.select(P.id).where(P.person_id == person_id).order_by(P.id.desc()).limit(MOST)
    run(sa.delete(push).where(P.person_id == person_id, P.id.not_in(kept.scalar_subquery())))
    return own


def of_person(person_id: UUID) -> Sequence[Any]:
    """Return a person's devices, newest first: id, label, digest, created_at, succeeded_at."""
    query = sa.select(P.id, P.label, P.digest, P.created_at, P.succeeded_at).where(P.person_id == person_id)
    return run(query.order_by(P.id.desc())).all()


def remove(person_id: UUID, push_id: UUID) -> None:
    """Send nothing to one of a person's devices any more; NotFound when it is not his."""
    command.current()
    if not run(sa.delete(push).where(P.id == push_id, P.person_id == person_id)).rowcount:
        raise NotFound(_("Perangkat itu sudah tidak menerima notifikasi."))


def leave(ending: sa.ColumnElement[bool]) -> None:
    """Forget the subscriptions of sessions that people end, and of these sessions' devices."""
    theirs = sa.select(session.c.id).where(ending)
    devices = sa.select(session.c.device_id).where(ending, session.c.device_id.is_not(None))
    run(sa.delete(push).where(sa.or_(P.session_id.in_(theirs), P.device_id.in_(devices))))
