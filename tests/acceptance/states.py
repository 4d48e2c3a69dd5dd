"""What must be there before a form shows: each function makes it and returns the page with the form."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import sqlalchemy as sa

from superapp.access.tables import grant
from superapp.kernel import clock, database, ids, secrets
from superapp.kernel.jobs.ledger import State
from superapp.kernel.jobs.worker import Worker
from superapp.kernel.tables import job
from superapp.login import accounts, guests, reset, tickets
from superapp.login import tables as login
from superapp.login import waiting as second
from superapp.login.factors import recovery, totp
from superapp.navigation.blueprint import REPORTS
from superapp.navigation.models import access_request
from superapp.plugin import switch, tables
from superapp.plugin.mapping import bases
from superapp.shared import notices
from tests.acceptance.ground import Ground
from tests.login.authenticator import Authenticator
from tests.login.enrolling import App, enrol_app, enrol_passkey
from tests.support import builders

ASKING = f"/access/request?permission={REPORTS}&page=/help/reports"
CATALOGUE, VIEWS = "/app/catalogue/", "/app/catalogue/views"
DAY = "2027-03-11"
CLASSES = "KODE,NAMA,KODE INDUK\n901,Uji Coba,\n"


def staged_import(ground: Ground) -> str:
    """Upload a small file of record classes."""
    rows = f"KODE,NAMA,KODE INDUK\n{int(ground.worded('{n}')) + 900},Uji Coba,\n".encode()
    form = ground.form("/admin/imports/new", "admin.stage_import")
    sent = form.values | {"kind": "classification", "file": (BytesIO(rows), "berkas.csv")}
    return _taken(ground.client.post(form.action, data=sent, headers={"Sec-Fetch-Site": "same-origin"}))


def applied_import(ground: Ground) -> str:
    """Apply a small file of record classes."""
    page = staged_import(ground)
    ground.send(page, "admin.apply_import")
    Worker(ground.app).drain()
    return page


def empty_unit(ground: Ground) -> str:
    """Make a unit without posts and go to its closing."""
    with ground.app.app_context():
        return f"/admin/units/{builders.unit('Seksi Baru', ground.house.unit('aptika')).id}/close"


def empty_unit_form(ground: Ground) -> str:
    """Make a unit without posts and go to the form of its first."""
    return empty_unit(ground).replace("/close", "/positions/new")


def vacant_post(ground: Ground) -> str:
    """Make a post that nobody holds and go to its closing."""
    with ground.app.app_context():
        made = builders.position(ground.house.unit("dinkes"), ground.worded("Jabatan {n}"))
        ground.names |= {"vacant": made.id, "vacancy": made.title}
    return ground.worded("/admin/positions/{vacant}/close")


def vacancy(how: str) -> Callable[[Ground], str]:
    """Return a function that makes a vacant post, and somebody to appoint or transfer to it."""

    def make(ground: Ground) -> str:
        vacant_post(ground)
        with ground.app.app_context():
            who = builders.person("Pegawai Contoh")
            builders.appointment(who, builders.position(ground.house.unit("dinkes")))
        return f"/admin/people/{who.id}/{how}"

    return make


def coming_appointment(ground: Ground) -> str:
    """Appoint somebody from next month on."""
    with ground.app.app_context():
        who, post = ground.house.person("dokter"), builders.position(ground.house.unit("dinkes"))
        held = builders.appointment(who, post, starts_on=clock.today() + timedelta(days=30))
        return f"/admin/people/{who.id}/posts/{held.id}"


def appointment(ground: Ground) -> str:
    """Let somebody hold one more post, since a year ago."""
    with ground.app.app_context():
        who = builders.person("Pegawai Contoh")
        held = builders.appointment(who, builders.position(ground.house.unit("dinkes")))
        return f"/admin/people/{who.id}/posts/{held.id}"


def dead_job(ground: Ground) -> str:
    """Put a job into the ledger that was given up."""
    moment = clock.now()
    row = {"id": ids.uuid7(), "kind": "shared.import_apply", "arguments": {}, "state": State.DEAD, "attempts": 5, "max_attempts": 5,
           "run_at": moment, "created_at": moment, "finished_at": moment, "error": "OperationalError <disk penuh>"}  # fmt: skip
    with ground.app.app_context(), builders.stored():
        database.run(sa.delete(job).where(job.c.state == State.DEAD))
        database.run(sa.insert(job).values(row))
    return "/admin/perbaikan"


def module_on(ground: Ground) -> str:
    """Switch the catalogue on again, everywhere."""
    ground.commanded(lambda: switch.enable("catalogue"))
    ground.commanded(lambda: switch.enable("catalogue", ground.house.units["dinkes"]))
    return "/admin/modules/catalogue"


def module_off(ground: Ground) -> str:
    """Switch the catalogue off."""
    ground.commanded(lambda: switch.disable("catalogue"))
    return "/admin/modules/catalogue"


def module_off_for_one(ground: Ground) -> str:
    """Switch the catalogue off for one office."""
    ground.commanded(lambda: switch.disable("catalogue", ground.house.units["dinkes"]))
    return "/admin/modules/catalogue"


def paused_module(ground: Ground) -> str:
    """Pause one part of the catalogue."""
    row = {"plugin": "catalogue", "contribution": "widget:catalogue", "since": clock.now(), "reason": "KeyError"}
    with ground.app.app_context(), builders.stored():
        database.run(sa.delete(tables.pause))
        database.run(sa.insert(tables.pause).values(row))
    return "/admin/modules/catalogue"


def closed_account(ground: Ground) -> str:
    """Close somebody's account."""
    own = ground.who("dokter").id
    ground.commanded(lambda: accounts.disable(own))
    return f"/admin/people/{own}"


