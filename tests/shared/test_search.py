"""Search: forgiving of letters, never of rights."""

from __future__ import annotations

import csv
import time
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from superapp.access.actor import NOBODY, Actor
from superapp.access.rights import rights_of
from superapp.access.tables import party
from superapp.extensions import db
from superapp.kernel import clock, database, ids, stamps
from superapp.kernel.database import run
from superapp.operations.demo.invention import Inventor
from superapp.organization import appointments, people, tree
from superapp.plugin.tables import module, module_opd
from superapp.shared import search
from superapp.shared.search import SIGNED_IN, Document, objects
from superapp.shared.search.folding import folded, pieces
from superapp.shared.search.likeness import distance
from superapp.shared.search.people import index_all
from tests.organization.acting import counted, done
from tests.support import builders
from tests.support.builders import House
from tests.support.databases import only_postgresql, only_sqlite

pytestmark = pytest.mark.usefixtures("context")


def document(title: str, **values: object) -> Document:
    return Document(
        "core_test",
        values.pop("record_id", None) or uuid4(),
        title=title,
        **{"url": "/x", "kind": "test", "permission": SIGNED_IN, **values},
    )


def put(*documents: Document) -> None:
    with done():
        search.index_many(documents)


def actor(house: House, role: str) -> Actor:
    own = house.people[role].id
    rights = rights_of(own, stamps.read().access, clock.today())
    return Actor(f"person:{own.hex}", role, person_id=own, session_id="s", rights=rights)


def titles(query: str, who: Actor, **options: object) -> list[str]:
    return [hit.title for hit in search.find(query, actor=who, **options).hits]


SOMEBODY = Actor("person:1", "Siti", person_id=uuid4(), session_id="s")


def test_fifty_misspelt_names_are_found_among_ten_thousand() -> None:
    with (Path(__file__).parent / "misspellings.csv").open(encoding="utf-8") as file:
        file.readline()
        listed = list(csv.DictReader(file))
    inventor = Inventor(clock.today(), seed=1)
    others = [inventor.person("pelaksana", "pns").name for _ in range(10_000 - len(listed))]
    put(*(document(name, kind="person") for name in [*others, *(row["name"] for row in listed)]))

    missed, slowest = [], 0.0
    for row in listed:
        started = time.perf_counter()
        found = titles(row["typed"], SOMEBODY, kinds=["person"], limit=10)
        slowest = max(slowest, time.perf_counter() - started)
        if row["name"] not in found:
            missed.append((row["typed"], row["name"], found[:3]))
    print(f"{len(listed)} misspelt names, slowest {1000 * slowest:.0f} ms")
    assert len(listed) == 50
    assert not missed


@pytest.mark.parametrize(
    "query", ["siti rom", "ROMBE Siti", "siti", "Síti rombé", "kepala dinas kesehatan", "dinkes siti"]
)
def test_words_and_beginnings_are_found_in_title_and_body(query: str) -> None:
    put(document("Siti Rombe", body="Kepala Dinas Kesehatan (Dinkes)"), document("Budi Tapa", body="Camat Krayan"))
    assert titles(query, SOMEBODY) == ["Siti Rombe"]


def test_all_words_must_fit() -> None:
    put(document("Siti Rombe"))
    assert titles("Siti Rombe Batara", SOMEBODY) == []


def test_the_best_fit_comes_first() -> None:
    put(document("Dewita Lolo"), document("Dewi"), document("Dewi Lolo Padan"), document("Devi Lolo"))
    assert titles("dewi lolo", SOMEBODY) == ["Dewi Lolo Padan", "Dewita Lolo", "Devi Lolo"]


@pytest.mark.parametrize(
    "query", ["", "   ", "\x00", "'; DROP TABLE core_search; --", '"', "*", "a AND", "NEAR(", "%_%", "☃"]
)
def test_odd_queries_find_nothing_and_break_nothing(query: str) -> None:
    put(document("Siti Rombe"))
    assert titles(query, SOMEBODY) == []


def test_a_very_long_query_is_cut() -> None:
    put(document("Siti Rombe"))
    started = time.monotonic()
    titles("siti " * 250_000, SOMEBODY)
    assert time.monotonic() - started < 2


def test_search_stops_at_its_limit_and_says_so() -> None:
    put(*(document(f"Rapat {number}") for number in range(30)))
    found = search.find("rapat", actor=SOMEBODY, limit=20)
    assert (len(found.hits), found.more) == (20, True)


def test_a_replaced_document_is_found_by_its_new_words_only() -> None:
    own = uuid4()
    put(document("Aplikasi Lama", record_id=own))
    put(document("Sistem Baru", record_id=own))
    assert titles("lama", SOMEBODY) == []
    assert titles("sistem", SOMEBODY) == ["Sistem Baru"]
    assert run(sa.select(sa.func.count()).select_from(sa.table("core_search"))).scalar() == 1


