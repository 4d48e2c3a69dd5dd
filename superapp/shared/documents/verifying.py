"""Comparing a file that somebody holds with the document as it was handed out: by its fingerprint, and by its signatures."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field

from superapp.kernel import secrets
from superapp.shared.documents.child import ProgramFailed
from superapp.shared.documents.keeping import fingerprint
from superapp.shared.documents.reading import Document
from superapp.shared.documents.signing.adapter import SignatureReport
from superapp.shared.documents.signing.simulator import Simulator, reports

LARGEST = 10_000_000
"""Bytes of a file that the public page compares."""


@dataclass(frozen=True)
class Comparison:
    """Whether a file is the document, byte for byte; `signatures` of one that is not, to say what became of it."""

    same: bool
    signatures: tuple[SignatureReport, ...] = field(default=())

    @property
    def altered(self) -> bool:
        """Tell whether the file was signed and changed afterwards."""
        return any(not report.good for report in self.signatures)


def compare(document: Document, content: bytes) -> Comparison:
    """Compare a file with the bytes that were handed out last; slow, so for `prepare`. Nothing of the file is kept.

    One flipped bit makes it another file. A file that cannot be examined in time has no signature to speak of.
    """
    same = bool(document.sha256) and hmac.compare_digest(fingerprint(content), document.sha256)
    if same:
        return Comparison(True)
    roots = Simulator(secrets.settings().data_dir / "esign-simulator").roots()
    try:
        return Comparison(False, tuple(reports(content, roots)))
    except ProgramFailed:
        return Comparison(False)
