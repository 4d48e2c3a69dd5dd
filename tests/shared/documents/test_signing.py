"""Signing: nobody signs for another, unsigned looks unsigned, a down service queues, secrets leave no trace."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from superapp.extensions import db
from superapp.kernel.database import CoreModel, run
from superapp.kernel.errors import AppError, Invalid, Refused
from superapp.shared.documents import issuing
from superapp.shared.documents.keeping import fingerprint
from superapp.shared.documents.signing import examine, requesting
from superapp.shared.documents.signing.adapter import Identity, SignerAway, signer
from superapp.shared.documents.signing.bsre import BsreSigner
from superapp.shared.documents.signing.simulator import Simulator
from superapp.shared.tables.work import notice, task
from tests.navigation.conftest import send, text
from tests.shared.documents import gateway as gateways
from tests.shared.documents.conftest import Office
from tests.shared.documents.gateway import NIK, PASSPHRASE, Gateway
from tests.support.databases import only_sqlite

MakeOffice = Callable[..., Office]


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Gateway]:
    """Return a running stand-in for BSrE."""
    with gateways.running(tmp_path / "gateway") as running:
        yield running


@pytest.fixture
def bsre(gateway: Gateway, make_office: MakeOffice) -> Office:
    """Return an office that signs through that gateway."""
    return make_office(esign="bsre", bsre_url=gateway.url, bsre_user=gateways.USER, bsre_password=gateways.PASSWORD)


def requested(office: Office, by: str) -> issuing.Document:
    """Issue a letter of the kadis and ask for its signature, as somebody."""
    made = office.issue(by)
    with office.acting(by):
        found = requesting.request_signature(made)
    office.work()
    return office.again(found)


def open_tasks() -> list[str]:
    return list(run(sa.select(task.c.url).where(task.c.kind == "documents.sign", task.c.closed_at.is_(None))).scalars())


def examined(pdf: bytes, roots: list[str]) -> list[dict[str, Any]]:
    """Examine signatures in a thread of its own: a browser of another test may run an event loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(examine.examined, pdf, roots).result()


def test_number_and_signature_are_had_in_one_command_of_the_signer(simulated: Office) -> None:
    draft = simulated.issue(number=False)
    with simulated.acting("kadis"):
        queued = requesting.request_signature(draft)
        assert queued.number is not None
    simulated.work()
    done = simulated.again(draft)
    assert (done.state, done.signing, done.status) == ("signed", "signed", "simulated")
    content = simulated.bytes_of(done)
    (report,) = signer().verify(content)
    assert (report.good, report.trusted, report.signer) == (True, True, "Bambang Sutrisno")
    assert done.sha256 == fingerprint(content)
    assert "Naskah ditandatangani: Surat tugas ke Krayan" in list(run(sa.select(notice.c.title)).scalars())


def test_nobody_signs_for_another(simulated: Office) -> None:
    asked = requested(simulated, "tu")
    assert (asked.state, asked.signing) == ("rendered", "asked")
    assert signer().verify(simulated.bytes_of(asked)) == []
    assert open_tasks() == [f"/documents/{asked.id}/sign"]
    page = f"/documents/{asked.id}/sign"
    assert simulated.client("tu").get(page).status_code == 404
    assert send(simulated.client("kadis"), page, "").status_code == 303
    simulated.work()
    assert simulated.again(asked).state == "signed"
    assert open_tasks() == []
    assert simulated.client("kadis").get(page).status_code == 404


def test_where_nothing_signs_a_request_leaves_the_document_visibly_unsigned(office: Office) -> None:
    left = requested(office, "kadis")
    assert (left.signing, left.status) == ("", "unsigned")


def test_the_simulator_signs_in_no_real_installation(make_office: MakeOffice) -> None:
    office = make_office(esign="simulator", base_url="https://satu.example")
    assert signer() is None
    assert requested(office, "kadis").status == "unsigned"


def test_a_voided_or_signed_document_is_not_signed_again(simulated: Office) -> None:
    done = requested(simulated, "kadis")
    with pytest.raises(Refused), simulated.acting("kadis"):
        requesting.request_signature(done)
    asked = requested(simulated, "tu")
    with simulated.acting("kadis"):
        issuing.void(asked, "Salah")
    assert open_tasks() == []


@only_sqlite
def test_one_flipped_byte_anywhere_is_detected(simulated: Office) -> None:
    done = requested(simulated, "kadis")
    content, roots = simulated.bytes_of(done), signer().roots()
    begin = content.index(b"/Contents <")
    end = content.index(b">", begin)
    chance = random.Random(20261124)
    logging.disable(logging.CRITICAL)
    try:
        for _ in range(120):
            place, flipped = chance.randrange(len(content)), bytearray(content)
            flipped[place] ^= 1 << chance.randrange(8)
            assert fingerprint(bytes(flipped)) != done.sha256
            if not begin <= place <= end:  # beside the signature itself, which no signature covers
                reports = examined(bytes(flipped), roots)
                assert not (reports and all(one["intact"] and one["whole"] for one in reports)), place
    finally:
        logging.disable(logging.NOTSET)


