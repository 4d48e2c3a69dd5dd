"""Every page of administration opens for who may, and for nobody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.admin.conftest import Desk
from tests.support.builders import House

PLAIN = (
    "/admin/",
    "/admin/people",
    "/admin/people/new",
    "/admin/units",
    "/admin/positions",
    "/admin/roles",
    "/admin/roles/new",
    "/admin/roles/admin",
    "/admin/grants",
    "/admin/grants/new",
    "/admin/grants/seers",
    "/admin/modules",
    "/admin/modules/health",
    "/admin/settings",
    "/admin/perbaikan",
    "/admin/perbaikan/audit",
    "/admin/audit",
    "/admin/access-requests",
    "/admin/imports",
    "/admin/imports/new",
    "/admin/reference",
    "/admin/reference/holidays",
    "/admin/reference/holidays/new",
    "/admin/reference/ranks",
    "/admin/reference/regions",
    "/admin/reference/record-classes",
    "/admin/reference/position-kinds",
)


@pytest.mark.parametrize("address", PLAIN)
def test_the_regency_admin_opens_every_page(desk: Desk, address: str) -> None:
    html = desk.html(address)
    assert html.count("<h1") == 1


def test_pages_of_single_records_open(desk: Desk, house: House) -> None:
    person, unit, post = house.people["kadis"].id, house.units["kominfo"], house.people["kadis"].position_id
    for address in (
        f"/admin/people/{person}",
        f"/admin/people/{person}/edit",
        f"/admin/people/{person}/appoint",
        f"/admin/people/{person}/transfer",
        f"/admin/people/{person}/leave",
        f"/admin/units/{unit}",
        f"/admin/units/{unit}/new",
        f"/admin/units/{unit}/edit",
        f"/admin/units/{unit}/move",
        f"/admin/units/{unit}/close",
        f"/admin/units/{unit}/positions/new",
        f"/admin/positions/{post}",
        f"/admin/positions/{post}/edit",
        f"/admin/positions/{post}/close",
    ):
        assert desk.html(address).count("<h1") == 1, address


def test_the_front_page_shows_the_doors_that_are_open(desk_of: Callable[..., Desk]) -> None:
    html = desk_of("tu", "admin.people").html("/admin/").split("<main")[1]
    assert "/admin/people" in html
    for closed in ("/admin/modules", "/admin/audit", "/admin/perbaikan", "/admin/units"):
        assert f'href="{closed}"' not in html
