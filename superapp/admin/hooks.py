"""What admin contributes to the app."""

from __future__ import annotations

from superapp.admin import jobs
from superapp.admin.views import bp
from superapp.kernel.jobs import Job
from superapp.kernel.language import N_
from superapp.plugin.blueprint import Blueprint
from superapp.plugin.contributions import NavItem
from superapp.plugin.hookspecs import hookimpl

GROUP = "admin"


@hookimpl
def superapp_blueprints() -> list[Blueprint]:
    """Give the pages of administration."""
    return [bp]


@hookimpl
def superapp_navigation() -> list[NavItem]:
    """Give an entry for each door, so that people find theirs without the front page."""
    return [
        NavItem("admin.people_list", N_("Pegawai"), icon="users", group=GROUP, order=900),
        NavItem("admin.units", N_("Unit kerja"), icon="layout-grid", group=GROUP, order=901),
        NavItem("admin.roles", N_("Peran dan akses"), icon="lock", group=GROUP, order=902),
        NavItem("admin.imports", N_("Impor data"), icon="download", group=GROUP, order=903),
        NavItem("admin.modules", N_("Pengelola modul"), icon="puzzle", group=GROUP, order=904),
        NavItem("admin.settings", N_("Pengaturan"), icon="settings", group=GROUP, order=905),
        NavItem("admin.repair", N_("Pusat perbaikan"), icon="life-buoy", group=GROUP, order=906),
        NavItem("admin.audit", N_("Jejak audit"), icon="eye", group=GROUP, order=907),
        NavItem("admin.reference", N_("Data rujukan"), icon="list-checks", group=GROUP, order=908),
    ]


@hookimpl
def superapp_jobs() -> list[Job]:
    """Give the nightly check of the audit chains and the export of the trail."""
    return [jobs.VERIFY, jobs.EXPORT]
