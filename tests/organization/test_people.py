"""People: numbers that are theirs alone, names as in the decree, all faults told at once."""

from __future__ import annotations

import pytest

from superapp.kernel.errors import Invalid
from superapp.organization import people, phone
from tests.organization.acting import done
from tests.support.builders import House

pytestmark = pytest.mark.usefixtures("context")


def test_a_person_without_a_nip_gets_the_next_staff_number(house: House) -> None:
    with done(people.ADDED):
        first = people.add(name="Ngau Padan", employment="non_asn")
        second = people.add(name="Lina Labo", employment="non_asn")
    assert (first.staff_number, second.staff_number) == ("NP000001", "NP000002")


def test_a_person_is_found_by_nip_or_staff_number_however_written(house: House) -> None:
    kadis = house.person("kadis")
    assert people.by_number(f" {kadis.nip[:8]} {kadis.nip[8:]}") == kadis
    assert people.by_number(house.person("bupati").staff_number.lower()) == house.person("bupati")
    assert people.by_number("") is None
    assert people.by_number("１２３") is None


def test_all_faults_are_told_at_once(house: House) -> None:
    with pytest.raises(Invalid) as refusal, done():
        people.add(name=" ", nip="123", phone="satu dua", email="x@", employment="raja")
    assert set(refusal.value.errors) == {"name", "nip", "phone", "email", "employment"}


def test_a_number_belongs_to_one_person(house: House) -> None:
    with pytest.raises(Invalid) as refusal, done():
        people.add(name="Kembar", nip=house.person("kadis").nip)
    assert refusal.value.errors == {"nip": "Nomor ini sudah dipakai pegawai lain."}


def test_the_bare_name_is_what_people_are_sorted_by() -> None:
    assert people.bare_name("Dr. H. Contoh Náma, S.E., M.M.") == "contoh nama"
    assert people.bare_name("H.") == "h."


def test_the_full_name_is_as_in_the_decree(house: House) -> None:
    with done():
        made = people.add(name="Contoh Nama", title_before="Dr. H.", title_after="S.E., M.M.", employment="non_asn")
    assert made.full_name == "Dr. H. Contoh Nama, S.E., M.M."
    assert made.sort_name == "contoh nama"


@pytest.mark.parametrize("written", ["0812-3456-7890", "+62 812 3456 7890", "62812 34567890", "81234567890"])
def test_a_telephone_number_has_one_form(written: str) -> None:
    assert phone.normalise(written) == "+6281234567890"


def test_a_telephone_number_can_be_called_and_written_to() -> None:
    assert phone.call_link("+6281234567890") == "tel:+6281234567890"
    assert phone.whatsapp_link("+6281234567890") == "https://wa.me/6281234567890"
    assert phone.display("+6281234567890") == "0812-3456-7890"
    assert phone.whatsapp_link("") == ""
