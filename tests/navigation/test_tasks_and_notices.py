"""Tasks and notices: lists by tab, read marks, and badges that cost nothing while nothing changes."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from superapp.access.actor import Actor, acting_as
from superapp.kernel import command
from superapp.shared import notices, tasks
from tests.navigation.conftest import Visitor, commanded, post, text, warmed
from tests.navigation.test_home import give
from tests.support.builders import House


def tell(app: Flask, house: House, role: str, *titles: str, url: str = "/help") -> None:
    with app.app_context(), commanded():
        for title in titles:
            notices.notify(house.people[role].id, title, url=url)


def token(client: FlaskClient) -> dict[str, str]:
    page = text(client.get("/notices"))
    return {"csrf_token": page.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]}


def test_a_closed_task_moves_to_the_done_tab(app: Flask, house: House, visit: Visitor) -> None:
    give(app, "Periksa berkas", person_id=house.people["staf"].id)
    client = visit("staf")
    assert "Periksa berkas" in text(client.get("/tasks"))

    staf = Actor("person:staf", "Sari", person_id=house.people["staf"].id, session_id="one")
    with app.app_context(), acting_as(staf), command.begin("test", actor=staf, says="{actor} menyelesaikan"):
        tasks.close(tasks.waiting(actor=staf).rows[0].id)

    assert "Periksa berkas" not in text(client.get("/tasks"))
    assert "Periksa berkas" in text(client.get("/tasks?show=done"))


def test_long_task_lists_page_by_key(app: Flask, house: House, visit: Visitor) -> None:
    give(app, *(f"Tugas nomor {number:02}" for number in range(25)), person_id=house.people["staf"].id)
    client = visit("staf")

    first = text(client.get("/tasks"))
    after = first.split('href="/tasks?page=', 1)[1].split('"', 1)[0]
    second = text(client.get(f"/tasks?page={after}"))

    both = [f"Tugas nomor {number:02}" for number in range(25)]
    assert sorted(title for title in both if title in first or title in second) == both
    assert not [title for title in both if title in first and title in second]


def test_task_pages_make_three_statements(app: Flask, house: House, visit: Visitor) -> None:
    client = visit("staf")
    few = warmed(client, app, "/tasks")
    give(app, *(f"Tugas {number}" for number in range(60)), person_id=house.people["staf"].id)

    assert len(few) == len(warmed(client, app, "/tasks")) == 3


def test_opening_a_notice_marks_it_as_read_and_leads_on(app: Flask, house: House, visit: Visitor) -> None:
    tell(app, house, "staf", "Permohonan disetujui", "Rapat pindah")
    client = visit("staf")
    page = text(client.get("/notices"))
    address = page.split('formaction="', 1)[1].split('"', 1)[0]

    answer = post(client, address, token(client))

    assert (answer.status_code, answer.location) == (303, "/help")
    assert client.get("/badges").json["unread"] == 1


def test_all_notices_are_marked_as_read_at_once(app: Flask, house: House, visit: Visitor) -> None:
    tell(app, house, "staf", "Kabar pertama", "Kabar kedua")
    client = visit("staf")

    post(client, "/notices/read", token(client))

    assert client.get("/badges").json == {"tasks": 0, "unread": 0}
    assert "Kabar pertama" not in text(client.get("/notices?show=unread"))


def test_nobody_marks_the_notices_of_another(app: Flask, house: House, visit: Visitor) -> None:
    tell(app, house, "staf", "Hanya untuk staf")
    page = text(visit("staf").get("/notices"))
    address = page.split('formaction="', 1)[1].split('"', 1)[0]
    stranger = visit("kasi")
    tell(app, house, "kasi", "Untuk kasi")

    answer = post(stranger, address, token(stranger))

    assert answer.status_code == 404
    assert visit("staf").get("/badges").json["unread"] == 1


def test_unchanged_badges_answer_304_without_a_body(app: Flask, house: House, visit: Visitor) -> None:
    client = visit("staf")
    first = client.get("/badges")
    second = client.get("/badges", headers={"If-None-Match": first.headers["ETag"]})
    tell(app, house, "staf", "Kabar baru")
    third = client.get("/badges", headers={"If-None-Match": first.headers["ETag"]})

    assert (second.status_code, second.data) == (304, b"")
    assert third.status_code == 200
    assert third.json == {"tasks": 0, "unread": 1}


def test_badges_cost_one_statement(app: Flask, visit: Visitor) -> None:
    assert len(warmed(visit("staf"), app, "/badges")) == 1
