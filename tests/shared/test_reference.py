"""Reference data: complete, sourced, and never overwriting what an office corrected."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask

from superapp.kernel.database import run
from superapp.shared import agenda, reference
from superapp.shared.reference import lists
from superapp.shared.reference.loading import DATA, FILES, source_of
from superapp.shared.tables import region
from tests.organization.acting import done

pytestmark = pytest.mark.usefixtures("filled")


@pytest.fixture
def filled(context: Flask) -> None:
    with done():
        reference.fill()


def test_all_regions_of_nunukan_are_there() -> None:
    counts = {kind: len(reference.regions(kind=kind)) for kind in ("kabupaten", "kecamatan", "kelurahan", "desa")}
    assert counts == {"kabupaten": 1, "kecamatan": 21, "kelurahan": 8, "desa": 232}


def test_regions_carry_the_codes_of_the_ministry() -> None:
    assert reference.region("65.03").name == "Kabupaten Nunukan"
    assert [found.name for found in reference.regions(parent_code="65.03.09")] == [
        "Selisun",
        "Nunukan Selatan",
        "Mansapa",
        "Tanjung Harapan",
    ]
    assert reference.region("6504") is None


def test_a_region_is_found_by_the_spelling_of_the_press() -> None:
    assert [found.code for found in reference.regions(query="pensiangan")] == ["65.03.20"]


def test_ranks_know_their_siasn_codes() -> None:
    by_code = {row.code: row for row in reference.ranks()}
    assert (by_code["III/d"].name, by_code["III/d"].siasn_code) == ("Penata Tingkat I", "34")
    assert len(by_code) == 34


def test_kinds_of_positions_come_in_their_order() -> None:
    assert [row.key for row in lists.position_kinds()][:3] == ["kepala_daerah", "jpt_pratama", "administrator"]


def test_2026_has_the_holidays_of_the_joint_decree() -> None:
    found = reference.holidays(2026)
    assert sum(day.kind == "libur" for day in found) == 17
    assert sum(day.kind == "cuti" for day in found) == 8
    assert not any(day.uncertain for day in found)


def test_holidays_of_2027_by_the_moon_are_marked_uncertain() -> None:
    found = {day.day: day for day in reference.holidays(2027)}
    assert found[date(2027, 3, 10)].uncertain
    assert not found[date(2027, 8, 17)].uncertain
    assert not any(day.kind == "cuti" for day in found.values())


def test_working_days_leave_out_weekends_holidays_and_cuti_bersama() -> None:
    assert agenda.working_days(date(2026, 12, 21), date(2026, 12, 27)) == 3
    assert agenda.working_days(date(2026, 12, 27), date(2026, 12, 21)) == 0
    assert not agenda.is_working_day(date(2026, 12, 24))
    assert agenda.is_working_day(date(2026, 12, 23))


def test_record_classes_are_found_by_code_and_name() -> None:
    assert reference.record_class("800.1.11.4").name
    assert all(found.code.startswith("500.12") for found in reference.record_classes("500.12"))
    assert any(found.code == "000.8.3.4" for found in reference.record_classes("pelayanan publik"))


def test_filling_again_keeps_what_an_office_corrected() -> None:
    with done():
        run(sa.update(region).where(region.c.code == "65.03.20").values(name="Lumbis Pensiangan"))
        gained = reference.fill()
    assert set(gained.values()) == {0}
    assert reference.region("65.03.20").name == "Lumbis Pensiangan"


@pytest.mark.parametrize("name", FILES)
def test_every_file_names_its_source(name: str) -> None:
    assert len(source_of(DATA / name)) > 60
