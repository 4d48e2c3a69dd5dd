"""What every answer carries: security headers and a CSP without `unsafe-*` (OWASP ASVS 5.0, V3)."""

from __future__ import annotations

from flask import Flask, Response, g, request

from superapp.settings import Settings

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; object-src 'none'"
)
FILE_CSP = "default-src 'none'; sandbox; frame-ancestors 'none'"
"""For stored files: nothing in them may run, wherever it is opened."""

HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # `no-referrer` would make Flask-WTF refuse every https post.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=(), payment=(), usb=(), interest-cohort=()",
}
HSTS = "max-age=31536000; includeSubDomains"


def protect(app: Flask, settings: Settings) -> None:
    """Give every answer the headers; signed-in pages are `private, no-cache`, secret ones say `no-store` themselves."""
    headers = [*HEADERS.items()] + ([("Strict-Transport-Security", HSTS)] if settings.secure else [])

    @app.after_request
    def add_headers(response: Response) -> Response:
        given = {name.lower() for name, _value in response.headers}
        for name, value in headers:
            if name.lower() not in given:
                response.headers.add(name, value)
        if "cache-control" not in given:
            response.headers.add("Cache-Control", "no-store" if g.get("secret_page") else "private, no-cache")
        if request.headers.get("HX-Request"):
            response.headers.add("Vary", "HX-Request")
        return response
