"""Codes that people copy from paper: ten letters and digits without lookalikes, stored as keyed hashes."""

from __future__ import annotations

import hmac
import secrets as randomness
import unicodedata

from superapp.kernel import secrets

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Thirty-two signs without 0, 1, I and O: ten of them hold 50 bits."""
LENGTH = 10


def draw() -> str:
    """Return a new random code as it is printed: `K7QF2-MXR9T`."""
    return printed("".join(randomness.choice(ALPHABET) for _ in range(LENGTH)))


def derived(*parts: str) -> str:
    """Return the code that belongs to the parts: nobody without our key can know it, so it need not be stored."""
    digest = hmac.digest(secrets.key_for("codes"), "\x1f".join(parts).encode(), "sha256")
    return printed("".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:LENGTH]))


def printed(code: str) -> str:
    """Return a code in its two groups."""
    return f"{code[:5]}-{code[5:]}"


def normal(typed: str) -> str:
    """Return the ten signs of a code however it was typed, or an empty text."""
    text = unicodedata.normalize("NFKC", typed[:60]).upper()
    kept = "".join(sign for sign in text if sign.isalnum())
    return kept if len(kept) == LENGTH and all(sign in ALPHABET for sign in kept) else ""


def hashes(purpose: str, *parts: str) -> list[str]:
    """Return the keyed hashes under which a code may be stored: the present key's first, then those of former keys."""
    return secrets.signatures(f"code:{purpose}", *parts)
