"""Tasks: given to posts, seen by who holds them that day, gone with their module."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from superapp.access.actor import Actor
from superapp.access.rights import rights_of
from superapp.access.tables import party
from superapp.kernel import clock, stamps
from superapp.kernel.database import run
from superapp.kernel.errors import NotFound, Refused
from superapp.login import session
from superapp.plugin.tables import module, module_opd
from superapp.shared import tasks
from superapp.shared.tasks import Duty
from tests.organization.acting import counted, done
from tests.support import builders
from tests.support.builders import House

pytestmark = pytest.mark.usefixtures("context")


def actor(house: House, role: str) -> Actor:
    own = house.people[role].id
    rights = rights_of(own, stamps.read().access, clock.today())
    return Actor(f"person:{own.hex}", role, person_id=own, session_id="s", rights=rights)


def give(house: House, role: str = "kadis", **values: object) -> UUID:
    holder = {} if "person_id" in values else {"position_id": house.people[role].position_id}
    with done():
        return tasks.give(Duty(**{"title": "Periksa usulan", "url": "/x", "kind": "core.review"} | holder | values))


def titles(house: House, role: str) -> list[str]:
    return [row.title for row in tasks.waiting(actor=actor(house, role)).rows]


def badge(house: House, role: str) -> int:
    """Return the count that comes with the session's one statement."""
    with done():
        token = session.begin(session.NewSession(house.people[role].id))
    from superapp.kernel import secrets

    return session.load_actor(secrets.digest(token)).open_tasks


def test_the_holder_of_a_post_sees_its_task(house: House) -> None:
    give(house)
    assert titles(house, "kadis") == ["Periksa usulan"]
    assert titles(house, "kabid") == []
    assert (badge(house, "kadis"), badge(house, "kabid")) == (1, 0)


def test_a_deputy_sees_the_task_from_midnight_to_midnight(house: House) -> None:
    give(house)
    tomorrow = clock.today() + timedelta(days=1)
    builders.appointment(
        house.person("kabid"), house.position("kadis"), kind="plh", starts_on=tomorrow, ends_on=tomorrow
    )
    seen = []
    for offset in (0, 1, 2):
        clock.shift(timedelta(days=offset))
        seen.append((len(titles(house, "kabid")), badge(house, "kabid")))
    assert seen == [(0, 0), (1, 1), (0, 0)]


def test_open_tasks_stay_with_the_post_when_its_holder_moves(house: House) -> None:
    give(house, "kasi")
    builders.appointment(house.person("tu"), builders.position(house.unit("seksi"), "Kepala lama"))
    with done():
        run(sa.text("UPDATE core_appointment SET ends_on = :day WHERE position_id = :post"), _ending(house))
    builders.appointment(house.person("tu"), house.position("kasi"), starts_on=clock.today())
    assert (titles(house, "kasi"), titles(house, "tu")) == ([], ["Periksa usulan"])


def _ending(house: House) -> dict[str, object]:
    post = house.people["kasi"].position_id
    text = str(post) if builders.db.engine.dialect.name == "postgresql" else post.hex
    day = clock.today() - timedelta(days=1)
    return {"day": day if builders.db.engine.dialect.name == "postgresql" else day.isoformat(), "post": text}


def test_the_most_urgent_comes_first(house: House) -> None:
    moment = clock.now()
    for title, due in (("tanpa tenggat", None), ("besok", 1), ("hari ini", 0)):
        give(house, title=title, due_at=moment + timedelta(days=due) if due is not None else None)
    assert titles(house, "kadis") == ["hari ini", "besok", "tanpa tenggat"]


def test_lists_page_by_key(house: House) -> None:
    for number in range(5):
        give(house, title=f"T{number}", due_at=clock.now() + timedelta(hours=number))
    first = tasks.waiting(actor=actor(house, "kadis"), size=3)
    rest = tasks.waiting(first.next, actor=actor(house, "kadis"), size=3)
    assert [row.title for row in (*first.rows, *rest.rows)] == [f"T{number}" for number in range(5)]
    assert rest.next == ""


def test_a_closed_task_is_closed_once(house: House) -> None:
    own = give(house)
    with done():
        tasks.close(own)
    assert titles(house, "kadis") == []
    with pytest.raises(Refused, match="sudah selesai"), done():
        tasks.close(own)
    with pytest.raises(NotFound), done():
        tasks.close(house.people["kadis"].id)


def test_a_key_makes_one_task_until_it_is_closed(house: House) -> None:
    first, second = give(house, key="usul:1"), give(house, key="usul:1")
    assert first == second
    with done():
        tasks.close(first)
    assert give(house, key="usul:1") != first


def test_all_tasks_of_a_record_end_together(house: House) -> None:
    record = house.units["dinkes"]
    for role in ("kadis", "kabid"):
        give(house, role, record_type="core_unit", record_id=record)
    give(house, "kasi")
    with done():
        assert tasks.close_of("core_unit", record) == 2
    assert [titles(house, role) for role in ("kadis", "kabid", "kasi")] == [[], [], ["Periksa usulan"]]


def test_a_task_can_be_handed_over(house: House) -> None:
    own = give(house)
    with done():
        tasks.hand_over(own, person_id=house.people["staf"].id)
    assert (titles(house, "kadis"), titles(house, "staf")) == ([], ["Periksa usulan"])


def test_a_task_of_another_looks_like_none(house: House) -> None:
    own = give(house)
    with pytest.raises(NotFound):
        tasks.task_of(own, actor=actor(house, "staf"))
    assert tasks.task_of(own, actor=actor(house, "kadis")).title == "Periksa usulan"


def test_the_holder_becomes_party_to_the_record_once(house: House) -> None:
    record = house.units["dinkes"]
    for _ in range(2):
        give(house, record_type="core_unit", record_id=record, party="approver")
    rows = run(sa.select(party.c.role, party.c.position_id)).all()
    assert rows == [("approver", house.people["kadis"].position_id)]


def test_a_task_has_exactly_one_holder(house: House) -> None:
    with pytest.raises(ValueError, match="one position or to one person"), done():
        tasks.give(Duty("Tanpa pemegang", "/x", kind="core.review"))


def switch(name: str, *, on: bool) -> None:
    with done():
        run(sa.delete(module_opd))
        run(sa.delete(module).where(module.c.name == name))
        run(sa.insert(module).values(name=name, enabled=on, version="1", applied=[], fault=""))


def test_tasks_of_a_module_that_is_off_do_not_show_nor_count(house: House) -> None:
    give(house, module="halo")
    assert (titles(house, "kadis"), badge(house, "kadis")) == ([], 0)
    switch("halo", on=True)
    assert (titles(house, "kadis"), badge(house, "kadis")) == (["Periksa usulan"], 1)
    switch("halo", on=False)
    assert (titles(house, "kadis"), badge(house, "kadis")) == ([], 0)


def test_a_module_off_for_an_opd_hides_that_opds_tasks_alone(house: House) -> None:
    switch("halo", on=True)
    give(house, title="kominfo", module="halo", opd_id=house.units["kominfo"])
    give(house, title="dinkes", module="halo", opd_id=house.units["dinkes"])
    with done():
        run(sa.insert(module_opd).values(plugin="halo", opd_id=house.units["dinkes"]))
    assert titles(house, "kadis") == ["kominfo"]
    assert badge(house, "kadis") == 1


def test_the_list_costs_one_statement_however_many_tasks(house: House) -> None:
    for _ in range(3):
        give(house)
    me = actor(house, "kadis")
    with counted() as sent:
        tasks.waiting(actor=me)
    assert len(sent) == 1
