"""Appointments: one definitive holder at a time, acting within the rules, ends that take grants with them."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from superapp.access.rights import rights_of
from superapp.access.tables import grant
from superapp.kernel import clock, stamps
from superapp.kernel.database import run
from superapp.kernel.errors import Invalid
from superapp.organization import appointments, holders, people, positions
from superapp.organization.models import Appointment
from tests.organization.acting import done
from tests.support import builders
from tests.support.builders import House

pytestmark = pytest.mark.usefixtures("context")


def today():
    return clock.today()


def current(house: House, role: str) -> Appointment:
    query = sa.select(Appointment).where(Appointment.person_id == house.people[role].id)
    return builders.db.session.scalars(query).one()


def test_a_post_has_one_definitive_holder(house: House) -> None:
    with pytest.raises(Invalid) as refusal, done():
        appointments.appoint(house.person("tu"), house.position("kasi"), starts_on=today())
    assert refusal.value.errors == {"position_id": "Jabatan ini sudah diisi Yosef Dagang. Akhiri dulu, atau pilih Plh."}


def test_a_plt_needs_a_vacant_post(house: House) -> None:
    with pytest.raises(Invalid), done():
        appointments.appoint(house.person("tu"), house.position("kasi"), kind="plt", starts_on=today())
    with done():
        appointments.end(current(house, "kasi"), None, today() - timedelta(days=1))
        made = appointments.appoint(house.person("tu"), house.position("kasi"), kind="plt", starts_on=today())
    assert holders.holder(made.position_id).name == "Anton Wijaya"


def test_a_plh_may_stand_beside_the_holder(house: House) -> None:
    with done(appointments.APPOINTED):
        appointments.appoint(
            house.person("kasi"), house.position("kabid"), kind="plh", starts_on=today(), ends_on=today()
        )
    assert holders.holder(house.people["kabid"].position_id).name == "Yosef Dagang"


def test_a_period_does_not_end_before_it_begins(house: House) -> None:
    post = builders.position(house.unit("setda"), "Asisten")
    with pytest.raises(Invalid) as refusal, done():
        appointments.appoint(house.person("tu"), post, starts_on=today(), ends_on=today() - timedelta(days=1))
    assert "ends_on" in refusal.value.errors


def test_a_mutation_ends_the_old_post_the_day_before(house: House) -> None:
    post = builders.position(house.unit("dinkes"), "Sekretaris Dinas")
    old = current(house, "kabid")
    start = today() + timedelta(days=7)
    with done(appointments.MOVED):
        appointments.mutate(house.person("kabid"), post, starts_on=start, decree="821/1/2026")
    assert old.ends_on == start - timedelta(days=1)
    hats = [[hat.title for hat in holders.hats(house.people["kabid"].id, day)] for day in (today(), start)]
    assert hats == [["Kepala Bidang"], ["Sekretaris Dinas"]]


def test_a_right_of_the_post_ends_with_the_appointment(house: House) -> None:
    kabid = house.people["kabid"]
    builders.role("peneliti", "catalogue.view")
    builders.grant(house.position("kabid"), "peneliti", house.unit("kominfo"))
    assert rights_of(kabid.id, stamps.read().access, today()).holds("catalogue.view")
    with done(appointments.ENDED):
        appointments.end(current(house, "kabid"), None, today() - timedelta(days=1))
    assert not rights_of(kabid.id, stamps.read().access, today()).holds("catalogue.view")


def test_a_personal_grant_ends_with_the_last_post_in_its_opd(house: House) -> None:
    kabid, last = house.person("kabid"), today() + timedelta(days=3)
    here = builders.grant(kabid, "catalogue.view", house.unit("aptika"))
    elsewhere = builders.grant(kabid, "catalogue.view", house.unit("dinkes"))
    with done(appointments.ENDED):
        appointments.end(current(house, "kabid"), None, last)
    ends = {row.id: row.ends_on for row in run(sa.select(grant.c.id, grant.c.ends_on))}
    assert ends[here] == last
    assert ends[elsewhere] is None


def test_a_personal_grant_stays_while_another_post_in_the_opd_is_held(house: House) -> None:
    kabid = house.person("kabid")
    builders.appointment(kabid, house.position("kadis"), kind="plh", ends_on=today() + timedelta(days=30))
    here = builders.grant(kabid, "catalogue.view", house.unit("aptika"))
    with done():
        appointments.end(current_definitive(kabid.id), None, today())
    assert run(sa.select(grant.c.ends_on).where(grant.c.id == here)).scalar() is None


def current_definitive(person_id) -> Appointment:
    query = sa.select(Appointment).where(Appointment.person_id == person_id, Appointment.kind == "definitive")
    return builders.db.session.scalars(query).one()


def test_who_leaves_loses_posts_and_grants(house: House) -> None:
    kabid, last = house.person("kabid"), today() - timedelta(days=1)
    builders.grant(kabid, "catalogue.view", house.unit("dinkes"))
    with done(people.LEFT):
        people.end(kabid, kabid.version, last)
    assert not kabid.active
    assert holders.hats(kabid.id) == []
    assert not rights_of(kabid.id, stamps.read().access, today()).reaches


def test_a_position_has_no_ring_of_supervisors(house: House) -> None:
    with pytest.raises(Invalid, match="berputar"), done():
        positions.change(house.position("kadis"), None, supervisor_id=house.people["staf"].position_id)


def test_a_unit_has_one_head(house: House) -> None:
    with pytest.raises(Invalid, match="sudah punya jabatan pimpinan"), done():
        positions.add(house.unit("kominfo"), "Kepala Kedua", kind="jpt_pratama", is_head=True)
