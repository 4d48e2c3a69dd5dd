"""The simulator: signs with a test authority of this installation, so that everything can be tried; never valid."""

from __future__ import annotations

import json
from pathlib import Path

from superapp.kernel import ids
from superapp.kernel.language import gettext as _
from superapp.shared.documents import child
from superapp.shared.documents.signing.adapter import Identity, SignatureReport, Signed

SEAL, EXAMINE = Path(__file__).with_name("seal.py"), Path(__file__).with_name("examine.py")
_END = "-----END CERTIFICATE-----\n"


class Simulator:
    """Signs through pyHanko with certificates that nobody trusts; its key lies in `folder`, made at first use."""

    name = "simulator"
    asks_passphrase = False

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def sign(
        self, pdf: bytes, *, identity: Identity, passphrase: str = "", reason: str = "", location: str = ""
    ) -> Signed:
        """Return the PDF with a signature in the name of `identity`."""
        about = {
            "folder": str(self.folder),
            "name": identity.name,
            "title": identity.title,
            "reason": reason,
            "location": location,
        }
        return Signed(child.run(SEAL, about, pdf, seconds=60), f"SIM-{ids.uuid7().hex}")

    def verify(self, pdf: bytes) -> list[SignatureReport]:
        """Return a report for each signature; those of this installation's simulator are trusted."""
        return reports(pdf, self.roots())

    def roots(self) -> list[str]:
        """Return the authority's certificate as PEM; none before the first signature."""
        path = self.folder / "authority.pem"
        if not path.exists():
            return []
        text = path.read_text(encoding="ascii")
        return [text[text.index("-----BEGIN CERTIFICATE") : text.index(_END) + len(_END)]]

    def user_status(self, nik: str) -> str:
        """Return that anybody may sign."""
        return _("Simulasi: siapa pun dapat menandatangani.")

    def alive(self) -> bool:
        """Return True: it is part of the installation."""
        return True


def reports(pdf: bytes, roots: list[str]) -> list[SignatureReport]:
    """Return a report for each signature in a PDF, examined in a process of its own; slow (0.6 s).

    Raises child.ProgramFailed for a file that takes too much time or memory.
    """
    found = json.loads(child.run(EXAMINE, {"roots": roots}, pdf, seconds=20))
    return [SignatureReport(**one) for one in found]
