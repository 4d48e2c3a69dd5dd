"""What nobody should send: values, tokens and bodies that a careless form would store, echo or fall over."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote
from uuid import UUID

from tests.acceptance.forms import FREE, Field, Form

Values = dict[str, Any]

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
STALE = ("0", "-1", "999999", "satu", "", "\0", "9" * 30)
FOREIGN = (
    "version",
    "id",
    "person_id",
    "next",
    "_method",
    "module",
    "csrf_token[]",
    "a[b][c]",
    "__class__",
    "\u202ename",
)
"""Fields that a form does not have."""
ODD: tuple[Any, ...] = (None, True, 0, -1, 1.5, 10**400, "\0", "\ud800", "é" * 9, [], {}, [[]], [None] * 500, {"": {}}, MEGABYTE,
                        "W1tb" * 4_000)  # fmt: skip
"""The last is base64url of twelve thousand opened brackets."""
DEEP = 20_000


@dataclass(frozen=True)
class Attack:
    """One hostile request: its name, what the client sends, and where to, when that is not the form's address."""

    name: str
    sent: Values = field(repr=False)
    marks: tuple[str, ...] = ()
    refused: bool = False
    action: str = ""


@dataclass(frozen=True)
class Arms:
    """What an attacker has at hand: chance, a token and a fresh key, and ids of records that the form is not about."""

    chance: random.Random
    key: str
    token: str
    strangers: Sequence[str] = ()

    def value(self, kind: str) -> str:
        """Return a hostile value of a kind."""
        return self.chance.choice((*VALUES[kind], *(self.strangers if kind == "id" else ())))

    def kind(self) -> str:
        """Return a kind of hostile value."""
        return self.chance.choice(sorted(VALUES))


def typed(form: Form, arms: Arms) -> Attack:
    """Return the form filled in with one or two hostile values, half of the time with marks in the other free fields."""
    values: Values = form.values | {"csrf_token": arms.token, "idempotency_key": arms.key}
    victims = arms.chance.sample(form.own, min(len(form.own), arms.chance.choice([1, 1, 1, 2])))
    marks = _mark(form, victims, values, arms) if arms.chance.random() < 0.5 else ()
    names = [_spoil(one, values, arms) for one in victims] or [_foreign(values, arms)]
    label = ", ".join(names)
    return Attack(label, {"data": values}, marks, refused=any(name.endswith("=nul") for name in names))


def _mark(form: Form, victims: list[Field], values: Values, arms: Arms) -> tuple[str, ...]:
    mark = f"Tanda {arms.key[-8:]}"
    marked = [one for one in form.own if one.kind in FREE and one not in victims and not _secret(one)]
    values.update({one.name: mark for one in marked})
    return (mark,) * len(marked)


def _spoil(one: Field, values: Values, arms: Arms) -> str:
    """Give a field a hostile value, or send it twice, as an array, or not at all; return what was done."""
    kind, how = arms.kind(), arms.chance.random()
    if one.name == "version" and how < 0.7:
        values[one.name] = arms.chance.choice(STALE)
        return "version=stale"
    if how < 0.08:
        values.pop(one.name, None)
        return f"{one.name} left out"
    if how < 0.16:
        values[one.name] = [values.get(one.name, one.value), arms.value(kind), arms.value(kind)]
        return f"{one.name} thrice"
    if how < 0.24:
        values |= {f"{one.name}[]": [arms.value(kind)], f"{one.name}[0][x]": values.pop(one.name, one.value)}
        return f"{one.name} as an array"
    values[one.name] = arms.value(kind)
    return f"{one.name}={kind}"


def _foreign(values: Values, arms: Arms) -> str:
    """Add a field that the form does not have."""
    name, kind = arms.chance.choice(FOREIGN), arms.kind()
    values[name] = arms.value(kind)
    return f"{name} added, {kind}"


def told(body: Values, arms: Arms) -> Attack:
    """Return the body of a script with one value of it, deep or shallow, replaced by one of a wrong kind or a hostile one."""
    path = arms.chance.choice(list(_paths(body)))
    kind = arms.kind()
    value = arms.value(kind) if arms.chance.random() < 0.5 else arms.chance.choice(ODD)
    return Attack(f"json {'.'.join(path)}", {"json": _replaced(body, path, value)})


def _paths(body: Any) -> Iterator[tuple[str, ...]]:
    yield ()
    if isinstance(body, dict):
        yield from ((name, *rest) for name, value in body.items() for rest in _paths(value))


def _replaced(body: Any, path: tuple[str, ...], value: Any) -> Any:
    return value if not path else body | {path[0]: _replaced(body[path[0]], path[1:], value)}


def crooked(form: Form, arguments: Sequence[str], arms: Arms) -> Iterator[Attack]:
    """Yield the form sent to its address with each argument replaced by a hostile one."""
    values = form.values | {"csrf_token": arms.token, "idempotency_key": arms.key}
    for argument in arguments:
        for kind in sorted(VALUES):
            hostile = quote(arms.value(kind)[:2000].encode("utf-8", "replace"), safe="")
            action = form.action.replace(f"/{argument}", f"/{hostile}", 1)
            if hostile and action != form.action:
                yield Attack(f"address, {kind}", {"data": values}, action=action)


def _secret(one: Field) -> bool:
    return one.kind == "password" or any(part in one.name for part in ("code", "password", "token"))


Break = Callable[[Values], Values]
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
BROKEN_JSON: dict[str, bytes] = {
    "json empty": b"", "json half": b'{"credential": {"id"', "json text": b'"teks"', "json number": b"9" * 5000,
    "json deep": b"[" * DEEP + b"]" * DEEP, "json nan": b'{"credential": NaN}', "json not utf-8": b'{"a": "\xff\xfe"}',
    "json twice": b'{"credential": {}, "credential": []}', "json large": b'{"credential": "' + b"x" * 1_000_000 + b'"}',
}  # fmt: skip


def broken(form: Form, arms: Arms) -> list[Attack]:
    """Return requests that are no proper forms: none may have an effect."""
    values = form.values | {"csrf_token": arms.token, "idempotency_key": arms.key}
    return [Attack(name, broken_by(values), refused=True) for name, broken_by in BROKEN.items()]


def broken_json() -> list[Attack]:
    """Return bodies that are no JSON of ours, and one without token."""
    return [
        Attack(name, {"data": raw, "content_type": "application/json"}, refused=True)
        for name, raw in BROKEN_JSON.items()
    ]


def _without(values: Values, name: str) -> Values:
    return {one: value for one, value in values.items() if one != name}