def open_account(ground: Ground) -> str:
    """Open somebody's account again."""
    own = ground.who("dokter").id
    ground.commanded(lambda: accounts.enable(own))
    return f"/admin/people/{own}"


def somebody_in(ground: Ground) -> str:
    """Let somebody sign in."""
    builders.sign_in(ground.app.test_client(), ground.who("dokter"))
    return ground.worded("/admin/people/{dokter}")


def gone_person(ground: Ground) -> str:
    """Let somebody have left."""
    with ground.app.app_context():
        return f"/admin/people/{builders.person('Pegawai Lama', active=False).id}"


def closed_unit(ground: Ground) -> str:
    """Close a unit without posts."""
    page = empty_unit(ground)
    ground.send(page, "admin.close_unit", on=f"{clock.today():%Y-%m-%d}")
    return page.removesuffix("/close")


def holiday(ground: Ground) -> str:
    """Record a free day."""
    page = f"/admin/reference/holidays/{DAY}~libur"
    if ground.client.get(page).status_code == 404:
        ground.send("/admin/reference/holidays/new", "admin.add_reference", day=DAY, kind="libur", name="Libur Contoh")
    return page


def role(ground: Ground) -> str:
    """Make a role."""
    key = ground.worded("arsiparis-{n}")
    with ground.app.app_context():
        builders.role(key, "admin.people", title="Arsiparis")
    return f"/admin/roles/{key}"


def role_form(ground: Ground) -> str:
    """Make a role and go to its form."""
    return f"{role(ground)}/edit"


def granted(ground: Ground) -> str:
    """Give somebody a right."""
    with ground.app.app_context():
        builders.grant(ground.house.person("dokter"), "catalogue.view", ground.house.unit("dinkes"))
    return "/admin/grants"


def application(ground: Ground) -> str:
    """Record an application."""
    return _taken(ground.send(f"{CATALOGUE}new", "catalogue.record", name="Sistem {n}"))


def application_form(ground: Ground) -> str:
    """Record an application and go to its form."""
    return f"{application(ground)}/edit"


def archived_application(ground: Ground) -> str:
    """Record an application and put it away."""
    page = application(ground)
    ground.send(page, "catalogue.archive")
    return page


