"""The public page: what anybody learns from a QR, and whether a file is the document."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest

from superapp.shared.documents import issuing, verifying
from superapp.shared.documents.reading import Document
from superapp.shared.documents.signing import requesting
from tests.navigation.conftest import hidden, text
from tests.shared.documents.conftest import Office


@pytest.fixture
def signed(simulated: Office) -> Document:
    """Return a letter signed by the simulator."""
    made = simulated.issue()
    with simulated.acting("kadis"):
        requesting.request_signature(made)
    simulated.work()
    return simulated.again(made)


def compare(office: Office, document: Document, content: bytes, name: str = "surat.pdf") -> Any:
    client = office.client()
    page = client.get(document.verify_path)
    values = {**hidden(text(page)), "file": (BytesIO(content), name)}
    headers = {"Sec-Fetch-Site": "same-origin"}
    return client.post(document.verify_path, data=values, headers=headers, content_type="multipart/form-data")


def test_a_stranger_learns_what_the_document_is(simulated: Office, signed: Document) -> None:
    page = text(simulated.client().get(signed.verify_path))
    for words in (signed.number, signed.title, "Bambang Sutrisno", "Kepala Dinas", signed.sha256[:8], "simulasi"):
        assert words in page
    assert simulated.house.people["kadis"].nip not in page


def test_the_same_file_agrees_and_one_flipped_byte_does_not(simulated: Office, signed: Document) -> None:
    content = simulated.bytes_of(signed)
    assert "sama persis" in text(compare(simulated, signed, content))
    altered = bytearray(content)
    altered[len(altered) // 3] ^= 1
    answer = text(compare(simulated, signed, bytes(altered)))
    assert "Tidak cocok" in answer
    assert "isinya berubah" in answer


@pytest.mark.parametrize("content", [b"halo", b"%PDF-1.7\n" + b"<<" * 50_000, b"\x00" * 2000])
def test_whatever_else_is_sent_is_not_the_document(simulated: Office, signed: Document, content: bytes) -> None:
    answer = compare(simulated, signed, content)
    assert answer.status_code == 200
    assert "Tidak cocok" in text(answer)


def test_no_file_and_a_huge_file_are_refused_with_a_sentence(
    simulated: Office, signed: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verifying, "LARGEST", 1000)
    assert compare(simulated, signed, b"").status_code == 422
    answer = compare(simulated, signed, b"x" * 1001)
    assert (answer.status_code, "terlalu besar" in text(answer)) == (422, True)


def test_an_unsigned_and_a_voided_document_look_so(office: Office) -> None:
    made = office.issue()
    office.work()
    assert "Belum ditandatangani" in text(office.client().get(made.verify_path))
    with office.acting("kadis"):
        issuing.void(made, "Salah tanggal")
    page = text(office.client().get(made.verify_path))
    assert "Dibatalkan" in page
    assert "Salah tanggal" in page


def test_of_a_secret_document_and_of_a_draft_only_the_status_is_told(office: Office) -> None:
    for made in (office.issue(secrecy=2), office.issue(number=False)):
        office.work()
        page = text(office.client().get(made.verify_path))
        assert made.title not in page
        assert "Bambang" not in page
        assert "tidak ditampilkan" in page


def test_unknown_codes_look_the_same_and_known_ones_lead_on(office: Office) -> None:
    made = office.issue()
    answers = [office.client().get(f"/v/{code}") for code in ("A" * 26, "x", "..", "A" * 300)]
    assert {answer.status_code for answer in answers} == {404}
    assert all("tidak dikenal" in text(answer) for answer in answers)
    assert office.client().get(f"/v?code={made.code.lower()}").location == made.verify_path
    assert office.client().get("/v?code=salah").status_code == 404


def test_the_page_weighs_little(simulated: Office, signed: Document) -> None:
    page = simulated.client().get(signed.verify_path, headers={"Accept-Encoding": "br"})
    assert page.headers["Content-Encoding"] == "br"
    assert len(page.data) < 3_500, "with style, icons and script 15 KB in all"
