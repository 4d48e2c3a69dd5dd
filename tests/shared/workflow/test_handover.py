"""Handing over: what an official who leaves holds goes to a chosen post, his successor, or upwards; each with a result."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from superapp.extensions import db
from superapp.kernel import clock
from superapp.kernel.database import run
from superapp.organization.models import Appointment
from superapp.shared import tasks, timeline, workflow
from superapp.shared.tables import delegation
from superapp.shared.tasks import Duty
from tests.plugin.conftest import token
from tests.shared.workflow.conftest import Office
from tests.support import builders

A = Appointment.__table__.c
Sender = Callable[[str], FlaskClient]


@pytest.fixture
def browser(izin_app: Flask, office: Office) -> Sender:
    return lambda role: builders.sign_in(izin_app.test_client(), office.house.people[role])


def held(office: Office, role: str) -> UUID:
    db.session.rollback()
    found: UUID = run(sa.select(A.id).where(A.person_id == office.house.people[role].id)).scalar_one()
    return found


def leaves(office: Office, role: str) -> UUID:
    """Let somebody's appointment end yesterday and return its id."""
    own = held(office, role)
    with builders.stored():
        run(sa.update(Appointment.__table__).where(A.id == own).values(ends_on=clock.today() - timedelta(days=1)))
    return own


def waiting(office: Office, role: str) -> list[str]:
    db.session.rollback()
    return sorted(row.title for row in tasks.waiting(actor=office.actor(role)).rows)


def hand_over(client: FlaskClient, appointment_id: UUID, **more: Any) -> Any:
    page = f"/tasks/handover/{appointment_id}"
    items = [part.split('"', 1)[0] for part in client.get(page).text.split('name="item" value="')[1:]]
    address = f"{page}/check?{urlencode({'item': items, 'to': more.get('to', '')}, doseq=True)}"
    shown = client.get(address).text
    sent = client.post(f"{page}/check", data={**token(client, address), "item": items, "note": "SK 12/2026", **more})
    return shown, sent


def test_without_a_successor_everything_goes_up_with_a_result_each(office: Office, browser: Sender) -> None:
    case, kasi = office.asks("staf"), office.house.people["kasi"]
    with office.doing("kasi"):
        workflow.delegate(
            kasi.position_id, office.house.people["tu"].id, starts_on=clock.today(), ends_on=clock.today()
        )
        tasks.give(Duty("Susun laporan", "/", kind="core.report", person_id=kasi.id))
    own = leaves(office, "kasi")
    client = browser("kabid")
    assert f"/tasks/handover/{own}" in client.get("/tasks/deputies").text
    shown, sent = hand_over(client, own)
    assert "Kepada Kepala Bidang · Maria Lende" in shown
    assert "mendelegasikan sendiri" in shown
    assert sent.status_code == 303
    assert waiting(office, "kabid") == ["Izin keluar: Ke bank", "Susun laporan"]
    assert run(sa.select(delegation.c.id)).all() == []
    page = client.get(sent.location).text
    assert page.count("SK 12/2026") == 3
    assert "3 hal diserahkan, 0 tetap" in page
    assert "SK 12/2026" in " ".join(one.text for one in timeline.of_record(case.record_type, case.record_id))
    assert "Serah terima dari Yosef Dagang: 2 hal" in client.get("/notices").text
    assert office.decides("kabid", case).outcome == "approved"


def test_a_successor_has_what_waits_at_the_post_and_gets_what_was_the_persons(office: Office, browser: Sender) -> None:
    office.asks("staf")
    kasi = office.house.people["kasi"]
    with office.doing("kasi"):
        tasks.give(Duty("Susun laporan", "/", kind="core.report", person_id=kasi.id))
    own = leaves(office, "kasi")
    builders.appointment(office.house.person("tu"), office.house.position("kasi"), kind="plt", starts_on=clock.today())
    client = browser("kabid")
    page = client.get(f"/tasks/handover/{own}").text
    assert "Penerus jabatan ini: Anton Wijaya" in page
    assert "Tetap pada jabatan, diterima Anton Wijaya" in page
    _shown, sent = hand_over(client, own)
    assert "1 hal diserahkan, 1 tetap" in client.get(sent.location).text
    assert waiting(office, "tu") == ["Izin keluar: Ke bank", "Susun laporan"]


def test_a_chosen_post_receives_but_never_the_request_of_its_holder(office: Office, browser: Sender) -> None:
    other = office.asks("tu", reason="Ke dokter")
    step = office.open_step(other)
    with office.doing("kadis"):
        workflow.hand_over(step.id, office.house.people["kasi"].position_id, "Mohon diputus")
    office.asks("staf")
    own, to = leaves(office, "kasi"), office.house.people["tu"].position_id
    client = browser("kabid")
    shown, sent = hand_over(client, own, to=str(to))
    assert "Kepada Pengadministrasi Umum · Anton Wijaya" in shown
    assert "Anton Wijaya tidak memutus permohonannya sendiri" in shown
    assert "1 hal diserahkan, 1 tetap" in client.get(sent.location).text
    assert waiting(office, "tu") == ["Izin keluar: Ke bank"]
    assert office.open_step(other).position_id == office.house.people["kasi"].position_id


def test_a_handover_is_for_the_leaver_his_heads_and_who_ends_appointments(office: Office, browser: Sender) -> None:
    office.asks("staf")
    own = leaves(office, "kasi")
    address = f"/tasks/handover/{own}"
    answers = {"kasi": 200, "kabid": 200, "kadis": 200, "tu": 404, "dokter": 404, "staf": 404}
    assert {role: browser(role).get(address).status_code for role in answers} == answers
    where = db.session.get_one(builders.Unit, office.house.people["staf"].unit_id)
    builders.grant(office.house.person("tu"), "admin.people", where)
    assert browser("tu").get(f"{address}/check").status_code == 200


def test_a_handover_needs_items_and_a_reason(office: Office, browser: Sender) -> None:
    office.asks("staf")
    own = leaves(office, "kasi")
    client, address = browser("kabid"), f"/tasks/handover/{own}/check"
    refused = client.post(address, data={**token(client, "/help/report"), "note": "x"})
    assert (refused.status_code, "Pilih paling sedikit satu" in refused.text) == (422, True)
    _shown, sent = hand_over(client, own, note=" ")
    assert (sent.status_code, "Tuliskan alasannya" in sent.text) == (422, True)
    assert "tidak ada dalam daftar" in client.get(f"{address}?to=zzz").text
    assert waiting(office, "kabid") == []
