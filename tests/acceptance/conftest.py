"""Fixtures of the acceptance: newcomers, and people with rights."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pytest
from playwright.sync_api import Page

from tests.support.browser import sign_in
from tests.support.builders import PASSWORD, House, new_nip
from tests.support.pages import OpenPage
from tests.support.server import LiveServer, allow, run_command

Enter = Callable[..., Page]


@dataclass(frozen=True)
class Newcomer:
    """Somebody who never signed in: the number and the temporary password."""

    nip: str
    password: str


@pytest.fixture
def newcomer(live_server: LiveServer) -> Newcomer:
    """Return somebody whose account was just made by the command line."""
    given = {"nip": new_nip(date(1999, 4, 5), year=2022), "name": "Pegawai Baru"}
    made = run_command(live_server.environment, "user", "create", stdin=json.dumps(given), check=True)
    return Newcomer(given["nip"], json.loads(made.stdout)["password"])


@pytest.fixture
def enter(live_house: House, live_server: LiveServer, open_page: OpenPage) -> Enter:
    """Return a function that opens a page signed in as somebody: `enter("staf", "catalogue.view", size="desktop")`."""

    def signed_in(role: str, *rights: str, size: str = "phone", **options: object) -> Page:
        who = live_house.people[role]
        allow(live_server, live_house, role, *rights)
        page = open_page(size, **options)
        sign_in(page, who.nip, PASSWORD)
        return page

    return signed_in
