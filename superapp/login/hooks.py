"""What signing in contributes to the app."""

from __future__ import annotations

import click

from superapp.kernel.jobs import Job
from superapp.login import housekeeping, personal, reset
from superapp.login.commands import grant, user
from superapp.login.views import bp
from superapp.plugin.blueprint import Blueprint
from superapp.plugin.contributions import NavItem, PersonData, PersonSubject
from superapp.plugin.hookspecs import hookimpl


@hookimpl
def superapp_blueprints() -> list[Blueprint]:
    """Give the pages of the doors, the profile and the guests."""
    return [bp]


@hookimpl
def superapp_navigation() -> list[NavItem]:
    """Give the desk where slips are made."""
    return [NavItem("login.accounts_page", "Akun pegawai", icon="users", group="Administrasi", order=30)]


@hookimpl
def superapp_jobs() -> list[Job]:
    """Give the mail of forgotten passwords, and the nightly sweep of what is over."""
    return [
        Job(kind=reset.MAIL_JOB, function=reset.send_link, prepare=reset.prepare_link, title="Surel kata sandi"),
        Job(kind="login.sweep", function=housekeeping.sweep, daily="02:20", title="Membersihkan sesi yang usai"),
    ]


@hookimpl
def superapp_person_data(person: PersonSubject) -> list[PersonData]:
    """Hand over account, factors and devices of a person."""
    return personal.kept(person.person_id)


@hookimpl
def superapp_person_erase(person: PersonSubject) -> int:
    """Close the account and forget sessions, devices and factors of a person."""
    return personal.erase(person.person_id)


@hookimpl
def superapp_commands() -> list[click.Command]:
    """Give `superapp user create` and `superapp grant`."""
    return [user, grant]
