"""Static files of modules, below `/app/<module>/static/`: hashed addresses, cached for ever."""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from flask import Response, current_app

from superapp.kernel.errors import NotFound
from superapp.plugin.blueprint import PUBLIC, Route

KINDS = frozenset({".css", ".js", ".svg", ".png", ".jpg", ".webp", ".json", ".txt"})
FOR_EVER = "public, max-age=31536000, immutable"


def static_route(plugin: str, folder: Path) -> Route:
    """Return the route that serves the static files of one module."""
    rule = f"/app/{plugin}/static/<digest>/<path:name>"
    return Route(
        owner=plugin,
        endpoint=f"{plugin}.static",
        rule=rule,
        method="GET",
        permission=PUBLIC,
        view=_view(folder / "static"),
    )


def _view(root: Path) -> Callable[..., Response]:
    def serve(digest: str, name: str) -> Response:
        path = (root / name).resolve()
        if not path.is_relative_to(root.resolve()) or path.suffix not in KINDS or not path.is_file():
            raise NotFound
        kind = mimetypes.guess_type(path.name)[0] or "text/plain"
        response = Response(path.read_bytes(), mimetype="text/javascript" if kind.endswith("javascript") else kind)
        current = digest == _digest(path, path.stat().st_mtime_ns)
        response.headers["Cache-Control"] = FOR_EVER if current else "no-cache"
        return response

    return serve


@lru_cache(maxsize=1024)
def _digest(path: Path, _changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:8]


def module_asset(name: str) -> str:
    """Return the address of a module's static file (`halo/halo.css`); FileNotFoundError when it lacks it."""
    from superapp.plugin.host import EXTENSION

    plugin, _, file = name.partition("/")
    path = (current_app.extensions[EXTENSION].plugins[plugin].folder / "static" / file).resolve()
    return f"/app/{plugin}/static/{_digest(path, path.stat().st_mtime_ns)}/{file}"
