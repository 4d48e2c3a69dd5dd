"""A program of its own, and the room of its rule: which signatures a PDF bears, and whether it is as it was signed.

As a program it reads `{"roots": [PEM, …]}` as one line, then a PDF that anybody may have made, under limits of time and
memory, and writes the reports as JSON. Nothing is fetched.
"""

from __future__ import annotations

import json
import resource
import sys
from io import BytesIO
from typing import Any

SECONDS, MEMORY = 10, 512 << 20


def main() -> None:
    """Read the header and the PDF, write a JSON list."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    header: dict[str, Any] = json.loads(sys.stdin.buffer.readline())
    sys.stdout.write(json.dumps(examined(sys.stdin.buffer.read(), header["roots"])))


def examined(pdf: bytes, roots: list[str]) -> list[dict[str, Any]]:
    """Return what is to be said of each signature; a signature that cannot be read is one that is not intact.

    `roots` are certificates in PEM whose signatures are trusted. Empty for a file without signatures, and for one that is
    no PDF.
    """
    from pyhanko.pdf_utils.reader import PdfFileReader

    try:
        signatures = list(PdfFileReader(BytesIO(pdf), strict=False).embedded_signatures)
    except Exception:  # whatever foreign bytes make the parser raise: then nothing in them is a signature
        return []
    return [_report(signature, roots) for signature in signatures]


def _report(signature: Any, roots: list[str]) -> dict[str, Any]:
    from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    try:
        context = ValidationContext(trust_roots=[_certificate(text) for text in roots], allow_fetching=False)
        status = validate_pdf_signature(signature, context)
        whole = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
        moment = status.signer_reported_dt
        return {
            "signer": str(status.signing_cert.subject.native.get("common_name", "")),
            "intact": bool(status.intact and status.valid),
            "trusted": bool(status.trusted),
            "whole": whole,
            "signed_at": moment.isoformat() if moment else "",
        }
    except Exception:  # a signature broken so far that it cannot be told of
        return {"signer": "", "intact": False, "trusted": False, "whole": False, "signed_at": ""}


def _certificate(text: str) -> Any:
    from asn1crypto import pem, x509  # type: ignore[import-untyped]

    _kind, _headers, content = pem.unarmor(text.encode())
    return x509.Certificate.load(content)


if __name__ == "__main__":
    main()
