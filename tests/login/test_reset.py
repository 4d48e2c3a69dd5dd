"""Forgotten passwords: a link by mail, used once; sessions end, the second factor stays, nobody learns who exists."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from superapp.kernel import clock, database, ports
from superapp.kernel.jobs import lease
from superapp.kernel.jobs.running import Run, perform
from superapp.kernel.tables import job
from superapp.login import reset, tables
from tests.login.conftest import MakeWalker
from tests.login.enrolling import enrol_app, set_account
from tests.login.walker import Walker, text_of
from tests.support.builders import House, Member, stored

OWN = "perahu senja dan meja kayu"


class Post:
    """Collects the mails that would leave the house."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, str, str]] = []

    def __call__(self, to: str, subject: str, text: str) -> None:
        """Take a mail."""
        self.mails.append((to, subject, text))


@pytest.fixture
def post(app: Flask) -> Post:
    """Return the mails sent in this test."""
    before = ports.mailer() if ports.mailer.filled else None
    collected = Post()
    ports.mailer.fill(collected)
    yield collected
    ports.mailer._filled = before


@pytest.fixture
def reachable(app: Flask, staf: Member) -> Member:
    """Return somebody with a mail address."""
    from superapp.organization.models import Person

    with app.app_context(), stored():
        database.run(
            sa.update(Person.__table__).where(Person.__table__.c.id == staf.id).values(email="sari@nunukankab.go.id")
        )
    return staf


def _work_off(app: Flask) -> None:
    """Run the mail jobs that wait, as the worker does."""
    with app.app_context():
        waiting = sa.select(job.c.id).where(job.c.kind == reset.MAIL_JOB, job.c.state == "waiting")
        for job_id in list(database.run(waiting).scalars()):
            database.db.session.rollback()
            found = lease.take("test", job_id)
            assert found is not None
            assert perform(Run(found)) == "done"


def _link(app: Flask, walker: Walker, who: Member, post: Post) -> str:
    assert walker.send("/password/forgotten", {"nip": who.nip}).status_code == 303
    _work_off(app)
    to, _subject, words = post.mails[-1]
    assert to == "sari@nunukankab.go.id"
    return re.search(r"http://localhost(/password/reset/\S+)", words)[1]


def test_the_link_opens_the_way_to_a_new_password(app: Flask, walker: Walker, reachable: Member, post: Post) -> None:
    link = _link(app, walker, reachable, post)
    assert walker.open(link).status_code == 200
    assert walker.send(link, {"password": OWN}).location == "/login"
    assert walker.sign_in(reachable.nip, OWN).status_code == 303


def test_looking_at_the_link_uses_nothing_up(app: Flask, walker: Walker, reachable: Member, post: Post) -> None:
    link = _link(app, walker, reachable, post)
    for _ in range(3):
        assert walker.open(link).status_code == 200
    assert walker.send(link, {"password": OWN}).status_code == 303


def test_the_link_is_good_once_and_for_an_hour(app: Flask, walker: Walker, reachable: Member, post: Post) -> None:
    link = _link(app, walker, reachable, post)
    walker.send(link, {"password": OWN})
    assert walker.open(link).status_code == 404
    link = _link(app, walker, reachable, post)
    clock.shift(timedelta(minutes=61))
    assert walker.open(link).status_code == 404


def test_a_newer_link_ends_the_older(app: Flask, walker: Walker, reachable: Member, post: Post) -> None:
    older, newer = _link(app, walker, reachable, post), _link(app, walker, reachable, post)
    assert walker.open(older).status_code == 404 or older == newer
    assert walker.open(newer).status_code == 200


def test_all_sessions_end_with_the_old_password(
    app: Flask, walker: Walker, signed_in: Walker, reachable: Member, post: Post
) -> None:
    walker.send(_link(app, walker, reachable, post), {"password": OWN})
    assert not signed_in.is_in


def test_the_second_factor_is_still_asked_for(app: Flask, walker: Walker, reachable: Member, post: Post) -> None:
    phone = enrol_app(app, reachable)
    walker.send(_link(app, walker, reachable, post), {"password": OWN})
    assert walker.sign_in(reachable.nip, OWN).location.startswith("/login/code")
    assert walker.send("/login/code", {"code": phone.code()}).status_code == 303


def test_the_answer_is_the_same_for_everybody(
    app: Flask, browser_of: MakeWalker, house: House, reachable: Member, post: Post
) -> None:
    numbers = [reachable.nip, house.people["kasi"].nip, "199001012015011999"]
    answers = [browser_of().send("/password/forgotten", {"nip": number}) for number in numbers]
    assert {(answer.status_code, answer.location) for answer in answers} == {(303, "/password/forgotten?sent=1")}
    with app.app_context():
        rows = database.run(sa.select(job).where(job.c.kind == reset.MAIL_JOB)).all()
        assert len(rows) == 3
        assert {len(str(row.arguments)) for row in rows} == {len(str(rows[0].arguments))}
        assert not any(number in str(row._mapping) for row in rows for number in numbers)
    _work_off(app)
    assert [to for to, _subject, _words in post.mails] == ["sari@nunukankab.go.id"]


@pytest.mark.parametrize("values", [{"activated_at": None}, {"disabled_at": clock.now()}])
def test_closed_and_never_opened_accounts_get_no_link(
    app: Flask, walker: Walker, reachable: Member, post: Post, values: dict
) -> None:
    set_account(app, reachable, **values)
    walker.send("/password/forgotten", {"nip": reachable.nip})
    _work_off(app)
    assert post.mails == []


def test_the_code_of_the_link_is_in_no_job_and_no_table(
    app: Flask, walker: Walker, reachable: Member, post: Post
) -> None:
    link = _link(app, walker, reachable, post)
    code = link[-10:]
    with app.app_context():
        stored_rows = [str(database.run(sa.select(table)).all()) for table in (job, tables.ticket)]
    assert not any(code in rows for rows in stored_rows)


def test_a_weak_password_uses_the_link_not_up(app: Flask, walker: Walker, reachable: Member, post: Post) -> None:
    link = _link(app, walker, reachable, post)
    assert walker.send(link, {"password": "nunukan2026"}).status_code == 422
    assert walker.send(link, {"password": OWN}).status_code == 303


@pytest.mark.parametrize(
    "token",
    ["x", "0" * 32, "0" * 42, "../../etc/passwd", "%00", "a" * 5000, "01a20c2693347097ac259bfacaa17901AAAAAAAAAA"],
)
def test_links_of_nobody_lead_nowhere(walker: Walker, house: House, token: str) -> None:
    assert walker.open(f"/password/reset/{token}").status_code in {400, 404}


def test_a_changed_link_is_no_good(app: Flask, walker: Walker, reachable: Member, post: Post) -> None:
    link = _link(app, walker, reachable, post)
    swapped = link[:-1] + ("A" if link[-1] != "A" else "B")
    assert walker.open(swapped).status_code == 404


def test_a_slip_is_the_way_without_mail(walker: Walker, house: House) -> None:
    assert "slip" in text_of(walker.open("/password/forgotten?sent=1"))
