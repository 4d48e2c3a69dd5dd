"""Passwords: the rules, the list, and how they are hashed and checked."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from flask import Flask

from superapp.access.actor import operator
from superapp.kernel import command
from superapp.kernel.errors import Invalid
from superapp.login import password

NIP = "198504122010012017"
GOOD = "perahu senja dan meja kayu"


def _listed() -> list[str]:
    return sorted(password._common())


@pytest.fixture(autouse=True)
def _full_price(cheap_passwords) -> Iterator[None]:
    """Hash as in production: the price is what these tests are about."""
    with cheap_passwords():
        yield


def test_the_list_is_long_enough() -> None:
    assert len(_listed()) >= 3000


def test_every_listed_password_is_refused() -> None:
    for listed in _listed():
        with pytest.raises(Invalid):
            password.accept(listed)


@pytest.mark.parametrize(
    "text",
    ["Nunukan-2026", "NUNUKAN12345", "P@ssw0rd2026", "kabupatennunukan", "Bismillah123!", "rahasia-rahasia", "qwertyuiop123",
     "1234567890123", "abcdefghijklmn", "aaaaaaaaaaaaa", "abababababab", "Indonesia@1945", "diskominfo2026", "Sebatik_123456",
     "987654321098"],
)  # fmt: skip
def test_common_passwords_are_refused_in_disguise(text: str) -> None:
    with pytest.raises(Invalid, match=r"umum|12 karakter"):
        password.accept(text)


@pytest.mark.parametrize(
    "text", [GOOD, "perahu7senja2", "kopi krayan manis sekali", "ｋｏｐｉ krayan manis", "паром на закате"]
)
def test_a_few_own_words_are_enough(text: str) -> None:
    assert password.accept(text)


@pytest.mark.parametrize("length", [1, 11])
def test_short_passwords_are_refused_with_their_length(length: int) -> None:
    with pytest.raises(Invalid, match=f"paling sedikit 12 karakter. Anda mengisi {length}"):
        password.accept("sj4kd8fh2lq"[:length])


def test_lengths_from_12_to_128_are_taken() -> None:
    long = "".join(chr(97 + at * 7 % 26) for at in range(128))
    assert password.accept(long[:12])
    assert password.accept(long) == long
    with pytest.raises(Invalid, match="paling banyak 128"):
        password.accept(long + "x")


@pytest.mark.parametrize("written", [NIP, "19850412 201001 2 017", "19850412-201001-2-017"])
def test_the_own_nip_is_no_password(written: str) -> None:
    with pytest.raises(Invalid, match="sama dengan NIP"):
        password.accept(written, number=NIP)


def test_the_73rd_byte_matters() -> None:
    base = "".join(chr(97 + at * 5 % 26) for at in range(72))
    stored = password.hash_password(base + "x")
    assert password.verify(stored, base + "x").right
    assert not password.verify(stored, base + "y").right
    assert not password.verify(stored, base).right


def test_spaces_and_capitals_matter() -> None:
    stored = password.hash_password(GOOD)
    assert not password.verify(stored, f" {GOOD}").right
    assert not password.verify(stored, GOOD.title()).right


def test_the_same_letters_composed_differently_are_the_same_password() -> None:
    stored = password.hash_password("caf\u00e9 di pelabuhan")
    assert password.verify(stored, "cafe\u0301 di pelabuhan").right


def test_hashes_are_argon2id_of_19_mib() -> None:
    assert password.hash_password(GOOD).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_nothing_is_right_without_a_stored_hash() -> None:
    assert not password.verify(None, "nobody has this password").right
    assert not password.verify("", GOOD).right
    assert not password.verify("broken", GOOD).right


def test_a_hash_of_former_cost_is_called_stale() -> None:
    from argon2 import PasswordHasher

    old = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(GOOD)
    assert password.verify(old, GOOD) == password.Verdict(True, stale=True)


def test_hashing_inside_a_command_is_refused(context: Flask) -> None:
    with pytest.raises(RuntimeError, match="prepare="), command.begin("test", actor=operator(), says=""):
        password.hash_password(GOOD)


def test_at_most_two_are_hashed_at_once() -> None:
    present, most, lock = 0, 0, threading.Lock()

    def work() -> None:
        nonlocal present, most
        with lock:
            present += 1
            most = max(most, present)
        threading.Event().wait(0.02)
        with lock:
            present -= 1

    threads = [threading.Thread(target=password._in_turn, args=(work,)) for _ in range(12)]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 2
    assert time.monotonic() - started >= 0.1
