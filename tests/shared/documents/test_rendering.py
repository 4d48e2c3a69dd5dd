"""PDFs: PDF/A with tags, marked as what they are, sized as paper, and closed to network and files."""

from __future__ import annotations

import base64
import re
import resource
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from superapp.shared.documents import child
from superapp.shared.documents.rendering import drawing
from superapp.shared.documents.signing import requesting
from superapp.shared.documents.values import frozen, thawed
from tests.shared.documents.conftest import Office
from tests.support.databases import only_sqlite

pytestmark = only_sqlite
POINTS = 72 / 25.4


def pressed(html: str, style: str = "") -> bytes:
    return child.run(drawing.PRESS, {"styles": [style]}, html.encode(), seconds=60)


def test_a_document_is_pdf_a_with_tags_and_language(office: Office) -> None:
    content = drawing.pdf(office.issue(), drawing.MARKS["unsigned"])
    reader = PdfFileReader(BytesIO(content))
    metadata = reader.root["/Metadata"].data.decode()
    assert re.search(r"pdfaid:part[^0-9]+2", metadata)
    assert re.search(r"pdfaid:conformance[^A-Z]+B", metadata)
    assert reader.root["/MarkInfo"]["/Marked"]
    assert str(reader.root["/Lang"]) == "id"
    assert "/OutputIntents" in reader.root


EMBEDDED = {"/FontFile", "/FontFile2", "/FontFile3"}
FORBIDDEN = {"/JavaScript", "/Launch", "/RichMedia", "/Sound", "/Movie", "/ImportData", "/ResetForm", "/SubmitForm"}
"""Actions and annotations that a PDF/A-2 must not hold (ISO 19005-2, 6.5.1 and 6.3.1)."""


def objects_of(content: bytes) -> Iterator[Any]:
    """Yield every dictionary and stream of a PDF, also those within others."""
    reader = PdfFileReader(BytesIO(content))
    assert not reader.encrypted
    for revision in range(reader.total_revisions):
        for reference in reader.xrefs.explicit_refs_in_revision(revision):
            yield from _inside(reader.get_object(reference))


def _inside(one: Any) -> Iterator[Any]:
    if isinstance(one, generic.DictionaryObject):
        yield one
        parts = [one.raw_get(key) for key in one]
    else:
        parts = list(one) if isinstance(one, generic.ArrayObject) else []
    for part in parts:
        if not isinstance(part, generic.IndirectObject):
            yield from _inside(part)


@pytest.mark.parametrize("signed", [False, True])
def test_every_object_keeps_to_what_an_archive_may_hold(make_office: Any, signed: bool) -> None:
    office = make_office(esign="simulator")
    made = office.issue()
    if signed:
        with office.acting("kadis"):
            requesting.request_signature(made)
    office.work()
    content = office.bytes_of(made)
    assert (b"/Sig" in content) == signed
    found = list(objects_of(content))
    fonts = [one for one in found if str(one.get("/Type")) == "/FontDescriptor"]
    assert fonts
    assert all(EMBEDDED & set(map(str, font)) for font in fonts), "a font of the reader's machine"
    types = {str(one.get(key)) for one in found for key in ("/S", "/Subtype")}
    assert not types & FORBIDDEN
    assert not [one for one in found if {"/AA", "/JS", "/EmbeddedFiles", "/XFA"} & set(map(str, one))]
    assert "/LZWDecode" not in {str(one.get("/Filter")) for one in found}
    assert not [one for one in found if isinstance(one, generic.StreamObject) and "/F" in one], (
        "a stream outside the file"
    )
    [intent] = PdfFileReader(BytesIO(content)).root["/OutputIntents"]
    profile = intent["/DestOutputProfile"].data
    assert (str(intent["/S"]), profile[36:40], profile[16:20]) == ("/GTS_PDFA1", b"acsp", b"RGB ")


