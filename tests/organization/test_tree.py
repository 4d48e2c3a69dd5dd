"""The tree of units: paths, OPDs and successors stay right whatever is moved or closed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from superapp.extensions import db
from superapp.kernel import clock, stamps
from superapp.kernel.database import run
from superapp.kernel.errors import Invalid, NotFound, Refused, Stale
from superapp.kernel.tables import audit, audit_values
from superapp.organization import tree
from superapp.organization.models import Unit
from tests.organization.acting import done
from tests.support.builders import House

pytestmark = pytest.mark.usefixtures("context")


def add(code: str, parent: Unit | None, **values: object) -> Unit:
    with done(tree.ADDED):
        return tree.add(code, f"Unit {code}", kind=values.pop("kind", "bidang"), parent=parent, **values)


def test_a_new_unit_takes_path_and_opd_from_its_parent(house: House) -> None:
    kominfo = house.unit("kominfo")
    made = add("kominfo-b9", kominfo)
    assert made.path == f"{kominfo.path}{made.number}/"
    assert made.opd_id == kominfo.id
    assert tree.by_code("Kominfo-B9") == made


def test_an_opd_is_its_own_opd(house: House) -> None:
    made = add("DISKAN", house.unit("kabupaten"), kind="dinas", is_opd=True)
    assert made.opd_id == made.id
    assert made.code in {row.code for row in tree.opds()}


def test_a_code_is_given_once(house: House) -> None:
    with pytest.raises(Invalid, match="Kode unit ini sudah dipakai"):
        add("KOMINFO", house.unit("kabupaten"))


@pytest.mark.parametrize("name", ["", "   ", "\u202e"])
def test_a_unit_needs_a_name(house: House, name: str) -> None:
    with pytest.raises(Invalid) as refusal, done():
        tree.add("X1", name, kind="bidang", parent=house.unit("kominfo"))
    assert refusal.value.errors == {"name": "Wajib diisi."}


def test_moving_a_unit_moves_all_below_it_and_changes_their_opd(house: House) -> None:
    aptika, dinkes = house.unit("aptika"), house.unit("dinkes")
    with done(tree.MOVED):
        tree.move(aptika, aptika.version, dinkes)
    seksi = db.session.get_one(Unit, house.units["seksi"], populate_existing=True)
    assert aptika.path == f"{dinkes.path}{aptika.number}/"
    assert seksi.path == f"{aptika.path}{seksi.number}/"
    assert {aptika.opd_id, seksi.opd_id} == {dinkes.id}


def test_moving_keeps_codes_and_numbers(house: House) -> None:
    aptika = house.unit("aptika")
    before = (aptika.code, aptika.number, aptika.id)
    with done():
        tree.move(aptika, aptika.version, house.unit("setda"))
    assert (aptika.code, aptika.number, aptika.id) == before


def test_a_unit_cannot_hang_below_itself(house: House) -> None:
    with pytest.raises(Refused, match="bawah dirinya sendiri"), done():
        tree.move(house.unit("kominfo"), None, house.unit("seksi"))


def test_the_regency_stays_where_it_is(house: House) -> None:
    with pytest.raises(Refused), done():
        tree.move(house.unit("kabupaten"), None, house.unit("kominfo"))
    with pytest.raises(Refused), done():
        tree.close(house.unit("kabupaten"), None, clock.today())


def test_a_stale_change_is_refused_with_both_texts(house: House) -> None:
    kominfo = house.unit("kominfo")
    with pytest.raises(Stale) as refusal, done():
        tree.change(kominfo, kominfo.version - 1, name="Dinas Baru")
    assert refusal.value.fields == {"Nama": ("Dinas Komunikasi dan Informatika", "Dinas Baru")}


def test_a_unit_with_people_cannot_be_closed(house: House) -> None:
    with pytest.raises(Refused, match="Masih ada pejabat"), done():
        tree.close(house.unit("seksi"), None, clock.today())


def test_a_unit_with_open_parts_cannot_be_closed(house: House) -> None:
    outer = add("KOSONG", house.unit("kominfo"))
    add("KOSONG-1", outer)
    with pytest.raises(Refused, match="bagiannya: Unit KOSONG-1"), done():
        tree.close(outer, None, clock.today())


def test_the_successor_does_the_work_of_a_closed_unit(house: House) -> None:
    old, new = add("LAMA", house.unit("kominfo")), add("BARU", house.unit("kominfo"))
    yesterday = clock.today() - timedelta(days=1)
    with done(tree.CLOSED):
        tree.close(old, None, yesterday, new)
    assert tree.successor_of(old.id) == new
    assert tree.successor_of(old.id, yesterday) == old
    with done():
        tree.reopen(old, None)
    assert tree.successor_of(old.id) == old


def test_every_change_of_the_tree_is_seen_by_all_workers(house: House) -> None:
    before = stamps.read().access
    with done():
        tree.change(house.unit("kominfo"), None, short_name="Kominfo")
    assert stamps.read().access > before


def test_the_audit_tells_the_move_in_words(house: House) -> None:
    with done(tree.MOVED):
        tree.move(house.unit("aptika"), None, house.unit("setda"))
    row = run(sa.select(audit).where(audit.c.operation == "test.do")).one()
    values = run(sa.select(audit_values.c["values"]).where(audit_values.c.chain == row.chain)).scalar()
    assert row.message == tree.MOVED
    assert row.record_id == house.units["aptika"]
    assert values == {"actor": "Sistem", "unit": "Bidang Aplikasi dan Informatika", "parent": "Sekretariat Daerah"}


def test_without_units_there_is_no_root(context: Flask) -> None:
    with pytest.raises(NotFound):
        tree.root()


def test_a_unit_is_valid_from_its_first_to_its_last_day(house: House) -> None:
    first, last = date(2026, 1, 1), date(2026, 6, 30)
    made = add("SEMENTARA", house.unit("kabupaten"), kind="dinas", is_opd=True, valid_from=first, valid_to=last)
    days = [first - timedelta(days=1), first, last, last + timedelta(days=1)]
    assert [made.code in {row.code for row in tree.opds(day)} for day in days] == [False, True, True, False]
