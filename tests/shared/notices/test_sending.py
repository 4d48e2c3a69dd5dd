"""Notices leave the app: encrypted, once, when their person wants them, with no word of what is secret."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from superapp.extensions import db
from superapp.kernel import clock, secrets
from superapp.kernel.database import run
from superapp.kernel.errors import Invalid
from superapp.kernel.jobs.worker import Worker
from superapp.kernel.tables import job
from superapp.login import session
from superapp.organization.models import Person
from superapp.plugin.contributions import NoticeType, Owned
from superapp.plugin.host import host
from superapp.shared import mail, notices
from superapp.shared.notices import choices, devices, pushing, sending
from superapp.shared.tables import holiday
from superapp.shared.tables.notices import delivery, push
from tests.organization.acting import done
from tests.shared.notices.push_service import Browser, PushService, claims
from tests.support.builders import House

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
"""Tuesday, 12.00 WITA."""
NIGHT = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
"""Tuesday, 22.00 WITA."""


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that sets the clock."""

    def set_to(moment: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    set_to(NOON)
    return set_to


@pytest.fixture
def service(context: Flask) -> Iterator[PushService]:
    made = PushService()
    settings = secrets.settings()
    context.extensions["superapp.settings"] = settings.model_copy(update={"push_hosts": [made.origin]})
    mail.sent_mails().clear()
    yield made
    context.extensions["superapp.settings"] = settings
    made.close()


def subscribe(house: House, browser: Browser, role: str = "staf") -> str:
    with done():
        token = session.begin(session.NewSession(house.people[role].id))
        devices.subscribe(house.people[role].id, devices.Subscription(**browser.form), session_id=secrets.digest(token))
    return secrets.digest(token)


def tell(house: House, title: str = "Cuti Sari Dewi disetujui", **more: Any) -> None:
    with done():
        notices.notify(house.people["staf"].id, title, **{"url": "/tasks", **more})


def drain(app: Flask) -> None:
    Worker(app).drain()
    db.session.rollback()


def read(service: PushService, browser: Browser) -> list[dict[str, Any]]:
    return [browser.read(body) for _path, _headers, body in service.taken]


def give_email(house: House) -> None:
    with done():
        run(
            sa.update(Person.__table__)
            .where(Person.__table__.c.id == house.people["staf"].id)
            .values(email="s@x.example")
        )


def declare(kind: NoticeType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(host().notice_types, kind.key, Owned("core", kind))


def test_a_notice_arrives_encrypted_and_signed_and_names_nobody(
    context: Flask, house: House, service: PushService, at: Any
) -> None:
    browser = service.browser()
    subscribe(house, browser)
    tell(house)
    drain(context)

    assert [(one["body"], one["url"], one["tasks"]) for one in read(service, browser)] == [
        ("Kabar umum: ada kabar baru", "/tasks", 0)
    ]
    _path, headers, body = service.taken[0]
    said, key = claims(headers)
    assert key == devices.key_pairs()[0].public
    assert (said["aud"], said["sub"]) == ("http://127.0.0.1", "mailto:satu@localhost")
    assert headers["content-encoding"] == "aes128gcm"
    assert len(body) <= 4096


def test_a_job_that_runs_again_reaches_nobody_twice(
    context: Flask, house: House, service: PushService, at: Any
) -> None:
    subscribe(house, service.browser("one"))
    subscribe(house, service.browser("two"))
    tell(house)
    drain(context)
    assert sorted(path for path, _headers, _body in service.taken) == ["/push/one", "/push/two"]

    with done():
        run(sa.update(job).where(job.c.kind == sending.PUSH).values(state="waiting", attempts=0, finished_at=None))
    drain(context)
    assert len(service.taken) == 2


def test_after_a_failure_only_those_left_are_tried_again(
    context: Flask, house: House, service: PushService, at: Any
) -> None:
    subscribe(house, service.browser("one"))
    tell(house)
    service.status = 503
    drain(context)
    assert run(sa.select(push.c.failures)).scalars().all() == [1]
    db.session.rollback()
    waiting = run(sa.select(job.c.state, job.c.attempts).where(job.c.kind == sending.PUSH)).one()
    assert tuple(waiting) == ("waiting", 1)

    service.status = 201
    at(NOON + timedelta(hours=1))
    drain(context)
    assert len(service.taken) == 2
    assert run(sa.select(sa.func.count()).select_from(delivery)).scalar() == 1
    assert len({headers["topic"] for _path, headers, _body in service.taken}) == 1


@pytest.mark.parametrize("status", [404, 410])
def test_a_device_that_the_service_forgot_is_forgotten(
    context: Flask, house: House, service: PushService, at: Any, status: int
) -> None:
    subscribe(house, service.browser())
    service.status = status
    tell(house)
    drain(context)
    assert run(sa.select(push.c.id)).all() == []


def test_a_redirect_is_never_followed(context: Flask, house: House, service: PushService, at: Any) -> None:
    subscribe(house, service.browser())
    service.status, service.location = 307, f"{service.origin}/inside"
    tell(house)
    drain(context)
    assert [path for path, _headers, _body in service.taken] == ["/push/one"]


def test_what_was_read_before_is_not_sent(context: Flask, house: House, service: PushService, at: Any) -> None:
    subscribe(house, service.browser())
    tell(house)
    with done():
        notices.mark_all_read(house.people["staf"].id)
    drain(context)
    assert service.taken == []


def test_signing_out_ends_the_pushes_of_this_device_alone(
    context: Flask, house: House, service: PushService, at: Any
) -> None:
    own = subscribe(house, service.browser("one"))
    subscribe(house, service.browser("two"))
    with done():
        session.end([own])
    tell(house)
    drain(context)
    assert [path for path, _headers, _body in service.taken] == ["/push/two"]


def test_at_night_many_notices_leave_as_one_in_the_morning(
    context: Flask, house: House, service: PushService, at: Any
) -> None:
    browser = service.browser()
    subscribe(house, browser)
    at(NIGHT)
    for number in range(3):
        tell(house, f"Kabar {number}")
    drain(context)
    assert service.taken == []

    at(datetime(2026, 11, 24, 22, 31, tzinfo=UTC))
    drain(context)
    assert [one["body"] for one in read(service, browser)] == ["3 hal menunggu Anda"]


def test_the_urgent_passes_through_the_night(context: Flask, house: House, service: PushService, at: Any) -> None:
    subscribe(house, service.browser())
    at(NIGHT)
    tell(house, "Sandi diganti", kind="security")
    drain(context)
    assert [headers["urgency"] for _path, headers, _body in service.taken] == ["high"]


def test_a_muted_category_stays_inside_the_app(context: Flask, house: House, service: PushService, at: Any) -> None:
    subscribe(house, service.browser())
    with done():
        choices.mute(house.people["staf"].id, "import")
    tell(house, "Impor selesai", kind="import")
    drain(context)
    assert service.taken == []
    assert [row.title for row in notices.page(house.people["staf"].id).rows] == ["Impor selesai"]


def test_of_a_secret_notice_nothing_leaves(
    context: Flask, house: House, service: PushService, at: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare(NoticeType("letters.secret", "Surat rahasia", secret=True, email=True), monkeypatch)
    browser = service.browser()
    subscribe(house, browser)
    give_email(house)
    tell(house, "Mutasi Kadis", kind="letters.secret", body="Isi rahasia", url="/app/letters/7")
    drain(context)

    [pushed] = read(service, browser)
    [mailed] = mail.sent_mails()
    assert (pushed["body"], pushed["url"], mailed["Subject"]) == (
        "Ada pemberitahuan baru",
        "/notices",
        "Ada pemberitahuan baru",
    )
    assert not [word for word in ("Mutasi", "rahasia", "letters") if word in mailed.get_content()]


def test_a_mail_tells_the_page_and_where_to_stop_it(
    context: Flask, house: House, service: PushService, at: Any
) -> None:
    give_email(house)
    tell(house, "Sandi Anda diganti", kind="security", url="/profile")
    drain(context)
    [mailed] = mail.sent_mails()
    base = secrets.settings().base_url
    assert (mailed["To"], mailed["Subject"]) == ("s@x.example", "Sandi Anda diganti")
    assert f"{base}/profile\n" in mailed.get_content()
    assert f"{base}/notices/settings" in mailed.get_content()


@pytest.mark.parametrize(
    "address",
    [
        "http://fcm.googleapis.com/x",
        "https://fcm.googleapis.com:8443/x",
        "https://fcm.googleapis.com@127.0.0.1/x",
        "https://user@fcm.googleapis.com/x",
        "https://fcm.googleapis.com.evil.example/x",
        "https://evilpush.apple.com/x",
        "https://127.0.0.1/x",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/x",
        "https://[bad/x",
        "file:///etc/passwd",
        "",
    ],
)
def test_only_known_push_services_are_called(context: Flask, address: str) -> None:
    assert not devices.allowed(address)
    with pytest.raises(Invalid):
        devices.Subscription(**Browser(address).form)


def test_push_services_of_browsers_are_known(context: Flask) -> None:
    for host_name in ("fcm.googleapis.com", "updates.push.services.mozilla.com", "web.push.apple.com"):
        assert devices.allowed(f"https://{host_name}/send/abc")


def test_a_long_message_is_refused(context: Flask, house: House) -> None:
    with pytest.raises(ValueError, match="at most"):
        pushing.push_all(house.people["staf"].id, "x", "a" * 4000)


@pytest.mark.parametrize(
    ("quiet", "moment", "until"),
    [
        (choices.Quiet(), NOON, None),
        (choices.Quiet(), NIGHT, datetime(2026, 11, 24, 22, 30, tzinfo=UTC)),
        (choices.Quiet("08:00", "08:00"), NIGHT, None),
        (choices.Quiet("11:00", "13:00"), NOON, datetime(2026, 11, 24, 5, 0, tzinfo=UTC)),
        # Saturday noon, weekends off: Monday 06.30 WITA
        (
            choices.Quiet(weekends=False),
            datetime(2026, 11, 28, 4, 0, tzinfo=UTC),
            datetime(2026, 11, 29, 22, 30, tzinfo=UTC),
        ),
    ],
)
def test_quiet_times_end_in_the_morning(quiet: choices.Quiet, moment: datetime, until: datetime | None) -> None:
    assert quiet.until(moment) == until


def test_who_rests_on_free_days_rests_on_holidays_and_cuti_bersama_too(
    context: Flask, house: House, service: PushService, at: Any
) -> None:
    """Thursday 24 December is cuti bersama, Friday is Christmas: what comes on Thursday leaves on Monday."""
    at(datetime(2026, 12, 24, 2, 0, tzinfo=UTC))
    with done():
        run(sa.delete(holiday))
        days = [
            {"day": date(2026, 12, day), "kind": kind, "name": "Natal"} for day, kind in ((24, "cuti"), (25, "libur"))
        ]
        run(sa.insert(holiday), days)
        choices.keep_quiet(house.people["staf"].id, choices.Quiet(weekends=False))
    subscribe(house, browser := service.browser())
    tell(house, "Rapat besok")
    drain(context)
    assert read(service, browser) == []
    at(datetime(2026, 12, 27, 22, 29, tzinfo=UTC))
    drain(context)
    assert read(service, browser) == []
    at(datetime(2026, 12, 27, 22, 31, tzinfo=UTC))
    drain(context)
    assert len(read(service, browser)) == 1
