"""Acceptance 5: the Kadis on leave; his Plh. sees and decides his tasks from 00.00 WITA of the first day to the last."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Locator, Page, expect

from superapp.extensions import db
from superapp.kernel import clock, database
from superapp.kernel.tables import setting
from superapp.operations.demo.marking import MARK
from superapp.shared.tables import document
from superapp.testing import Browser
from tests.acceptance.office import SMALL, Office, at_work, day
from tests.support import builders
from tests.support.accessibility import assert_accessible
from tests.support.pages import OpenPage
from tests.support.server import LiveServer
from tests.support.stage import Stage

pytestmark = pytest.mark.browser
LENGTH = 2
"""Days of the leave."""


@pytest.fixture(scope="module")
def clock_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file that the server's clock follows."""
    return tmp_path_factory.mktemp("clock") / "offset"


@pytest.fixture(scope="module")
def office(stage: Stage, clock_file: Path) -> Iterator[Office]:
    """Return the house at work, marked as a demo data set: only there does the server follow the file."""
    with at_work(stage, "deputies", SUPERAPP_TEST_CLOCK=str(clock_file)) as made:
        made.allow("leave", *SMALL)
        with made.app.app_context(), builders.stored():
            database.run(sa.insert(setting).values(owner=MARK[0], name=MARK[1], value={"built_at": "2026-01-01"}))
        yield made


@pytest.fixture(scope="module")
def live_server(office: Office) -> LiveServer:
    """Return the server of the house."""
    return office.server


def forward(office: Office, clock_file: Path, to: date, at: time) -> None:
    """Move the clocks of the server and of the jobs to a time of a day in WITA."""
    office.later(datetime.combine(to, at, clock.WITA) - clock.now())
    clock_file.write_text(f"{office.passed.total_seconds():+.0f}", encoding="ascii")


def leave_of_the_kadis(office: Office) -> date:
    """Let the Kadis ask for leave with the Kabid as Plh., have it approved, and return its first day."""
    first = next(day(ahead) for ahead in range(14, 21) if day(ahead).weekday() == 0)
    days = {"first_day": f"{first}", "last_day": f"{first + timedelta(days=LENGTH - 1)}"}
    office.asks("kadis", "leave", **days, deputy_id=f"{office.people['kabid'].id}")
    (title,) = office.waiting("sekda")
    office.decides("sekda", title, "approve")
    office.undo_over()
    return first


def asked(office: Office, role: str, on: date) -> str:
    """Let somebody ask for a day of leave, and return the title of it among the tasks of the Kadis."""
    before = office.waiting("kadis")
    office.asks(role, "leave", first_day=f"{on}", last_day=f"{on}")
    (title,) = set(office.waiting("kadis")) - set(before)
    return title


def task(page: Page, title: str) -> Locator:
    return page.get_by_role("main").get_by_role("link", name=title, exact=True)


def signatories(office: Office) -> list[tuple[str, str]]:
    """Return name and title under each letter."""
    with office.app.app_context():
        query = sa.select(document.c.signer_name, document.c.signer_title).order_by(document.c.id)
        return [tuple(row) for row in db.session.execute(query)]


def answer(office: Office, sheet: str) -> int:
    """Return the status that the Kabid gets who sends an approval, with the form made up."""
    client = builders.sign_in(office.app.test_client(), office.people["kabid"])
    assert isinstance(client, Browser)
    return client.send(sheet, form="/app/leave/new", decision="approve").status_code


def approve(page: Page, title: str) -> None:
    """Decide in two taps."""
    task(page, title).tap()
    button = page.locator("dialog[open]").get_by_role("button", name="Setujui", exact=True)
    expect(button).to_be_visible()
    assert_accessible(page)
    button.tap()
    expect(page.get_by_role("button", name="Urungkan")).to_be_visible()


def test_a_deputy_decides_from_midnight_to_the_end_of_the_leave(
    office: Office, open_page: OpenPage, clock_file: Path
) -> None:
    first = leave_of_the_kadis(office)
    forward(office, clock_file, first - timedelta(days=1), time(23, 50))
    requesters = enumerate(("tu", "admin", "kabid"), start=30)
    theirs, late, own = (asked(office, role, first + timedelta(days=ahead)) for ahead, role in requesters)
    kabid = office.enter(open_page("phone"), "kabid")
    kabid.goto("/tasks")
    expect(kabid.get_by_text("Tidak ada yang menunggu")).to_be_visible()
    assert answer(office, office.sheet(theirs)) == 404, "the authority has not begun"

    forward(office, clock_file, first, time(0, 0, 1))
    kabid.reload()
    expect(task(kabid, late)).to_be_visible()
    assert_accessible(kabid)
    approve(kabid, theirs)
    kabid.goto("/tasks?show=done")
    task(kabid, theirs).tap()
    expect(kabid.get_by_text("Maria Lende, Plh. Kepala Dinas, mewakili Bambang Sutrisno").first).to_be_visible()
    assert_accessible(kabid)
    kabid.goto(office.sheet(own))
    expect(kabid.get_by_role("heading", level=1)).to_have_text(own)
    expect(kabid.get_by_role("button", name="Setujui", exact=True)).to_have_count(0)
    assert_accessible(kabid)
    assert answer(office, office.sheet(own)) == 409, "nobody decides his own"
    office.undo_over()
    assert signatories(office) == [("Nurhayati", "Sekretaris Daerah"), ("Maria Lende", "Plh. Kepala Dinas")]

    forward(office, clock_file, first + timedelta(days=LENGTH), time(0, 0, 1))
    kabid = office.enter(open_page("phone"), "kabid")
    kabid.goto("/tasks")
    expect(kabid.get_by_text("Tidak ada yang menunggu")).to_be_visible()
    assert_accessible(kabid)
    assert answer(office, office.sheet(late)) == 404, "the authority has ended"
    assert office.waiting("kadis") == [late, own], "what was not decided waits for the Kadis again"
