"""Guests: a link for one record, one permission and one device, until a moment or until it is locked."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Mapped

from superapp.access.actor import Actor, GuestPass, acting_as, current, operator
from superapp.access.model import plugin_model
from superapp.access.scope import Scope, visible
from superapp.access.tables import party
from superapp.extensions import db
from superapp.kernel import clock, command, database, ids
from superapp.kernel.database import column
from superapp.kernel.errors import Invalid, NotFound
from superapp.login import guests, tables
from superapp.login.guests import Invitation, Record
from tests.login.conftest import MakeWalker
from tests.login.walker import Walker
from tests.support.builders import House

PAGE = "/password/forgotten"  # a public page stands for the record's
RECORD = Record("core_unit", ids.uuid7(), url=PAGE)


def _invite(app: Flask, record: Record = RECORD, *, hours: float = 24, name: str = "Dr. Penguji") -> Invitation:
    with app.app_context(), command.begin("test", actor=operator(), says=""):
        until = clock.now() + timedelta(hours=hours)
        return guests.invite(name, "penguji@example.id", "seminar.score", record, until=until)


@pytest.fixture
def invitation(app: Flask, house: House) -> Invitation:
    """Return an invitation for one day."""
    return _invite(app)


def _path(invitation: Invitation) -> str:
    return invitation.link.removeprefix("http://localhost")


def _enter(walker: Walker, invitation: Invitation):
    return walker.send(_path(invitation))


def _sessions(app: Flask) -> int:
    with app.app_context():
        return database.run(sa.select(sa.func.count()).select_from(tables.session)).scalar_one()


def test_looking_at_the_link_opens_nothing(app: Flask, walker: Walker, invitation: Invitation) -> None:
    page = walker.open(_path(invitation))
    assert page.status_code == 200
    assert "Dr. Penguji" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert _sessions(app) == 0


def test_the_button_lets_the_guest_in(app: Flask, walker: Walker, invitation: Invitation) -> None:
    response = _enter(walker, invitation)
    assert (response.status_code, response.location) == (303, PAGE)
    assert _sessions(app) == 1


def test_a_guest_is_nobody_elsewhere(walker: Walker, invitation: Invitation) -> None:
    _enter(walker, invitation)
    assert walker.open("/profile").status_code in {302, 303}
    assert walker.open("/accounts").status_code == 403


def test_the_link_opens_again_on_the_same_device(walker: Walker, invitation: Invitation) -> None:
    _enter(walker, invitation)
    assert _enter(walker, invitation).status_code == 303


def test_the_link_opens_on_no_other_device(walker: Walker, browser_of: MakeWalker, invitation: Invitation) -> None:
    _enter(walker, invitation)
    assert _enter(browser_of(), invitation).status_code == 404


def _let_in(app: Flask, walker: Walker) -> str:
    """Return the principal that the app sees behind the browser's cookie."""
    with app.test_request_context(headers={"Cookie": f"satu={walker.cookie('satu')}"}):
        return current().principal


def test_locking_ends_the_guest_at_once(app: Flask, walker: Walker, invitation: Invitation) -> None:
    _enter(walker, invitation)
    assert _let_in(app, walker) == f"guest:{invitation.guest_id.hex}"
    with app.app_context():
        with command.begin("test", actor=operator(), says=""):
            guests.lock(invitation.guest_id)
        assert database.run(sa.select(party)).all() == []
    assert _let_in(app, walker).startswith("anon:")
    assert walker.open(_path(invitation)).status_code == 404


def test_the_invitation_ends_at_its_moment(app: Flask, walker: Walker, invitation: Invitation) -> None:
    _enter(walker, invitation)
    clock.shift(timedelta(hours=6))
    assert _let_in(app, walker).startswith("guest:")
    clock.shift(timedelta(hours=25))
    assert _let_in(app, walker).startswith("anon:")
    assert walker.open(_path(invitation)).status_code == 404


def test_guests_have_a_cache_partition_of_their_own(
    app: Flask, walker: Walker, browser_of: MakeWalker, house: House
) -> None:
    partitions = set()
    for browser in (walker, browser_of()):
        _enter(browser, _invite(app))
        with app.test_request_context(headers={"Cookie": f"satu={browser.cookie('satu')}"}):
            partitions.add(current().partition)
    assert len(partitions) == 2
    assert "" not in partitions