@pytest.mark.parametrize(("paper", "wide", "high"), [("A4", 210, 297), ("F4", 215, 330)])
def test_paper_has_its_size(context: Flask, paper: str, wide: int, high: int) -> None:
    size = drawing.templates.PAPERS[paper]
    page = PdfFileReader(BytesIO(pressed("<title>x</title><p>x", f"@page {{ size: {size} }}"))).root["/Pages"]["/Kids"][
        0
    ]
    box = [float(number) for number in page["/MediaBox"]]
    assert box == pytest.approx([0, 0, wide * POINTS, high * POINTS], abs=0.5)


@pytest.mark.parametrize(
    "html",
    ['<img src="http://127.0.0.1:1/x.png">', '<img src="file:///etc/passwd">', '<link rel="stylesheet" href="file:///x">',
     '<style>@import url(http://127.0.0.1:1/)</style>', '<object data="file:///etc/passwd"></object>',],
)  # fmt: skip
def test_a_document_fetches_nothing(context: Flask, html: str) -> None:
    with pytest.raises(child.ProgramFailed, match="fetches nothing"):
        pressed(f"<title>x</title>{html}")


def test_a_picture_in_a_picture_fetches_nothing_either(context: Flask, tmp_path: Path) -> None:
    drawn = tmp_path / "secret.png"
    Image.new("RGB", (9, 9), "teal").save(drawn)
    inside = "data:image/png;base64," + base64.b64encode(drawn.read_bytes()).decode()
    found = []
    for address in (inside, drawn.as_uri()):
        svg = f"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><image href='{address}' width='9' height='9'/></svg>"
        outer = base64.b64encode(svg.encode()).decode()
        found.append(b"/Image" in pressed(f'<title>x</title><img src="data:image/svg+xml;base64,{outer}">'))
    assert found == [True, False]


def test_values_are_escaped_and_marks_stand_on_the_sheet(office: Office) -> None:
    made = office.issue(values={"name": "<script>x</script>", "parts": ["<b>"]}, title="Surat <i>")
    html = drawing.html(made, drawing.MARKS["simulator"])
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "Surat &lt;i&gt;" in html
    assert html.count(drawing.SIMULATED) == 2, "in the foot of each page, and across it"
    assert drawing.SIMULATED not in drawing.html(made, drawing.MARKS["bsre"])
    assert f"/v/{made.code}" in html


def test_values_come_back_as_what_they_were(context: Flask) -> None:
    from datetime import UTC, date, datetime
    from decimal import Decimal

    given = {
        "day": date(2026, 11, 24),
        "at": datetime(2026, 1, 2, tzinfo=UTC),
        "cost": Decimal("1.50"),
        "of": [1, None],
    }
    assert thawed(frozen(given)) == given
    with pytest.raises(TypeError, match="keeps no"):
        frozen({"x": object()})


def test_a_long_letter_is_made_in_little_time_and_memory(office: Office) -> None:
    made = office.issue(values={"name": "Unyil", "parts": [f"Bagian {number}" for number in range(300)]})
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    content = drawing.pdf(made, drawing.MARKS["unsigned"])
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert PdfFileReader(BytesIO(content)).root["/Pages"]["/Count"] > 5
    assert after.ru_utime - before.ru_utime < 10
    # The largest of all children so far: a browser of another test may have been larger.
    assert after.ru_maxrss <= max(before.ru_maxrss, 250_000), "kilobytes of the largest child"


def test_the_program_knows_nothing_of_our_secrets(
    context: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SUPERAPP_SECRET_KEY", "geheim")
    program = tmp_path / "show.py"
    program.write_text("import os; print(dict(os.environ))")
    assert b"geheim" not in child.run(program, {}, seconds=10)
    slow = tmp_path / "slow.py"
    slow.write_text("import time; time.sleep(9)")
    with pytest.raises(child.ProgramFailed, match="longer"):
        child.run(slow, {}, seconds=0.3)


def test_the_doctor_says_when_pdfs_cannot_be_made(
    context: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from superapp.operations.doctor import installation

    assert [str(one.level) for one in installation.papers()] == ["baik", "periksa"]
    broken = tmp_path / "press.py"
    broken.write_text("raise OSError('cannot load library libpango-1.0-0')")
    monkeypatch.setattr(drawing, "PRESS", broken)
    fault = next(iter(installation.papers()))
    assert (str(fault.level), "libpango-1.0-0" in fault.words) == ("salah", True)
