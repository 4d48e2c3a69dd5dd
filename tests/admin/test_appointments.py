"""Appointments through the forms: definitive, Plt., Plh., moving, ending, leaving; and the account of a person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from superapp.extensions import db
from superapp.kernel import clock
from superapp.organization.models import Appointment, Position
from tests.admin.conftest import Desk, audited, hidden_of, stored
from tests.support import builders
from tests.support.builders import House

HELD = Appointment.__table__


def day(offset: int = 0) -> str:
    return (clock.today() + timedelta(days=offset)).isoformat()


@dataclass(frozen=True)
class Post:
    """A vacant post as forms name it."""

    id: UUID
    title: str


def vacant_post(app: Flask, house: House, title: str) -> Post:
    with app.app_context():
        made = builders.position(house.unit("seksi"), title)
        return Post(made.id, made.title)


@pytest.fixture
def vacant(app: Flask, house: House) -> Post:
    """Return a vacant post in the section."""
    return vacant_post(app, house, "Arsiparis Mahir")


def terms(post: Post, **more: str) -> dict[str, str]:
    chosen = {"position": post.title, "position_id": str(post.id)}
    return chosen | {"kind": "definitive", "starts_on": day(), "ends_on": "", "decree": "821/1/2026"} | more


def test_a_post_is_given_changed_and_ended(desk: Desk, app: Flask, house: House, vacant: Post) -> None:
    own = f"/admin/people/{house.people['staf'].id}"
    assert desk.send(f"{own}/appoint", **terms(vacant, kind="plt")).status_code == 303
    given = stored(app, sa.select(HELD.c.id, HELD.c.kind).where(HELD.c.position_id == vacant.id))[0]
    assert given.kind == "plt"
    assert "Plt. Arsiparis Mahir" in desk.html(own)
    form = f"{own}/posts/{given.id}"
    assert desk.send(form, **terms(vacant, kind="plt", ends_on=day(30))).status_code == 303
    assert desk.send(f"{form}/end", page=form, ends_on=day()).status_code == 303
    assert stored(app, sa.select(HELD.c.ends_on).where(HELD.c.id == given.id)) == [(clock.today(),)]
    assert audited(app)[:3] == ["admin.end_appointment", "admin.save_appointment", "admin.appoint"]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"position": "", "position_id": ""}, "Pilih jabatannya."),
        ({"kind": "abadi"}, "Pilih salah satu dari daftar."),
        ({"starts_on": ""}, "Isi tanggalnya."),
        ({"starts_on": "kapan-kapan"}, "Tanggal tidak dikenal."),
        ({"ends_on": day(-10)}, "Tanggal akhir tidak boleh sebelum tanggal mulai."),
        ({"decree": "x" * 81}, "Paling banyak 80 karakter."),
    ],
)
def test_bad_terms_are_explained_and_nothing_is_given(
    desk: Desk, app: Flask, house: House, vacant: Post, fields: dict[str, str], sentence: str
) -> None:
    answer = desk.send(f"/admin/people/{house.people['staf'].id}/appoint", **(terms(vacant) | fields))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert not stored(app, sa.select(HELD.c.id).where(HELD.c.position_id == vacant.id))


def test_a_filled_post_is_refused_at_the_field_of_the_post(desk: Desk, app: Flask, house: House) -> None:
    filled = {"position": "Kepala Bidang", "position_id": str(house.people["kabid"].position_id)}
    form = {"kind": "definitive", "starts_on": day()} | filled
    answer = desk.send(f"/admin/people/{house.people['staf'].id}/appoint", **form)
    assert answer.status_code == 422
    assert "sudah diisi Maria Lende" in answer.text
    assert 'href="#f-position"' in answer.text
    deputy = desk.send(f"/admin/people/{house.people['staf'].id}/appoint", **(form | {"kind": "plh"}))
    assert deputy.status_code == 303


def test_a_transfer_ends_the_old_post_the_day_before(desk: Desk, app: Flask, house: House, vacant: Post) -> None:
    own = f"/admin/people/{house.people['staf'].id}"
    assert desk.send(f"{own}/transfer", **terms(vacant, starts_on=day(1))).status_code == 303
    query = sa.select(HELD.c.position_id, HELD.c.ends_on).where(HELD.c.person_id == house.people["staf"].id)
    assert set(stored(app, query)) == {(house.people["staf"].position_id, clock.today()), (vacant.id, None)}


def test_an_appointment_to_come_is_deleted_a_running_one_is_not(
    desk: Desk, app: Flask, house: House, vacant: Post
) -> None:
    own = f"/admin/people/{house.people['staf'].id}"
    desk.send(f"{own}/appoint", **terms(vacant, starts_on=day(5)))
    coming = stored(app, sa.select(HELD.c.id).where(HELD.c.position_id == vacant.id))[0].id
    page = f"{own}/posts/{coming}"
    fields = hidden_of(desk.html(page), f"{page}/cancel")
    running = stored(app, sa.select(HELD.c.id).where(HELD.c.position_id == house.people["staf"].position_id))[0].id
    assert desk.post(f"{own}/posts/{running}/cancel", fields | {"idempotency_key": "e" * 32}).status_code == 422
    assert desk.post(f"{page}/cancel", fields).status_code == 303
    assert not stored(app, sa.select(HELD.c.id).where(HELD.c.id == coming))
    other = f"/admin/people/{house.people['kasi'].id}/posts/{running}"
    assert desk.get(other).status_code == 404, "an appointment of somebody else"


def test_leaving_ends_posts_and_sign_in_and_can_be_taken_back(desk: Desk, app: Flask, house: House) -> None:
    theirs = Desk(builders.sign_in(app.test_client(), house.people["staf"]))
    assert theirs.get("/").status_code == 200
    own = f"/admin/people/{house.people['staf'].id}"
    assert desk.send(f"{own}/leave", ends_on="kemarin dulu").status_code == 422
    assert desk.send(f"{own}/leave", ends_on=day(-1)).status_code == 303
    assert "Tidak lagi bekerja" in desk.html(own)
    assert "Sari Dewi" not in desk.html("/admin/people")
    assert "Sari Dewi" in desk.html("/admin/people", state="ended")
    assert theirs.get("/").status_code != 200
    assert desk.send(f"{own}/return", page=own).status_code == 303
    assert "Tidak lagi bekerja" not in desk.html(own)


def test_a_closed_account_is_out_at_its_next_request(desk: Desk, app: Flask, house: House) -> None:
    theirs = Desk(builders.sign_in(app.test_client(), house.people["staf"]))
    own = f"/admin/people/{house.people['staf'].id}"
    assert desk.send(f"{own}/account/close", page=own).status_code == 303
    assert theirs.get("/").status_code != 200
    assert "Ditutup sejak" in desk.html(own)
    assert desk.send(f"{own}/account/open", page=own).status_code == 303
    assert "Aktif sejak" in desk.html(own)
    assert audited(app)[:2] == ["admin.open_account", "admin.close_account"]


def test_all_sessions_of_a_person_are_ended_at_once(desk: Desk, app: Flask, house: House) -> None:
    phones = [Desk(builders.sign_in(app.test_client(), house.people["staf"])) for _ in range(3)]
    own = f"/admin/people/{house.people['staf'].id}"
    answer = desk.send(f"{own}/account/sign-out", page=own)
    assert answer.status_code == 303
    assert "3 sesi diakhiri." in desk.html(answer.location)
    assert all(phone.get("/").status_code != 200 for phone in phones)


def test_nobody_closes_his_own_account(desk: Desk, house: House) -> None:
    own = f"/admin/people/{house.people['admin'].id}"
    assert "account/close" not in desk.html(own)
    other = f"/admin/people/{house.people['staf'].id}"
    fields = hidden_of(desk.html(other), f"{other}/account/close")
    assert desk.post(f"{own}/account/close", fields).status_code == 409


def test_a_units_admin_leaves_administrators_and_their_posts_alone(
    desk_of: Callable[..., Desk], app: Flask, house: House
) -> None:
    clerk = desk_of("tu", "admin.people")
    special = vacant_post(app, house, "Pengelola Sistem")
    with app.app_context():
        builders.grant(db.session.get_one(Position, special.id), "admin", house.unit("kabupaten"))
    own, staff = f"/admin/people/{house.people['admin'].id}", f"/admin/people/{house.people['staf'].id}"
    fields = hidden_of(clerk.html(staff), f"{staff}/account/close")
    assert clerk.post(f"{own}/account/close", fields).status_code == 409
    answer = clerk.send(f"{staff}/appoint", **terms(special))
    assert answer.status_code == 409
    assert "membawa hak khusus" in answer.text
    assert not stored(app, sa.select(HELD.c.id).where(HELD.c.position_id == special.id))
