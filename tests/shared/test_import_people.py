"""Importing people: who joins, who moves, who is gone; and back again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from superapp.extensions import db
from superapp.kernel import clock
from superapp.kernel.database import run
from superapp.kernel.errors import Refused
from superapp.kernel.tables import audit
from superapp.organization import holders, people
from superapp.organization.models import Appointment, Person, Position
from superapp.shared import imports, reference, search
from superapp.shared.tables import import_row
from tests.organization.acting import done
from tests.shared.importing import applied, faults, plan, remarks, staged, undone
from tests.shared.tables_of import as_csv, as_xlsx, siasn, somebody
from tests.shared.test_search import SOMEBODY
from tests.support.builders import House

pytestmark = pytest.mark.usefixtures("context")
NIP = "198604212011011001"


@pytest.fixture(autouse=True)
def ranks(context: Flask, house: House) -> None:
    with done():
        reference.fill()


def book(*rows: dict, **changes: object) -> bytes:
    return as_xlsx(siasn(*(row | changes for row in rows)))


def bring(app: Flask, *rows: dict, ends: str = "auto"):
    return applied(app, "people", book(*rows), "siasn.xlsx", ends=ends)


def everybody(count: int, **values: object) -> list[dict]:
    return [somebody(number, **values) for number in range(1, count + 1)]


def test_a_dry_run_tells_everything_and_stores_nothing(house: House) -> None:
    planned = plan("people", book(*everybody(3)), "siasn.xlsx")
    assert planned.counts == {"add": 3, "change": 0, "end": 6, "same": 0, "fault": 0}
    assert "NIK" in planned.ignored
    assert people.by_number(NIP) is None
    assert run(sa.select(import_row)).first() is None


def test_people_join_with_rank_unit_and_post(app: Flask, house: House) -> None:
    found = bring(app, somebody())
    person = people.by_number(NIP)
    assert (found.state, found.counts["applied"]) == ("applied", 1)
    assert (person.name, person.rank_code, person.birth_date) == ("Pegawai Nomor 1", "III/c", date(1986, 4, 21))
    assert (person.sex, person.phone, person.rank_since) == ("L", "+6281234567890", date(2022, 4, 1))
    [hat] = holders.hats(person.id)
    assert (hat.title, hat.unit_id) == ("Pengadministrasi Perkantoran", house.units["kominfo"])
    assert hat.holder.starts_on == date(2024, 1, 2)


def test_columns_that_are_not_needed_are_never_stored(app: Flask, house: House) -> None:
    bring(app, somebody())
    kept = str(run(sa.select(import_row.c["values"])).scalars().all())
    assert "6503012104860001" not in kept


def test_new_people_are_found_at_once(app: Flask, house: House) -> None:
    bring(app, somebody(1, NAMA="Yohanis Tapa"))
    assert [hit.title for hit in search.find("yohanes tapa", actor=SOMEBODY).hits] == ["Yohanis Tapa"]


def test_each_row_is_audited_in_words(app: Flask, house: House) -> None:
    bring(app, *everybody(2))
    assert (
        run(sa.select(audit.c.message).where(audit.c.message.startswith("Impor"))).scalars().all()
        == ["Impor menambah pegawai {record}"] * 2
    )


def test_a_vacant_post_of_that_title_is_taken_before_one_is_made(app: Flask, house: House) -> None:
    rows = everybody(2)
    bring(app, rows[0])
    first = holders.hats(people.by_number(NIP).id)[0].position_id
    bring(app, somebody(2), ends="yes")
    second = holders.hats(people.by_number("198604212011011002").id)[0].position_id
    assert first == second


def test_two_people_never_share_a_post(app: Flask, house: House) -> None:
    bring(app, *everybody(5))
    taken = run(
        sa.select(Appointment.__table__.c.position_id).where(Appointment.__table__.c.ends_on.is_(None))
    ).scalars()
    taken = list(taken)
    assert len(taken) == len(set(taken))


def test_a_repeated_import_changes_nothing(app: Flask, house: House) -> None:
    bring(app, *everybody(3), ends="no")
    versions = dict_of_versions()
    again = plan("people", book(*everybody(3)), "siasn.xlsx")
    assert (again.counts["same"], again.counts["add"], again.counts["change"]) == (3, 0, 0)
    bring(app, *everybody(3), ends="no")
    assert dict_of_versions() == versions


def dict_of_versions() -> dict:
    return {row.id: row.version for row in run(sa.select(Person.__table__.c.id, Person.__table__.c.version))}


def test_a_move_ends_the_old_post_and_begins_the_new(app: Flask, house: House) -> None:
    bring(app, *everybody(4))
    planned = plan("people", book(somebody(1, **{"UNOR ID": "DINKES"}), *everybody(4)[1:]), "siasn.xlsx")
    [row] = [row for row in planned.rows if row.action == "change"]
    assert row.was == {"unit": "KOMINFO"}
    bring(app, somebody(1, **{"UNOR ID": "DINKES"}), *everybody(4)[1:], ends="no")
    own = people.by_number(NIP).id
    [hat] = holders.hats(own)
    assert hat.unit_id == house.units["dinkes"]
    assert run(sa.select(sa.func.count()).where(Appointment.__table__.c.person_id == own)).scalar() == 2


def test_changed_data_is_changed_and_empty_cells_say_nothing(app: Flask, house: House) -> None:
    bring(app, somebody())
    bring(app, somebody(1, **{"NAMA": "Nama Baru", "NOMOR HP": "", "GOL AKHIR ID": ""}), ends="no")
    person = people.by_number(NIP)
    assert (person.name, person.sort_name) == ("Nama Baru", "nama baru")
    assert (person.phone, person.rank_code) == ("+6281234567890", "III/c")


def test_who_is_gone_from_a_plausible_file_ends(app: Flask, house: House) -> None:
    bring(app, *everybody(10), ends="yes")
    found = bring(app, *everybody(9))
    gone = people.by_number("198604212011011010")
    assert found.counts["end"] == 1
    assert (gone.active, gone.ended_on) == (False, clock.today() - timedelta(days=1))
    assert holders.hats(gone.id) == []


def test_ends_of_an_implausibly_small_file_are_held_back(app: Flask, house: House) -> None:
    bring(app, *everybody(20), ends="no")
    found = bring(app, *everybody(3))
    assert found.counts["held"] == found.counts["end"] > 5
    assert people.by_number("198604212011011020").active


def test_a_file_about_one_opd_ends_nobody_in_another(app: Flask, house: House) -> None:
    bring(app, *everybody(3), ends="yes")
    assert house.person("kadinkes").active
    assert not house.person("kadis").active


def test_who_comes_back_is_reinstated(app: Flask, house: House) -> None:
    bring(app, *everybody(10), ends="yes")
    bring(app, *everybody(9))
    bring(app, *everybody(10))
    back = people.by_number("198604212011011010")
    assert (back.active, back.ended_on) == (True, None)
    assert [hat.title for hat in holders.hats(back.id)] == ["Pengadministrasi Perkantoran"]


# Undo


def test_undoing_takes_joiners_out_with_their_posts(app: Flask, house: House) -> None:
    before = counts()
    found = undone(app, bring(app, *everybody(5), ends="no"))
    assert (found.state, found.counts["reverted"]) == ("undone", 5)
    assert counts() == before
    assert search.find("pegawai nomor", actor=SOMEBODY).hits == []


def counts() -> list[int]:
    tables = (Person, Position, Appointment)
    return [run(sa.select(sa.func.count()).select_from(table.__table__)).scalar_one() for table in tables]


def test_undoing_puts_moves_changes_and_ends_back(app: Flask, house: House) -> None:
    bring(app, *everybody(10), ends="yes")
    before = [snapshot(number) for number in range(1, 11)]
    changed = [somebody(1, **{"UNOR ID": "DINKES"}), somebody(2, NAMA="Nama Baru"), *everybody(9)[2:]]
    undone(app, bring(app, *changed))
    assert [snapshot(number) for number in range(1, 11)] == before


def snapshot(number: int) -> tuple:
    person = people.by_number(f"198604212011011{number:03}")
    hats = [(hat.title, hat.unit_id, hat.holder.starts_on, hat.holder.ends_on) for hat in holders.hats(person.id)]
    return person.name, person.active, person.ended_on, hats


def test_undoing_leaves_what_somebody_changed_since(app: Flask, house: House) -> None:
    found = bring(app, *everybody(2), ends="no")
    with done():
        people.change(people.by_number(NIP), None, phone="0811 0000 1111")
    after = undone(app, found)
    assert (after.counts["reverted"], after.counts["kept"]) == (1, 1)
    assert people.by_number(NIP).phone == "+6281100001111"
    assert people.by_number("198604212011011002") is None


def test_an_import_is_applied_and_undone_once(app: Flask, house: House) -> None:
    found = bring(app, somebody())
    with pytest.raises(Refused), done():
        imports.start(found.id)
    undone(app, found)
    with pytest.raises(Refused), done():
        imports.start_undo(found.id)


def test_an_old_import_cannot_be_undone(app: Flask, house: House) -> None:
    found = bring(app, somebody())
    clock.shift(timedelta(days=31))
    with pytest.raises(Refused, match="30 hari"), done():
        imports.start_undo(found.id)


def test_a_staged_import_can_be_thrown_away(house: House) -> None:
    import_id = staged("people", book(somebody()), "siasn.xlsx")
    with done(imports.DISCARDED):
        imports.discard(import_id)
    assert run(sa.select(import_row)).first() is None


def test_personal_data_of_forgotten_imports_does_not_linger(app: Flask, house: House) -> None:
    staged("people", book(somebody(2)), "siasn.xlsx")
    bring(app, somebody(), ends="no")
    clock.shift(timedelta(days=8))
    with done():
        imports.staging.forget_old()
    assert {row.label for row in run(sa.select(import_row.c.label))} >= {"Pegawai Nomor 1"}
    assert "Pegawai Nomor 2" not in {row.label for row in run(sa.select(import_row.c.label))}
    clock.shift(timedelta(days=31))
    with done():
        imports.staging.forget_old()
    assert run(sa.select(import_row)).first() is None


def test_a_row_that_became_impossible_fails_alone(app: Flask, house: House) -> None:
    import_id = staged("people", book(*everybody(3)), "siasn.xlsx")
    with done():
        people.add(nip="198604212011011002", name="Lebih Dulu")
    with done():
        imports.start(import_id, ends="no")
    from superapp.kernel.jobs.worker import Worker

    Worker(app).drain()
    db.session.rollback()
    found = imports.find(import_id)
    assert (found.counts["applied"], found.counts["failed"]) == (2, 1)
    [row] = imports.report(import_id, states=["failed"]).rows
    assert (row.number, row.faults[-1].reason) == (3, "Pegawai ini sudah ada. Impor lagi untuk melihat perbedaannya.")
    assert people.by_number("198604212011011002").name == "Lebih Dulu"


# Cells


def test_rows_are_reported_with_number_column_and_reason(house: House) -> None:
    rows = siasn(
        somebody(1, **{"NIP BARU": "19860421201101100"}),
        somebody(2, **{"NIP BARU": "1986O4212011011002"}),
        somebody(3, NAMA=""),
        somebody(4, NAMA="=HYPERLINK(1)"),
        somebody(5, NAMA="Siti\u202eitiS"),
        somebody(6, **{"TANGGAL LAHIR": "31-02-1986"}),
        somebody(7, NAMA="N" * 121),
        somebody(8, **{"JENIS KELAMIN": "X"}),
        somebody(9),
        somebody(9),
        somebody(10, **{"NIP BARU": ""}),
        somebody(11, **{"NIP BARU": 198604212011011001}),
        somebody(12, **{"NIP BARU": "１９８６04212011011012"}),
    )
    found = faults(plan("people", as_csv(rows)))
    assert found == [
        (2, "NIP", "NIP terdiri atas 18 angka. Anda mengisi 17."),
        (3, "NIP", "NIP hanya boleh berisi angka. Ketik ulang tanpa “O”."),
        (4, "NAMA", "Wajib diisi."),
        (5, "NAMA", "Diawali “=” seperti rumus. Ketik ulang sebagai teks."),
        (6, "NAMA", "Memuat karakter tersembunyi. Ketik ulang."),
        (7, "TANGGAL LAHIR", "Tanggal tidak dikenal. Contoh: 24-11-2026."),
        (8, "NAMA", "Paling banyak 120 karakter. Isinya 121."),
        (9, "JENIS KELAMIN", "Isian “X” tidak dikenal."),
        (11, "NIP", "Baris lain memuat data yang sama. Hapus salah satu."),
        (12, "NIP", "NIP wajib diisi."),
        (14, "NIP", "NIP memuat angka dari aksara lain. Ketik ulang dengan angka 0–9."),
    ]


def test_a_number_that_a_spreadsheet_rounded_is_no_nip(house: House) -> None:
    rows = siasn(somebody(1, **{"NIP BARU": 198604212011011001}))
    assert faults(plan("people", as_xlsx(rows), "siasn.xlsx")) == [
        (2, "NIP", "Excel mengubah NIP menjadi angka. Ubah kolom menjadi Teks, isi lagi.")
    ]


def test_what_is_doubtful_is_remarked_on_and_imported(app: Flask, house: House) -> None:
    odd = somebody(
        1, **{"TANGGAL LAHIR": "22-04-1986", "NOMOR HP": "rahasia", "GOL AKHIR ID": "99", "UNOR ID": "A5EB03E23C"}
    )
    planned = plan("people", book(odd), "siasn.xlsx")
    assert [column for _number, column, _reason in remarks(planned)] == ["NOMOR HP", "NIP", "GOL AKHIR ID", "KODE UNIT"]
    assert bring(app, odd).counts["applied"] == 1
    person = people.by_number(NIP)
    assert (person.phone, person.rank_code, holders.hats(person.id)) == ("", "", [])


def test_a_post_known_by_its_kind_alone_is_called_so(app: Flask, house: House) -> None:
    bare = somebody(1, **{"JABATAN NAMA": "", "JABATAN ID": "J1"})
    assert "dicatat sebagai “Jabatan pelaksana”" in remarks(plan("people", book(bare), "siasn.xlsx"))[0][2]
    bring(app, bare)
    assert holders.hats(people.by_number(NIP).id)[0].title == "Jabatan pelaksana"


@pytest.mark.parametrize(
    ("values", "employment"),
    [
        ({"JENIS PEGAWAI NAMA": "PNS Daerah", "STATUS CPNS PNS": "C"}, "cpns"),
        ({"JENIS PEGAWAI NAMA": "PPPK"}, "pppk"),
        ({"JENIS PEGAWAI NAMA": "PPPK Paruh Waktu"}, "pppk_paruh_waktu"),
        ({"JENIS PEGAWAI NAMA": "", "STATUS CPNS PNS": "", "NIP BARU": "198604212023211001"}, "pppk"),
    ],
)
def test_the_kind_of_employment_is_understood(house: House, values: dict, employment: str) -> None:
    [row] = [row for row in plan("people", book(somebody(1, **values)), "siasn.xlsx").rows if row.action == "add"]
    assert row.values["employment"] == employment


def test_units_are_known_by_siasn_id_code_or_name(app: Flask, house: House) -> None:
    with done():
        run(sa.text("UPDATE core_unit SET siasn_id = 'A5EB03E23C' WHERE code = 'SEKSI'"))
    rows = [somebody(n, **{"UNOR ID": unit}) for n, unit in enumerate(("a5eb03e23c", "kominfo", ""), 1)]
    content = as_csv([[*siasn()[0], "UNOR NAMA"], *([*row, "Dinas Kesehatan"] for row in siasn(*rows)[1:])])
    planned = plan("people", content)
    units = [row.values["unit"] for row in planned.rows if row.action == "add"]
    assert units == ["SEKSI", "KOMINFO", "DINKES"]


def test_people_without_a_nip_come_by_their_staff_number(app: Flask, house: House) -> None:
    rows = [["NIP", "NOMOR PEGAWAI", "NAMA", "KODE UNIT"], ["", "hon-017", "Lina Labo", "DINKES"]]
    applied(app, "people", as_csv(rows))
    person = people.by_number("HON-017")
    assert (person.nip, person.employment, person.name) == (None, "non_asn", "Lina Labo")
