"""Numbers: written as each OPD writes them, counted without gap or double, insertions after those that exist."""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from superapp.access.actor import acting_as, operator
from superapp.kernel import clock, command, ids
from superapp.kernel.database import run
from superapp.kernel.errors import Invalid, Refused
from superapp.shared.documents import issuing, numbering, offices
from superapp.shared.documents.numbering import Pattern, Subject
from superapp.shared.tables.documents import document as documents
from tests.shared.documents.conftest import Office

DAY = datetime(2026, 9, 24, 3, tzinfo=UTC).astimezone(clock.WITA).date()


@pytest.mark.parametrize(
    ("pattern", "suffix", "expected"),
    [
        (Pattern(), "", "B/500.12.16.3/573/BPBD-KL/IX/2026"),
        (Pattern("{sifat}/{urut} {opd}.{kode}"), "", "B/573 BPBD-KL.500.12.16.3"),
        (Pattern("{kode}/{urut}/{tahun}", padding=4), "", "500.12.16.3/0573/2026"),
        (Pattern("{urut}/{bulan_romawi}"), "a", "573.a/IX"),
    ],
)
def test_numbers_are_written_as_the_pattern_says(office: Office, pattern: Pattern, suffix: str, expected: str) -> None:
    subject = Subject(opd_id=office.unit_id("kominfo"), kind="surat", record_class="500.12.16.3")
    assert numbering.written(pattern, subject, 573, suffix=suffix, on=DAY, opd="BPBD-KL") == expected


@pytest.mark.parametrize(
    ("text", "scope"),
    [("{tahun}", "opd"), ("{urut}/{urut}", "opd"), ("{urut}/{nip}", "opd"), ("{urut", "opd"), ("{urut!r}", "opd"),
     ("{urut:>9999999}", "opd"), ("{urut.__class__}", "opd"), ("{urut}/{tahun}", "code"), ("", "opd"), ("{}", "opd")],
)  # fmt: skip
def test_a_pattern_that_cannot_number_is_refused_with_a_sentence(office: Office, text: str, scope: str) -> None:
    with pytest.raises(Invalid) as refusal:
        numbering.checked_pattern(text, scope)
    assert refusal.value.errors["pattern"]


def save(office: Office, unit: str, kind: str, pattern: str, scope: str = "opd") -> None:
    with office.acting():
        offices.save_pattern(office.unit_id(unit), kind, 0, {"pattern": pattern, "scope": scope, "padding": "0"})


def test_the_nearest_pattern_counts(office: Office) -> None:
    found = []
    for unit, kind, pattern in (
        ("kabupaten", "", "K/{urut}"),
        ("kominfo", "", "D/{urut}"),
        ("kominfo", "surat", "S/{urut}"),
    ):
        save(office, unit, kind, pattern)
        found.append(numbering.pattern_for(office.unit_id("kominfo"), "surat").text)
    assert found == ["K/{urut}", "D/{urut}", "S/{urut}"]
    assert numbering.pattern_for(office.unit_id("dinkes"), "surat").text == "K/{urut}"


def test_each_opd_and_year_begins_at_one(office: Office) -> None:
    save(office, "kabupaten", "", "{urut}/{tahun}")
    first, other = office.issue(), office.issue("kadinkes", unit="dinkes", signer="kadinkes")
    year = clock.today().year
    assert (first.number, other.number, office.issue().number) == (f"1/{year}", f"1/{year}", f"2/{year}")
    last_hour = datetime(year + 1, 1, 1, tzinfo=clock.WITA) - timedelta(minutes=1)
    clock.shift(last_hour - datetime.now(UTC))
    assert office.issue().number == f"3/{year}"
    clock.shift(last_hour + timedelta(minutes=2) - datetime.now(UTC))
    assert office.issue().number == f"1/{year + 1}", "midnight of WITA, not of UTC"


def test_a_counter_per_code_counts_each_code_by_itself(office: Office) -> None:
    save(office, "kominfo", "", "{kode}/{urut}", "code")
    numbers = [office.issue(record_class=code).number for code in ("000.1", "800.1", "000.1")]
    assert numbers == ["000.1/1", "800.1/1", "000.1/2"]


