"""The audit reader: words filled when read, filters, chains by OPD, the export; and the state of the chains."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from html import unescape
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from superapp.admin.service import audit as reads
from superapp.admin.service.audit import AuditFilter
from superapp.kernel import clock
from superapp.kernel.database import transaction
from superapp.kernel.jobs.worker import Worker
from superapp.kernel.tables import audit, audit_values
from superapp.shared.tables import notice
from tests.admin.conftest import Desk, stored
from tests.navigation.conftest import warmed
from tests.support.builders import House


@pytest.fixture
def trail(desk: Desk, house: House) -> Desk:
    """Return the admin's desk after some work: a person of Kominfo renamed, a unit changed, a holiday added."""
    own = f"/admin/people/{house.people['kasi'].id}"
    form = {"name": "Yosef Dagang Baru", "employment": "pns", "nip": house.people["kasi"].nip}
    assert desk.send(f"{own}/edit", **form).status_code == 303
    unit = {"name": "Seksi Aplikasi", "kind": "seksi"}
    assert desk.send(f"/admin/units/{house.units['seksi']}/edit", **unit).status_code == 303
    day = {"day": "2031-08-17", "kind": "libur", "name": "=1+1 Kemerdekaan"}
    assert desk.send("/admin/reference/holidays/new", **day).status_code == 303
    return desk


def test_rows_read_as_sentences(trail: Desk) -> None:
    html = trail.html("/admin/audit")
    assert "Petrus Krayan mengubah data pegawai Yosef Dagang Baru" in html
    assert "Petrus Krayan mengubah unit Seksi Aplikasi" in html
    assert "{actor}" not in html


def test_filters_by_person_record_operation_and_day(trail: Desk, house: House) -> None:
    record = {"record_type": "core_unit", "record_id": house.units["seksi"]}
    only = trail.html("/admin/audit", **record).split("<tbody")[1]
    assert "mengubah unit" in only
    assert "mengubah data pegawai" not in only
    assert "mengubah unit" not in trail.html("/admin/audit", operation="admin.save_person").split("<tbody")[1]
    assert "Tidak ada yang cocok" in trail.html("/admin/audit", until="2020-01-01")
    assert "mengubah unit" in trail.html("/admin/audit", since=clock.today().isoformat())
    assert "mengubah unit" in trail.html("/admin/audit", person="Petrus Krayan")
    assert "Tidak ada yang cocok" in trail.html("/admin/audit", person="Sari Dewi")
    assert "Tidak ada yang cocok" in trail.html("/admin/audit", person="Tidak Ada")
    wrong = trail.html("/admin/audit", since="kemarin", record_id="x", chain="';--")
    assert "Tanggal tidak dikenal." in wrong


def test_an_erased_row_says_so_and_stays(trail: Desk, app: Flask) -> None:
    row = stored(app, sa.select(audit.c.chain, audit.c.sequence).where(audit.c.operation == "admin.save_person"))[0]
    with app.app_context(), transaction() as connection:
        same = sa.and_(audit_values.c.chain == row.chain, audit_values.c.sequence == row.sequence)
        gone = {"values": sa.null(), "salt": None, "erased_at": clock.now(), "erased_by": "cli"}
        connection.execute(sa.update(audit_values).where(same).values(gone))
    assert "mengubah data pegawai (dihapus)" in trail.html("/admin/audit")
    assert "sudah dihapus menurut hukum" in trail.html(f"/admin/audit/{row.chain}/{row.sequence}")
    assert trail.get("/admin/audit/core/999999").status_code == 404


def test_an_opds_reader_reads_his_chain_alone(
    trail: Desk, desk_of: Callable[..., Desk], app: Flask, house: House
) -> None:
    reader = desk_of("kadis", "admin.audit")
    html = reader.html("/admin/audit")
    assert "mengubah unit Seksi Aplikasi" in html
    assert "Kemerdekaan" not in html, "that is the core's chain"
    core = stored(app, sa.select(audit.c.sequence).where(audit.c.chain == "core"))[0].sequence
    assert reader.get(f"/admin/audit/core/{core}").status_code == 404
    below = desk_of("kabid", "admin.audit", at="aptika")
    assert "mengubah unit" not in below.html("/admin/audit"), "a chain is a whole OPD's"


