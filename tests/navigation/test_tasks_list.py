"""The list of tasks: narrowed by chips, under headings by urgency, at the same price whatever there is."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from superapp.access.actor import Actor
from superapp.extensions import db
from superapp.kernel import clock, ids
from superapp.kernel.database import run
from superapp.organization.models import Position
from superapp.shared import tasks
from superapp.shared.tables import task
from superapp.shared.tasks import Narrow
from tests.navigation.conftest import Visitor, text, warmed
from tests.support import builders
from tests.support.builders import House


def wait(
    house: House, role: str, title: str, *, due: timedelta | None = None, unit: str = "kominfo", **more: Any
) -> None:
    moment = clock.now()
    row = {
        "id": ids.uuid7(), "title": title, "url": "/help", "kind": "core.review", "module": "", "record_type": "",
        "position_id": house.people[role].position_id, "opd_id": house.units[unit], "consequence": "", "outcome": "",
        "due_at": moment + due if due is not None else None, "created_at": moment,
        "sort_at": moment + due if due is not None else moment + timedelta(days=999),
    }  # fmt: skip
    with builders.stored():
        run(sa.insert(task).values(**row | more))


@pytest.fixture
def desk(app: Flask, house: House) -> House:
    with app.app_context():
        wait(house, "kasi", "Yang lewat", due=timedelta(hours=-2))
        wait(house, "kasi", "Yang bulan depan", due=timedelta(days=30), unit="dinkes")
        wait(house, "kasi", "Tanpa batas", unit="dinkes", module="catalogue", kind="catalogue.review")
    return house


def test_chips_narrow_by_due_time_kind_and_unit_and_keep_each_other(desk: House, visit: Visitor) -> None:
    client = visit("kasi")
    page = text(client.get("/tasks"))
    chips = dict(re.findall(r'<a class="chip" href="([^"]+)"[^>]*>([^<]+)</a>', page))
    assert [words for words in chips.values() if words.startswith("Lewat tenggat")] == ["Lewat tenggat 1"]
    late = next(href for href, words in chips.items() if words.startswith("Lewat tenggat"))
    assert shown(text(client.get(late))) == ["Yang lewat"]
    assert shown(text(client.get("/tasks?kind=catalogue"))) == ["Tanpa batas"]
    assert shown(text(client.get(f"/tasks?unit={desk.units['dinkes']}"))) == ["Yang bulan depan", "Tanpa batas"]
    both = text(client.get(f"/tasks?kind=core&unit={desk.units['dinkes']}"))
    assert shown(both) == ["Yang bulan depan"]
    assert f'href="/tasks?unit={desk.units["dinkes"]}" aria-current="true"' in both


def test_a_narrowing_without_tasks_or_meaning_says_so_or_shows_all(desk: House, visit: Visitor) -> None:
    client = visit("kasi")
    assert "Tidak ada yang cocok" in text(
        client.get("/tasks?kind=core&due=late&unit=00000000-0000-0000-0000-000000000000")
    )
    assert len(shown(text(client.get("/tasks?kind=nothing&due=soon&unit=x")))) == 3


def test_headings_follow_the_due_time(desk: House, visit: Visitor) -> None:
    page = text(visit("kasi").get("/tasks"))
    assert re.findall(r'<h2 id="t\d">([^<]+)</h2>', page) == ["Lewat waktu", "Nanti", "Tanpa tenggat"]


def shown(page: str) -> list[str]:
    return re.findall(r'class="title cover"[^>]*>([^<]+)</a>', page)


def test_a_page_among_ten_thousand_tasks_makes_as_many_statements(app: Flask, house: House, visit: Visitor) -> None:
    client = visit("kasi")
    with app.app_context():
        wait(house, "kasi", "Satu", due=timedelta(hours=3))
    addresses = ("/tasks", "/tasks?due=today", "/tasks?show=done", "/tasks?show=asked")
    few = [len(warmed(client, app, address)) for address in addresses]
    with app.app_context():
        crowd(house)
    assert [len(warmed(client, app, address)) for address in addresses] == few
    assert len(shown(text(client.get("/tasks")))) == tasks.waiting.__kwdefaults__["size"]


def crowd(house: House) -> None:
    """Give ten thousand tasks to four hundred posts, that of the kasi among them; a fifth of them is closed."""
    moment = clock.now()
    posts = [house.people["kasi"].position_id, *(ids.uuid7() for _number in range(399))]
    closer = house.people["kabid"].id
    place = {"unit_id": house.units["kominfo"], "title": "Analis", "kind": "pelaksana"}
    rows = [
        {
            "id": ids.uuid7(), "title": f"Tugas {number}", "url": "/x", "kind": "core.review", "module": "",
            "position_id": posts[number % 400], "opd_id": house.units["kominfo"], "record_type": "",
            "consequence": "", "sort_at": moment + timedelta(minutes=number), "created_at": moment, "outcome": "",
            "due_at": moment + timedelta(minutes=number), "closed_by": closer if number % 5 == 4 else None,
            "closed_at": moment if number % 5 == 4 else None,
        }
        for number in range(10_000)
    ]  # fmt: skip
    with builders.stored():
        db.session.add_all(Position(id=post, **place) for post in posts[1:])
        db.session.flush()
        run(sa.insert(task), rows)
        if db.engine.dialect.name == "postgresql":
            run(sa.text("ANALYZE core_task"))


def test_lists_of_tasks_are_read_by_their_indexes(app: Flask, house: House) -> None:
    with app.app_context():
        crowd(house)
        who = house.people["kasi"]
        actor = Actor("person:kasi", "Yosef", person_id=who.id, session_id="one")
        from superapp.shared.tasks import listing

        for query, names in (
            (listing._WAITING, ("ix_core_task_person_open", "ix_core_task_position_open")),
            (listing._WAITING.where(*Narrow(due="late").conditions), ("ix_core_task_position_open",)),
            (listing._SORTS, ("ix_core_task_position_open",)),
            (listing._FINISHED, ("ix_core_task_closed_by",)),
        ):
            plan = explained(listing._about(query, actor))
            assert [name for name in names if name not in plan] == [], plan
            assert "SCAN core_task" not in plan, plan
            assert "Seq Scan on core_task" not in plan, plan


def explained(query: sa.Select[Any]) -> str:
    compiled = query.compile(db.engine, compile_kwargs={"render_postcompile": True})
    word = "EXPLAIN QUERY PLAN" if db.engine.dialect.name == "sqlite" else "EXPLAIN"
    found = db.session.connection().exec_driver_sql(f"{word} {compiled}", bound(compiled))
    return "\n".join(" ".join(str(part) for part in row) for row in found)


def bound(compiled: Any) -> Any:
    values = compiled.construct_params()
    processed = {key: compiled._bind_processors.get(key, lambda value: value)(value) for key, value in values.items()}
    return tuple(processed[name] for name in compiled.positiontup) if compiled.positional else processed