def test_a_removed_document_is_gone() -> None:
    own = uuid4()
    put(document("Aplikasi Lama", record_id=own))
    with done():
        search.remove("core_test", [own])
    assert titles("lama", SOMEBODY) == titles("lma", SOMEBODY) == []


def test_what_a_refused_command_indexed_is_not_found() -> None:
    with pytest.raises(ZeroDivisionError), done():
        search.index(document("Aplikasi Lama", secrecy=1 // 0))
    assert titles("lama", SOMEBODY) == []


# Rights


def placed(house: House, title: str, unit: str, **values: object) -> Document:
    where = house.unit(unit)
    return document(title, unit_id=where.id, opd_id=where.opd_id, permission="letters.view", **values)


@pytest.fixture
def letters(house: House) -> House:
    put(
        placed(house, "Surat dinkes", "dinkes"),
        placed(house, "Surat kominfo", "kominfo"),
        placed(house, "Surat aptika", "aptika"),
        placed(house, "Surat seksi", "seksi"),
        document("Surat umum", permission="letters.view"),
    )
    return house


def seen(house: House, role: str) -> list[str]:
    return sorted(title.removeprefix("Surat ") for title in titles("surat", actor(house, role)))


def test_without_the_right_nothing_is_found(letters: House) -> None:
    assert seen(letters, "staf") == []
    assert titles("surat", NOBODY) == []


def test_a_right_over_an_opd_reaches_all_its_units(letters: House) -> None:
    builders.grant(letters.position("kadis"), "letters.view", letters.unit("kominfo"))
    assert seen(letters, "kadis") == ["aptika", "kominfo", "seksi", "umum"]


def test_a_right_over_a_subtree_reaches_what_lies_below(letters: House) -> None:
    builders.grant(letters.position("kabid"), "letters.view", letters.unit("aptika"))
    assert seen(letters, "kabid") == ["aptika", "seksi", "umum"]


def test_a_right_over_the_regency_reaches_everything(letters: House) -> None:
    builders.grant(letters.position("sekda"), "letters.view", letters.unit("kabupaten"))
    assert seen(letters, "sekda") == ["aptika", "dinkes", "kominfo", "seksi", "umum"]
    assert seen(letters, "admin") == ["aptika", "dinkes", "kominfo", "seksi", "umum"]


def test_a_right_to_something_else_finds_no_letters(letters: House) -> None:
    builders.grant(letters.position("staf"), "leave.view", letters.unit("kabupaten"))
    assert seen(letters, "staf") == []


def test_who_is_party_finds_the_record_wherever_he_sits_until_it_ends(house: House) -> None:
    own = uuid4()
    put(placed(house, "Surat rahasia", "dinkes", record_id=own, secrecy=2, module="letters"))
    with done():
        run(sa.insert(module).values(name="letters", enabled=True, version="1", applied=[], fault=""))
        run(
            sa.insert(party).values(
                id=ids.uuid7(),
                record_type="core_test",
                record_id=own,
                role="recipient",
                position_id=house.people["staf"].position_id,
                starts_on=clock.today(),
                ends_on=clock.today(),
            )
        )
    assert seen(house, "staf") == ["rahasia"]
    assert seen(house, "admin") == []
    put(document("Surat tugas", record_id=own, permission="letters.sign", module="letters"))
    assert seen(house, "staf") == []
    builders.grant(house.person("staf"), "letters.sign", house.unit("seksi"))
    assert seen(house, "staf") == ["tugas"]
    put(placed(house, "Surat rahasia", "dinkes", record_id=own, module="letters"))
    clock.shift(timedelta(days=1))
    assert seen(house, "staf") == []


def test_what_is_a_persons_own_is_found_by_him_alone(house: House) -> None:
    put(document("Surat cuti", permission=SIGNED_IN, person_id=house.people["staf"].id))
    assert seen(house, "staf") == ["cuti"]
    assert seen(house, "admin") == seen(house, "tu") == []


def test_records_of_a_module_that_is_off_are_not_found(house: House) -> None:
    put(
        placed(house, "Surat dinkes", "dinkes", module="halo"), placed(house, "Surat kominfo", "kominfo", module="halo")
    )
    assert seen(house, "admin") == []
    with done():
        run(sa.insert(module).values(name="halo", enabled=True, version="1", applied=[], fault=""))
    assert seen(house, "admin") == ["dinkes", "kominfo"]
    with done():
        run(sa.insert(module_opd).values(plugin="halo", opd_id=house.units["dinkes"]))
    assert seen(house, "admin") == ["kominfo"]
    with done():
        assert search.forget_module("halo") == 2
    assert seen(house, "admin") == []


def test_search_costs_the_same_with_more_modules_and_rows(house: House) -> None:
    for name in ("letters.view", "leave.view", "travel.view"):
        builders.grant(house.position("kadis"), name, house.unit("kominfo"))
    put(placed(house, "Surat kominfo", "kominfo"))
    who = actor(house, "kadis")
    with counted() as few:
        titles("surat", who)
    put(*(placed(house, f"Surat {number}", "seksi") for number in range(50)))
    with counted() as many:
        titles("surat", who, limit=200)
    assert len(few) == len(many) <= 4


# People and units


def test_people_are_found_by_name_post_and_unit(house: House) -> None:
    with done():
        index_all()
    assert titles("maria lende", SOMEBODY, kinds=["person"]) == ["Maria Lende"]
    assert titles("kepala bidang aplikasi", SOMEBODY, kinds=["person"]) == ["Maria Lende"]
    assert titles("dinas kesehatan", SOMEBODY, kinds=["unit"]) == ["Dinas Kesehatan"]


def test_the_index_follows_people_and_units(house: House) -> None:
    with done():
        made = people.add(name="Ngau Padan", employment="non_asn")
    assert titles("ngau", SOMEBODY) == ["Ngau Padan"]
    with done():
        people.change(made, None, name="Ngau Batara")
        tree.change(house.unit("dinkes"), None, name="Dinas Kesehatan dan KB")
    assert titles("padan", SOMEBODY) == []
    assert titles("kesehatan kb", SOMEBODY) == ["Dinas Kesehatan dan KB"]
    with done():
        people.end(made, None, clock.today() - timedelta(days=1))
    assert titles("ngau", SOMEBODY) == []


def test_a_new_post_is_found_at_once(house: House) -> None:
    with done():
        appointments.appoint(
            house.person("kasi"), house.position("kabid"), kind="plh", starts_on=clock.today(), ends_on=clock.today()
        )
    assert titles("plh kepala bidang", SOMEBODY) == ["Yosef Dagang"]


def test_who_was_never_indexed_is_written_by_the_nightly_job(house: House) -> None:
    from superapp.shared import housekeeping

    assert titles("lende", SOMEBODY) == []
    with done():
        list(housekeeping.index_people())
    assert titles("lende", SOMEBODY) == ["Maria Lende"]


def test_nips_are_not_indexed(house: House) -> None:
    with done():
        index_all()
    assert titles(house.people["kadis"].nip, SOMEBODY) == []


# Index objects


def test_the_index_objects_can_be_made_again_and_rebuilt(context: Flask) -> None:
    put(document("Siti Rombe"))
    db.session.rollback()
    with database.transaction() as connection:
        search.create_search_objects(connection)
        objects.rebuild(connection)
    assert titles("sitti rombe", SOMEBODY) == ["Siti Rombe"]


@only_postgresql
def test_without_pg_trgm_words_are_found_but_not_misspelt_ones(context: Flask) -> None:
    put(document("Siti Rombe"))
    db.session.rollback()
    with database.transaction() as connection:
        connection.exec_driver_sql("DROP EXTENSION pg_trgm CASCADE")
    assert titles("rombe", SOMEBODY) == ["Siti Rombe"]
    assert titles("iti", SOMEBODY) == ["Siti Rombe"]
    assert titles("ronbe", SOMEBODY) == []


@only_postgresql
def test_stems_are_found_on_postgresql(context: Flask) -> None:
    put(document("Pengajuan cuti tahunan"))
    assert titles("mengajukan cuti", SOMEBODY) == ["Pengajuan cuti tahunan"]


@only_sqlite
def test_pieces_hold_the_edges_of_words(context: Flask) -> None:
    assert pieces("ab") == {"  a", " ab", "ab ", "b  "}
    assert all(piece in folded("Ab") for piece in pieces("ab"))


@only_sqlite
@pytest.mark.parametrize(
    ("left", "right", "letters"),
    [
        ("budi", "budi", 0),
        ("budi", "bidi", 1),
        ("budi", "bdi", 1),
        ("budi", "bdux", 2),
        ("paulus", "paulsu", 1),
        ("a", "abcd", 3),
    ],
)
def test_letters_off_are_counted(context: Flask, left: str, right: str, letters: int) -> None:
    assert distance(left, right, 3) == letters


def test_ids_stay_apart(context: Flask) -> None:
    own = UUID(int=1)
    put(Document("core_a", own, title="Satu", url="/a", kind="a", permission=SIGNED_IN))
    put(Document("core_b", own, title="Satu", url="/b", kind="b", permission=SIGNED_IN))
    assert {hit.record_type for hit in search.find("satu", actor=SOMEBODY).hits} == {"core_a", "core_b"}
