"""Keys derived from SUPERAPP_SECRET_KEY: signing, sealing and encryption at rest, each for one purpose."""

from __future__ import annotations

import hashlib
import hmac
from functools import lru_cache
from typing import TYPE_CHECKING

from flask import current_app

from superapp.settings import Settings

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet


def settings() -> Settings:
    """Return the settings of the current app."""
    found: Settings = current_app.extensions["superapp.settings"]
    return found


def key_for(purpose: str) -> bytes:
    """Return 32 bytes derived from the secret key for one purpose (HKDF-like, HMAC-SHA-256)."""
    return _derived(settings().secret_key.get_secret_value(), purpose)


@lru_cache(maxsize=64)
def _derived(secret: str, purpose: str) -> bytes:
    return hmac.digest(secret.encode(), b"superapp:" + purpose.encode(), "sha256")


def keys_for(purpose: str) -> list[bytes]:
    """Return the keys of `key_for` under the present secret key (first) and under the former ones."""
    return [
        _derived(key.get_secret_value(), purpose) for key in (settings().secret_key, *settings().secret_key_fallbacks)
    ]


def sign(purpose: str, *parts: str) -> str:
    """Return the hex HMAC-SHA-256 of the parts under the key of `purpose`."""
    return hmac.digest(key_for(purpose), "\x1f".join(parts).encode(), "sha256").hex()


def signatures(purpose: str, *parts: str) -> list[str]:
    """Return the signatures of the parts under the present key (first) and under the former ones."""
    message = "\x1f".join(parts).encode()
    keys = [settings().secret_key, *settings().secret_key_fallbacks]
    return [hmac.digest(_derived(key.get_secret_value(), purpose), message, "sha256").hex() for key in keys]


def signed_by_us(purpose: str, signature: str, *parts: str) -> bool:
    """Tell in constant time whether `signature` is ours, made with the present or a former secret key."""
    matches = [hmac.compare_digest(found, signature) for found in signatures(purpose, *parts)]
    return any(matches)


def digest(value: str) -> str:
    """Return the hex SHA-256 of a random token, as stored instead of the token."""
    return hashlib.sha256(value.encode()).hexdigest()


def box() -> MultiFernet:
    """Return the box that encrypts secrets at rest; it opens what former keys closed."""
    import base64

    from cryptography.fernet import Fernet, MultiFernet

    keys = [settings().secret_key, *settings().secret_key_fallbacks]
    derived = [_derived(key.get_secret_value(), "encryption") for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in derived])
