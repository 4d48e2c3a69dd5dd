"""Logs: one line an event, as JSON or for people, with the request's id and without personal data."""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import MutableMapping
from datetime import UTC, datetime
from typing import Any, TextIO

import structlog
from flask import Flask, Response, g, has_request_context, request

from superapp.kernel import metrics, redaction
from superapp.settings import Settings

QUIET = frozenset({"operations.healthz", "operations.readyz", "operations.metrics"})
"""Endpoints that monitors ask all the time; they are counted, not logged."""
_as_json = False


def get(part: str) -> Any:
    """Return the logger of a part of the app: `log = logs.get("jobs")`, `log.warning("words", field=value)`."""
    return structlog.get_logger(part=part)


def install(app: Flask, settings: Settings) -> None:
    """Set logging up for this process and log and count each request of the app."""
    configure(as_json=settings.log_json)
    app.before_request(_open)
    app.after_request(_close)


def configure(*, as_json: bool) -> None:
    """Send our log and that of all libraries to stderr in one format, redacted."""
    global _as_json
    _as_json = as_json
    structlog.configure(
        processors=[structlog.processors.add_log_level, _finish],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=_Stderr,
        cache_logger_on_first_use=True,
    )
    root = logging.getLogger()
    if not any(isinstance(handler, _LibraryHandler) for handler in root.handlers):
        root.addHandler(_LibraryHandler())


class _Stderr:
    """Writes finished lines to stderr as it is now (tests replace it), one write a line."""

    def __init__(self, *_names: Any) -> None:
        pass

    def msg(self, line: str) -> None:
        stream: TextIO = sys.stderr
        stream.write(line + "\n")

    debug = info = warning = warn = error = critical = exception = fatal = log = msg


class _LibraryHandler(logging.Handler):
    """Gives the log records of libraries our form and our redaction."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record; a log that fails never fails what logged."""
        try:
            event: dict[str, Any] = {"event": record.getMessage(), "part": record.name}
            event |= {"level": record.levelname.lower(), "exc_info": record.exc_info}
            _Stderr().msg(_finish(None, "", event))
        except Exception:
            self.handleError(record)


def _finish(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> str:
    """Return the line of an event: stamped, tied to its request, redacted."""
    error = _error(event.pop("exc_info", None))
    level = event.pop("level", "info")
    hide = _values_of_request()
    words = redaction.redact(str(event.pop("event", "")), hide)
    fields = redaction.redacted(event, hide)
    if has_request_context() and "request_id" in g:
        fields["request_id"] = g.request_id
    if error is not None:
        fields["error"] = redaction.describe(error, hide)
    return _line(level, words, fields)


def _line(level: str, words: str, fields: dict[str, Any]) -> str:
    moment = datetime.now(UTC)
    if _as_json:
        stamped = {"at": moment.isoformat(timespec="milliseconds"), "level": level, "event": words, **fields}
        return json.dumps(stamped, ensure_ascii=False, default=str)
    error = fields.pop("error", "")
    pairs = " ".join(f"{name}={_flat(value)}" for name, value in fields.items())
    tail = "".join(f"\n    {line}" for line in str(error).splitlines())
    return f"{moment:%H:%M:%S} {level:<7} {_flat(words)} {pairs}{tail}"


def _flat(value: Any) -> str:
    """Return a value on one line: a line break within it could forge a log line (ASVS 16.4.1)."""
    return str(value).replace("\r", "\\r").replace("\n", "\\n")


def _error(info: Any) -> BaseException | None:
    if info is True:
        info = sys.exc_info()
    if isinstance(info, tuple):
        info = info[1]
    return info if isinstance(info, BaseException) else None


def _values_of_request() -> set[str]:
    """Return what the client sent: an error may quote any of it (`invalid literal for int(): 'password'`).

    Only what is parsed already; a log line must not start reading a body.
    """
    if not has_request_context():
        return set()
    parsed = [request.__dict__.get("form"), request.args, request.cookies]
    found = {value for values in parsed if values for value in values.values()}
    found |= {str(value) for value in (request.view_args or {}).values()}
    found |= {request.headers.get("Authorization", ""), request.headers.get("Cookie", "")}
    sent = getattr(request, "_cached_json", (None, None))[0]
    return found | (redaction.texts(sent) if isinstance(sent, dict | list) else set())


def _open() -> None:
    g.started = time.perf_counter()


def _close(response: Response) -> Response:
    asked, state = request._get_current_object(), g._get_current_object()  # type: ignore[attr-defined]
    endpoint, method, status = asked.endpoint or "none", asked.method, response.status_code
    now = time.perf_counter()
    seconds = now - state.get("started", now)
    metrics.observe(endpoint, method, status, seconds)
    if endpoint not in QUIET:
        # The rule, never the address: addresses carry ids, codes and searches. So nothing here needs redaction.
        fields = {"part": "http", "method": method, "rule": asked.url_rule.rule if asked.url_rule else "-"}
        fields |= {"status": status, "ms": round(seconds * 1000, 1), "request_id": state.get("request_id", "")}
        _Stderr().msg(_line("info", "request", fields))
    return response
