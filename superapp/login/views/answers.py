"""Answers that several doors give: a finished sign-in, words for scripts, minutes to wait."""

from __future__ import annotations

from typing import Any

from flask import Response, after_this_request, current_app, jsonify, redirect, request
from werkzeug.exceptions import BadRequest

from superapp.kernel.errors import AppError, Invalid
from superapp.kernel.language import gettext as _
from superapp.login import accounts, addresses, signing, waiting
from superapp.login.accounts import Account
from superapp.login.factors import passkeys


def wanted(form: Any) -> str:
    """Return where the person wanted to go, kept within the app."""
    given = form.get("next")
    return addresses.local(given if isinstance(given, str) else None)  # JSON holds anything


def enter(found: Account, target: str, *, second_factor: bool) -> Response:
    """Begin the session and send the browser to `target` (in a command)."""
    opened = signing.open_session(found, signing.visit(request), second_factor=second_factor)
    response = signing.give_cookies(_to(target), opened)
    return waiting.take_cookie(response) if waiting.cookie_name() in request.cookies else response


def _to(target: str) -> Response:
    """Lead to a page: by redirect, or in the words that the passkey script understands."""
    if request.is_json:
        return jsonify(location=target)
    return current_app.make_response(redirect(target, code=303))


def told(refusal: AppError) -> Response:
    """Answer a script with the sentence of a refusal; nothing of the command is stored."""
    response = jsonify(message=refusal.message)
    response.status_code = refusal.status
    return response


def written_down(refusal: Invalid) -> Invalid:
    """Return the refusal of a passkey, written to the audit when it is about a passkey that we know.

    Anybody may send anything: what is none of ours leaves no row, or the trail could be flooded.
    """
    if not isinstance(refusal, passkeys.Mismatch):
        return refusal
    try:
        signing.refuse(accounts.by_person(refusal.person_id), "Kunci sandi ditolak", refusal)
    except Invalid as written:
        return written


def tell_when_to_retry(seconds: int) -> None:
    """Put Retry-After on the answer of this request, whoever writes it."""

    @after_this_request
    def retry_after(response: Response) -> Response:
        response.headers["Retry-After"] = str(seconds)
        return response


def passkey_body() -> dict[str, Any]:
    """Return the JSON that the passkey script sent; Invalid when it is none."""
    try:
        body = request.get_json()
    except (BadRequest, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise Invalid(_("Kunci sandi tidak terbaca. Muat ulang halaman, lalu coba lagi."))
    return body


def refuse_without_passkeys() -> None:
    """Raise Invalid where browsers allow no passkeys."""
    if not passkeys.available():
        raise Invalid(_("Kunci sandi hanya bisa dipakai lewat alamat resmi aplikasi."))
