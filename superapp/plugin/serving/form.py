"""Serving a form: the order of a command (body, rate, CSRF, permission, transaction), and what a refusal keeps."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import Response, current_app, g, redirect, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge

from superapp.extensions import csrf, db
from superapp.kernel import command, idempotency, ports
from superapp.kernel.errors import AppError, Invalid, NotFound, Refused, Stale
from superapp.kernel.http import AppRequest
from superapp.kernel.ports import Actor
from superapp.plugin.blueprint import EVERYBODY, SIGNED_IN, FormState, Route
from superapp.plugin.refusals import SignInNeeded
from superapp.plugin.serving import outbox
from superapp.plugin.serving.admission import admission
from superapp.plugin.serving.containing import containing

if TYPE_CHECKING:
    from superapp.plugin.host import Host

View = Callable[..., Any]
LONGEST_KEY = 80
_SECRET = re.compile(
    r"(?:^|_)(?:password|passphrase|sandi|secret|token|otp|totp|pin|recovery)(?:_|$|\d)", re.IGNORECASE
)
"""Fields that are never shown again."""


def form(host: Host, route: Route, again: View | None) -> View:
    """Return the view function of a form as the app serves it; `again` is the page that shows it once more."""
    admit = admission(host, route)
    run = containing(host, route, "form")
    door = _Door(route)
    actor_of = ports.current_actor

    def attempt(arguments: dict[str, Any]) -> Any:
        door.read_body()
        door.count()
        actor = actor_of()()
        door.check_csrf(actor)
        admit(actor)
        return run(lambda: _execute(route, actor, admit, arguments), actor)

    def serve(**arguments: Any) -> Any:
        try:
            answer = attempt(arguments)
        except AppError as refusal:
            if outbox.sent(route):
                return outbox.refusal(refusal)
            return _refused(refusal, again, arguments)
        return outbox.receipt(answer) if outbox.sent(route) else answer

    return serve


class _Door:
    """What is checked before anybody is asked for: body, rate and CSRF token."""

    def __init__(self, route: Route) -> None:
        self.limit, self.max_bytes = route.limit, route.max_bytes
        self.needs_person = route.permission == SIGNED_IN or route.permission not in EVERYBODY

    def read_body(self) -> None:
        """Read and parse the whole body, before any transaction: a slow upload must delay no other writer."""
        if self.max_bytes:
            request.max_content_length = self.max_bytes
        elif request.mimetype == "application/x-www-form-urlencoded":  # all of it is held in memory
            request.max_content_length = current_app.config["MAX_FORM_MEMORY_SIZE"]
        try:
            values = request.form
            if not values and not request.files:
                request.get_data()
        except RequestEntityTooLarge as error:
            raise _too_large() from error
        except ValueError as error:
            raise AppError("Kiriman tidak bisa dibaca. Muat ulang halaman, lalu kirim lagi.", status=400) from error
        broken = next((name for name, value in values.items(multi=True) if "\0" in value or "\0" in name), None)
        if broken is not None:
            raise Invalid(
                "Isian memuat karakter yang tidak bisa disimpan. Ketik ulang.", field=broken.replace("\0", "")
            )

    def count(self) -> None:
        """Count the attempt at the limiter's door, before the attempt is judged."""
        if self.limit:
            from superapp.kernel import limiter

            limiter.reserve(self.limit, request=request)

    def check_csrf(self, actor: Actor) -> None:
        """Check the CSRF token (ASVS 5.0, 3.5.1); an ended session asks to sign in, with the input kept."""
        try:
            csrf.protect()
        except CSRFError as error:
            if self.needs_person and not actor.signed_in:
                raise SignInNeeded(request.path) from error
            raise Expired from error


class TooLarge(Invalid):
    """The form is too large because of its files (413); what was typed is still here."""

    status = 413


def _too_large() -> AppError:
    words = "Kiriman terlalu besar. Kurangi berkas atau isian, lalu kirim lagi."
    if not cast(AppRequest, request).rescue_fields():
        return AppError(words, status=413)
    return TooLarge(words, field=next((name for name, file in request.files.items() if file.filename), ""))


