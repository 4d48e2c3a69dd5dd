"""Local addresses of pages, in requests and in jobs alike."""

from __future__ import annotations

from typing import Any

import flask
from flask import current_app, has_request_context


def url_for(endpoint: str, **arguments: Any) -> str:
    """Return the local address of a page (`/app/halo/`); a job has no request, so its addresses are built without one."""
    if has_request_context():
        return flask.url_for(endpoint, **arguments)
    return current_app.url_map.bind("").build(endpoint, arguments)
