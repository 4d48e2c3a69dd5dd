"""Redaction: what must never reach a log, an error text or a report about a person."""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

HIDDEN = "[disunting]"
_NAMES = re.compile(
    r"pass(word|wd|phrase)?$|sandi|secret|token|cookie|authorization|csrf|session|otp|totp|seed|recovery|"
    r"^(nip|nik|npwp|name|nama|email|surel|phone|telepon|hp|address|alamat|birth|lahir)|api_?key|credential",
    re.IGNORECASE,
)
_PATTERNS = (
    re.compile(r"DETAIL:.*"),  # PostgreSQL quotes the offending row: Key (nip)=(…) already exists
    re.compile(r"\[parameters:.*?\](?=\s*(\n|$|\(Background))", re.DOTALL),
    re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"),
    re.compile(r"(?<![\w.-])(?:\d[ .]?){9,}\d(?![\w-])"),  # NIP, NIK, phone, account numbers
    re.compile(r"://[^/\s:@]+:[^@\s]+@"),
    re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{6,}"),
)
SHORTEST = 4
"""Characters below which a value of a request is too common a text to be looked for."""
_LONGEST = 20_000


def redact(text: str, hide: Iterable[str] = ()) -> str:
    """Return the text without personal numbers, addresses, credentials and the values of `hide`."""
    for value in sorted({value for value in hide if len(value) >= SHORTEST}, key=len, reverse=True):
        text = text.replace(value, HIDDEN)
    text = text[:_LONGEST]
    for pattern in _PATTERNS:
        text = pattern.sub(HIDDEN, text)
    return text


def secret_name(name: str) -> bool:
    """Tell whether a field of this name holds what no log may show."""
    return _NAMES.search(name) is not None


def redacted(values: Mapping[str, Any], hide: Iterable[str] = ()) -> dict[str, Any]:
    """Return a mapping with hidden values of telling names, and redacted texts."""
    return {name: HIDDEN if secret_name(name) else _redacted_value(value, hide) for name, value in values.items()}


def _redacted_value(value: Any, hide: Iterable[str]) -> Any:
    if value is None or isinstance(value, bool | int | float | UUID):
        return value
    if isinstance(value, Mapping):
        return redacted({str(name): item for name, item in value.items()}, hide)
    if isinstance(value, list | tuple | set | frozenset):
        return [_redacted_value(item, hide) for item in value]
    return redact(str(value), hide)


def texts(value: Any) -> set[str]:
    """Return the texts within a JSON value that may be personal: all but ids."""
    if isinstance(value, Mapping):
        return {text for item in value.values() for text in texts(item)}
    if isinstance(value, list | tuple):
        return {text for item in value for text in texts(item)}
    return {value} if isinstance(value, str) and not _is_id(value) else set()


def _is_id(value: str) -> bool:
    try:
        UUID(value)
    except ValueError:
        return False
    return True


def describe(error: BaseException, hide: Iterable[str] = ()) -> str:
    """Return a traceback without source texts of values: type, redacted message, and the frames, innermost last."""
    hide = set(hide)
    lines: list[str] = []
    for cause in _causes(error):
        frames = traceback.extract_tb(cause.__traceback__)[-12:]
        lines += [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        lines.append(f"{type(cause).__name__}: {redact(str(cause), hide)}")
    return "\n".join(lines)


def _causes(error: BaseException) -> list[BaseException]:
    """Return the error after what caused it, the first cause first; a ring of causes ends."""
    chain: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in chain and len(chain) < 5:
        chain.append(cause)
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return chain[::-1]