class Expired(Invalid):
    """The form's token is not valid any more (400)."""

    status = 400

    def __init__(self) -> None:
        super().__init__("Formulir ini sudah terlalu lama terbuka. Periksa isian, lalu kirim sekali lagi.")


def _execute(route: Route, actor: Actor, admit: Callable[[Actor], None], arguments: dict[str, Any]) -> Any:
    claim = None if route.secret else _claim(route, actor)
    prepared = {} if route.prepare is None else {"prepared": route.prepare(**arguments)}
    db.session.rollback()
    view, request_id = route.view, g.get("request_id", "")

    def make() -> command.Command:
        values = outbox.filled_at() if outbox.sent(route) else {}
        return command.Command(route.endpoint, actor, says=route.says, request_id=request_id, values=values)

    def effect(present: command.Command) -> Response:
        if present.actor is not actor:
            _act_as(present.actor)
            admit(present.actor)
        return current_app.make_response(view(**arguments, **prepared))

    try:
        outcome = command.execute(make, effect, claim=claim, answer=_answer)
    except StaleDataError as error:
        raise Stale from error
    except sa.exc.IntegrityError as error:
        raise _collision(error) from error
    except (sa.exc.DataError, OverflowError) as error:
        raise Invalid("Ada isian yang terlalu panjang atau tidak bisa disimpan. Periksa lagi.") from error
    return outcome.value if outcome.replayed is None else _replay(outcome.replayed)


def _act_as(actor: Actor) -> None:
    """Let the view ask with the rights that were read inside the transaction (Flask-Login keeps the user here)."""
    g._login_user = actor


def _claim(route: Route, actor: Actor) -> idempotency.Claim:
    key = request.headers.get("Idempotency-Key") or request.form.get("idempotency_key", "")
    if not 8 <= len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise Invalid("Formulir belum lengkap dimuat. Periksa isian, lalu kirim sekali lagi.")
    body = b"" if request.form or request.files else request.get_data()
    print_ = idempotency.fingerprint(request.form, request.files, body + request.query_string + request.path.encode())
    return idempotency.Claim(actor.principal, route.endpoint, key=key, fingerprint=print_)


def _answer(present: command.Command, response: Response) -> idempotency.Answer | None:
    if response.status_code >= 400:
        return None
    return idempotency.Answer(response.status_code, response.location or "", record_id=present.record_id)


def _replay(stored: idempotency.Answer) -> Any:
    """Answer a form that took effect before as the first time; no body was kept, so a page leads back."""
    if stored.location:
        return redirect(stored.location, code=stored.status if stored.status in {302, 303} else 303)
    return ("", 204) if stored.status == 204 else redirect(request.path, code=303)


def _collision(error: sa.exc.IntegrityError) -> AppError:
    """Return the refusal for a row that collides with others: the database's rule is the last that sees it."""
    words = str(error.orig).lower()
    if "unique" in words:
        return Invalid("Data yang sama sudah tersimpan. Periksa nomor, kode atau nama.")
    if "foreign key" in words:
        return Refused("Data ini masih dipakai atau tertaut ke data yang sudah tidak ada.")
    return Invalid("Ada isian wajib yang kosong atau tidak sesuai. Periksa lagi.")


def _refused(refusal: AppError, again: View | None, arguments: dict[str, Any]) -> Any:
    """Keep the input for whatever page comes next; show the form once more when it only needs mending."""
    db.session.rollback()
    g.form_state = FormState(_typed(), refusal.errors)
    foreign = isinstance(refusal, Expired | TooLarge) and not _from_here()
    if not isinstance(refusal, Invalid) or again is None or foreign:
        raise refusal
    try:
        response = current_app.make_response(again(**arguments))
    except (sa.exc.DataError, OverflowError) as error:  # an address that no record can have
        raise NotFound from error
    if response.status_code == 200:
        response.status_code = refusal.status
    return response


def _typed() -> MultiDict[str, str]:
    try:
        pairs = list(request.form.items(multi=True))
    except (RequestEntityTooLarge, ValueError):
        pairs = []
    return MultiDict([(name, value) for name, value in pairs if not _SECRET.search(name)])


def _from_here() -> bool:
    """Tell whether the browser says that the form was sent from our own page: others may not prefill ours."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return hmac.compare_digest(urlsplit(origin).netloc.encode(), request.host.encode())