def test_a_person_who_opens_a_guests_link_is_a_guest_from_then_on(
    app: Flask, signed_in: Walker, invitation: Invitation
) -> None:
    page = signed_in.open(_path(invitation))
    assert "mengakhiri sesi itu" in page.text
    _enter(signed_in, invitation)
    assert _sessions(app) == 1
    assert not signed_in.is_in


@pytest.mark.parametrize("token", ["x", "..", "%2e%2e", "a" * 3000])
def test_links_of_nobody_lead_nowhere(walker: Walker, house: House, token: str) -> None:
    assert walker.open(f"/guest/{token}").status_code == 404


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        ({"hours": -1}, "until"),
        ({"record": Record("x", ids.uuid7(), url="https://a.example/")}, "url"),
    ],
)
def test_invitations_that_cannot_be_are_refused(app: Flask, house: House, change: dict, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        _invite(app, **change)
    assert field in refusal.value.errors


def test_only_the_hash_of_the_link_is_stored(app: Flask, invitation: Invitation) -> None:
    with app.app_context():
        row = str(database.run(sa.select(tables.guest)).one()._mapping)
    assert invitation.link.rsplit("/", 1)[1] not in row


# What a guest sees --------------------------------------------------------------------------------------------------


class Seminar(plugin_model("guestlab", scope=Scope.unit())):  # type: ignore[misc]
    """A record that guests are invited to."""


class Score(plugin_model("guestlab", scope=Scope.parent(Seminar, "seminar_id"))):  # type: ignore[misc]
    """What belongs to a seminar."""

    seminar_id: Mapped[UUID] = column(sa.Uuid(), pii="none")


@pytest.fixture
def seminars(context: Flask, house: House) -> list[UUID]:
    """Return two seminars with a score each; the guest is invited to the first."""
    unit, found = house.unit("seksi"), [ids.uuid7(), ids.uuid7()]
    with db.engine.begin() as connection:
        Seminar.__table__.create(connection)
        Score.__table__.create(connection)
        moment = {"version": 1, "created_at": clock.now()}
        rows = [{"id": one, "unit_id": unit.id, "opd_id": unit.opd_id, **moment} for one in found]
        connection.execute(sa.insert(Seminar.__table__), rows)
        connection.execute(
            sa.insert(Score.__table__), [{"id": ids.uuid7(), "seminar_id": one, **moment} for one in found]
        )
    db.session.rollback()  # what was read before knows nothing of the new tables
    return found


def _guest(permission: str, record_id: UUID) -> Actor:
    let_in = GuestPass(ids.uuid7(), permission, record_type="guestlab_seminar", record_id=record_id)
    return Actor("guest:1", "Penguji", guest=let_in)


def _seen(actor: Actor, permission: str) -> tuple[list[UUID], list[UUID]]:
    with acting_as(actor):
        one = visible(Seminar, permission, Seminar.__table__.c.id)
        other = visible(Score, permission, Score.__table__.c.seminar_id)
        return list(database.run(one).scalars()), list(database.run(other).scalars())


def test_a_guest_sees_the_one_record_under_the_one_permission(seminars: list[UUID]) -> None:
    actor = _guest("guestlab.score", seminars[0])
    assert _seen(actor, "guestlab.score") == ([seminars[0]], [seminars[0]])
    assert _seen(actor, "guestlab.edit") == ([], [])


ONE, OTHER = ids.uuid7(), ids.uuid7()


def test_require_invited_compares_all_three(context: Flask) -> None:
    with acting_as(_guest("guestlab.score", ONE)):
        guests.require_invited("guestlab.score", "guestlab_seminar", ONE)
        for wrong in (("guestlab.edit", "guestlab_seminar", ONE), ("guestlab.score", "other", ONE), ("guestlab.score", "guestlab_seminar", OTHER)):  # fmt: skip
            with pytest.raises(NotFound):
                guests.require_invited(*wrong)
    with pytest.raises(NotFound):
        guests.require_invited("guestlab.score", "guestlab_seminar", ONE)
