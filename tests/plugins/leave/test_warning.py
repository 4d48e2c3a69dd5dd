"""What speaks against days of leave, who is proposed to stand in, and who hears when nobody can."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from superapp.extensions import db
from superapp.navigation import deciding
from superapp.organization import holders
from superapp.shared import agenda, workflow
from superapp.shared.agenda.entries import midnight
from superapp.shared.tables.work import notice
from tests.plugins.catalogue.conftest import opened
from tests.plugins.leave.conftest import HOME, Office, identity
from tests.support import builders

DAYS = {"kind": "CT", "first_day": "2026-08-03", "last_day": "2026-08-07"}


def busy(office: Office, role: str, title: str) -> None:
    """Let somebody have something on 4 August."""
    start = midnight(date(2026, 8, 4)).replace(hour=9)
    with office.doing(role):
        agenda.put(agenda.Entry(office.house.people[role].id, title, kind="core.personal", starts_at=start,
                                ends_at=start.replace(hour=11)))  # fmt: skip


def warned(office: Office, role: str) -> list[str]:
    """Return what a decider is warned of before he agrees."""
    case = office.case()
    with office.app.app_context():
        step = next(one for one in workflow.steps_of(case.id) if one.state == "open")
    with office.doing(role):
        return deciding.warnings(
            case, next(one for one in step.definition(case.flow).decisions if one.key == "approve")
        )


def told(office: Office) -> dict[str, set[str]]:
    """Return whom which notices of leave were written, by title."""
    names = {member.id: role for role, member in office.house.people.items()}
    with office.app.app_context():
        rows = db.session.execute(sa.select(notice.c.person_id, notice.c.title).where(notice.c.module == "leave")).all()
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row.title, set()).add(names[row.person_id])
    return found


def test_days_are_tried_before_they_are_sent(office: Office) -> None:
    browser = office.browser("staf")
    assert opened(browser, f"{HOME}check", kind="CT", first_day="2026-08-03").strip() == ""
    assert "5 hari kerja, sisa sesudahnya 7" in opened(browser, f"{HOME}check", **DAYS)
    assert "Sisa cuti tahunan 12 hari kerja" in opened(browser, f"{HOME}check", **(DAYS | {"last_day": "2026-08-31"}))
    assert "tidak boleh sebelum" in opened(browser, f"{HOME}check", **(DAYS | {"last_day": "2026-08-01"}))
    busy(office, "staf", "Rapat anggaran")
    assert "Ada agenda: Rapat anggaran, 4 Agustus 2026" in opened(browser, f"{HOME}check", **DAYS)
    assert office.rows("LeaveRequest", "id") == []


def test_a_head_is_proposed_who_is_free(office: Office) -> None:
    assert "Plh.: Yosef Dagang, memimpin Seksi" in opened(
        office.browser("kabid"), f"{HOME}check", **DAYS, deputy_id="auto"
    )
    office.asks("kabid", deputy_id="auto")
    assert office.rows("LeaveRequest", "deputy_id") == [(office.house.people["kasi"].id,)]
    assert warned(office, "kadis") == []
    office.decides("kadis")
    with office.app.app_context():
        post = holders.holder(office.house.people["kabid"].position_id, date(2026, 8, 3))
    assert post is not None
    assert post.name == "Yosef Dagang"
    assert told(office)["Anda menjadi Plh. Kepala Bidang"] == {"kasi"}


def test_who_decides_reads_that_the_deputy_is_busy_or_missing(office: Office) -> None:
    busy(office, "kasi", "Bimbingan teknis")
    assert "tidak ada pejabat yang bebas" in opened(office.browser("kabid"), f"{HOME}check", **DAYS, deputy_id="auto")
    own = identity(office.asks("kabid", deputy_id=str(office.house.people["kasi"].id)))
    (said,) = warned(office, "kadis")
    assert "Yosef Dagang sendiri ada agenda: Sibuk, 4 Agustus 2026" in said
    for role in ("kabid", "kadis"):
        assert "Yosef Dagang sendiri ada agenda" in opened(office.browser(role), f"{HOME}{own}")


def test_colleagues_away_on_the_same_days_are_named(office: Office) -> None:
    office.asks("kasi", first_day="2026-08-06", last_day="2026-08-10")
    assert "Cuti pada hari yang sama: Yosef Dagang." in opened(office.browser("staf"), f"{HOME}check", **DAYS)


@pytest.mark.parametrize("taken", [False, True])
def test_a_deputy_who_cannot_be_appointed_is_told_to_both(office: Office, taken: bool) -> None:
    office.asks("kabid", deputy_id=str(office.house.people["kasi"].id))
    if taken:
        with office.app.app_context(), builders.stored():
            builders.appointment(office.house.person("kasi"), office.house.position("kabid"), kind="plh",
                                 starts_on=date(2026, 8, 1), ends_on=date(2026, 8, 4))  # fmt: skip
    office.decides("kadis")
    assert office.rows("LeaveRequest", "state") == [("approved",)]
    assert told(office).get("Plh. untuk Maria Lende belum dapat ditunjuk") == ({"kabid", "kadis"} if taken else None)
