"""The edge of the app: known hosts, request ids, size limits, compression, and the injected clock's tick."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from typing import IO, Any
from urllib.parse import urlsplit

import brotli
from flask import Flask, Request, Response, abort, g, request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import Rule

from superapp.kernel import clock, ids, language
from superapp.settings import Settings

LARGEST_BODY = 26 * 1024 * 1024
"""Ten files, 25 MB in all, and their form."""
LARGEST_FIELDS = 2 * 1024 * 1024
LARGEST_RESCUED = 80 * 1024 * 1024
"""Bytes of a form that is too large whose fields are read all the same, its files dropped on the way."""
WORTH_COMPRESSING = 400
QUALITY = 4
"""Brotli 4: 0.1 ms a page; 5 costs 0.05 more for 7 % less."""
_TEXT = ("text/", "application/json", "application/manifest+json", "image/svg+xml", "application/javascript")
_REQUEST_ID = re.compile(r"[0-9A-Za-z-]{8,40}")


class Dropped(BytesIO):
    """A file that is let fall: takes every block and keeps none."""

    def write(self, block: Any, /) -> int:
        """Forget a block."""
        return len(block)


class Parameters(ImmutableMultiDict[str, Any]):
    """Cookies, query and form; asking for one that is not there raises nothing inside (Werkzeug's own builds a 400)."""

    def get(self, key: Any, default: Any = None, type: Any = None) -> Any:  # type: ignore[override]
        """Return the first value, or `default` when there is none or `type` refuses it."""
        return super().get(key, default, type) if key in self else default


class AppRequest(Request):
    """The request as the app reads it."""

    parameter_storage_class = Parameters
    dict_storage_class = Parameters
    drops_files = False

    def rescue_fields(self) -> bool:
        """Read what was typed into a form that is refused for its size; tell whether that went well.

        Its files are dropped block by block, so this takes neither memory nor disk; of `files` only the names stay.
        """
        length, limit = self.content_length, self.max_content_length
        if self.mimetype != "multipart/form-data" or length is None or limit is None:
            return False
        if limit < LARGEST_FIELDS or not limit < length <= LARGEST_RESCUED:
            return False
        self.drops_files, self.max_content_length = True, LARGEST_RESCUED
        try:
            return bool(self.form)
        except (RequestEntityTooLarge, ValueError):
            return False

    def _get_file_stream(self, *about: Any, **more: Any) -> IO[bytes]:
        return Dropped() if self.drops_files else super()._get_file_stream(*about, **more)


class LateRule(Rule):
    """A rule whose builders of addresses are compiled when the first address is built.

    Werkzeug compiles two for each route as it is added: with 300 routes a third of the app's start, for builders of which
    most processes use a few.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compile_now = super()._compile_builder
        compiled: list[Callable[..., tuple[str, str]]] = []

        def build(rule: Rule, /, **values: Any) -> tuple[str, str]:
            if not compiled:
                compiled.append(compile_now(append_unknown))
            return compiled[0](rule, **values)

        return build


class App(Flask):
    """The application: views and hooks are plain functions."""

    request_class = AppRequest
    url_rule_class = LateRule

    def ensure_sync(self, func: Any) -> Any:
        """Return the function as it is; Flask would ask each of a request's eleven whether it is a coroutine."""
        return func


def install(app: Flask, settings: Settings) -> None:
    """Equip the app's edge."""
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.config["MAX_FORM_MEMORY_SIZE"] = LARGEST_FIELDS
    app.config["MAX_FORM_PARTS"] = 2000
    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    hosts = known_hosts(settings)

    @app.before_request
    def open_request() -> None:
        clock.refresh()
        language.choose(request.cookies)
        if request.host.rsplit(":", 1)[0].lower() not in hosts:
            abort(400, "Alamat ini tidak dikenal.")
        given = request.headers.get("X-Request-Id", "")
        g.request_id = given if settings.proxy_hops and _REQUEST_ID.fullmatch(given) else ids.uuid7().hex

    @app.after_request
    def close_request(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.get("request_id", "")
        return compressed(response)


def known_hosts(settings: Settings) -> frozenset[str]:
    """Return the host names the app answers for: its own address, those of SUPERAPP_ALLOWED_HOSTS and, on plain http,
    the machine itself."""
    own = {(urlsplit(settings.base_url).hostname or "").lower(), *(host.lower() for host in settings.allowed_hosts)}
    return frozenset(own | ({"127.0.0.1", "localhost", "[::1]"} if not settings.secure else set()))


def compressed(response: Response) -> Response:
    """Return the answer compressed with brotli when the client takes it and it is worth it."""
    if (
        response.direct_passthrough
        or response.is_streamed
        or "Content-Encoding" in response.headers
        or not (response.mimetype or "").startswith(_TEXT)
    ):
        return response
    response.vary.add("Accept-Encoding")
    body = response.get_data()
    if len(body) < WORTH_COMPRESSING or "br" not in request.headers.get("Accept-Encoding", ""):
        return response
    response.set_data(brotli.compress(body, quality=QUALITY, mode=brotli.MODE_TEXT))
    response.headers["Content-Encoding"] = "br"
    return response


def incident_code() -> str:
    """Return the short code of this request that people read to Diskominfo: `NNK-4F2A`."""
    return f"NNK-{g.get('request_id', '')[-4:].upper()}"
