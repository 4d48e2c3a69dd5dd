"""The signer's page: the document, and consent; for BSrE with NIK and passphrase, which leave no trace here."""

from __future__ import annotations

from uuid import UUID

from flask import flash, g, redirect, request
from werkzeug import Response

from superapp.kernel.errors import Invalid, Refused
from superapp.kernel.language import gettext as _
from superapp.kernel.templates import render
from superapp.plugin.blueprint import SIGNED_IN
from superapp.shared.documents.signing import requesting
from superapp.shared.documents.signing.adapter import Signer, signer
from superapp.shared.documents.signing.requesting import Attempt
from superapp.shared.documents.views.blueprint import bp

LONGEST_PASSPHRASE = 128


@bp.get("/documents/<uuid:document_id>/sign", permission=SIGNED_IN)
def sign_form(document_id: UUID) -> str:
    """Show what waits for the signature."""
    found = requesting.to_sign(document_id)
    service = signer()
    g.secret_page = True
    return render(
        "documents/sign.html", document=found, service=service, asks=bool(service and service.asks_passphrase)
    )


def _prepare(document_id: UUID) -> Attempt | None:
    """Sign by the service before the transaction; None where consent is enough."""
    found, service = requesting.to_sign(document_id), _service()
    if not service.asks_passphrase:
        return None
    nik = "".join(request.form.get("nik_secret", "").split())
    passphrase = request.form.get("passphrase", "")
    _refuse_unlike(nik, passphrase)
    return requesting.attempt(found, service, nik=nik, passphrase=passphrase)


def _service() -> Signer:
    found = signer()
    if found is None:
        raise Refused(_("Tanda tangan elektronik sedang tidak aktif."))
    return found


def _refuse_unlike(nik: str, passphrase: str) -> None:
    errors = {}
    if not (nik.isascii() and nik.isdecimal() and len(nik) == 16):
        errors["nik_secret"] = _("NIK terdiri atas 16 angka. Ketik lagi.")
    if not 0 < len(passphrase) <= LONGEST_PASSPHRASE:
        errors["passphrase"] = _("Isi passphrase sertifikat elektronik Anda.")
    if errors:
        raise Invalid(errors=errors)


@bp.post(
    "/documents/<uuid:document_id>/sign",
    permission=SIGNED_IN,
    says="",
    prepare=_prepare,
    secret=True,
    form="documents.sign_form",
    endpoint="sign",
)
def sign(document_id: UUID, prepared: Attempt | None) -> Response:
    """Take the signer's consent, or what the service made of it."""
    found = requesting.to_sign(document_id)
    if prepared is None:
        requesting.consent(found)
        flash(_("Naskah akan ditandatangani sesaat lagi."))
    elif requesting.settle(found, prepared).signing == "queued":
        flash(_("Layanan tanda tangan belum menjawab. Naskah antre; Anda diberi tahu saat layanan kembali."), "warn")
    else:
        flash(_("Naskah ditandatangani."))
    return redirect("/tasks", code=303)
