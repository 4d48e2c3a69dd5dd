"""A document as HTML: its template filled with the kept values, the letterhead, the QR, and what marks each page."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import current_app

from superapp.kernel.database import run
from superapp.kernel.language import SOURCE
from superapp.kernel.secrets import settings
from superapp.settings import home
from superapp.shared.documents import child, letterheads, templates
from superapp.shared.documents.reading import Document, grouped
from superapp.shared.documents.values import thawed
from superapp.shared.tables.documents import document as documents

D = documents.c
PRESS = Path(__file__).with_name("press.py")
SECONDS = 90.0
DRAFT = "KONSEP, BELUM BERNOMOR"
UNSIGNED = "BELUM DITANDATANGANI SECARA ELEKTRONIK"
SIMULATED = "TANDA TANGAN SIMULASI — TIDAK SAH"
SIGNED = (
    "Dokumen ini telah ditandatangani secara elektronik menggunakan sertifikat elektronik yang diterbitkan oleh"
    " Balai Besar Sertifikasi Elektronik (BSrE), Badan Siber dan Sandi Negara (BSSN)."
)


@dataclass(frozen=True)
class Mark:
    """What every page says of its signature; `across` lies over the page, so that no copy can be taken for a signed one."""

    words: str
    across: bool = field(default=False, kw_only=True)
    warns: bool = field(default=True, kw_only=True)


MARKS = {
    "draft": Mark(DRAFT, across=True),
    "unsigned": Mark(UNSIGNED),
    "simulator": Mark(SIMULATED, across=True),
    "bsre": Mark(SIGNED, warns=False),
}


def pdf(document: Document, mark: Mark) -> bytes:
    """Return a document as PDF/A; slow (1 s), so for jobs and `prepare` alone. Raises child.ProgramFailed."""
    paper = templates.PAPERS[templates.template(document.template).paper]
    styles = [_style(), f"@page {{ size: {paper} }}"]
    return child.run(PRESS, {"styles": styles}, html(document, mark).encode(), seconds=SECONDS)


def html(document: Document, mark: Mark) -> str:
    """Return a document as HTML. Values are escaped; the template is the module's, in the source language."""
    given = thawed(run(sa.select(D["values"]).where(D.id == document.id)).scalar_one())
    environment = current_app.extensions["superapp.templates"][SOURCE]
    address = settings().base_url + document.verify_path
    about = {
        "document": document,
        "head": letterheads.head(document.opd_id),
        "mark": mark,
        "qr": qr(address),
        "address": address,
        "code": grouped(document.code),
    }
    found = environment.get_template(templates.template(document.template).template)
    return str(found.render({**given, **about}))


def missing() -> str:
    """Return what keeps PDFs from being made on this machine, "" when nothing does."""
    try:
        child.run(PRESS, {"styles": []}, b"<title>x</title><p>x", seconds=SECONDS)
    except child.ProgramFailed as error:
        return str(error)
    return ""


def qr(text: str) -> str:
    """Return a QR code as the data: address of an SVG."""
    import segno

    made: Any = segno.make(text, error="m", micro=False)
    return str(made.svg_data_uri(scale=4, border=1, dark="black", omitsize=True))


@cache
def _style() -> str:
    return (home() / "templates" / "documents" / "paper.css").read_text(encoding="utf-8")