def sign(office: Office, document: issuing.Document, **typed: str) -> object:
    page = f"/documents/{document.id}/sign"
    return send(office.client("kadis"), page, "", page, **{"nik_secret": NIK, "passphrase": PASSPHRASE, **typed})


def test_bsre_signs_with_what_the_signer_types(bsre: Office, gateway: Gateway) -> None:
    asked = requested(bsre, "kadis")
    assert asked.signing == "asked", "consent alone is not enough for BSrE"
    assert sign(bsre, asked).status_code == 303
    done = bsre.again(asked)
    assert (done.state, done.provider, done.status) == ("signed", "bsre", "valid")
    assert gateway.seen[-1][2] | {"reason": done.title} == gateway.seen[-1][2]
    assert gateway.seen[-1][:2] == ("POST", "/api/sign/pdf")
    assert fingerprint(bsre.bytes_of(done)) == done.sha256
    assert signer().verify(bsre.bytes_of(done))[0].good


@pytest.mark.parametrize(
    ("typed", "field"),
    [({"passphrase": "salah"}, "Passphrase tidak sesuai"), ({"nik_secret": "6503011203710099"}, "belum terdaftar"),
     ({"nik_secret": "650301120371"}, "16 angka"), ({"passphrase": ""}, "Isi passphrase")],
)  # fmt: skip
def test_a_refusal_of_bsre_is_a_sentence_at_the_field(bsre: Office, typed: dict[str, str], field: str) -> None:
    asked = requested(bsre, "kadis")
    answer = sign(bsre, asked, **typed)
    assert answer.status_code == 422
    assert field in text(answer)
    assert not any(value and value in text(answer) for value in typed.values())
    assert bsre.again(asked).signing == "asked"


def test_a_down_service_queues_and_asks_anew_when_it_is_back(bsre: Office, gateway: Gateway) -> None:
    asked = requested(bsre, "tu")
    gateway.down = True
    assert sign(bsre, asked).status_code == 303
    queued = bsre.again(asked)
    assert (queued.state, queued.signing, queued.status) == ("rendered", "queued", "queued")
    assert requesting.watch() is False
    gateway.down = False
    assert requesting.watch() is True
    with bsre.acting():
        assert requesting.ask_again(True) == 1
    assert bsre.again(asked).signing == "asked"
    assert open_tasks() == [f"/documents/{asked.id}/sign"]
    told = list(run(sa.select(notice.c.title)).scalars())
    assert "Layanan tanda tangan kembali. Tandatangani lagi: Surat tugas ke Krayan" in told
    assert sign(bsre, bsre.again(asked)).status_code == 303
    assert bsre.again(asked).state == "signed"


def test_nik_and_passphrase_are_neither_stored_nor_logged(
    bsre: Office, gateway: Gateway, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for away, typed in ((False, {"passphrase": PASSPHRASE + "x"}), (True, {}), (False, {})):
        asked = requested(bsre, "kadis")
        gateway.down = away
        sign(bsre, asked, **typed)
    gateway.down = False
    bsre.work()
    kept = everything_stored()
    assert "Surat tugas ke Krayan" in kept, "the search itself works"
    said = caplog.text + "".join(capfd.readouterr())
    for secret in (NIK, PASSPHRASE):
        assert secret not in kept
        assert secret not in said


def everything_stored() -> str:
    """Return every row of every core table as text."""
    db.session.rollback()
    return "\n".join(str(row) for table in CoreModel.metadata.sorted_tables for row in run(sa.select(table)))


def test_the_calls_of_the_gateway_map_to_answers(gateway: Gateway, context: Flask, tmp_path: Path) -> None:
    service = BsreSigner(gateway.url, gateways.USER, password=gateways.PASSWORD)
    pdf = Simulator(tmp_path / "own").sign(minimal(), identity=Identity("A")).content
    assert (service.user_status(NIK), service.user_status("1" * 16)) == ("ISSUE", "NOT_REGISTERED")
    gateway.apart = True
    signed = service.sign(minimal(), identity=Identity("A", NIK), passphrase=PASSPHRASE)
    assert (signed.document_id, signed.content[:5]) == ("dok-2", b"%PDF-")
    with pytest.raises(AppError, match="tidak bisa diambil lagi"):
        service.download("dok-2")
    assert [one.good for one in service.verify(pdf)] == [True]
    assert service.verify(minimal()) == []
    with pytest.raises(AppError, match="Akun aplikasi ditolak"):
        BsreSigner(gateway.url, "lain", password="x").sign(minimal(), identity=Identity("A", NIK), passphrase="x")
    with pytest.raises(Invalid):
        service.user_status("../sign/pdf")


def test_a_gateway_that_is_not_there_is_away(context: Flask) -> None:
    service = BsreSigner("http://127.0.0.1:9", "u", password="p")
    assert service.alive() is False
    with pytest.raises(SignerAway) as away:
        service.user_status(NIK)
    assert NIK not in repr(away.value.__context__ if not away.value.__suppress_context__ else "")


def minimal() -> bytes:
    """Return a PDF of one empty page."""
    objects = (b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
               b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>")  # fmt: skip
    content, places = b"%PDF-1.7\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(content))
        content += b"%d 0 obj%s endobj\n" % (number, one)
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(content)
    return content + b"xref\n0 4\n0000000000 65535 f \n" + rows + end
