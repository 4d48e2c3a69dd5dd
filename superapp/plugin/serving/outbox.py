"""Forms that people fill without a signal: which they are, and answers that the phone's outbox understands.

The outbox sends a form as the page would, with two headers more: `X-Outbox` (`present` while the person waits, `later`
otherwise) and `X-Filled-Ago`, the seconds since the form was filled: an age, because a phone's clock may be days off.
It is answered in JSON: a receipt, or the refusal with what has to be mended.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import Response, current_app, get_flashed_messages, jsonify, request
from werkzeug.exceptions import HTTPException

from superapp.extensions import db
from superapp.kernel import clock
from superapp.kernel.errors import AppError, KeyReused, Stale
from superapp.kernel.http import incident_code
from superapp.kernel.language import gettext as _
from superapp.plugin.blueprint import Route
from superapp.plugin.refusals import SignInNeeded

if TYPE_CHECKING:
    from superapp.plugin.host import Host

HEADER, AGE = "X-Outbox", "X-Filled-Ago"
OLDEST = timedelta(days=60)
WORTH_TELLING = timedelta(minutes=1)
"""A form that arrives sooner was filled when it arrived."""


def install(host: Host) -> None:
    """Let `ui.form` know the forms that may be filled offline: those whose address leads to such a route."""
    offline = {route.endpoint: route for route in host.routes.values() if route.offline}

    def outbox_of(action: str = "") -> str:
        """Return the conflict rule of the form at `action` (empty: this page), "" when it is not for the outbox."""
        path = (action or request.path).partition("?")[0]
        try:
            endpoint, _arguments = host.app.url_map.bind("").match(path, method="POST")
        except HTTPException:
            return ""
        return offline[endpoint].conflict if endpoint in offline else ""

    for environment in host.app.extensions["superapp.templates"].values():
        environment.globals["outbox_of"] = outbox_of


def sent(route: Route) -> bool:
    """Tell whether this request is the outbox sending a form of the route."""
    return route.offline and HEADER in request.headers


def filled_at() -> dict[str, Any]:
    """Return when the form was filled as a value of the audit row (ISO 8601, UTC); nothing when it was just now."""
    told = request.headers.get(AGE, "")
    age = min(timedelta(seconds=int(told)), OLDEST) if told.isdecimal() and len(told) < 9 else timedelta()
    return {"filled_at": (clock.now() - age).isoformat(timespec="seconds")} if age >= WORTH_TELLING else {}


def receipt(answer: Any) -> Response:
    """Answer a form that took effect, now or when it came before: where it leads, when, and the view's own words."""
    response = current_app.make_response(answer)
    if response.status_code >= 400:
        return _json(response.status_code, message=_("Isian perlu diperbaiki"), errors={})
    words = [] if request.headers[HEADER] == "present" else get_flashed_messages()
    return _json(200, location=response.location or "", at=clock.now().isoformat(), words=" ".join(map(str, words)))


def refusal(error: AppError) -> Response:
    """Answer a form that was refused: the sentence, the faults by field, and what the record holds now."""
    db.session.rollback()
    told: dict[str, Any] = {"message": _(error.message), "errors": {}, "code": incident_code()}
    told["errors"] = {
        name: words if isinstance(words, str) else " ".join(words) for name, words in error.errors.items()
    }
    told["sign_in"], told["reused"] = isinstance(error, SignInNeeded), isinstance(error, KeyReused)
    if isinstance(error, Stale):
        told |= {"rows": differences(error), "version": error.version}
    response = _json(error.status, **told)
    if retry := getattr(error, "retry_after", None):
        response.headers["Retry-After"] = str(retry)
    return response


def differences(error: Stale) -> list[dict[str, str]]:
    """Return both texts of each field that differs: as keys (`mine`, `theirs`) and in words."""
    return [
        {"label": _(label), "name": name, "theirs": theirs, "mine": mine}
        | {"theirs_words": _(known.get(theirs, theirs)), "mine_words": _(known.get(mine, mine))}
        for label, (theirs, mine) in error.fields.items()
        for name in [error.names.get(label, "")]
        for known in [error.words.get(name, {})]
    ]


def _json(status: int, **values: Any) -> Response:
    response = jsonify(outbox=True, **values)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response
