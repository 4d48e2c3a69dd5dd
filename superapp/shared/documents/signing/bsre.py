"""BSrE's "Esign Client" (API v1), the gateway inside the regency's network: DOMAIN 3.2.

NIK and passphrase go out in the body of one request and are kept nowhere: not here, not in a log, not in an error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from superapp.kernel.errors import AppError, Invalid
from superapp.kernel.language import gettext as _
from superapp.settings import Settings
from superapp.shared.documents.signing.adapter import Identity, SignatureReport, Signed, SignerAway

if TYPE_CHECKING:
    from requests import Response

QUICK, SLOW = (3.05, 10.0), (3.05, 45.0)
"""Seconds to connect and to answer; the gateway signs a large file in some 20 s."""
LARGEST = 30_000_000
PDF = b"%PDF-"
ANSWERS = {"1111": "ISSUE", "1110": "NOT_REGISTERED"}


class GatewayRefused(AppError):
    """The gateway refuses the app itself: its account or address is wrong (502)."""

    status = 502
    title = "Layanan tanda tangan menolak aplikasi"


class BsreSigner:
    """Signs through the gateway at `url` as the application's account `user`."""

    name = "bsre"
    asks_passphrase = True

    def __init__(self, url: str, user: str, *, password: str) -> None:
        self._url, self._account = url.rstrip("/"), (user, password)

    @classmethod
    def of(cls, settings: Settings) -> BsreSigner:
        """Return the signer of SUPERAPP_BSRE_URL, _USER and _PASSWORD."""
        return cls(settings.bsre_url, settings.bsre_user, password=settings.bsre_password.get_secret_value())

    def sign(
        self, pdf: bytes, *, identity: Identity, passphrase: str = "", reason: str = "", location: str = ""
    ) -> Signed:
        """Return the signed document; the visible part (QR, footer) is in `pdf` already, so the signature is invisible.

        Raises Invalid at `nik_secret` or `passphrase`, SignerAway when the gateway is down, GatewayRefused.
        """
        fields = {
            "nik": identity.nik,
            "passphrase": passphrase,
            "tampilan": "invisible",
            "reason": reason,
            "location": location,
        }
        files = {"file": ("naskah.pdf", pdf, "application/pdf")}
        answer = self._call("POST", "/api/sign/pdf", timeout=SLOW, data=fields, files=files)
        if answer.status_code != 200:
            raise _refusal(answer)
        own = answer.headers.get("id_dokumen") or str(_json(answer).get("id_dokumen", ""))
        content = answer.content if answer.content.startswith(PDF) else self.download(own)
        return Signed(content, own[:80])

    def download(self, document_id: str) -> bytes:
        """Return a signed document by the id that signing gave; the gateway hands it out once only.

        Raises AppError when it was fetched before or is no PDF, SignerAway.
        """
        answer = self._call("GET", f"/api/sign/download/{_segment(document_id)}", timeout=SLOW)
        if answer.status_code != 200 or not answer.content.startswith(PDF):
            raise AppError(_("Naskah bertanda tangan tidak bisa diambil lagi dari layanan. Tandatangani sekali lagi."))
        return answer.content

    def verify(self, pdf: bytes) -> list[SignatureReport]:
        """Return what the gateway says of each signature in a PDF. Raises SignerAway, GatewayRefused."""
        files = {"signed_file": ("naskah.pdf", pdf, "application/pdf")}
        answer = self._call("POST", "/api/sign/verify", timeout=SLOW, files=files)
        if answer.status_code == 401:
            raise _refusal(answer)
        details = _json(answer).get("details") or []
        return [_report(one) for one in details if isinstance(one, dict)]

    def user_status(self, nik: str) -> str:
        """Return the state of a signer's certificate: ISSUE, NOT_REGISTERED or what else the gateway says."""
        answer = self._call("GET", f"/api/user/status/{_segment(nik)}", timeout=QUICK)
        if answer.status_code == 401:
            raise _refusal(answer)
        said = _json(answer)
        code = str(said.get("status_code", ""))
        return ANSWERS.get(code) or str(said.get("status", ""))[:40]

    def alive(self) -> bool:
        """Tell whether the gateway answers at all."""
        try:
            self._call("GET", "/", timeout=QUICK)
        except SignerAway:
            return False
        return True

    def _call(self, method: str, path: str, *, timeout: tuple[float, float], **more: Any) -> Response:
        import requests

        try:
            answer = requests.request(
                method, self._url + path, auth=self._account, timeout=timeout, allow_redirects=False, **more
            )
        except requests.RequestException:  # its words may quote the address, and so a NIK
            raise SignerAway from None
        if answer.status_code >= 500 or len(answer.content) > LARGEST:
            raise SignerAway
        return answer


def _segment(text: str) -> str:
    """Return a part of an address; what is not made of letters, digits and hyphens is no id."""
    if not text or not text.replace("-", "").isalnum() or len(text) > 80:
        raise Invalid(_("Nomor ini tidak dikenal layanan tanda tangan."), field="nik_secret")
    return text


def _json(answer: Response) -> dict[str, Any]:
    try:
        said = answer.json()
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _refusal(answer: Response) -> AppError:
    """Return the gateway's refusal in a sentence of ours: its own words may quote what was typed."""
    if answer.status_code in (401, 403):
        return GatewayRefused(_("Akun aplikasi ditolak layanan tanda tangan. Hubungi Diskominfo."))
    words = str(_json(answer).get("error", "")).lower()
    if "passphrase" in words:
        return Invalid(_("Passphrase tidak sesuai. Ketik ulang."), field="passphrase")
    if any(part in words for part in ("nik", "terdaftar", "registered", "user")):
        return Invalid(_("NIK ini belum terdaftar pada BSrE. Periksa angkanya."), field="nik_secret")
    if any(part in words for part in ("expired", "kadaluarsa", "kedaluwarsa", "revoke", "dicabut")):
        return Invalid(_("Sertifikat elektronik Anda tidak berlaku lagi. Perbarui di BSrE."), field="nik_secret")
    return AppError(_("Layanan tanda tangan menolak naskah ini. Coba lagi, atau hubungi Diskominfo."), status=502)


def _report(one: dict[str, Any]) -> SignatureReport:
    info = one.get("info_signer") or {}
    integrity = one.get("signature_document") or one
    return SignatureReport(
        signer=str(info.get("signer_name", "")),
        intact=bool(integrity.get("document_integrity")),
        trusted=bool(info.get("cert_user_certified", info.get("trusted", False))),
        signed_at=str(integrity.get("signed_in", "")),
    )
