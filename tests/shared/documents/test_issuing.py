"""Issuing: a job makes the PDF, people are told, the file follows its record; voided numbers stay taken."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from superapp.access.actor import acting_as
from superapp.kernel.database import run
from superapp.kernel.errors import Invalid, NotFound, Refused
from superapp.shared import files
from superapp.shared.documents import issuing
from superapp.shared.documents.keeping import fingerprint
from superapp.shared.documents.reading import by_code, documents_of, grouped
from superapp.shared.documents.signatories import Signatory
from superapp.shared.tables import File, notice
from superapp.shared.tables.documents import document as documents
from tests.shared.documents.conftest import Office
from tests.support import builders


def test_a_job_makes_the_pdf_and_tells_who_issued_it(office: Office) -> None:
    made = office.issue(url="/app/dummy/")
    assert (made.state, made.file_id) == ("numbered", None)
    office.work()
    ready = office.again(made)
    content = office.bytes_of(made)
    assert (ready.state, ready.status) == ("rendered", "unsigned")
    assert content.startswith(b"%PDF-")
    assert ready.sha256 == fingerprint(content)
    told = run(sa.select(notice.c.person_id, notice.c.title, notice.c.url)).one()
    assert told == (office.house.people["kadis"].id, "Surat siap: Surat tugas ke Krayan", "/app/dummy/")


def test_name_and_title_of_the_signer_are_those_of_the_day(office: Office) -> None:
    made = office.issue()
    with office.acting():
        office.house.person("kadis").name = "Nama Lain"
    kept = office.again(made)
    assert (kept.signer_name, kept.signer_title) == ("Bambang Sutrisno", "Kepala Dinas")
    assert kept.signer_number == office.house.people["kadis"].nip


def test_the_file_is_read_by_who_may_see_the_record_and_named_without_a_person(office: Office) -> None:
    builders.grant(office.house.person("kabid"), "dummy.view", office.house.unit("kominfo"))
    made = office.issue()
    office.work()
    file_id = office.again(made).file_id
    with acting_as(office.actor("kabid")):
        assert files.readable(file_id).name == f"{made.number.replace('/', '-')}.pdf"
    with acting_as(office.actor("dokter")), pytest.raises(NotFound):
        files.readable(file_id)


def test_a_draft_has_no_number_and_may_be_filled_anew(office: Office) -> None:
    draft = office.issue(number=False)
    office.work()
    first = office.again(draft)
    assert (first.state, first.number) == ("draft", None)
    with office.acting("kadis"):
        issuing.redraw(first, {"name": "Pak Raden"}, title="Judul baru")
    office.work()
    second = office.again(draft)
    assert (second.title, second.sha256 != first.sha256) == ("Judul baru", True)
    assert run(sa.select(sa.func.count()).select_from(File)).scalar() == 1, "the draft before is gone"
    with office.acting("kadis"):
        assert issuing.number_of(second).number is not None
    with pytest.raises(Refused), office.acting("kadis"):
        issuing.redraw(second, {"name": "x"})


def test_a_number_is_taken_once_however_often_it_is_asked_for(office: Office) -> None:
    made = office.issue()
    with office.acting("kadis"):
        again = issuing.number_of(made)
    assert (again.number, again.revision) == (made.number, made.revision)


def test_a_voided_document_keeps_its_number_and_says_why(office: Office) -> None:
    first = office.issue()
    with office.acting("kadis"):
        void = issuing.void(first, "Salah tanggal")
    assert (void.state, void.number, void.void_reason) == ("void", first.number, "Salah tanggal")
    assert office.issue().number != first.number
    office.work()
    assert office.again(first).state == "void", "a job that was under way changes nothing"
    with pytest.raises(Refused), office.acting("kadis"):
        issuing.void(first, "lagi")


@pytest.mark.parametrize(
    ("more", "field"),
    [({"title": "  "}, "title"), ({"title": "x" * 201}, "title"), ({}, "signer")],
)
def test_what_cannot_be_issued_says_where_it_lacks(office: Office, more: dict[str, str], field: str) -> None:
    toy = office.toy()
    vacant = builders.position(office.house.unit("kominfo"), "Kepala Bidang Kosong")
    signer = Signatory(vacant.id if field == "signer" else office.house.people["kadis"].position_id)
    with pytest.raises(Invalid) as refusal, office.acting("kadis"):
        issuing.issue(
            toy, "dummy.letter", {}, **{"title": "Surat", "permission": "dummy.view", "signer": signer, **more}
        )
    assert field in refusal.value.errors
    assert run(sa.select(sa.func.count()).select_from(documents)).scalar() == 0


def test_voiding_needs_a_reason(office: Office) -> None:
    made = office.issue()
    with pytest.raises(Invalid) as refusal, office.acting("kadis"):
        issuing.void(made, " ")
    assert "reason" in refusal.value.errors
    assert office.again(made).state == "numbered"


def test_documents_of_a_record_are_found_the_latest_first_and_by_code_as_typed(office: Office) -> None:
    toy = office.toy()
    first, second = office.issue(toy=toy), office.issue(toy=toy)
    assert [one.id for one in documents_of(toy)] == [second.id, first.id]
    assert by_code(grouped(first.code).lower()).id == first.id
    assert by_code(first.code[:-1] + ("A" if first.code[-1] != "A" else "B")) is None
    assert first.code != second.code


def test_a_job_that_comes_late_leaves_the_newer_revision_alone(office: Office) -> None:
    from superapp.shared.documents import making

    made = office.issue()
    assert making.prepare(str(made.id), made.revision - 1) is None
    assert making.note(str(made.id), made.revision - 1, None) == "outdated"