def saved_view(ground: Ground) -> str:
    """Keep one view of the catalogue."""
    with ground.app.app_context(), builders.stored():
        database.run(sa.delete(bases["catalogue"].metadata.tables["catalogue_saved_view"]))
    ground.send(f"{VIEWS}/new?level=pusat", "catalogue.save_view", name="Tampilan {n}")
    return VIEWS


def view_to_replace(ground: Ground) -> str:
    """Keep a view of the catalogue and look at other rows."""
    saved_view(ground)
    return f"{VIEWS}/new?level=kabupaten"


def saved_view_form(ground: Ground) -> str:
    """Keep a view of the catalogue and go to its form."""
    shown = ground.client.get(saved_view(ground)).text
    return f"{VIEWS}/{shown.partition(f'{VIEWS}/')[2][:36]}/edit"


def slip(ground: Ground) -> str:
    """Print a slip for somebody."""
    with ground.app.app_context():
        batch = ground.commanded(lambda: tickets.draw([ground.who("staf").id], "activation"))
        ground.names["code"] = tickets.of_batch(batch, None)[0].code
    return "/activate"


def new_passkey(ground: Ground) -> dict[str, Any]:
    """Return what the script sends for a passkey that was just made."""
    options = ground.walker.tell("/profile/factors/passkeys/options", {}, page="/profile").json
    return {"credential": Authenticator().register(options), "next": "/profile"}


def passkey(ground: Ground) -> str:
    """Register a passkey."""
    _enrolled(ground)
    return "/profile/factors"


def confirming(ground: Ground) -> dict[str, Any]:
    """Return what the script sends when somebody confirms with a passkey."""
    device = _enrolled(ground)
    options = ground.walker.tell("/confirm/passkey/options", {}, page="/profile").json
    return {"credential": device.sign(options), "next": "/profile"}


def signing(ground: Ground) -> dict[str, Any]:
    """Return what the script sends when somebody signs in with a passkey."""
    device = _somebodys_passkey(ground)
    return {"credential": device.sign(ground.walker.tell("/login/passkey/options", {}).json), "next": "/profile"}


def second_signing(ground: Ground) -> dict[str, Any]:
    """Return what the script sends when a passkey is the second step."""
    device = _somebodys_passkey(ground)
    options = ground.walker.tell("/login/code/passkey/options", {}, page="/login/code").json
    return {"credential": device.sign(options), "next": "/profile"}


def _somebodys_passkey(ground: Ground) -> Authenticator:
    own = Ground(ground.app, ground.house)
    own.enter("staf")
    return _enrolled(own)


def _enrolled(ground: Ground) -> Authenticator:
    with ground.app.app_context(), builders.stored():
        database.run(sa.delete(login.passkey))  # there is a limit
    return enrol_passkey(ground.walker)


def two_hats(ground: Ground) -> str:
    """Let somebody hold two posts."""
    with ground.app.app_context():
        builders.appointment(ground.house.person("staf"), builders.position(ground.house.unit("aptika")))
    return "/profile"


def codes_shown(ground: Ground) -> str:
    """Draw recovery codes and show them in this session."""
    app_installed(ground)
    own = secrets.digest(ground.walker.cookie("satu") or "")
    ground.commanded(lambda: recovery.renew(ground.who("staf").id, own))
    return "/profile/factors/codes"


def app_begun(ground: Ground) -> str:
    """Draw the secret of an authenticator app."""
    own = ground.who("staf").id
    ground.commanded(lambda: totp.begin(own))
    with ground.app.app_context():
        ground.names["code"] = App(totp.pending(own)).code()
    return "/profile/factors/app"


def app_installed(ground: Ground) -> str:
    """Install an authenticator app."""
    ground.names["code"] = enrol_app(ground.app, ground.who("staf")).code()
    return "/profile/factors"


def another_session(ground: Ground) -> str:
    """Sign the same person in from another device."""
    builders.sign_in(ground.app.test_client(), ground.who("staf"))
    return "/profile"


