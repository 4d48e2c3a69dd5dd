"""Error pages: a sentence, a code to read out, and what was typed; never a stack trace."""

from __future__ import annotations

import structlog
from flask import Flask, Response, current_app, g, make_response, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from superapp.extensions import db
from superapp.kernel.errors import AppError, KeyReused, Stale
from superapp.kernel.http import incident_code
from superapp.kernel.language import gettext as _
from superapp.kernel.templates import render

log = structlog.get_logger()
UNKEPT = frozenset({"csrf_token", "idempotency_key"})
SECRET_FIELDS = ("password", "sandi", "secret", "code", "kode", "token")

HTTP_SENTENCES = {
    400: "Permintaan tidak lengkap. Muat ulang halaman, lalu coba lagi.",
    404: "Halaman tidak ditemukan. Periksa alamatnya, atau cari dari beranda.",
    405: "Halaman ini tidak bisa dibuka dengan cara itu. Kembali ke halaman sebelumnya.",
    413: "Berkas terlalu besar. Paling besar 25 MB untuk satu kiriman.",
}


def install(app: Flask) -> None:
    """Answer every refusal and every fault with a page that says what to do."""
    app.register_error_handler(AppError, on_app_error)
    app.register_error_handler(HTTPException, on_http_error)
    app.register_error_handler(Exception, on_fault)


def on_app_error(error: AppError) -> Response:
    """Answer an expected failure: its sentence, its status, and the input kept."""
    template = {Stale: "errors/conflict.html", KeyReused: "errors/key_reused.html"}.get(type(error), "errors/error.html")
    retry = getattr(error, "retry_after", None)
    response = _page(template, error.status, title=_(error.title), message=_(error.message), error=error)
    if retry:
        response.headers["Retry-After"] = str(retry)
    return response


def on_http_error(error: HTTPException) -> Response:
    """Answer what Flask or Werkzeug refused."""
    status = error.code or 500
    if error.response is not None or status in {301, 302, 303, 304, 307, 308}:
        return make_response(error.get_response())
    described = error.description or "" if status == 400 else ""
    sentence = HTTP_SENTENCES.get(status, "Permintaan tidak bisa diproses. Kembali, lalu coba lagi.")
    title = "Halaman tidak ditemukan" if status == 404 else "Belum bisa diproses"
    own = described if described.endswith(".") and not described.startswith("The ") else ""
    return _page("errors/error.html", status, title=_(title), message=own or _(sentence), error=error)


def on_fault(error: Exception) -> Response:
    """Answer an unexpected failure: generic words and a code; the log has the rest under the same code."""
    log.error("fault", code=incident_code(), path=request.path, exc_info=error)
    message = _("Maaf, sistem belum bisa memproses ini. Isian Anda kami simpan di halaman ini. Coba lagi.")
    return _page("errors/error.html", 500, title=_("Ada gangguan di sistem"), message=message, error=error)


def _page(template: str, status: int, **context: object) -> Response:
    db.session.rollback()
    kept = kept_input()
    g.setdefault("request_id", "")
    try:
        html = render(template, status=status, code=incident_code(), kept=kept, **context)
    except Exception as failure:  # the error page itself must not fail: plain words instead
        log.error("error page failed", exc_info=failure)
        html = f"<!doctype html><title>{status}</title><h1>{context['title']}</h1><p>{context['message']}</p>"
    response = current_app.make_response((html, status))
    response.headers["Cache-Control"] = "no-store"
    return response


def kept_input() -> MultiDict[str, str]:
    """Return the fields of the refused form, secrets left out, so that the page can keep what was typed."""
    if request.method == "GET":
        return MultiDict()
    try:
        form = request.form
    except HTTPException:
        return MultiDict()
    return MultiDict(
        (name, value)
        for name, value in form.items(multi=True)
        if name not in UNKEPT and not any(word in name.lower() for word in SECRET_FIELDS)
    )
