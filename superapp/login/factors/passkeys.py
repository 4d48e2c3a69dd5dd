"""Passkeys (WebAuthn level 3): registering, signing in, confirming; the library is loaded when one is used."""

from __future__ import annotations

import base64
import ipaddress
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import sqlalchemy as sa
from flask import has_request_context, request

from superapp.kernel import clock, ids, logs, secrets
from superapp.kernel.database import run
from superapp.kernel.errors import Invalid
from superapp.kernel.language import gettext as _
from superapp.login.factors import challenges
from superapp.login.tables import passkey

RP_NAME = "Nunukan Satu"
MOST = 20
"""Passkeys a person may have."""
LONGEST_CREDENTIAL = 20_000
log = logs.get("login")


@dataclass(frozen=True)
class Passkey:
    """One passkey as its owner sees it."""

    id: UUID
    label: str
    created_at: datetime
    last_used: datetime | None


@dataclass(frozen=True)
class Key:
    """A stored passkey as checking needs it."""

    id: UUID
    person_id: UUID
    public_key: bytes
    sign_count: int


class Mismatch(Invalid):
    """A passkey that we know did not prove itself: worth a row in the audit, unlike what anybody may send."""

    def __init__(self, person_id: UUID) -> None:
        super().__init__(_("Kunci sandi tidak cocok. Coba lagi, atau masuk dengan kata sandi."))
        self.person_id = person_id


@dataclass(frozen=True)
class Site:
    """What passkeys belong to: a domain, for ever, and the address that browsers name as origin."""

    rp_id: str
    origin: str


def site() -> Site:
    """Return the site of the base address.

    Browsers allow no passkeys on a bare IP address: an app that runs on the own machine offers them to whoever opens
    it as `localhost`.
    """
    base = urlsplit(secrets.settings().base_url)
    host = (base.hostname or "").lower()
    if has_request_context() and _is_loopback(host) and request.host.split(":")[0] == "localhost":
        return Site("localhost", request.host_url.rstrip("/"))
    return Site(host, secrets.settings().base_url)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def available() -> bool:
    """Tell whether browsers allow passkeys here: on https or localhost, and never on a bare IP address."""
    host = site().rp_id
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return secrets.settings().secure or host == "localhost" or host.endswith(".localhost")
    return False


def of(person_id: UUID) -> list[Passkey]:
    """Return a person's passkeys, the newest first."""
    query = sa.select(passkey.c.id, passkey.c.label, passkey.c.created_at, passkey.c.last_used)
    rows = run(query.where(passkey.c.person_id == person_id).order_by(passkey.c.created_at.desc(), passkey.c.id))
    return [Passkey(**row._mapping) for row in rows]


def registration_options(person_id: UUID, number: str, name: str, binding: str) -> dict[str, Any]:
    """Return what the browser needs to make a passkey for a person; `binding` is the session's id."""
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    options = generate_registration_options(
        rp_id=site().rp_id,
        rp_name=RP_NAME,
        user_id=person_id.bytes,
        user_name=number,
        user_display_name=name,
        challenge=challenges.make("register", binding),
        exclude_credentials=_descriptors(person_id),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
    )
    return dict(json.loads(options_to_json(options)))