def test_a_document_without_a_class_says_so_when_its_number_needs_one(office: Office) -> None:
    subject = Subject(opd_id=office.unit_id("kominfo"), kind="surat")
    with pytest.raises(Invalid) as refusal, office.acting():
        numbering.take(subject)
    assert "record_class" in refusal.value.errors


def test_insertions_follow_a_number_with_its_date_and_a_reason(office: Office) -> None:
    save(office, "kominfo", "", "{urut}/{tahun}")
    base = office.issue()
    clock.shift(timedelta(days=20))
    drafts = [office.issue(number=False) for _ in range(2)]
    numbers = []
    for draft in drafts:
        with office.acting("kadis"):
            made = issuing.insert_number(draft, after=str(base.number), reason="Surat tugas lupa dinomori")
        numbers.append(made.number)
        assert made.dated_on == base.dated_on
    year = base.dated_on.year
    assert numbers == [f"1.a/{year}", f"1.b/{year}"]
    assert office.issue().number.startswith("2/"), "the counter went on untouched"


@pytest.mark.parametrize(("after", "reason", "field"), [("99/2026", "lupa", "after"), ("", " ", "reason")])
def test_an_insertion_needs_a_number_that_exists_and_a_reason(
    office: Office, after: str, reason: str, field: str
) -> None:
    base, draft = office.issue(), office.issue(number=False)
    with pytest.raises(Invalid) as refusal, office.acting("kadis"):
        issuing.insert_number(draft, after=after or str(base.number), reason=reason)
    assert field in refusal.value.errors
    with pytest.raises(Refused), office.acting("kadis"):
        issuing.insert_number(base, after=str(base.number), reason="dua kali")


def work(office: Office, each: int) -> None:
    """Let 32 writers take numbers in two OPDs at once; every fifth command is refused after it took its number."""
    subjects = [Subject(opd_id=office.unit_id(name), kind="surat", record_class="1") for name in ("kominfo", "dinkes")]

    def write(writer: int) -> None:
        with office.app.app_context(), acting_as(operator()):
            for turn in range(each):
                with suppress(ZeroDivisionError):
                    take(subjects[writer % 2], refused=(writer // 2 + turn) % 5 == 0)

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def take(subject: Subject, *, refused: bool) -> None:
    """Store a document with the next number, or take the number and refuse."""
    with command.begin("test.number", actor=operator(), says=""):
        taken, own = numbering.take(subject), ids.uuid7()
        row = dict(run(sa.select(documents).order_by(documents.c.id).limit(1)).one()._mapping)
        row |= {"id": own, "code": own.hex[-26:], "opd_id": subject.opd_id, "number": taken.text}
        row |= {"number_scope": taken.scope, "number_period": taken.period, "number_value": taken.value}
        run(sa.insert(documents).values(row))
        if refused:
            raise ZeroDivisionError


def assert_unbroken(office: Office, each: int) -> None:
    """Take numbers on both sides of a new year; each OPD and year holds 1..N, nothing left out, nothing twice."""
    office.issue(number=False)
    new_year = datetime(clock.today().year + 1, 1, 1, tzinfo=clock.WITA)
    for moment in (new_year - timedelta(hours=1), new_year + timedelta(seconds=1)):
        clock.shift(moment - datetime.now(UTC))
        work(office, each)
    columns = (documents.c.number_scope, documents.c.number_period, documents.c.number_value)
    found = run(sa.select(*columns).where(documents.c.number.is_not(None)).order_by(*columns)).all()
    registers: dict[tuple[str, str], list[int]] = {}
    for scope, period, value in found:
        registers.setdefault((scope, period), []).append(value)
    assert len(registers) == 4
    assert sum(map(len, registers.values())) > 32 * each * 2 * 0.7
    for values in registers.values():
        assert values == list(range(1, len(values) + 1))


def test_thirty_two_writers_and_a_new_year_leave_no_gap_and_no_double(office: Office) -> None:
    assert_unbroken(office, each=2)


@pytest.mark.slow
def test_three_thousand_numbers_leave_no_gap_and_no_double(office: Office) -> None:
    assert_unbroken(office, each=50)