def test_the_export_is_a_file_for_who_asked(
    trail: Desk, desk_of: Callable[..., Desk], app: Flask, house: House
) -> None:
    assert trail.send("/admin/audit/export", page="/admin/audit").status_code == 303
    Worker(app).drain()
    url = stored(app, sa.select(notice.c.url).where(notice.c.person_id == house.people["admin"].id))[0].url
    with trail.get(url) as file:
        assert file.status_code == 200
        assert "Petrus Krayan mengubah data pegawai Yosef Dagang Baru" in file.text
        assert "attachment" in file.headers["Content-Disposition"]
    assert desk_of("kadis", "admin.audit").get(url).status_code == 404


def test_the_export_is_in_the_language_of_who_asked(trail: Desk, app: Flask, house: House) -> None:
    trail.client.set_cookie("bahasa", "en")
    assert trail.send("/admin/audit/export", page="/admin/audit").status_code == 303
    Worker(app).drain()
    [told] = stored(app, sa.select(notice.c.url, notice.c.title).where(notice.c.person_id == house.people["admin"].id))
    assert told.title == "The export of the audit trail is ready"
    with trail.get(told.url) as file:
        assert file.text.lstrip("\ufeff").startswith("Time (WITA),Who,What,")
        assert "Petrus Krayan edited the data of the employee Yosef Dagang Baru" in file.text


def test_an_opds_reader_exports_his_chain_alone(
    trail: Desk, desk_of: Callable[..., Desk], app: Flask, house: House
) -> None:
    reader = desk_of("kadis", "admin.audit")
    assert reader.send("/admin/audit/export", page="/admin/audit").status_code == 303
    Worker(app).drain()
    url = stored(app, sa.select(notice.c.url).where(notice.c.person_id == house.people["kadis"].id))[0].url
    with reader.get(url) as file:
        text = file.text
    assert "mengubah unit Seksi Aplikasi" in text
    assert "Kemerdekaan" not in text


def test_the_reader_makes_the_same_statements_for_a_long_trail(trail: Desk, app: Flask, house: House) -> None:
    few = len(warmed(trail.client, app, "/admin/audit"))
    for number in range(8):
        form = {"name": f"Seksi {number}", "kind": "seksi"}
        assert trail.send(f"/admin/units/{house.units['seksi']}/edit", **form).status_code == 303
    assert len(warmed(trail.client, app, "/admin/audit")) == few


FILTERS = {
    "everything": AuditFilter(),
    "a person": AuditFilter(UUID(int=1)),
    "a person of few rows": AuditFilter(UUID(int=9)),
    "a command": AuditFilter(operation="even"),
    "a person's command": AuditFilter(UUID(int=1), operation="odd"),
    "a kind of record": AuditFilter(record_type="letter"),
    "a record": AuditFilter(record_type="letter", record_id=UUID(int=2)),
    "a chain": AuditFilter(chain="b"),
    "a command in a chain": AuditFilter(operation="even", chain="b"),
    "a command in a chain on some days": AuditFilter(
        operation="even", chain="b", since=date(2031, 1, 3), until=date(2031, 1, 9)
    ),
    "some days": AuditFilter(since=date(2031, 1, 3), until=date(2031, 1, 9)),
    "nothing": AuditFilter(operation="never"),
}


