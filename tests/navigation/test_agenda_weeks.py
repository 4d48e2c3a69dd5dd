"""The working week of an office, chosen in the unit's form and used by whatever counts working time."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask

from superapp.organization.models import Unit
from superapp.shared import agenda
from tests.navigation.conftest import Visitor, rows, send, text
from tests.support.builders import House

U = Unit.__table__.c


def test_a_unit_chooses_its_week_and_its_parts_follow(visit: Visitor, app: Flask, house: House) -> None:
    client, page = visit("admin"), f"/admin/units/{house.units['dinkes']}/edit"
    values = {"name": "Dinas Kesehatan", "kind": "dinas"}
    assert send(client, page, "", **values, week="six").status_code == 303
    assert "Enam hari kerja" in text(client.get(f"/admin/units/{house.units['dinkes']}"))
    with app.app_context():
        assert agenda.week_of(house.units["dinkes"]) == agenda.SIX_DAYS
        assert agenda.week_of(house.units["kominfo"]) == agenda.FIVE_DAYS


def test_an_unknown_week_is_refused_at_its_field(visit: Visitor, app: Flask, house: House) -> None:
    page = f"/admin/units/{house.units['dinkes']}/edit"
    answer = send(visit("admin"), page, "", name="Dinas Kesehatan", kind="dinas", week="seven")
    assert answer.status_code == 422
    assert "Pilih salah satu dari daftar" in text(answer)
    (found,) = rows(app, sa.select(U.week).where(U.id == house.units["dinkes"]))
    assert found.week == ""
