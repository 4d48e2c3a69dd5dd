"""The centre of notices: grouped by day and case; and the page that says what leaves the app."""

from __future__ import annotations

import re
from uuid import uuid4

from flask import Flask

from superapp.shared import notices
from superapp.shared.notices import choices
from superapp.shared.tables.notices import notice_choice, notice_setting, push
from tests.acceptance.states import SUBSCRIBING
from tests.navigation.conftest import Visitor, commanded, post, rows, text, warmed
from tests.support.builders import House

FORM = {"quiet_from": "21:00", "quiet_to": "05:30", "push": ["core"], "email": ["core", "security"]}


def tell(app: Flask, house: House, *titles: str, **about: object) -> None:
    with app.app_context(), commanded():
        for title in titles:
            notices.notify(house.people["staf"].id, title, **{"url": "/help", **about})


def token(page: str) -> dict[str, str]:
    return {"csrf_token": page.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]}


def test_notices_of_one_case_stand_together(app: Flask, house: House, visit: Visitor) -> None:
    case = {"record_type": "leave_request", "record_id": uuid4()}
    tell(app, house, "Cuti diajukan", "Cuti diperiksa", "Cuti disetujui", **case)
    tell(app, house, "Rapat pindah", url="/tasks")
    page = text(visit("staf").get("/notices"))

    assert "3 pemberitahuan tentang ini" in page
    assert page.count('<li class="row">') == 2
    assert "Hari ini" in page


def test_a_group_is_marked_as_read_alone(app: Flask, house: House, visit: Visitor) -> None:
    tell(app, house, "Satu", "Dua", record_type="x", record_id=uuid4())
    tell(app, house, "Lain", url="/tasks")
    client = visit("staf")
    page = text(client.get("/notices"))
    grouped = next(part for part in page.split("<form")[1:] if part.count('name="notice"') == 2)
    named = re.findall(r'name="notice" value="([^"]+)"', grouped)

    post(client, "/notices/read", {**token(page), "notice": named})

    assert client.get("/badges").json["unread"] == 1


def test_the_centre_makes_two_statements(app: Flask, house: House, visit: Visitor) -> None:
    client = visit("staf")
    tell(app, house, "Satu")
    few = warmed(client, app, "/notices")
    tell(app, house, *(f"Kabar {number}" for number in range(15)))
    assert len(few) == len(warmed(client, app, "/notices")) == 2


def test_a_category_is_muted_from_the_list(app: Flask, house: House, visit: Visitor) -> None:
    tell(app, house, "Impor selesai", kind="import")
    client = visit("staf")
    page = text(client.get("/notices"))
    assert "Senyapkan Impor data" in page

    post(client, "/notices/mute", {**token(page), "kind": "import"})

    made = rows(app, notice_choice.select())
    assert {(row.kind, row.channel, row.wanted) for row in made} == {
        ("import", "push", False),
        ("import", "email", False),
    }


def test_what_leaves_the_app_is_chosen_on_one_page(app: Flask, house: House, visit: Visitor) -> None:
    client = visit("staf")
    page = text(client.get("/notices/settings"))
    answer = post(client, "/notices/settings", {**token(page), **FORM})
    assert answer.status_code == 303

    own = house.people["staf"].id
    with app.app_context():
        quiet = choices.quiet_of([own])[own]
    assert quiet == choices.Quiet("21:00", "05:30", digest=False, weekends=False)
    wanted = {(row.kind, row.channel) for row in rows(app, notice_choice.select()) if row.wanted}
    assert wanted == {("core", "push"), ("core", "email"), ("security", "email")}
    shown = text(client.get("/notices/settings"))
    assert 'value="21:00"' in shown
    assert re.search(r'name="email" value="core"[^>]* checked', shown)
    assert not re.search(r'name="push" value="security"[^>]* checked', shown)


def test_wrong_times_and_categories_are_explained_and_nothing_is_kept(app: Flask, house: House, visit: Visitor) -> None:
    client = visit("staf")
    page = text(client.get("/notices/settings"))
    wrong_time = post(client, "/notices/settings", {**token(page), **FORM, "quiet_from": "25:00"})
    wrong_kind = post(client, "/notices/settings", {**token(page), **FORM, "push": ["ngawur"]})

    assert (wrong_time.status_code, wrong_kind.status_code) == (422, 422)
    assert "contoh 20:00" in text(wrong_time)
    assert rows(app, notice_setting.select()) == rows(app, notice_choice.select()) == []


def test_a_browser_is_taken_in_and_off_again_without_script(app: Flask, house: House, visit: Visitor) -> None:
    client = visit("staf")
    page = text(client.get("/notices/settings"))
    assert post(client, "/notices/devices", {**token(page), **SUBSCRIBING}).status_code == 303
    [kept] = rows(app, push.select())
    assert SUBSCRIBING["endpoint"].encode() not in kept.sealed

    other = visit("kadis")
    theirs = token(text(other.get("/notices/settings")))
    assert post(other, f"/notices/devices/{kept.id}/remove", theirs).status_code == 404
    assert post(client, f"/notices/devices/{kept.id}/remove", token(page)).status_code == 303
    assert rows(app, push.select()) == []


def test_a_browser_of_an_unknown_service_is_refused(app: Flask, house: House, visit: Visitor) -> None:
    client = visit("staf")
    page = text(client.get("/notices/settings"))
    given = {**SUBSCRIBING, "endpoint": "https://169.254.169.254/latest"}
    assert post(client, "/notices/devices", {**token(page), **given}).status_code == 422
    assert rows(app, push.select()) == []


def test_signing_out_takes_the_device_off_the_pushes(app: Flask, house: House, visit: Visitor) -> None:
    client = visit("staf")
    page = text(client.get("/notices/settings"))
    post(client, "/notices/devices", {**token(page), **SUBSCRIBING})
    post(client, "/logout", token(page))
    assert rows(app, push.select()) == []
