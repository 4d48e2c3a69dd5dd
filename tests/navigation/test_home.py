"""The home page: what waits, what is pinned, what is announced, at a fixed price."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from superapp.kernel import clock
from superapp.navigation import launcher
from superapp.navigation.launcher import entry_tile
from superapp.navigation.menu import Card, Entry, Menu
from superapp.shared import tasks
from superapp.shared.tasks import Duty
from tests.navigation.conftest import Visitor, commanded, hidden, post, text, warmed
from tests.support import builders
from tests.support.builders import House


def give(app: Flask, *titles: str, due: timedelta | None = None, **holder: object) -> None:
    with app.app_context(), commanded():
        for title in titles:
            moment = clock.now() + due if due else None
            tasks.give(Duty(title, "/help", kind="core.test", due_at=moment, **holder))


def test_home_greets_by_name_and_post(visit: Visitor) -> None:
    page = text(visit("kabid").get("/"))

    assert "Maria</h1>" in page
    assert "Kepala Bidang" in page


def test_home_shows_the_five_most_urgent_tasks(app: Flask, house: House, visit: Visitor) -> None:
    give(app, "Tanpa tenggat", person_id=house.people["kabid"].id)
    for hours in (50, 1, 40, 2, 30, 3):
        give(app, f"Tugas {hours} jam", due=timedelta(hours=hours), person_id=house.people["kabid"].id)

    page = text(visit("kabid").get("/"))

    shown = [f"Tugas {hours} jam" for hours in (1, 2, 3, 30, 40)]
    places = [page.index(title) for title in shown]
    assert places == sorted(places)
    assert "Tugas 50 jam" not in page
    assert "Tanpa tenggat" not in page
    assert "Semua tugas (7)" in page


def test_tasks_of_a_post_are_seen_by_who_holds_it(app: Flask, house: House, visit: Visitor) -> None:
    give(app, "Untuk kepala bidang", position_id=house.people["kabid"].position_id)

    assert "Untuk kepala bidang" in text(visit("kabid").get("/"))
    assert "Untuk kepala bidang" not in text(visit("kasi").get("/"))


def test_home_without_tasks_says_so(visit: Visitor) -> None:
    assert "Tidak ada yang menunggu" in text(visit("staf").get("/"))


def test_home_makes_three_statements_however_many_tasks(app: Flask, house: House, visit: Visitor) -> None:
    client = visit("kabid")
    few = warmed(client, app, "/")
    give(app, *(f"Tugas {number}" for number in range(40)), person_id=house.people["kabid"].id)
    many = warmed(client, app, "/")

    assert len(few) == len(many) == 3, many


def test_the_hat_switch_shows_when_there_are_two_posts(app: Flask, house: House, visit: Visitor) -> None:
    with app.app_context():
        builders.appointment(house.person("kabid"), house.position("kadis"), kind="plh")

    client = visit("kabid")
    page = text(client.get("/"))
    assert "Plh. Kepala Dinas" in page

    answer = post(client, "/profile/hat", hidden(page, "hat-2"))

    assert (answer.status_code, answer.location) == (303, "/")
    assert "<summary>Plh. Kepala Dinas" in text(client.get("/"))
    assert 'name="position_id"' not in text(visit("staf").get("/"))


@pytest.mark.parametrize(("hour", "words"), [(7, "pagi"), (12, "siang"), (16, "sore"), (22, "malam")])
def test_the_greeting_follows_the_hour_in_wita(app: Flask, visit: Visitor, hour: int, words: str) -> None:
    wanted = clock.local(datetime.now(UTC)).replace(hour=hour, minute=30)
    clock.shift(wanted - datetime.now(UTC))

    assert f"Selamat {words}, Sari" in text(visit("staf").get("/"))


def test_home_shows_six_cards_those_of_pinned_modules_first() -> None:
    made = tuple(Card(f"m{number}", f"Kartu {number}", url=f"/app/m{number}/widget") for number in range(100))
    menu = Menu((), cards=made)
    pinned = [entry_tile(Entry("m77.index", "m77", label="M77", url="/app/m77/", icon="puzzle"))]
    shown = launcher.cards(menu, pinned)
    assert [card.owner for card in shown] == ["m77", "m0", "m1", "m2", "m3", "m4"]
    assert launcher.cards(Menu((), cards=made[:6]), pinned) == made[:6]
