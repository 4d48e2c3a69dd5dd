"""What a signing service does for us, whichever it is, and which one this installation uses (SUPERAPP_ESIGN)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import sqlalchemy as sa

from superapp.kernel import secrets
from superapp.kernel.database import run
from superapp.kernel.errors import Busy
from superapp.kernel.language import gettext as _
from superapp.kernel.tables import setting


@dataclass(frozen=True)
class Signed:
    """A signed document: its bytes, and the id that the service gave it ("" when it gives none)."""

    content: bytes = field(repr=False)
    document_id: str = ""


@dataclass(frozen=True, kw_only=True)
class SignatureReport:
    """One signature in a PDF: who signed, whether the signed bytes are as they were, and whether its chain is trusted.

    `whole` tells that nothing was added to the file after the signature either.
    """

    signer: str
    intact: bool
    trusted: bool
    whole: bool = True
    signed_at: str = ""

    @property
    def good(self) -> bool:
        """Tell whether the file is as it was signed."""
        return self.intact and self.whole


@dataclass(frozen=True)
class Identity:
    """Who signs: the name for the certificate, and for BSrE the NIK, which is never stored nor shown."""

    name: str
    nik: str = field(default="", repr=False)
    title: str = field(default="", kw_only=True)


class SignerAway(Busy):
    """The service does not answer; nothing was signed and nothing of it is known."""

    title = "Layanan tanda tangan belum menjawab"

    def __init__(self) -> None:
        super().__init__(
            _("Layanan tanda tangan belum menjawab. Naskah antre; Anda diberi tahu saat layanan kembali."),
            retry_after=60,
        )


class Signer(Protocol):
    """A signing service. All calls are slow: for jobs and `prepare` alone."""

    name: str
    asks_passphrase: bool
    """Whether the signer types NIK and passphrase each time; else his consent is enough, and a job signs."""

    def sign(
        self, pdf: bytes, *, identity: Identity, passphrase: str = "", reason: str = "", location: str = ""
    ) -> Signed:
        """Return the signed document; Invalid at `passphrase` or `nik_secret` when refused, SignerAway when it is down."""

    def verify(self, pdf: bytes) -> list[SignatureReport]:
        """Return a report for each signature in a PDF, none for an unsigned one. Raises SignerAway."""

    def user_status(self, nik: str) -> str:
        """Return what the service says of a signer's certificate, in words. Raises SignerAway."""

    def alive(self) -> bool:
        """Tell whether the service answers."""


def signer() -> Signer | None:
    """Return the service of this installation, None when documents are not signed electronically.

    The simulator signs only in an installation that people cannot take for a real one: reached by http, or with the demo
    data set. Elsewhere it counts as switched off.
    """
    chosen = secrets.settings().esign
    if chosen == "bsre":
        from superapp.shared.documents.signing.bsre import BsreSigner

        return BsreSigner.of(secrets.settings())
    if chosen == "simulator" and may_simulate():
        from superapp.shared.documents.signing.simulator import Simulator

        return Simulator(secrets.settings().data_dir / "esign-simulator")
    return None


def may_simulate() -> bool:
    """Tell whether this installation is no real one."""
    demo = sa.select(setting.c.value).where(setting.c.owner == "core", setting.c.name == "demo")
    return not secrets.settings().secure or bool(run(demo).scalar())