def written(app: Flask) -> None:
    """Write sixty rows by hand into three chains, two hours apart, some at the same moment."""
    start = datetime(2031, 1, 1, tzinfo=clock.WITA)
    given = []
    for number in range(60):
        row = {"chain": "abc"[number % 3], "sequence": number // 3 + 1, "at": start + timedelta(hours=number // 2 * 4)}
        row |= {"principal": "x", "person_id": UUID(int=9 if number in (3, 50) else number % 2)}
        row |= {"operation": ("even.save", "odd.save")[number % 2], "message": "x", "request_id": ""}
        row |= {"record_type": "letter" if number % 5 else "", "record_id": UUID(int=number % 4)}
        given.append(row | dict.fromkeys(("values_hash", "previous", "hash"), "h"))
    with app.app_context(), transaction() as connection:
        connection.execute(sa.delete(audit))
        connection.execute(sa.insert(audit), given)


def matches(wanted: AuditFilter, row: Any) -> bool:
    """The filter said once more, without SQL."""
    day = clock.local(row.at).date()
    return (
        (wanted.person_id is None or row.person_id == wanted.person_id)
        and (not wanted.record_type or row.record_type == wanted.record_type)
        and (wanted.record_id is None or row.record_id == wanted.record_id)
        and row.operation.startswith(wanted.operation)
        and (wanted.since is None or wanted.since <= day)
        and (wanted.until is None or day <= wanted.until)
        and (not wanted.chain or row.chain == wanted.chain)
    )


def walked(wanted: AuditFilter) -> list[tuple[Any, ...]]:
    """Go back to the beginning, page by page, and return the keys of the rows."""
    found, cursor = [], ""
    for _page in range(60):
        page = reads.rows(wanted, cursor, size=2)
        assert not (page.next and page.back)
        found += keys(page.rows)
        cursor = page.next or page.back
        if not cursor:
            return found
    raise AssertionError("it goes on for ever")


def keys(found: Iterable[Any]) -> list[tuple[Any, ...]]:
    return [(row.at, row.chain, row.sequence) for row in found]


@pytest.mark.parametrize("within", [None, frozenset("b"), frozenset("ab"), frozenset()])
def test_going_back_window_by_window_finds_each_row_once(
    app: Flask, monkeypatch: pytest.MonkeyPatch, within: frozenset[str] | None
) -> None:
    written(app)
    monkeypatch.setattr(reads, "WINDOW", 7)
    monkeypatch.setattr(reads, "FEW", 3)
    monkeypatch.setattr(reads, "readable_chains", lambda: within)
    trail = [row for row in stored(app, sa.select(audit)) if within is None or row.chain in within]
    with app.app_context():
        for name, wanted in FILTERS.items():
            expected = sorted(keys(row for row in trail if matches(wanted, row)), reverse=True)
            assert walked(wanted) == expected, name
            assert keys(reads.every(wanted, within, most=1000)) == expected, name


def test_the_page_says_how_far_it_looked_and_goes_on_from_there(
    desk: Desk, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(app)
    monkeypatch.setattr(reads, "WINDOW", 7)
    html = desk.html("/admin/audit", operation="rare")
    with app.app_context(), transaction() as connection:
        first = sa.and_(audit.c.chain == "a", audit.c.sequence == 1)
        connection.execute(sa.update(audit).where(first).values(operation="rare"))
    assert "Belum ada yang cocok" in html
    assert "Jejak sudah diperiksa mundur sampai" in html
    for page in range(1, 10):
        further = re.search(r'href="(/admin/audit[?][^"]*page=[^"]+)"[^>]*>Lanjutkan ke belakang', html)
        assert further, page
        html = desk.html(unescape(further[1]))
        if "/admin/audit/a/1" in html:
            break
    assert page == 8
    assert "Lanjutkan ke belakang" not in html


def test_an_edited_chain_shows_in_the_repair_centre(trail: Desk, app: Flask) -> None:
    page = "/admin/perbaikan"
    assert "Belum diperiksa" in trail.html(page)
    assert trail.send("/admin/perbaikan/audit", page=page).status_code == 303
    Worker(app).drain()
    assert "Utuh" in trail.html(page)
    with app.app_context(), transaction() as connection:
        touched = audit.c.operation == "admin.save_person"
        connection.execute(sa.update(audit).where(touched).values(message="{actor} tidak berbuat apa-apa"))
    assert trail.send("/admin/perbaikan/audit", page=page).status_code == 303
    Worker(app).drain()
    assert "Tidak utuh" in trail.html(page)
    assert "isi baris berubah" in trail.html("/admin/perbaikan/audit")
