"""People: the list and its filters, adding and changing with every kind of bad input, scope, conflicts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from superapp.kernel import clock
from superapp.kernel.tables import access_log
from superapp.organization.models import Appointment, Person
from tests.admin.conftest import Desk, audited, hidden_of, stored
from tests.navigation.conftest import warmed
from tests.support import builders
from tests.support.builders import House

PEOPLE = Person.__table__
GOOD = {"name": "Yusup Lasung", "employment": "pns", "nip": "19900101 201503 1 777"}


def test_a_person_is_added_and_told_in_the_trail(desk: Desk, app: Flask) -> None:
    answer = desk.send("/admin/people/new", **GOOD)
    assert answer.status_code == 303
    row = stored(app, sa.select(PEOPLE.c.nip, PEOPLE.c.sort_name).where(PEOPLE.c.name == "Yusup Lasung"))[0]
    assert row == ("199001012015031777", "yusup lasung")
    assert audited(app)[0] == "admin.add_person"
    assert "Yusup Lasung" in desk.html(answer.location)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("nip", "1990010120150317", "NIP terdiri atas 18 angka. Anda mengisi 16."),
        ("nip", "١٩٩٠٠١٠١٢٠١٥٠٣١٧٧٧", "NIP memuat angka dari aksara lain."),
        ("nip", "=1+1", "NIP hanya boleh berisi angka."),
        ("name", "", "Wajib diisi."),
        ("name", "x" * 121, "Paling banyak 120 karakter. Anda mengisi 121."),
        ("employment", "raja", "Pilih jenis pegawai dari daftar."),
        ("sex", "X", "Pilih L atau P."),
        ("birth_date", "kemarin", "Tanggal tidak dikenal."),
        ("phone", "nol delapan", "Nomor telepon hanya angka"),
        ("email", "bukan-surel", "Alamat surel tidak lengkap."),
        ("position", "Raja Nunukan", "“Raja Nunukan” tidak ada dalam daftar."),
    ],
)
def test_bad_input_is_explained_at_its_field_and_kept(
    desk: Desk, app: Flask, field: str, value: str, sentence: str
) -> None:
    before = len(stored(app, sa.select(PEOPLE.c.id)))
    answer = desk.send("/admin/people/new", **(GOOD | {"title_after": "S.Kom. <b>", field: value}))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "S.Kom. &lt;b&gt;" in answer.text, "what was typed stands in the form again, escaped"
    assert len(stored(app, sa.select(PEOPLE.c.id))) == before


def test_hidden_direction_marks_are_taken_out(desk: Desk, app: Flask) -> None:
    assert desk.send("/admin/people/new", **(GOOD | {"name": "Yusup\u202e Lasung"})).status_code == 303
    assert stored(app, sa.select(PEOPLE.c.name).where(PEOPLE.c.nip == "199001012015031777")) == [("Yusup Lasung",)]


def test_all_faults_of_a_form_are_told_at_once(desk: Desk) -> None:
    answer = desk.send("/admin/people/new", **(GOOD | {"nip": "123", "phone": "abc", "position": "Raja"}))
    for field in ("nip", "phone", "position"):
        assert f'href="#f-{field}"' in answer.text


def test_text_with_a_nul_or_a_megabyte_is_refused_with_a_sentence(desk: Desk, app: Flask) -> None:
    nul = desk.send("/admin/people/new", **(GOOD | {"name": "Yusup\0Lasung"}))
    assert nul.status_code == 422
    assert "karakter yang tidak bisa disimpan" in nul.text
    huge = desk.send("/admin/people/new", **(GOOD | {"name": "x" * 1_000_000}))
    assert huge.status_code == 422
    assert "Anda mengisi 1000000" in huge.text
    assert not stored(app, sa.select(PEOPLE.c.id).where(PEOPLE.c.nip == "199001012015031777"))


def test_a_number_that_somebody_else_has_is_refused(desk: Desk, house: House) -> None:
    answer = desk.send("/admin/people/new", **(GOOD | {"nip": house.people["kabid"].nip}))
    assert answer.status_code == 422
    assert "Nomor ini sudah dipakai pegawai lain." in answer.text


def test_odd_dates_in_a_nip_are_a_remark_not_a_refusal(desk: Desk) -> None:
    answer = desk.send("/admin/people/new", **(GOOD | {"nip": "199913012015031778"}))
    assert answer.status_code == 303
    assert "bukan tanggal yang ada" in desk.html(answer.location)


def test_a_double_tap_adds_one_person(desk: Desk, app: Flask) -> None:
    fields = hidden_of(desk.html("/admin/people/new"), "/admin/people/new") | GOOD
    first, second = desk.post("/admin/people/new", fields), desk.post("/admin/people/new", fields)
    assert first.location == second.location
    assert len(stored(app, sa.select(PEOPLE.c.id).where(PEOPLE.c.name == "Yusup Lasung"))) == 1


def test_a_change_made_meanwhile_is_shown_beside_ones_own(desk: Desk, app: Flask, house: House) -> None:
    address = f"/admin/people/{house.people['kasi'].id}/edit"
    fields = hidden_of(desk.html(address), address)
    typed = {"name": "Yosef Dagang", "employment": "pns", "nip": house.people["kasi"].nip}
    assert desk.post(address, fields | typed | {"email": "satu@nunukan.example"}).status_code == 303
    stale = fields | typed | {"email": "dua@nunukan.example", "employment": "cpns", "idempotency_key": "b" * 32}
    answer = desk.post(address, stale)
    assert answer.status_code == 409
    for text in ("satu@nunukan.example", "dua@nunukan.example", "</span>CPNS<", "</span>PNS<"):
        assert text in answer.text, "both texts stand there, stored keys in words"
    assert stored(app, sa.select(PEOPLE.c.email).where(PEOPLE.c.id == house.people["kasi"].id)) == [
        ("satu@nunukan.example",)
    ]
    again = hidden_of(answer.text, address) | {"email": "dua@nunukan.example", "employment": "pns"}
    assert desk.post(address, again).status_code == 303, "the conflict page saves with the present version"
    assert stored(app, sa.select(PEOPLE.c.email).where(PEOPLE.c.id == house.people["kasi"].id)) == [
        ("dua@nunukan.example",)
    ]


def test_filters_narrow_the_list_and_stay_in_the_address(desk: Desk, house: House) -> None:
    html = desk.html("/admin/people", q="lende")
    assert "Maria Lende" in html
    assert "Sari Dewi" not in html
    assert "Sari Dewi" in desk.html("/admin/people", unit=house.units["kominfo"])
    assert "Ayu Lestari" not in desk.html("/admin/people", unit=house.units["kominfo"])
    assert "Haji Rahmat" in desk.html("/admin/people", employment="pejabat")
    assert "Maria Lende" in desk.html("/admin/people", q=house.people["kabid"].nip[:14])
    assert "Tidak ada yang cocok" in desk.html("/admin/people", q="% _ '\"")


def test_the_list_goes_on_by_key(desk: Desk, app: Flask, house: House) -> None:
    with app.app_context():
        for number in range(25):
            builders.person(f"Zz Pegawai {number:02}")
    first = desk.html("/admin/people")
    assert "Muat lagi" in first
    following = first.split("data-more")[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    assert "Zz Pegawai 24" in desk.html(following)


def test_the_list_makes_the_same_statements_for_many_people(desk: Desk, app: Flask, house: House) -> None:
    few = warmed(desk.client, app, "/admin/people")
    with app.app_context():
        for number in range(60):
            builders.appointment(builders.person(f"Pegawai {number:02}"), builders.position(house.unit("seksi")))
    many = warmed(desk.client, app, "/admin/people")
    assert len(many) == len(few) <= 3, "session, rows, units to choose from"


@pytest.fixture
def clerk(desk_of: Callable[..., Desk]) -> Desk:
    """Return the desk of a clerk who administers Kominfo alone."""
    return desk_of("tu", "admin.people", "admin.units")


def test_a_units_admin_sees_and_changes_only_his_own(clerk: Desk, house: House) -> None:
    html = clerk.html("/admin/people")
    assert "Sari Dewi" in html
    assert "Ayu Lestari" not in html
    assert clerk.get(f"/admin/people/{house.people['staf'].id}").status_code == 200
    for path in ("", "/edit", "/appoint", "/leave"):
        assert clerk.get(f"/admin/people/{house.people['dokter'].id}{path}").status_code == 404
    fields = hidden_of(clerk.html("/admin/people/new"), "/admin/people/new")
    foreign = clerk.post(f"/admin/people/{house.people['dokter'].id}/edit", fields | GOOD | {"version": "1"})
    assert foreign.status_code == 404


def test_a_units_admin_gives_new_people_a_post_of_his_own(clerk: Desk, app: Flask, house: House) -> None:
    without = clerk.send("/admin/people/new", **GOOD)
    assert without.status_code == 422
    assert "Pilih jabatan pertamanya" in without.text
    foreign = {
        "position": "x",
        "position_id": str(house.people["dokter"].position_id),
        "kind": "plt",
        "starts_on": day(),
    }
    assert clerk.send("/admin/people/new", **(GOOD | foreign)).status_code == 422
    with app.app_context():
        own = builders.position(house.unit("seksi"), "Arsiparis Terampil")
        terms = {"position": "Arsiparis Terampil", "kind": "definitive", "starts_on": day()}
    assert clerk.send("/admin/people/new", **(GOOD | terms)).status_code == 303, "without script words are enough"
    held = stored(app, sa.select(Appointment.__table__.c.id).where(Appointment.__table__.c.position_id == own.id))
    assert len(held) == 1


def test_who_moved_away_is_no_longer_the_old_units(clerk: Desk, app: Flask, house: House) -> None:
    with app.app_context():
        there = builders.position(house.unit("dinkes"), "Perekam Medis")
        own = Appointment.__table__
        with builders.stored():
            builders.database.run(
                sa.update(own).where(own.c.person_id == house.people["staf"].id).values(ends_on=clock.today())
            )
        builders.appointment(house.person("staf"), there, starts_on=clock.today())
    assert clerk.get(f"/admin/people/{house.people['staf'].id}").status_code == 200, "still held today"
    with app.app_context(), builders.stored():
        builders.database.run(
            sa.update(own)
            .where(own.c.person_id == house.people["staf"].id, own.c.position_id != there.id)
            .values(ends_on=clock.today().replace(year=clock.today().year - 1))
        )
    assert clerk.get(f"/admin/people/{house.people['staf'].id}").status_code == 404


def test_a_units_admin_cannot_reach_up_through_an_administrator(clerk: Desk, app: Flask, house: House) -> None:
    address = f"/admin/people/{house.people['admin'].id}/edit"
    mail = {
        "name": "Petrus Krayan",
        "employment": "pns",
        "nip": house.people["admin"].nip,
        "email": "saya@jahat.example",
    }
    answer = clerk.send(address, **mail)
    assert answer.status_code == 409
    assert "punya hak khusus" in answer.text
    assert stored(app, sa.select(PEOPLE.c.email).where(PEOPLE.c.id == house.people["admin"].id)) == [("",)]


def test_reading_a_person_is_written_down(clerk: Desk, app: Flask, house: House) -> None:
    with app.app_context():
        fresh = builders.person("Baru Datang")
        builders.appointment(fresh, builders.position(house.unit("seksi")))
    clerk.html(f"/admin/people/{fresh.id}")
    subjects = stored(app, sa.select(access_log.c.subject_person_id, access_log.c.person_id))
    assert subjects == [(fresh.id, house.people["tu"].id)]


def test_who_may_nothing_is_refused_everywhere(app: Flask, house: House) -> None:
    nobody = Desk(builders.sign_in(app.test_client(), house.people["staf"]))
    for address in ("/admin/", "/admin/people", "/admin/modules", f"/admin/people/{house.people['kasi'].id}"):
        assert nobody.get(address).status_code == 403


def day() -> str:
    return clock.today().isoformat()