def invitation(ground: Ground) -> str:
    """Invite a guest."""
    record = guests.Record("core_unit", ids.uuid7(), url="/password/forgotten")
    until = clock.now() + timedelta(hours=24)
    made = ground.commanded(lambda: guests.invite("Dr. Penguji", "", "seminar.score", record, until=until))
    return str(made.link).removeprefix("http://localhost")


def reset_link(ground: Ground) -> str:
    """Send somebody a link for a new password."""
    with ground.app.app_context():
        batch = ground.commanded(lambda: tickets.draw([ground.who("staf").id], "reset"))
        return reset.link(tickets.of_batch(batch, None)[0]).removeprefix("http://localhost")


def waiting(ground: Ground) -> str:
    """Let somebody's password be right, with the second step to come."""
    app_installed(ground)
    token = ground.commanded(lambda: second.begin(accounts.by_person(ground.who("staf").id)))
    ground.client.set_cookie(second.COOKIE, token)
    return "/login/code"


def asked(ground: Ground) -> str:
    """Let somebody ask for a right, as if for the first time."""
    with ground.app.app_context(), builders.stored():
        database.run(sa.delete(grant).where(grant.c.permission == REPORTS))
        database.run(sa.delete(access_request))
    own = Ground(ground.app, ground.house)
    own.enter("staf")
    return _taken(own.send(ASKING, "navigation.access_ask", reason="Menangani laporan"))


def announcement(ground: Ground) -> str:
    """Publish an announcement."""
    return _taken(
        ground.send("/announcements/new", "navigation.announcement_publish", title="Rapat {n}", body="Di aula.")
    )


def announcement_form(ground: Ground) -> str:
    """Publish an announcement and go to its form."""
    return f"{announcement(ground)}/edit"


def notice(ground: Ground) -> str:
    """Tell the admin something."""
    ground.commanded(lambda: notices.notify(ground.who("admin").id, "Kabar contoh", url="/tasks"))
    return "/notices"


SUBSCRIBING = {
    "endpoint": "https://fcm.googleapis.com/fcm/send/{n}",
    "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
}
"""A browser's subscription: the example of RFC 8291, appendix A."""


def subscribed(ground: Ground) -> str:
    """Let the admin's browser take pushes."""
    ground.send("/notices/settings", "navigation.add_device", **SUBSCRIBING)
    return "/notices/settings"


def report(ground: Ground) -> str:
    """Report a problem."""
    return _taken(ground.send("/help/report", "navigation.report_submit", words="Tombol kirim diam"))


def _taken(answer: Any) -> str:
    assert answer.status_code == 303, answer.text[-2000:]
    return str(answer.location).removeprefix("http://localhost")


def leave_form(ground: Ground) -> str:
    """Forget all leave and go to the form."""
    tables = bases["leave"].metadata.tables
    with ground.app.app_context(), builders.stored():
        database.run(sa.delete(tables["leave_ledger_entry"]))
        database.run(sa.delete(tables["leave_leave_request"]))
    return "/app/leave/new"


def leave(ground: Ground) -> str:
    """Ask for leave that begins tomorrow."""
    return _leave_from(ground, 1)


def approved_leave(ground: Ground) -> str:
    """Have leave that begins tomorrow approved."""
    return _approved(ground, leave(ground))


def running_leave(ground: Ground) -> str:
    """Have leave that began today approved."""
    return _approved(ground, _leave_from(ground, 0))


def _leave_from(ground: Ground, days: int) -> str:
    first = clock.today() + timedelta(days=days)
    texts = {"kind": "CS", "reason": "Sakit", "address": "Nunukan", "phone": "0812000111"}
    dates = {"first_day": first.isoformat(), "last_day": (first + timedelta(days=9)).isoformat()}
    return _taken(ground.send(leave_form(ground), "leave.ask", **texts, **dates))


def _approved(ground: Ground, page: str) -> str:
    with ground.app.app_context(), builders.stored():
        database.run(sa.update(bases["leave"].metadata.tables["leave_leave_request"]).values(state="approved"))
    return page