def authentication_options(purpose: str, binding: str, person_id: UUID | None = None) -> dict[str, Any]:
    """Return what the browser needs to use a passkey: any of this site, or one of a person."""
    from webauthn import generate_authentication_options, options_to_json
    from webauthn.helpers.structs import UserVerificationRequirement

    options = generate_authentication_options(
        rp_id=site().rp_id,
        challenge=challenges.make(purpose, binding),
        allow_credentials=_descriptors(person_id) if person_id else None,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return dict(json.loads(options_to_json(options)))


def _descriptors(person_id: UUID) -> list[Any]:
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

    rows = run(sa.select(passkey.c.credential_id).where(passkey.c.person_id == person_id)).scalars()
    return [PublicKeyCredentialDescriptor(id=credential_id) for credential_id in rows]


def add(person_id: UUID, credential: Any, binding: str, label: str) -> UUID:
    """Register the passkey that the browser made and return its id (in a command); raises Invalid."""
    from webauthn import verify_registration_response

    given = _challenge_of(credential, "register", binding)
    try:
        made = verify_registration_response(
            credential=credential,
            expected_challenge=given,
            expected_rp_id=site().rp_id,
            expected_origin=site().origin,
            require_user_verification=True,
        )
    except Exception as error:
        _note(error)
        raise Invalid(_("Kunci sandi tidak terbaca. Muat ulang halaman, lalu coba lagi.")) from error
    if len(of(person_id)) >= MOST:
        raise Invalid(_("Anda sudah punya {n} kunci sandi. Hapus yang tidak dipakai.", n=MOST))
    if run(sa.select(passkey.c.id).where(passkey.c.credential_id == made.credential_id)).first() is not None:
        raise Invalid(_("Kunci sandi ini sudah terdaftar."))
    fresh = ids.uuid7()
    row = {
        "id": fresh,
        "person_id": person_id,
        "credential_id": made.credential_id,
        "public_key": made.credential_public_key,
        "sign_count": made.sign_count,
        "label": label[:80],
        "created_at": clock.now(),
    }
    run(sa.insert(passkey).values(row))
    return fresh


def check(credential: Any, purpose: str, binding: str, person_id: UUID | None = None) -> Key:
    """Return the passkey that signed the challenge, and note its use (in a command); raises Invalid.

    With `person_id` only that person's passkeys count. A counter that does not rise means a copied key: refused.
    """
    from webauthn import verify_authentication_response

    given = _challenge_of(credential, purpose, binding)
    key = _key(credential)
    if key is None or (person_id is not None and key.person_id != person_id):
        raise Invalid(_("Kunci sandi ini tidak dikenal. Masuk dengan kata sandi."))
    try:
        done = verify_authentication_response(
            credential=credential,
            expected_challenge=given,
            expected_rp_id=site().rp_id,
            expected_origin=site().origin,
            credential_public_key=key.public_key,
            credential_current_sign_count=key.sign_count,
            require_user_verification=True,
        )
    except Exception as error:
        _note(error)
        raise Mismatch(key.person_id) from error
    same = sa.and_(passkey.c.id == key.id, passkey.c.sign_count == key.sign_count)
    used = sa.update(passkey).where(same).values(sign_count=done.new_sign_count, last_used=clock.now())
    if run(used).rowcount != 1:
        raise Invalid(_("Kunci sandi sedang dipakai di tempat lain. Coba lagi."))
    return key


def remove(person_id: UUID, passkey_id: UUID) -> bool:
    """Drop one of a person's passkeys; tell whether it was there (in a command)."""
    return run(sa.delete(passkey).where(passkey.c.id == passkey_id, passkey.c.person_id == person_id)).rowcount == 1


def _challenge_of(credential: Any, purpose: str, binding: str) -> bytes:
    """Return the challenge that the browser signed, if it is ours, fresh and unused; raises Invalid."""
    try:
        client_data = json.loads(_decoded(credential["response"]["clientDataJSON"]))
        given = _decoded(client_data["challenge"])
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise Invalid(_("Kunci sandi tidak terbaca. Muat ulang halaman, lalu coba lagi.")) from error
    if not challenges.is_ours(given, purpose, binding) or not challenges.spend(given, purpose):
        raise Invalid(_("Halaman ini sudah terlalu lama terbuka. Muat ulang, lalu coba lagi."))
    return given


def _decoded(text: str) -> bytes:
    if not isinstance(text, str) or len(text) > LONGEST_CREDENTIAL:
        raise ValueError("not base64url text")
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _key(credential: Any) -> Key | None:
    try:
        credential_id = _decoded(credential["rawId"])
    except (KeyError, TypeError, ValueError):
        return None
    query = sa.select(passkey.c.id, passkey.c.person_id, passkey.c.public_key, passkey.c.sign_count)
    row = run(query.where(passkey.c.credential_id == credential_id)).first()
    return None if row is None else Key(**row._mapping)


def _note(error: Exception) -> None:
    """Log what kind of fault the library found."""
    log.warning("passkey refused", reason=type(error).__name__)
