"""Uploads in parts: each is a small request that is sent again on a bad signal; a form then names the upload.

In the spirit of resumable uploads for HTTP (IETF httpbis), with parts of one size that the server names.
"""

from __future__ import annotations

import contextlib
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import IO
from uuid import UUID

import sqlalchemy as sa
from werkzeug.datastructures import FileStorage

from superapp.access.actor import current
from superapp.extensions import db
from superapp.kernel import clock, command
from superapp.kernel.database import run
from superapp.kernel.errors import Invalid, NotFound, Refused
from superapp.kernel.format import format_bytes
from superapp.kernel.language import gettext as _
from superapp.shared.files.keys import part_key
from superapp.shared.files.limits import LARGEST, ORPHANED
from superapp.shared.files.store import store
from superapp.shared.tables.files import Upload

PART = 256 * 1024
"""Bytes of each part but the last one."""
QUOTA = 500_000_000
"""Bytes that one person may begin to send in parts within a day (ASVS 5.2.4)."""
IN_MEMORY = 1 << 20
U = Upload.__table__.c


def begin(name: str, size: int) -> Upload:
    """Begin an upload of `size` bytes in the command under way; Invalid for a size that no file may have.

    Raises Refused when a person's uploads of this day would pass the quota.
    """
    command.current()
    person_id = current().person_id
    if not name.strip() or not 0 < size <= LARGEST:
        raise Invalid(
            _("Berkas ini tidak bisa dikirim. Paling besar {most}.", most=format_bytes(LARGEST)), field="size"
        )
    mine = sa.and_(U.uploaded_by == person_id, U.created_at >= clock.now() - ORPHANED)
    if run(sa.select(sa.func.coalesce(sa.func.sum(U.size), 0)).where(mine)).scalar_one() + size > QUOTA:
        raise Refused(
            _("Kiriman berkas Anda hari ini sudah mencapai {most}. Coba lagi besok.", most=format_bytes(QUOTA))
        )
    made = Upload(name=name[-160:], size=size, received=0, uploaded_by=person_id)
    db.session.add(made)
    db.session.flush()
    return made


def own(upload_id: UUID) -> Upload:
    """Return an upload of the actor's own that has not ended; NotFound for anything else."""
    mine = sa.and_(U.id == upload_id, U.uploaded_by == current().person_id, U.created_at >= clock.now() - ORPHANED)
    found: Upload | None = db.session.scalar(sa.select(Upload).where(mine))
    if found is None:
        raise NotFound
    return found


def write_part(upload_id: UUID, index: int, content: bytes) -> int:
    """Write a part to the store before the command (for `prepare`); return its size in bytes.

    The same part may come again. Raises Invalid for a part of another size than it must have.
    """
    upload = own(upload_id)
    if index < 0 or len(content) != min(PART, upload.size - index * PART) or not content:
        raise Invalid(_("Bagian berkas tidak lengkap. Kirim lagi."))
    db.session.rollback()
    with contextlib.suppress(FileExistsError):
        store().put(part_key(upload_id, index), BytesIO(content))
    return len(content)


def note_part(upload_id: UUID, index: int, size: int) -> None:
    """Count a part that was written; parts come in their order, and one that was counted is not counted again."""
    own(upload_id)
    next_one = sa.and_(U.id == upload_id, U.received == index * PART)
    counted = run(sa.update(Upload).where(next_one).values(received=U.received + size)).rowcount
    if not counted and run(sa.select(U.received).where(U.id == upload_id)).scalar_one() < index * PART:
        raise Refused(_("Bagian berkas datang tidak berurutan. Kirim lagi."))


def taken(given: str) -> FileStorage:
    """Return a complete upload as a form's file (for `prepare`); ValueError with a sentence when parts are missing."""
    missing = _("Berkas belum lengkap terkirim. Pilih lagi berkasnya.")
    try:
        upload = own(UUID(given))
    except (NotFound, ValueError) as error:
        raise ValueError(missing) from error
    if upload.received != upload.size:
        raise ValueError(missing)
    upload_id, name, parts = upload.id, upload.name, -(-upload.size // PART)
    db.session.rollback()
    try:
        return FileStorage(_joined(upload_id, parts), filename=name)
    except FileNotFoundError as error:
        raise ValueError(missing) from error


def _joined(upload_id: UUID, parts: int) -> IO[bytes]:
    whole: IO[bytes] = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
    try:
        for index in range(parts):
            whole.write(store().get(part_key(upload_id, index)))
    except BaseException:
        whole.close()
        raise
    whole.seek(0)
    return whole
