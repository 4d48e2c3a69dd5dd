"""Standing in: who may decide reads the record as long as he may, and no longer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from superapp.access.actor import acting_as
from superapp.kernel import clock
from superapp.shared import workflow
from superapp.shared.workflow import Case
from tests.shared.workflow.conftest import Office
from tests.support import builders

Reads = Callable[[str, Case], bool]


@pytest.fixture
def reads(izin_app: Flask, office: Office) -> Reads:
    """Return a function that tells whether somebody opens the page of a record, and finds it in the module's list."""

    def opened(role: str, case: Case) -> bool:
        client: FlaskClient = builders.sign_in(izin_app.test_client(), office.house.people[role])
        page = client.get(case.url)
        listed = case.title.removeprefix("Izin keluar: ") in client.get("/app/izin/").text
        assert listed == (page.status_code == 200)
        return listed

    return opened


def delegated(office: Office, to: str = "dokter", *, kind: str = "", days: int = 0) -> UUID:
    today = clock.today()
    with office.doing("kasi"):
        position = office.house.people["kasi"].position_id
        period = {"starts_on": today, "ends_on": today + timedelta(days=days)}
        return workflow.delegate(position, office.house.people[to].id, kind=kind, **period)


def test_a_delegate_of_another_office_reads_what_he_decides_until_it_ends(office: Office, reads: Reads) -> None:
    case = office.asks("staf")
    assert not reads("dokter", case)
    delegated(office, kind="izin.permit", days=1)
    assert reads("dokter", case)
    office.decides("dokter", case)
    assert reads("dokter", case)
    office.later(timedelta(days=2))
    assert not reads("dokter", case)


def test_a_delegate_reads_neither_what_is_decided_nor_other_kinds(office: Office, reads: Reads) -> None:
    before, case = office.asks("staf", reason="Ke pasar"), office.asks("staf")
    office.decides("kasi", before)
    delegated(office, kind="leave.request")
    assert not reads("dokter", case)
    delegated(office)
    assert reads("dokter", case)
    assert not reads("dokter", before)


def test_an_ended_delegation_closes_the_record_at_once(office: Office, reads: Reads) -> None:
    case = office.asks("staf")
    given = delegated(office)
    assert reads("dokter", case)
    with office.doing("kasi"):
        workflow.end_delegation(given)
    assert not reads("dokter", case)


def test_an_acting_official_reads_from_the_first_to_the_last_day(office: Office, reads: Reads) -> None:
    case, tomorrow = office.asks("staf"), clock.today() + timedelta(days=1)
    post, deputy = office.house.position("kasi"), office.house.person("dokter")
    builders.appointment(deputy, post, kind="plh", starts_on=tomorrow, ends_on=tomorrow)
    assert not reads("dokter", case)
    office.later(timedelta(days=1))
    assert reads("dokter", case)
    office.later(timedelta(days=1))
    assert not reads("dokter", case)


def test_a_delegate_changes_nothing_but_by_his_task(office: Office) -> None:
    from superapp.access.scope import visible
    from superapp.kernel.database import run

    office.asks("staf")
    delegated(office)
    permit = office.module.Permit
    with acting_as(office.actor("dokter")):
        seen = run(visible(permit, "izin.view", permit.__table__.c.id)).all()
        changeable = run(visible(permit, "izin.write", permit.__table__.c.id)).all()
    assert (len(seen), len(changeable)) == (1, 0)
