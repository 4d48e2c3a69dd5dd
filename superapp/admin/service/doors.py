"""The doors of administration: what an actor may open, with what waits behind each."""

from __future__ import annotations

from dataclasses import dataclass, field

import sqlalchemy as sa
from flask import url_for

from superapp.access.actor import Actor
from superapp.kernel.database import run
from superapp.kernel.jobs.ledger import State
from superapp.kernel.language import N_
from superapp.kernel.language import gettext as _
from superapp.kernel.tables import job
from superapp.plugin.host import host
from superapp.plugin.tables import pause


@dataclass(frozen=True)
class Door:
    """One part of administration; `permission` lets in, `count` is what waits there."""

    endpoint: str
    title: str
    words: str = field(kw_only=True)
    icon: str = field(kw_only=True)
    permission: str = field(kw_only=True)
    count: int = field(default=0, kw_only=True)

    @property
    def url(self) -> str:
        """Return its address."""
        return url_for(self.endpoint)


@dataclass(frozen=True)
class Group:
    """Doors that belong together."""

    title: str
    doors: tuple[Door, ...]


_PEOPLE = (
    Door(
        "admin.people_list", N_("Pegawai"), words=N_("Data, jabatan, dan akun"), icon="users", permission="admin.people"
    ),
    Door("admin.units", N_("Unit kerja"), words=N_("Susunan unit"), icon="layout-grid", permission="admin.units"),
    Door("admin.posts", N_("Jabatan"), words=N_("Terisi, kosong, Plt., Plh."), icon="user", permission="admin.units"),
    Door("admin.roles", N_("Peran dan akses"), words=N_("Siapa boleh apa"), icon="lock", permission="admin.roles"),
    Door(
        "admin.imports",
        N_("Impor data"),
        words=N_("Unit, pegawai, klasifikasi"),
        icon="download",
        permission="admin.import",
    ),
)
_SYSTEM = (
    Door(
        "admin.modules",
        N_("Pengelola modul"),
        words=N_("Aktif, dijeda, rusak"),
        icon="puzzle",
        permission="admin.modules",
    ),
    Door("admin.settings", N_("Pengaturan"), words=N_("Inti dan modul"), icon="settings", permission="admin.settings"),
    Door(
        "admin.repair",
        N_("Pusat perbaikan"),
        words=N_("Gangguan dan cadangan"),
        icon="life-buoy",
        permission="admin.repair",
    ),
    Door("admin.audit", N_("Jejak audit"), words=N_("Siapa berbuat apa"), icon="eye", permission="admin.audit"),
)
_SERVICE = (
    Door(
        "admin.reference",
        N_("Data rujukan"),
        words=N_("Libur, golongan, wilayah"),
        icon="list-checks",
        permission="admin.reference",
    ),
    Door(
        "login.accounts_page",
        N_("Aktivasi akun"),
        words=N_("Slip dan yang belum aktif"),
        icon="shield-check",
        permission="login.activate",
    ),
    Door(
        "navigation.announcement_list",
        N_("Pengumuman"),
        words=N_("Tulis dan turunkan"),
        icon="bell",
        permission="navigation.announce",
    ),
    Door(
        "navigation.report_list",
        N_("Laporan masalah"),
        words=N_("Dari pengguna"),
        icon="message-circle",
        permission="navigation.reports",
    ),
)
"""Doors that other parts of the core keep; one that is not there is not shown."""
_GROUPS = (
    (N_("Orang dan akses"), _PEOPLE),
    (N_("Modul dan sistem"), _SYSTEM),
    (N_("Layanan dan data bersama"), _SERVICE),
)


def groups(actor: Actor) -> list[Group]:
    """Return the doors the actor may open, by group; groups without any are left out."""
    counts = {"admin.repair": troubles()} if actor.may("admin.repair") else {}
    found = [Group(_(title), _open(doors, actor, counts)) for title, doors in _GROUPS]
    return [group for group in found if group.doors]


def _open(doors: tuple[Door, ...], actor: Actor, counts: dict[str, int]) -> tuple[Door, ...]:
    known = {route.endpoint for route in host().routes.values()}
    return tuple(
        Door(
            door.endpoint,
            _(door.title),
            words=_(door.words),
            icon=door.icon,
            permission=door.permission,
            count=counts.get(door.endpoint, 0),
        )
        for door in doors
        if door.endpoint in known and actor.may(door.permission)
    )


def troubles() -> int:
    """Return how many things wait in the repair centre: dead jobs and paused contributions."""
    dead = sa.select(sa.func.count()).select_from(job).where(job.c.state == State.DEAD).scalar_subquery()
    paused = sa.select(sa.func.count()).select_from(pause).scalar_subquery()
    return int(run(sa.select(dead + paused)).scalar_one())
