"""Grants and roles: given where one may, taken at once, bound to the post they were given for, each change audited."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from superapp.access import grants, roles
from superapp.access.actor import Actor, acting_as, operator
from superapp.access.grants import Holder, Period
from superapp.access.rights import Rights, rights_of
from superapp.access.tables import grant as grant_table
from superapp.kernel import clock, command, database, stamps
from superapp.kernel.errors import Forbidden, Invalid, NotFound, Refused
from superapp.kernel.tables import audit
from superapp.organization import appointments, people
from superapp.organization.models import Appointment
from tests.login.walker import Walker
from tests.support.builders import House, appointment, grant, position

DAY = timedelta(days=1)


@contextmanager
def acting(actor: Actor | None = None) -> Iterator[None]:
    """Run the block as a command of the actor, or of the operator."""
    actor = actor or operator()
    with command.begin("test", actor=actor, says=""), acting_as(actor):
        yield


def _actor(house: House, who: str) -> Actor:
    own = house.people[who].id
    return Actor(f"person:{own.hex}", who, person_id=own, session_id="x", rights=_rights(own))


def _rights(person_id: UUID, on: date | None = None) -> Rights:
    return rights_of(person_id, stamps.read().access, on or clock.today())


def _holds(house: House, who: str, permission: str, on: date | None = None) -> bool:
    return _rights(house.people[who].id, on).holds(permission)


def _give(what: str, holder: Holder, unit_id: UUID, *, by: Actor | None = None, **more: object) -> UUID:
    with acting(by):
        return grants.give(what, holder, unit_id, **more)


@pytest.fixture
def house_now(context: Flask, house: House) -> House:
    """Return the house with an app context pushed."""
    return house


def test_a_permission_holds_in_the_subtree_from_today(house_now: House) -> None:
    _give("letters.read", Holder(house_now.people["staf"].id), house_now.units["aptika"])
    reach = _rights(house_now.people["staf"].id).reach("letters.read")
    seksi, kominfo = house_now.unit("seksi"), house_now.unit("kominfo")
    assert reach.covers(seksi.path, seksi.opd_id)
    assert not reach.covers(kominfo.path, kominfo.opd_id)


def test_what_a_post_was_given_goes_with_the_post(house_now: House) -> None:
    post = house_now.position("kasi")
    _give("letters.read", Holder(position_id=post.id), house_now.units["seksi"])
    assert _holds(house_now, "kasi", "letters.read")
    with acting():
        own = appointments.A.person_id == house_now.people["kasi"].id
        found = database.db.session.scalars(sa.select(Appointment).where(own)).one()
        appointments.end(found, None, clock.today() - DAY)
    assert not _holds(house_now, "kasi", "letters.read")


def test_a_grant_lasts_from_its_first_day_to_its_last(house_now: House) -> None:
    today = clock.today()
    _give(
        "letters.read",
        Holder(house_now.people["staf"].id),
        house_now.units["seksi"],
        period=Period(today + DAY, today + 3 * DAY),
    )
    days = [_holds(house_now, "staf", "letters.read", today + at * DAY) for at in range(5)]
    assert days == [False, True, True, True, False]


def test_a_role_gives_all_its_permissions_and_changes_reach_its_holders_at_once(house_now: House) -> None:
    with acting():
        roles.define("arsiparis", "Arsiparis", permissions=["letters.read"])
    _give("arsiparis", Holder(house_now.people["staf"].id), house_now.units["seksi"])
    assert _holds(house_now, "staf", "letters.read")
    with acting():
        roles.allow("arsiparis", "letters.archive")
        roles.disallow("arsiparis", "letters.read")
    assert _holds(house_now, "staf", "letters.archive")
    assert not _holds(house_now, "staf", "letters.read")


def test_a_right_taken_away_is_gone_at_the_next_request(app: Flask, house: House, walker: Walker) -> None:
    with app.app_context():
        own = grant(house.person("staf"), "login.activate", house.unit("seksi"))
    walker.sign_in(house.people["staf"].nip)
    assert walker.open("/accounts").status_code == 200
    with app.app_context(), acting():
        grants.take(own)
    assert walker.open("/accounts").status_code == 403


def test_what_was_good_stays_on_record_with_its_last_day(house_now: House) -> None:
    old = grant(house_now.person("staf"), "letters.read", house_now.unit("seksi"), starts_on=clock.today() - 9 * DAY)
    new = _give("letters.write", Holder(house_now.people["staf"].id), house_now.units["seksi"])
    with acting():
        grants.take(old)
        grants.take(new)
    left = database.run(
        sa.select(grant_table.c.id, grant_table.c.ends_on).where(grant_table.c.id.in_([old, new]))
    ).all()
    assert left == [(old, clock.today() - DAY)]
    with pytest.raises(NotFound), acting():
        grants.take(new)


def test_what_a_person_was_given_ends_with_the_post_it_was_given_for(house_now: House) -> None:
    _give("letters.read", Holder(house_now.people["staf"].id), house_now.units["kabupaten"])
    last = clock.today() + 5 * DAY
    with acting():
        own = appointments.A.person_id == house_now.people["staf"].id
        found = database.db.session.scalars(sa.select(Appointment).where(own)).one()
        appointments.end(found, None, last)
    assert _holds(house_now, "staf", "letters.read", last)
    assert not _holds(house_now, "staf", "letters.read", last + DAY)


def test_what_is_not_bound_to_a_post_ends_with_the_last_post_in_the_opd(house_now: House) -> None:
    _give("letters.read", Holder(house_now.people["staf"].id), house_now.units["kominfo"], bound=False)
    _give("letters.write", Holder(house_now.people["staf"].id), house_now.units["dinkes"], bound=False)
    with acting():
        own = appointments.A.person_id == house_now.people["staf"].id
        found = database.db.session.scalars(sa.select(Appointment).where(own)).one()
        appointments.end(found, None, clock.today() - DAY)
    assert not _holds(house_now, "staf", "letters.read")
    assert _holds(house_now, "staf", "letters.write")


def test_it_stays_while_another_post_of_the_opd_is_held(house_now: House) -> None:
    appointment(house_now.person("staf"), position(house_now.unit("aptika"), "Pranata Kedua"))
    _give("letters.read", Holder(house_now.people["staf"].id), house_now.units["kominfo"], bound=False)
    with acting():
        post = appointments.A.position_id == house_now.people["staf"].position_id
        found = database.db.session.scalars(sa.select(Appointment).where(post)).one()
        appointments.end(found, None, clock.today() - DAY)
    assert _holds(house_now, "staf", "letters.read")


def test_who_leaves_loses_everything(house_now: House) -> None:
    _give("letters.read", Holder(house_now.people["staf"].id), house_now.units["kominfo"])
    with acting():
        people.end(people.person(house_now.people["staf"].id), None, clock.today() - DAY)
    assert not _holds(house_now, "staf", "letters.read")


def _unit_admin(house: House) -> Actor:
    for permission in ("admin.roles", "letters.read"):
        grant(house.person("kabid"), permission, house.unit("aptika"))
    return _actor(house, "kabid")


def test_a_units_admin_gives_within_the_unit(house_now: House) -> None:
    _give("letters.read", Holder(house_now.people["staf"].id), house_now.units["seksi"], by=_unit_admin(house_now))
    assert _holds(house_now, "staf", "letters.read")


@pytest.mark.parametrize(
    ("what", "where"),
    [("letters.read", "kominfo"), ("letters.read", "dinkes"), ("letters.sign", "seksi"), ("*", "seksi")],
)
def test_nobody_gives_more_than_he_holds_or_elsewhere(house_now: House, what: str, where: str) -> None:
    admin = _unit_admin(house_now)
    with pytest.raises(Forbidden):
        _give(what, Holder(house_now.people["kabid"].id), house_now.units[where], by=admin)
    assert not _holds(house_now, "kabid", "letters.sign")


def test_a_role_with_more_than_one_holds_is_not_given(house_now: House) -> None:
    with acting():
        roles.ensure_built_in()
    with pytest.raises(Forbidden):
        _give("admin", Holder(house_now.people["kabid"].id), house_now.units["seksi"], by=_unit_admin(house_now))


def test_who_may_not_give_does_not(house_now: House) -> None:
    with pytest.raises(Forbidden):
        _give(
            "letters.read", Holder(house_now.people["staf"].id), house_now.units["seksi"], by=_actor(house_now, "staf")
        )


def test_grants_elsewhere_look_missing(house_now: House) -> None:
    foreign = grant(house_now.person("dokter"), "letters.read", house_now.unit("dinkes"))
    with pytest.raises(NotFound), acting(_unit_admin(house_now)):
        grants.take(foreign)


@pytest.mark.parametrize(
    ("change", "field"),
    [({"what": "tidak-ada"}, "role"), ({"unit_id": UUID(int=7)}, "unit_id"), ({"holder": Holder(UUID(int=7))}, "holder"),
     ({"period": Period(date(2026, 2, 2), date(2026, 2, 1))}, "ends_on")],
)  # fmt: skip
def test_what_cannot_be_given_is_said_at_its_field(house_now: House, change: dict, field: str) -> None:
    values = {
        "what": "letters.read",
        "holder": Holder(house_now.people["staf"].id),
        "unit_id": house_now.units["seksi"],
    }
    with pytest.raises(Invalid) as refusal, acting():
        grants.give(**(values | change))
    assert field in refusal.value.errors


def test_a_grant_has_one_holder() -> None:
    for wrong in ({}, {"person_id": UUID(int=1), "position_id": UUID(int=2)}):
        with pytest.raises(ValueError, match="one holder"):
            Holder(**wrong)


def test_each_change_is_audited_in_words(house_now: House) -> None:
    own = _give("letters.read", Holder(house_now.people["staf"].id), house_now.units["seksi"])
    with acting():
        grants.take(own)
    rows = database.run(sa.select(audit.c.message).where(audit.c.record_id == own).order_by(audit.c.sequence)).scalars()
    assert list(rows) == [
        "{actor} memberi {what} kepada {holder} di {unit}",
        "{actor} mencabut {what} dari {holder} di {unit}",
    ]


def test_lists_show_what_is_good_and_where(house_now: House) -> None:
    _give("letters.read", Holder(house_now.people["staf"].id), house_now.units["seksi"])
    grant(house_now.person("staf"), "letters.old", house_now.unit("seksi"), ends_on=clock.today() - DAY)
    grant(house_now.person("dokter"), "letters.read", house_now.unit("dinkes"))
    mine = grants.of(Holder(house_now.people["staf"].id))
    assert [(one.what, one.holder_name, one.unit_name) for one in mine] == [
        ("letters.read", "Sari Dewi", "Seksi Pengembangan Aplikasi")
    ]
    seen = {one.what for one in grants.within(_unit_admin(house_now).reach("admin.roles"))}
    assert "letters.read" in seen
    assert all(
        one.unit_name != "Dinas Kesehatan" for one in grants.within(_actor(house_now, "kabid").reach("admin.roles"))
    )


# Roles --------------------------------------------------------------------------------------------------------------


def test_built_in_roles_are_written_once_and_then_left_alone(house_now: House) -> None:
    with acting():
        roles.ensure_built_in()
        roles.disallow("kepegawaian", "admin.import")
    with acting():
        roles.ensure_built_in()
    keys = {role.key for role in roles.listed()}
    assert {role.key for role in roles.BUILT_IN} <= keys
    assert "admin.import" not in roles.find("kepegawaian").permissions
    assert "login.activate" in roles.find("unit-admin").permissions


def test_the_admin_keeps_everything(house_now: House) -> None:
    with acting():
        roles.ensure_built_in()
    with pytest.raises(Refused), acting():
        roles.disallow("admin", "*")


@pytest.mark.parametrize(
    ("key", "title"), [("", "X"), ("A B", "X"), ("x" * 41, "X"), ("baik", ""), ("baik", "y" * 81), ("admin", "Lagi")]
)
def test_roles_that_cannot_be_are_refused(house_now: House, key: str, title: str) -> None:
    with acting():
        roles.ensure_built_in()
    with pytest.raises(Invalid), acting():
        roles.define(key, title)


def test_a_held_or_built_in_role_is_not_removed(house_now: House) -> None:
    with acting():
        roles.ensure_built_in()
        roles.define("arsiparis", "Arsiparis")
        grants.give("arsiparis", Holder(house_now.people["staf"].id), house_now.units["seksi"])
    for key in ("arsiparis", "staf"):
        with pytest.raises(Refused), acting():
            roles.remove(key)


def test_a_role_of_nobody_is_removed(house_now: House) -> None:
    with acting():
        roles.define("arsiparis", "Arsiparis", permissions=["letters.read"])
        roles.remove("arsiparis")
    with pytest.raises(NotFound):
        roles.find("arsiparis")
