"""Handing out stored files: always as an attachment, under a policy that lets nothing in them run."""

from __future__ import annotations

from uuid import UUID

from flask import Response, send_file

from superapp.kernel.errors import NotFound
from superapp.kernel.security import FILE_CSP
from superapp.plugin.blueprint import SIGNED_IN, Blueprint
from superapp.shared.files.keeping import readable
from superapp.shared.files.quarantine import check_released
from superapp.shared.files.store import store

bp = Blueprint("shared", __name__)


@bp.get("/files/<uuid:file_id>", permission=SIGNED_IN)
def download(file_id: UUID) -> Response:
    """Send a stored file to who may see the record it belongs to; one that is in quarantine says so."""
    file = readable(file_id)
    check_released(file)
    try:
        content = store().open(file.key)
    except FileNotFoundError as error:
        raise NotFound from error
    answer = send_file(
        content, mimetype=file.content_type, as_attachment=True, download_name=file.name, etag=file.sha256, max_age=0
    )
    answer.headers["Content-Security-Policy"] = FILE_CSP
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Content-Length"] = str(file.size)
    return answer
