"""Passwords: rules, hashing and checking; always outside a transaction, at most two at once."""

from __future__ import annotations

import itertools
import re
import threading
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from superapp.kernel import command
from superapp.kernel.errors import Busy, Invalid
from superapp.kernel.language import gettext as _

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST, LONGEST = 12, 128
"""Characters; no rule about kinds of characters and no forced renewal (ASVS 6.2.1, 6.2.5, 6.2.9, 6.2.10)."""
AT_ONCE = 2
"""Each hash holds 19 MiB and one core for 35 ms; more at once would starve the pages."""
PATIENCE = 8.0
_PLACES = threading.BoundedSemaphore(AT_ONCE)
R = TypeVar("R")


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher

    _give_memory_back()
    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def _give_memory_back() -> None:
    """Let glibc return the memory of each hash to the system; else each thread that ever hashed keeps its 19 MiB."""
    import ctypes
    import sys

    if sys.platform == "linux":
        set_option = getattr(ctypes.CDLL(None), "mallopt", None)
        if set_option is not None:
            set_option(_M_MMAP_THRESHOLD, 1 << 20)


_M_MMAP_THRESHOLD = -3
_DUMMY = "$argon2id$v=19$m=19456,t=2,p=1$Thv9gmKq15k4G/1WhcCTXQ$1zZeWRbCKQK2Vwf9n4tpKc/EKDTlPnmYkpYSHLS/nZw"
"""The hash of a random text that nobody kept; checked in place of a hash that does not exist."""


@dataclass(frozen=True)
class Verdict:
    """Whether the password is right, and whether its hash should be made anew with today's cost."""

    right: bool
    stale: bool = False


def normalise(text: str) -> str:
    """Return the password as it is hashed: NFKC, so that keyboards that compose differently agree (NIST 800-63B)."""
    return unicodedata.normalize("NFKC", text)


def hash_password(text: str) -> str:
    """Return the argon2id hash (19 MiB, t=2, p=1); RuntimeError inside a command, Busy when too many wait."""
    return _in_turn(lambda: _hasher().hash(normalise(text)))


def verify(stored: str | None, text: str) -> Verdict:
    """Check a password against a stored hash.

    Without a hash (unknown or never activated account) a dummy is checked, so that time tells nothing.
    """
    from argon2.exceptions import InvalidHashError, VerificationError

    candidate = normalise(text[: LONGEST * 8])
    if len(candidate) > LONGEST:
        candidate, stored = candidate[:LONGEST], None
    known = stored or _DUMMY
    try:
        right = _in_turn(lambda: _hasher().verify(known, candidate))
    except (VerificationError, InvalidHashError):
        return Verdict(False)
    if not stored:
        return Verdict(False)
    return Verdict(right, stale=_hasher().check_needs_rehash(stored))


def _in_turn(work: Callable[[], R]) -> R:
    if command.under_way():
        raise RuntimeError("argon2 inside a command would hold every other writer up; use prepare=")
    if not _PLACES.acquire(timeout=PATIENCE):
        raise Busy
    try:
        return work()
    finally:
        _PLACES.release()


def accept(text: str, *, number: str = "", field: str = "password") -> str:
    """Return a new password as it may be hashed, or raise Invalid with the sentence of the rule it breaks.

    `number` is the person's NIP or staff number, which the password must not be.
    """
    chosen = normalise(text[: LONGEST * 8])
    if sentence := _fault(chosen, number):
        raise Invalid(sentence, field=field)
    return chosen


def _fault(chosen: str, number: str) -> str:
    length = len(chosen)
    if not length:
        return _("Isi kata sandi baru.")
    if length < SHORTEST:
        return _("Kata sandi paling sedikit {n} karakter. Anda mengisi {m}.", n=SHORTEST, m=length)
    if length > LONGEST:
        return _("Kata sandi paling banyak {n} karakter.", n=LONGEST)
    if "\0" in chosen:
        return _("Kata sandi berisi karakter yang tidak bisa dipakai.")
    if number and _bare(number) == _bare(chosen):
        return _("Kata sandi tidak boleh sama dengan NIP Anda.")
    if is_common(chosen):
        return _("Kata sandi ini terlalu umum dan mudah ditebak. Pilih yang lain.")
    return ""


def _bare(text: str) -> str:
    return re.sub(r"[\s.\-_]", "", text).casefold()


_EDGES = re.compile(r"^[\W\d_]+|[\W\d_]+$")
LEET = str.maketrans("013457@$!", "oieastasi")


@cache
def _common() -> frozenset[str]:
    listed = (Path(__file__).parent / "data" / "common_passwords.txt").read_text(encoding="utf-8")
    return frozenset(line for line in listed.splitlines() if line and not line.startswith("#"))


def is_common(chosen: str) -> bool:
    """Tell whether a password is on the list of common and breached ones, or is one of them in thin disguise.

    Looked up in lower case: as it is, without separators, with digits read as letters, and without digits and signs at
    its ends; a text of at most two different characters, a run ("123456789012") or one short text repeated counts too.
    """
    plain = chosen.casefold()
    bare = _bare(chosen)
    shapes = {plain, bare, plain.translate(LEET), bare.translate(LEET)}
    cores = {_EDGES.sub("", shape) for shape in shapes}
    stems = cores | {core.translate(LEET) for core in cores}
    known = _common()
    return bool(shapes & known) or any(stem in known for stem in stems if len(stem) >= 4) or _is_monotonous(bare)


def _is_monotonous(text: str) -> bool:
    if len(set(text)) <= 2 or (text + text).find(text, 1) < len(text):
        return True
    steps = {ord(after) - ord(before) for before, after in itertools.pairwise(text)}
    return steps <= {1, -9} or steps <= {-1, 9}
