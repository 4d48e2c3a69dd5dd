"""What navigation contributes to the app."""

from __future__ import annotations

from datetime import timedelta

from superapp.kernel.jobs import Job
from superapp.kernel.language import N_
from superapp.navigation import kept, reports
from superapp.navigation.blueprint import REPORTS
from superapp.navigation.views import bp
from superapp.plugin.blueprint import Blueprint
from superapp.plugin.contributions import NavItem, Setting
from superapp.plugin.hookspecs import hookimpl
from superapp.shared import files

files.watch(reports.RECORD, reports.may_read)


@hookimpl
def superapp_blueprints() -> list[Blueprint]:
    """Give the pages everybody has."""
    return [bp]


@hookimpl
def superapp_navigation() -> list[NavItem]:
    """Give the entries of the launcher that belong to no module."""
    return [
        NavItem("navigation.agenda", N_("Agenda"), icon="calendar", order=5),
        NavItem("navigation.people", N_("Pegawai"), icon="users", order=10),
        NavItem("navigation.announcement_list", N_("Pengumuman"), icon="bell", order=20),
        NavItem("navigation.guide", N_("Bantuan"), icon="life-buoy", order=30),
        NavItem("navigation.report_list", N_("Laporan masalah"), icon="triangle-alert", permission=REPORTS, order=40),
        NavItem("navigation.report_form", N_("Laporan masalah"), icon="life-buoy", group="create", order=900),
    ]


@hookimpl
def superapp_settings() -> list[Setting]:
    """Give what administrators may set."""
    return [
        Setting(
            "security_contact",
            N_("Alamat surel CSIRT"),
            help=N_("Tercantum di security.txt untuk pelapor kelemahan sistem."),
        )
    ]


@hookimpl
def superapp_jobs() -> list[Job]:
    """Give the jobs that tidy up."""
    return [Job(kind="navigation.forget_kept_input", function=kept.forget_old, every=timedelta(hours=1))]
