"""Handing out stored files: always as an attachment, under a policy that lets nothing in them run."""

from __future__ import annotations

from uuid import UUID

from flask import Response, jsonify, request, send_file
from werkzeug.wrappers import Response as Redirect

from superapp.kernel.errors import Invalid, NotFound
from superapp.kernel.language import gettext as _
from superapp.kernel.security import FILE_CSP
from superapp.plugin.blueprint import SIGNED_IN, Blueprint, redirect_to
from superapp.shared.files import resuming
from superapp.shared.files.keeping import readable
from superapp.shared.files.keys import small_key
from superapp.shared.files.pictures import SMALL_TYPE
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
    answer.headers["Content-Length"] = str(file.size)
    return _closed(answer)


@bp.get("/files/<uuid:file_id>/thumb", permission=SIGNED_IN)
def thumb(file_id: UUID) -> Response:
    """Send the small picture of a stored picture to who may read the picture; NotFound for a file of another kind."""
    file = readable(file_id)
    check_released(file)
    try:
        content = store().open(small_key(file.key))
    except FileNotFoundError as error:
        raise NotFound from error
    return _closed(send_file(content, mimetype=SMALL_TYPE, max_age=0))


def _closed(answer: Response) -> Response:
    """Return an answer whose content runs nothing and is kept by nobody."""
    answer.headers["Content-Security-Policy"] = FILE_CSP
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@bp.post("/files/uploads", permission=SIGNED_IN, says="", endpoint="upload_begin", max_bytes=4096)
def begin_upload() -> Redirect:
    """Begin a file that comes in parts: `name`, and `size` in bytes; leads to its state."""
    size = request.form.get("size", "")
    if not (size.isascii() and size.isdigit() and len(size) < 12):
        raise Invalid(_("Ukuran berkas tidak bisa dibaca. Pilih lagi berkasnya."), field="size")
    made = resuming.begin(request.form.get("name", ""), int(size))
    return redirect_to("shared.upload", upload_id=made.id)


@bp.get("/files/uploads/<uuid:upload_id>", permission=SIGNED_IN)
def upload(upload_id: UUID) -> Response:
    """Tell how much of an upload is here: id, size, received, and the size of its parts, in bytes."""
    found = resuming.own(upload_id)
    return jsonify(id=str(found.id), size=found.size, received=found.received, part=resuming.PART)


def _part(upload_id: UUID, index: int) -> int:
    return resuming.write_part(upload_id, index, request.get_data())


@bp.post(
    "/files/uploads/<uuid:upload_id>/<int:index>",
    permission=SIGNED_IN,
    says="",
    prepare=_part,
    endpoint="upload_part",
    max_bytes=resuming.PART,
)
def add_part(upload_id: UUID, index: int, prepared: int) -> tuple[str, int]:
    """Take a part of an upload: its bytes are the body."""
    resuming.note_part(upload_id, index, prepared)
    return "", 204
