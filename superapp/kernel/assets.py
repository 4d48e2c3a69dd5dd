"""Built assets: hashed names from the manifest, served precompressed and cached for ever."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from flask import Flask
from markupsafe import Markup
from whitenoise import WhiteNoise

from superapp.settings import home

PREFIX = "/static/"


def dist() -> Path:
    """Return the folder of built assets."""
    return home() / "static" / "dist"


@cache
def manifest() -> dict[str, str]:
    """Return the map from a source name ('app.css') to its built name ('app.3fa9c1.css')."""
    found: dict[str, str] = json.loads((dist() / "manifest.json").read_text(encoding="utf-8"))
    return found


@cache
def asset(name: str) -> str:
    """Return the address of an asset; KeyError names one that the build does not make."""
    return PREFIX + manifest()[name]


@cache
def icon(name: str, size: str = "") -> Markup:
    """Return an icon of the sprite as markup, hidden from screen readers; `size` 's' is the small one."""
    classes = f"i {size}".strip()
    return Markup('<svg class="{}" width="24" height="24" aria-hidden="true"><use href="{}#{}"/></svg>').format(
        classes, asset("icons.svg"), name
    )


def serve(app: Flask) -> None:
    """Let WhiteNoise answer /static/: compressed, `immutable` for hashed names."""
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(dist()),
        prefix=PREFIX,
        immutable_file_test=lambda path, url: True,
        add_headers_function=_headers,
    )


def _headers(headers: object, path: str, url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"  # type: ignore[index]
    headers["Cross-Origin-Resource-Policy"] = "same-origin"  # type: ignore[index]
