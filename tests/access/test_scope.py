"""Who sees which rows: subtree or party, minus secrecy; list, count and detail agree."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from superapp.access import tables
from superapp.access.actor import Actor, acting_as, operator
from superapp.access.listing import Order, count, page
from superapp.access.records import find
from superapp.access.rights import rights_of
from superapp.access.scope import Scope, record_type, require, scope_of, visible
from superapp.extensions import db
from superapp.kernel import clock, command, database, ids, stamps
from superapp.kernel.errors import Forbidden, NotFound
from superapp.organization.models import Unit
from tests.access.conftest import Note
from tests.support import builders
from tests.support.builders import House

READ, WRITE = "contoh.view", "contoh.write"


def actor_for(house: House, role: str) -> Actor:
    """Return the actor that a session of this person would have now."""
    who = house.person(role)
    present = stamps.read()
    rights = rights_of(who.id, present.access, clock.today())
    return Actor(
        f"person:{who.id.hex}", who.name, person_id=who.id, session_id="x", rights=rights, stamps=present,
        hat=rights.hats[0],
    )  # fmt: skip


def store(house: House, **notes: str) -> dict[str, UUID]:
    """Store one note a keyword, in the named unit."""
    made = {}
    with builders.stored():
        for text, where in notes.items():
            unit = house.unit(where)
            row = Note(id=ids.uuid7(), text=text, unit_id=unit.id, opd_id=unit.opd_id)
            db.session.add(row)
            made[text] = row.id
    return made


def texts(actor: Actor, permission: str = READ) -> list[str]:
    """Return what the actor sees, after checking that every way of looking agrees."""
    with acting_as(actor):
        seen = {row.text for row in db.session.scalars(sa.select(Note)) if _required(row, permission)}
        assert _found(permission) == seen
        assert count(Note, permission) == len(seen)
    selected = sorted(db.session.scalars(visible(Note, permission, Note.__table__.c.text, actor=actor)).all())
    paged = [row.text for row in page(Note, permission, order=Order("text"), actor=actor).rows]
    assert paged == selected == sorted(seen)
    return selected


def _required(row: Note, permission: str) -> bool:
    try:
        require(permission, row)
    except NotFound:
        return False
    return True


def _found(permission: str) -> set[str]:
    found = set()
    for own in db.session.scalars(sa.select(Note.__table__.c.id)).all():
        with suppress(NotFound):
            found.add(find(Note, own, permission).text)
    return found


EVERYWHERE = {"a": "kabupaten", "b": "kominfo", "c": "aptika", "d": "seksi", "e": "dinkes"}


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        ("kabupaten", ["a", "b", "c", "d", "e"]),
        ("kominfo", ["b", "c", "d"]),
        ("aptika", ["c", "d"]),
        ("seksi", ["d"]),
        ("dinkes", ["e"]),
    ],
)
def test_a_grant_reaches_its_subtree_and_nothing_else(
    notes: type[Note], house: House, unit: str, expected: list[str]
) -> None:
    store(house, **EVERYWHERE)
    builders.grant(house.person("staf"), READ, house.unit(unit))
    assert texts(actor_for(house, "staf")) == expected


def test_without_a_grant_nothing_is_seen(notes: type[Note], house: House) -> None:
    store(house, **EVERYWHERE)
    actor = actor_for(house, "staf")
    assert texts(actor) == []
    with pytest.raises(Forbidden):
        require(READ, actor=actor)


def test_grants_add_up_over_units(notes: type[Note], house: House) -> None:
    store(house, **EVERYWHERE)
    builders.grant(house.person("staf"), READ, house.unit("seksi"))
    builders.grant(house.person("staf"), READ, house.unit("dinkes"))
    assert texts(actor_for(house, "staf")) == ["d", "e"]


def test_a_grant_to_a_position_follows_who_holds_it(notes: type[Note], house: House) -> None:
    store(house, b="kominfo")
    builders.grant(house.position("kadis"), READ, house.unit("kominfo"))
    assert texts(actor_for(house, "kadis")) == ["b"]
    builders.appointment(house.person("kabid"), house.position("kadis"), kind="plh", starts_on=clock.today())
    assert texts(actor_for(house, "kabid")) == ["b"]


def test_acting_authority_begins_and_ends_at_midnight_in_wita(notes: type[Note], house: House) -> None:
    store(house, b="kominfo")
    builders.grant(house.position("kadis"), READ, house.unit("kominfo"))
    tomorrow = clock.today() + timedelta(days=1)
    builders.appointment(
        house.person("kabid"), house.position("kadis"), kind="plh", starts_on=tomorrow, ends_on=tomorrow
    )
    assert texts(actor_for(house, "kabid")) == []
    clock.shift(timedelta(days=1))
    assert texts(actor_for(house, "kabid")) == ["b"]
    clock.shift(timedelta(days=2))
    assert texts(actor_for(house, "kabid")) == []


def make_party(note: UUID, **holder: object) -> None:
    """Let somebody be party to a note, from today unless `starts_on` says otherwise."""
    values = {"starts_on": clock.today(), "role": "recipient", **holder}
    with builders.stored():
        database.run(sa.insert(tables.party).values(record_type=record_type(Note), record_id=note, **values))


def test_a_party_sees_the_record_wherever_it_is(notes: type[Note], house: House) -> None:
    made = store(house, **EVERYWHERE)
    make_party(made["e"], person_id=house.person("staf").id)
    make_party(made["a"], position_id=house.position("staf").id)
    assert texts(actor_for(house, "staf")) == ["a", "e"]
    builders.grant(house.person("staf"), READ, house.unit("seksi"))
    assert texts(actor_for(house, "staf")) == ["a", "d", "e"]


def test_being_party_opens_reading_and_nothing_else(notes: type[Note], house: House) -> None:
    made = store(house, **EVERYWHERE)
    make_party(made["e"], person_id=house.person("staf").id)
    make_party(made["a"], position_id=house.position("staf").id)
    assert texts(actor_for(house, "staf"), WRITE) == []
    builders.grant(house.person("staf"), WRITE, house.unit("seksi"))
    builders.grant(house.person("staf"), "contoh.view.all", house.unit("seksi"))
    assert texts(actor_for(house, "staf"), WRITE) == texts(actor_for(house, "staf"), "contoh.view.all") == ["d"]
    assert texts(actor_for(house, "staf")) == ["a", "e"]


def test_a_former_party_sees_nothing(notes: type[Note], house: House) -> None:
    made = store(house, e="dinkes")
    yesterday = clock.today() - timedelta(days=1)
    make_party(made["e"], person_id=house.person("staf").id, starts_on=yesterday, ends_on=yesterday)
    assert texts(actor_for(house, "staf")) == []


def test_secret_records_are_for_their_parties_only(notes: type[Note], house: House) -> None:
    made = store(house, c="aptika", d="seksi")
    with builders.stored():
        db.session.execute(sa.update(Note).where(Note.id == made["c"]).values(secrecy=2))
    builders.grant(house.person("kadis"), READ, house.unit("kabupaten"))
    assert texts(actor_for(house, "kadis")) == ["d"]
    make_party(made["c"], person_id=house.person("kadis").id)
    assert texts(actor_for(house, "kadis")) == ["c", "d"]


@pytest.mark.parametrize("where", ["kabupaten", "seksi", "dinkes"])
def test_who_writes_a_secret_record_has_the_reach_and_is_party_to_it(
    notes: type[Note], house: House, where: str
) -> None:
    made = store(house, c="seksi", d="seksi", e="seksi")
    with builders.stored():
        db.session.execute(sa.update(Note).where(Note.id.in_([made["c"], made["e"]])).values(secrecy=2))
    builders.grant(house.person("staf"), WRITE, house.unit(where))
    assert texts(actor_for(house, "staf"), WRITE) == ([] if where == "dinkes" else ["d"])
    make_party(made["c"], person_id=house.person("staf").id)
    assert texts(actor_for(house, "staf"), WRITE) == ([] if where == "dinkes" else ["c", "d"])
    assert texts(actor_for(house, "staf")) == ["c"]


def test_a_foreign_record_looks_like_a_missing_one(notes: type[Note], house: House) -> None:
    made = store(house, d="seksi", e="dinkes")
    builders.grant(house.person("staf"), READ, house.unit("seksi"))
    actor = actor_for(house, "staf")
    require(READ, db.session.get_one(Note, made["d"]), actor=actor)
    with pytest.raises(NotFound):
        require(READ, db.session.get_one(Note, made["e"]), actor=actor)


def test_pages_follow_each_other_without_gap_or_repeat(notes: type[Note], house: House) -> None:
    made = store(house, **{f"n{number:02}": ("seksi", "aptika")[number % 2] for number in range(45)})
    builders.grant(house.person("staf"), READ, house.unit("aptika"))
    builders.grant(house.person("staf"), READ, house.unit("dinkes"))
    actor = actor_for(house, "staf")
    for order in (Order("text"), Order("text", descending=True), Order("id", descending=True)):
        seen, cursor = [], ""
        for _round in range(4):
            found = page(Note, READ, order=order, cursor=cursor, actor=actor)
            seen += [row.text for row in found.rows]
            cursor = found.next
            if not cursor:
                break
        assert seen == sorted(made, reverse=order.descending)


@pytest.mark.parametrize(
    "cursor",
    ["x", "=", "e30", "WyJhIl0", "WzEsMl0", "W251bGwsbnVsbF0", "a" * 5000, "\x00", "WyJcdTAwMDAiLCAiXHUwMDAwIl0"],
)
def test_a_foreign_cursor_counts_as_none(notes: type[Note], house: House, cursor: str) -> None:
    store(house, d="seksi")
    found = page(Note, READ, order=Order("text"), cursor=cursor, actor=operator())
    assert [row.text for row in found.rows] == ["d"]


def test_counting_stops_at_its_bound(notes: type[Note], house: House) -> None:
    store(house, **{f"n{number}": "seksi" for number in range(12)})
    with acting_as(operator()):
        assert count(Note, READ) == 12
        assert count(Note, READ, most=5) == 6
        assert count(Note, READ, Note.__table__.c.text == "n3") == 1


def test_a_model_without_scope_cannot_be_looked_at() -> None:
    with pytest.raises(TypeError, match="declares no scope"):
        scope_of(Unit)


def test_a_right_taken_away_while_the_form_is_on_its_way_is_gone(notes: type[Note], house: House) -> None:
    granted = builders.grant(house.person("staf"), READ, house.unit("seksi"))
    actor = actor_for(house, "staf")
    with builders.stored():
        database.run(sa.delete(tables.grant).where(tables.grant.c.id == granted))
    seen: list[Actor] = []
    command.execute(
        lambda: command.Command("contoh.save", replace(actor), says="x"),
        lambda running: seen.append(running.actor),  # type: ignore[arg-type, return-value]
        claim=None,
        answer=lambda running, value: None,
    )
    assert actor.may(READ)
    assert not seen[0].may(READ)


def test_scopes_name_their_kind() -> None:
    assert Scope.unit().kind == "unit"
    assert Scope.own("person_id").target == "person_id"
