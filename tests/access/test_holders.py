"""Who holds a permission today: by person, by post, by role; and who answers for the installation."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from superapp.access.holders import granted
from superapp.kernel import clock
from superapp.kernel.database import run
from superapp.operations import responsible
from tests.support import builders

RIGHT = responsible.REPAIR


def test_a_grant_counts_while_it_and_its_appointment_last(app: Flask) -> None:
    with app.app_context():
        regency, yesterday = builders.unit(), clock.today() - timedelta(days=1)
        post, holder, acting = builders.position(regency), builders.person(), builders.person("Budi")
        ended = builders.appointment(acting, builders.position(regency, "Lama"), ends_on=yesterday)
        builders.grant(holder, RIGHT, regency)
        builders.grant(post, builders.role("penjaga", "*"), regency)
        builders.grant(acting, RIGHT, regency, appointment_id=ended.id)
        builders.grant(acting, RIGHT, regency, starts_on=clock.today() + timedelta(days=1))
        builders.grant(acting, "admin.other", regency)
        found = {tuple(row) for row in run(granted(RIGHT))}
        assert found == {(None, holder.id, RIGHT), (post.id, None, "*")}


def test_who_repairs_everywhere_answers_not_who_repairs_one_office(app: Flask) -> None:
    with app.app_context():
        regency = builders.unit()
        office, post = builders.unit(parent=regency), builders.position(regency)
        by_name, by_post, local, former = (builders.person(name) for name in ("Ani", "Budi", "Citra", "Dedi"))
        builders.appointment(by_post, post)
        builders.appointment(former, post, ends_on=clock.today() - timedelta(days=1))
        for where, holder in ((regency, by_name), (regency, post), (office, local)):
            builders.grant(holder, RIGHT, where)
        builders.grant(builders.position(regency, "Kosong"), RIGHT, regency)
        assert sorted(responsible.people()) == sorted([by_name.id, by_post.id])
