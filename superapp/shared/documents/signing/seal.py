"""A program of its own: signs a PDF with a certificate of the simulator's authority, which it makes at its first use.

It reads `{"folder", "name", "title", "reason", "location"}` as one line, then the PDF, and writes the signed PDF (PAdES).
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

AUTHORITY = "Nunukan Satu, otoritas simulasi"
ORGANISATION = "SIMULASI, TIDAK SAH"
_BEGIN, _END = datetime(2020, 1, 1, tzinfo=UTC), datetime(2060, 1, 1, tzinfo=UTC)


def main() -> None:
    """Read the header and the PDF, write the signed PDF."""
    header: dict[str, str] = json.loads(sys.stdin.buffer.readline())
    sys.stdout.buffer.write(sealed(sys.stdin.buffer.read(), header))


def sealed(pdf: bytes, about: dict[str, str]) -> bytes:
    """Return the PDF with one more signature over all of its bytes."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import signers
    from pyhanko.sign.fields import SigSeedSubFilter

    authority_key, authority = authority_of(Path(about["folder"]))
    key, certificate = _issued(about["name"], about.get("title", ""), authority_key, authority)
    signed = signers.sign_pdf(
        IncrementalPdfFileWriter(BytesIO(pdf)),
        signers.PdfSignatureMetadata(
            field_name="TandaTangan",
            md_algorithm="sha256",
            subfilter=SigSeedSubFilter.PADES,
            name=about["name"],
            reason=about.get("reason") or None,
            location=about.get("location") or None,
        ),
        signer=_signer(key, certificate, authority),
    )
    content: bytes = signed.getvalue()
    return content


def _signer(key: Any, certificate: Any, authority: Any) -> Any:
    from asn1crypto import keys, x509  # type: ignore[import-untyped]
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
    from pyhanko.sign import signers
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    own, above = (x509.Certificate.load(one.public_bytes(Encoding.DER)) for one in (certificate, authority))
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register_multiple([own, above])
    private = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return signers.SimpleSigner(own, keys.PrivateKeyInfo.load(private), store)


def authority_of(folder: Path) -> tuple[Any, Any]:
    """Return key and certificate of the simulator's authority; made once, whoever comes first."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    path = folder / "authority.pem"
    if not path.exists():
        _make_authority(path)
    text = path.read_bytes()
    return load_pem_private_key(text, None), x509.load_pem_x509_certificate(text)


def _make_authority(path: Path) -> None:
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _certificate(AUTHORITY, "", key.public_key(), key, None)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = path.with_name(f".authority.{os.getpid()}")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(private + certificate.public_bytes(Encoding.PEM))
    with contextlib.suppress(FileExistsError):  # another process was first
        os.link(beside, path)
    beside.unlink()


def _issued(name: str, title: str, authority_key: Any, authority: Any) -> tuple[Any, Any]:
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    return key, _certificate(name, title, key.public_key(), authority_key, authority)


def _certificate(name: str, title: str, public: Any, signing_key: Any, authority: Any) -> Any:
    """Return a certificate; without an authority it is one itself."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.x509.oid import NameOID

    given = [(NameOID.COMMON_NAME, name[:64]), (NameOID.ORGANIZATION_NAME, ORGANISATION), (NameOID.TITLE, title[:64])]
    subject = x509.Name([x509.NameAttribute(kind, text) for kind, text in given if text])
    begin = _BEGIN if authority is None else datetime.now(UTC) - timedelta(days=1)
    builder = (
        x509.CertificateBuilder(subject_name=subject, issuer_name=subject if authority is None else authority.subject)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(_END)
        .add_extension(x509.BasicConstraints(ca=authority is None, path_length=None), critical=True)
        .add_extension(_usage(ca=authority is None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )
    return builder.sign(signing_key, hashes.SHA256())


def _usage(*, ca: bool) -> Any:
    from cryptography import x509

    names = ("key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only")
    signing = {"digital_signature": True, "content_commitment": not ca, "key_cert_sign": ca, "crl_sign": ca}
    return x509.KeyUsage(**signing, **dict.fromkeys(names, False))


if __name__ == "__main__":
    main()
