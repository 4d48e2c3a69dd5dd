"""What nobody should send: values, tokens and bodies that a careless form would store, echo or fall over."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from tests.acceptance.forms import FREE, Field, Form

MEGABYTE = "Isian panjang " * 75_000
VALUES: dict[str, tuple[str, ...]] = {
    "nul": ("a\0b", "\0"),
    "long": (MEGABYTE,),
    "direction": ("\u202egpj.exe", "\u2066nama\u2069", "\u200f\u200e"),
    "homoglyph": ("1985О3172010011001", "١٩٨٥٠٣١٧٢٠١٠٠١١٠٠١", "１９８５０３１７２０１００１１００１", "l985O3l720l00ll00l"),
    "formula": ('=HYPERLINK("http://x","y")', "+62812|cmd' /C calc'!A0", "@SUM(1+1)", "-2+3", "\t=1+1"),
    "script": ("<script>alert(7391)</script>", '"><img src=x onerror=alert(7391)>', "javascript:alert(7391)", "{{7*7391}}"),
    "sql": ("' OR 1=1 --", "'; DROP TABLE core_person; --", "%", "_%\\", "1) UNION SELECT * FROM core_account"),
    "id": (str(UUID(int=0)), "01a20d4d-00d2-729c-a6d7-b6c6b906b35e", "f" * 32, "g" * 32, "{" + "0" * 8 + "}"),
    "number": ("9" * 400, "-1", "1e309", "NaN", "Infinity", "9007199254740993", "0x10", "1,5,6", "9" * 20, "²", "٣", "1_000"),
    "date": ("31-02-2026", "2026-13-45", "00-00-0000", "99999-01-01", "0001-01-01", "9999-12-31T23:59", "2026-11-24T25:61",
             "9999-12-31", "0001-01-01T00:00", "٢٠٢٦-١١-٢٤"),
    "kind": ("[]", "{}", "null", "true", "[object Object]", "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16")),
    "blank": ("", " ", "\u00a0", "\u200b", "\n\n", "\x07\x1b[31m", "\ufffe", "\U000e0001"),
    "path": ("../../etc/passwd", "//evil.example/x", "/\\evil.example", "http://[::1", "http://evil.example:99999/", "https://a@b:c/"),
}  # fmt: skip
NEVER_STORED = frozenset({"nul"})


@dataclass(frozen=True)
class Attack:
    """One hostile request: its name, and what the client sends beside the address."""

    name: str
    sent: dict[str, Any] = field(repr=False)
    marks: tuple[str, ...] = ()
    refused: bool = False


def typed(form: Form, chance: random.Random, key: str, token: str) -> Attack:
    """Return the form filled in, with one or two hostile values, and a mark in another free field."""
    values = form.values | {"csrf_token": token, "idempotency_key": key}
    victims = chance.sample(form.own, min(len(form.own), chance.choice([1, 1, 1, 2])))
    names = [chance.choice(sorted(VALUES)) for _ in victims]
    marks = []
    for one in form.own:
        if one.kind in FREE and one not in victims and not _secret(one):
            values[one.name] = f"Tanda {key[-8:]}"
            marks.append(values[one.name])
    for one, name in zip(victims, names, strict=True):
        values[one.name] = chance.choice(VALUES[name])
    label = ", ".join(f"{one.name}={name}" for one, name in zip(victims, names, strict=True))
    return Attack(label, {"data": values}, tuple(marks), refused=not NEVER_STORED.isdisjoint(names))


def _secret(one: Field) -> bool:
    return one.kind == "password" or any(part in one.name for part in ("code", "password", "token"))


Break = Callable[[dict[str, str]], dict[str, Any]]
BROKEN: dict[str, Break] = {
    "no token": lambda values: {"data": _without(values, "csrf_token")},
    "broken token": lambda values: {"data": values | {"csrf_token": values["csrf_token"][:-3] + "abc"}},
    "foreign token": lambda values: {"data": values | {"csrf_token": "é\u202e" * 40}},
    "NUL token": lambda values: {"data": values | {"csrf_token": "\0" * 40}},
    "broken key": lambda values: {"data": _without(values, "csrf_token") | {"idempotency_key": "\x00\x01"}},
    "text": lambda values: {"data": b"bukan formulir", "content_type": "text/plain"},
    "json list": lambda values: {"data": b"[1, 2", "content_type": "application/json"},
    "xml": lambda values: {"data": b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>", "content_type": "application/xml"},
    "no type": lambda values: {"data": b"\xff\xfe\x00", "content_type": ""},
    "not utf-8": lambda values: {"data": b"nama=%ff%fe&csrf_token=\xff", "content_type": FORM},
    "half multipart": lambda values: {"data": b"--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb",
                                      "content_type": "multipart/form-data; boundary=x"},
    "no boundary": lambda values: {"data": b"--x\r\n\r\n", "content_type": "multipart/form-data"},
    "wrong boundary": lambda values: {"data": b"--y\r\n\r\n--y--", "content_type": "multipart/form-data; boundary=\"x"},
    "many fields": lambda values: {"data": b"&".join(b"a%d=1" % number for number in range(3000)), "content_type": FORM},
    "foreign origin": lambda values: {"data": _without(values, "csrf_token"),
                                      "headers": {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}},
}  # fmt: skip
FORM = "application/x-www-form-urlencoded"


def broken(form: Form, key: str, token: str) -> list[Attack]:
    """Return requests that are no proper forms: none may have an effect."""
    values = form.values | {"csrf_token": token, "idempotency_key": key}
    return [Attack(name, broken_by(values), refused=True) for name, broken_by in BROKEN.items()]


def _without(values: dict[str, str], name: str) -> dict[str, str]:
    return {one: value for one, value in values.items() if one != name}
