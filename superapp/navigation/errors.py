"""Error pages: a sentence, a code to read out, and what was typed; never a stack trace."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from html import escape
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, urlsplit

from flask import Flask, Response, current_app, g, jsonify, make_response, request
from werkzeug.exceptions import HTTPException

from superapp.access.actor import NOBODY, Actor, acting_as, current
from superapp.extensions import db
from superapp.kernel import clock, logs
from superapp.kernel.errors import AppError, Forbidden, KeyReused, Stale
from superapp.kernel.http import incident_code
from superapp.kernel.language import N_
from superapp.kernel.language import gettext as _
from superapp.kernel.templates import render
from superapp.login import addresses
from superapp.navigation import kept as keeping
from superapp.navigation import requests
from superapp.navigation.granting import Keeper
from superapp.navigation.kept import Kept
from superapp.plugin.refusals import SignInNeeded
from superapp.plugin.serving import outbox

log = logs.get("navigation.errors")
REDIRECTS = frozenset({301, 302, 303, 304, 307, 308})
SENTENCES = {
    400: N_("Permintaan tidak lengkap. Muat ulang halaman, lalu coba lagi."),
    403: N_("Yang berwenang di unit Anda bisa membukanya."),
    404: N_("Periksa alamatnya, atau cari dari beranda."),
    405: N_("Halaman ini tidak bisa dibuka dengan cara itu. Kembali ke halaman sebelumnya."),
    413: N_("Kiriman terlalu besar. Paling besar 25 MB untuk satu kiriman."),
}
OTHERWISE = N_("Permintaan tidak bisa diproses. Kembali, lalu coba lagi.")
EXPIRED_FORM = N_("Formulir ini sudah kedaluwarsa. Periksa isian Anda, lalu kirim lagi.")
FAULT = N_("Maaf, sistem belum bisa memproses ini. Coba lagi sebentar lagi.")
FAULT_OF_FORM = N_("Maaf, sistem belum bisa menyimpan. Isian Anda aman di halaman ini. Coba lagi.")


@dataclass(frozen=True)
class Problem:
    """What an error page tells: its words and status, and values for its own template."""

    title: str
    message: str
    status: int = field(kw_only=True)
    template: str = field(default="errors/error.html", kw_only=True)
    values: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}), kw_only=True)
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), kw_only=True)


def install(app: Flask) -> None:
    """Answer every refusal and every fault with a page that says what to do."""
    app.register_error_handler(AppError, on_app_error)
    app.register_error_handler(HTTPException, on_http_error)
    app.register_error_handler(Exception, on_fault)


def on_app_error(error: AppError) -> Response:
    """Answer an expected failure: its sentence, its status, and the input kept."""
    return answer(_problem(error, keeping.of_request()))


def _problem(error: AppError, kept: Kept | None) -> Problem:
    own = error.message if error.message != error.title else SENTENCES.get(error.status, error.message)
    words = (_(error.title), _(own))
    retry = getattr(error, "retry_after", None)
    if isinstance(error, SignInNeeded):
        laid_by = keeping.lay_by(kept) if kept else ""
        next_url = f"/resume/{laid_by}" if laid_by else error.next_url
        values = {"next_url": next_url, "laid_by": bool(laid_by)}
        return Problem(*words, status=401, template="errors/session.html", values=values, headers=_sign_in_whole())
    if isinstance(error, Stale):
        return Problem(*words, status=409, template="errors/conflict.html", values=_conflict(error))
    if isinstance(error, KeyReused):
        return Problem(*words, status=409, template="errors/key_reused.html")
    if isinstance(error, Forbidden):
        permission = g.get("missing_permission", "")
        return Problem(*words, status=403, values={"permission": permission, "keepers": _keepers(permission)})
    headers = {"Retry-After": str(retry)} if retry else {}
    return Problem(*words, status=error.status, headers=headers, values={"module": getattr(error, "module_title", "")})


def _sign_in_whole() -> dict[str, str]:
    """Let a fragment whose session ended open the sign-in page whole, and lead back to the page it belongs to."""
    if "HX-Request" not in request.headers:
        return {}
    page = urlsplit(request.headers.get("HX-Current-URL", ""))
    back = addresses.local(f"{page.path}?{page.query}" if page.query else page.path)
    return {"HX-Redirect": f"/login?next={quote(back)}"}


def _keepers(permission: str) -> list[Keeper]:
    """Return who can grant a missing right, two at most; nobody when that cannot be told now."""
    try:
        return list(requests.wanted(permission, current()).keepers[:2]) if permission else []
    except Exception as failure:  # an error page never fails itself
        log.warning("who can grant could not be read", exc_info=failure)
        return []


def _conflict(error: Stale) -> dict[str, Any]:
    rows = outbox.differences(error)
    chosen = {name for row in rows if (name := row["name"])}
    chosen |= {name.removesuffix("_id") for name in chosen}  # the words of a picker go with the id that was chosen
    return {"rows": rows, "present_version": error.version, "chosen": chosen}


def on_http_error(error: HTTPException) -> Response:
    """Answer what Flask or Werkzeug refused."""
    status = error.code or 500
    if error.response is not None or status in REDIRECTS:
        return make_response(error.get_response())
    sentence = EXPIRED_FORM if type(error).__name__ == "CSRFError" else SENTENCES.get(status, OTHERWISE)
    title = N_("Halaman tidak ditemukan") if status == 404 else N_("Belum bisa diproses")
    own = error.description or ""
    # Werkzeug's own sentences are English; ours end up here through `abort(400, "…")`.
    ours = own.endswith(".") and own != type(error).description and type(error).__name__ != "CSRFError"
    return answer(Problem(_(title), own if ours else _(sentence), status=status))


def on_fault(error: Exception) -> Response:
    """Answer an unexpected failure: generic words and a code; the log has the rest under the same code."""
    log.error("fault", code=incident_code(), exc_info=error)
    message = FAULT if request.method == "GET" else FAULT_OF_FORM
    return answer(Problem(_("Ada gangguan di sistem"), _(message), status=500))


def answer(problem: Problem) -> Response:
    """Return the answer that fits who asked: a page in the shell or without it, a fragment, or JSON."""
    _give_up_transaction()
    if _wants_json():
        response = jsonify(message=problem.message, code=incident_code())
    else:
        response = current_app.make_response(_html(problem))
    response.status_code = problem.status
    response.headers["Cache-Control"] = "no-store"
    for name, value in problem.headers.items():
        response.headers[name] = value
    return response


def _give_up_transaction() -> None:
    try:
        db.session.rollback()
    except Exception as failure:  # the database may be what failed
        log.warning("rollback failed", exc_info=failure)


def _wants_json() -> bool:
    if "HX-Request" in request.headers:
        return False
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], "text/html")
    return best == "application/json"


def _html(problem: Problem) -> str:
    """Return the page: in the shell, else without it, else as plain words; an error page never fails itself."""
    actor = _who()
    for signed_in in [True, False] if actor.signed_in else [False]:
        try:
            return _page(problem, signed_in=signed_in)
        except Exception as failure:
            log.error("error page failed", shell=signed_in, exc_info=failure)
    title, message = escape(problem.title), escape(problem.message)
    return f'<!doctype html><html lang="id"><title>{title}</title><h1>{title}</h1><p>{message} {incident_code()}</p>'


def _page(problem: Problem, *, signed_in: bool) -> str:
    values = {
        "title": problem.title,
        "message": problem.message,
        "status": problem.status,
        "code": incident_code(),
        "now": clock.now(),
        "kept": keeping.of_request(),
        "layout": "layout/shell.html" if signed_in else "layout/plain.html",
        "signed_in": signed_in,
        "address": request.full_path.rstrip("?"),
        **problem.values,
    }
    template = "errors/fragment.html" if "HX-Request" in request.headers else problem.template
    with nullcontext() if signed_in else acting_as(NOBODY):
        return render(template, **values)


def _who() -> Actor:
    """Return who acts, or nobody when even that cannot be read."""
    try:
        return current()
    except Exception as failure:
        log.warning("nobody could be asked who acts", exc_info=failure)
        return NOBODY
