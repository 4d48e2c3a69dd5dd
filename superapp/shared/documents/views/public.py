"""The page that a QR leads to: anybody learns what a document is, and whether a file is that document."""

from __future__ import annotations

from flask import request
from werkzeug import Response

from superapp.access.scope import SECRET
from superapp.kernel import limiter
from superapp.kernel.errors import Invalid, NotFound
from superapp.kernel.language import gettext as _
from superapp.kernel.templates import render
from superapp.organization import tree
from superapp.plugin.blueprint import PUBLIC, redirect_to
from superapp.shared.documents import reading, verifying
from superapp.shared.documents.reading import Document
from superapp.shared.documents.verifying import Comparison
from superapp.shared.documents.views.blueprint import bp

LOOK = limiter.door("documents.verify", limit=200)
COMPARE = limiter.door("documents.compare", limit=30)


@bp.get("/v", permission=PUBLIC)
def verify_form() -> Response | str | tuple[str, int]:
    """Ask for the code of a document; one that was typed leads on to its page."""
    typed = request.args.get("code", "")
    if not typed:
        return render("documents/code.html", code="", unknown=False)
    limiter.reserve(LOOK.name, request=request)
    found = reading.by_code(typed)
    if found is None:
        return render("documents/code.html", code=typed[:80], unknown=True), 404
    return redirect_to("documents.verify", code=found.code)


@bp.get("/v/<code>", permission=PUBLIC)
def verify(code: str) -> str | tuple[str, int]:
    """Say what a document is; of a secret one only whether it is good. Unknown codes look the same for everybody."""
    limiter.reserve(LOOK.name, request=request)
    found = reading.by_code(code)
    return _page(found) if found else (render("documents/code.html", code=code[:80], unknown=True), 404)


def _prepare(code: str) -> Comparison | None:
    """Compare the file before the transaction; it is read into memory and kept nowhere."""
    found = reading.by_code(code)
    if found is None:
        return None
    upload = request.files.get("file")
    content = upload.stream.read(verifying.LARGEST + 1) if upload else b""
    if not content:
        raise Invalid(_("Pilih berkas PDF yang ingin diperiksa."), field="file")
    if len(content) > verifying.LARGEST:
        raise Invalid(_("Berkas terlalu besar. Paling besar 10 MB."), field="file")
    return verifying.compare(found, content)


@bp.post(
    "/v/<code>",
    permission=PUBLIC,
    says="",
    limit=COMPARE.name,
    prepare=_prepare,
    secret=True,
    endpoint="compare",
    max_bytes=verifying.LARGEST + 500_000,
)
def compare(code: str, prepared: Comparison | None) -> str:
    """Say whether a file is the document."""
    found = reading.by_code(code)
    if found is None or prepared is None:
        raise NotFound(_("Kode ini tidak dikenal."))
    return _page(found, prepared)


def _page(found: Document, comparison: Comparison | None = None) -> str:
    tone, icon, words = reading.STATUSES[found.status]
    return render(
        "documents/verify.html",
        document=found,
        shown=found.secrecy < SECRET and found.state != "draft",
        status=(_(words), tone, icon),
        office=tree.unit(found.opd_id).name,
        fingerprint=reading.grouped(found.sha256, 8).replace("-", " "),
        comparison=comparison,
    )
