"""Roles: named bundles of permissions; the built-in ones and what of the core they may do."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import sqlalchemy as sa

from superapp.access.rights import EVERYTHING
from superapp.access.tables import grant, role, role_permission
from superapp.kernel import command, stamps
from superapp.kernel.database import insert_once, run
from superapp.kernel.errors import Invalid, NotFound, Refused
from superapp.kernel.language import N_
from superapp.kernel.language import gettext as _


@dataclass(frozen=True)
class Role:
    """A bundle of permissions that is granted at a unit; its permissions hold in that unit's subtree."""

    key: str
    title: str
    description: str = field(default="", kw_only=True)
    permissions: frozenset[str] = field(default=frozenset(), kw_only=True)
    built_in: bool = field(default=False, kw_only=True)


_UNIT_ADMIN = frozenset({"login.activate", "admin.people", "admin.units", "admin.roles", "navigation.announce"})
_STAFFING = frozenset({"login.activate", "admin.people", "admin.units", "admin.import", "navigation.personal"})
_DEVELOPER = frozenset({"admin.modules", "admin.repair", "navigation.reports"})


def _built_in(key: str, title: str, description: str, permissions: Iterable[str] = ()) -> Role:
    return Role(key, title, description=description, permissions=frozenset(permissions), built_in=True)


BUILT_IN = (
    _built_in("bupati", N_("Bupati"), N_("Pimpinan daerah; melihat seluruh kabupaten")),
    _built_in("sekda", N_("Sekretaris Daerah"), N_("Mengoordinasi seluruh perangkat daerah"), {"navigation.announce"}),
    _built_in("kadis", N_("Kepala perangkat daerah"), N_("Memimpin satu perangkat daerah"), {"navigation.announce"}),
    _built_in("kabid", N_("Kepala bidang"), N_("Memimpin satu bidang")),
    _built_in("kasi", N_("Kepala seksi"), N_("Memimpin satu seksi atau tim")),
    _built_in("staf", N_("Staf"), N_("Mengerjakan tugas di unitnya")),
    _built_in("tu", N_("Tata usaha"), N_("Mencatat surat dan pengumuman unit"), {"navigation.announce"}),
    _built_in("peserta", N_("Peserta pelatihan"), N_("Mengikuti pelatihan kepemimpinan")),
    _built_in("mentor", N_("Mentor"), N_("Membimbing peserta dari unit kerjanya")),
    _built_in("coach", N_("Coach"), N_("Mendampingi peserta dari lembaga pelatihan")),
    _built_in("penguji", N_("Penguji"), N_("Menilai seminar peserta")),
    _built_in("pengembang", N_("Pengembang"), N_("Merawat modul dan menangani gangguan"), _DEVELOPER),
    _built_in("kepegawaian", N_("Pengelola kepegawaian"), N_("Merawat data pegawai, unit, dan akun"), _STAFFING),
    _built_in("unit-admin", N_("Admin unit"), N_("Membuka akun dan memberi akses di unitnya"), _UNIT_ADMIN),
    _built_in("admin", N_("Admin sistem"), N_("Memegang semua izin"), {EVERYTHING}),
)
"""The roles that every installation has; what modules add to them is data."""
_KEY = re.compile(r"[a-z][a-z0-9-]{1,39}")


def ensure_built_in() -> None:
    """Write the built-in roles that are missing, with their core permissions (in a command; at migration and demo).

    A role that is there already keeps what administrators made of it.
    """
    for known in BUILT_IN:
        values = {"key": known.key, "title": known.title, "description": known.description, "built_in": True}
        if run(insert_once(role, values)).rowcount:
            for permission in sorted(known.permissions):
                run(insert_once(role_permission, {"role": known.key, "permission": permission}))


def worded(known: Role) -> Role:
    """Return a role with title and description in the reader's language: those of the built-in ones are translated."""
    return replace(known, title=_(known.title), description=_(known.description))


def listed() -> list[Role]:
    """Return all roles with their permissions, in the reader's language, by title (two statements)."""
    held: dict[str, set[str]] = {}
    for row in run(sa.select(role_permission)):
        held.setdefault(row.role, set()).add(row.permission)
    found = [worded(_role(row, held.get(row.key, set()))) for row in run(sa.select(role))]
    return sorted(found, key=lambda one: (one.title.casefold(), one.key))


def find(key: str) -> Role:
    """Return a role; raises NotFound."""
    row = run(sa.select(role).where(role.c.key == key)).first()
    if row is None:
        raise NotFound(_("Peran ini tidak ada."))
    return _role(row, set(run(sa.select(role_permission.c.permission).where(role_permission.c.role == key)).scalars()))


def _role(row: sa.Row[tuple[object, ...]], permissions: set[str]) -> Role:
    values = row._mapping
    return Role(
        values["key"],
        values["title"],
        description=values["description"],
        permissions=frozenset(permissions),
        built_in=values["built_in"],
    )


def define(key: str, title: str, description: str = "", permissions: Iterable[str] = ()) -> Role:
    """Make a role (in a command); raises Invalid for a key or title that cannot be, or one that is there already."""
    errors = {}
    if not _KEY.fullmatch(key):
        errors["key"] = _("Kunci peran: huruf kecil, angka, tanda hubung; 2–40 karakter.")
    if not 0 < len(title.strip()) <= 80:
        errors["title"] = _("Isi nama peran, paling banyak 80 karakter.")
    if errors:
        raise Invalid(errors=errors)
    values = {"key": key, "title": title.strip(), "description": description.strip()[:255], "built_in": False}
    if not run(insert_once(role, values)).rowcount:
        raise Invalid(_("Peran dengan kunci ini sudah ada."), field="key")
    command.current().also("{actor} membuat peran {title}", "core_role", title=title.strip(), role=key)
    for permission in sorted(set(permissions)):
        allow(key, permission)
    return find(key)


def allow(key: str, permission: str) -> None:
    """Add a permission to a role, for all who hold it from their next request on (in a command)."""
    find(key)
    if run(insert_once(role_permission, {"role": key, "permission": permission})).rowcount:
        stamps.raise_access()
        says = "{actor} menambah izin {permission} pada peran {role}"
        command.current().also(says, "core_role", permission=permission, role=key)


def disallow(key: str, permission: str) -> None:
    """Take a permission from a role, for all who hold it from their next request on (in a command).

    Raises Refused for the admin's own permission: nobody could give it back.
    """
    if (key, permission) == ("admin", EVERYTHING):
        raise Refused(_("Peran admin harus tetap memegang semua izin."))
    same = sa.and_(role_permission.c.role == key, role_permission.c.permission == permission)
    if run(sa.delete(role_permission).where(same)).rowcount:
        stamps.raise_access()
        says = "{actor} mencabut izin {permission} dari peran {role}"
        command.current().also(says, "core_role", permission=permission, role=key)


def remove(key: str) -> None:
    """Delete a role that nobody holds (in a command); raises Refused for a built-in or a granted one."""
    found = find(key)
    if found.built_in:
        raise Refused(_("Peran bawaan tidak bisa dihapus."))
    if run(sa.select(grant.c.id).where(grant.c.role == key).limit(1)).first() is not None:
        raise Refused(_("Peran ini masih diberikan kepada orang. Cabut dulu."))
    run(sa.delete(role).where(role.c.key == key))
    command.current().also("{actor} menghapus peran {title}", "core_role", title=found.title, role=key)
