"""The demo accounts: one per role, one password, kept where only the operator can read it."""

from __future__ import annotations

import json
import os
import secrets as randomness
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.access import roles
from superapp.access.rights import EVERYTHING
from superapp.access.tables import grant, role, role_permission
from superapp.kernel import clock, ids
from superapp.kernel.database import run
from superapp.kernel.secrets import settings
from superapp.login.tables import account
from superapp.operations.demo.filling import ROLES, Staffing
from superapp.operations.demo.storing import Stored
from superapp.operations.demo.structure import ROOT

FILE = "demo-accounts.json"


@dataclass(frozen=True)
class DemoAccount:
    """An account to try the app with."""

    role: str
    nip: str
    password: str = field(kw_only=True)
    name: str = field(kw_only=True)
    position: str = field(kw_only=True)
    unit: str = field(kw_only=True)


def new_password() -> str:
    """Return the password of all demo accounts: SUPERAPP_DEMO_PASSWORD, else a random one."""
    given = settings().demo_password.get_secret_value()
    return given or f"{randomness.token_hex(3)}-{randomness.token_hex(3)}-{randomness.token_hex(3)}"


def listed(staffing: Staffing, password: str) -> list[DemoAccount]:
    """Return the demo accounts of a staffing, in the order of ROLES."""
    from superapp.operations.demo.structure import structure

    units = {unit.code: unit.name for unit in structure().units}
    posts = {post.key: post for post in staffing.posts}
    return [
        DemoAccount(
            name,
            staffing.people[number].nip or _staff_number(staffing, number),
            password=password,
            name=staffing.people[number].name,
            position=posts[ROLES[name]].title,
            unit=units[posts[ROLES[name]].unit],
        )
        for name, number in _holders(staffing).items()
    ]


def _holders(staffing: Staffing) -> dict[str, int]:
    definitive = {held.post: held.person for held in staffing.held if held.kind == "definitive"}
    return {name: definitive[post] for name, post in ROLES.items()}


def _staff_number(staffing: Staffing, number: int) -> str:
    without = sum(1 for person in staffing.people[: number + 1] if person.nip is None)
    return f"NP{without:06d}"


def store(staffing: Staffing, stored: Stored, hashed: str) -> None:
    """Write the accounts: no password to change, no second factor needed; inside a command."""
    moment = clock.now()
    rows = [
        {
            "person_id": stored.people[number],
            "password_hash": hashed,
            "password_at": moment,
            "activated_at": moment,
            "factor_exempt": True,
            "partition_key": randomness.token_hex(16),
        }
        for number in _holders(staffing).values()
    ]
    run(sa.insert(account), rows)


TITLES = {
    "admin": "Admin sistem",
    "pimpinan": "Pimpinan",
    "pengelola": "Pengelola",
    "pegawai": "Pegawai",
}
_ACTS = ("view", "read", "list")


def store_roles(declared: Iterable[str]) -> None:
    """Write the demo's roles over the permissions that modules declare; inside a command.

    `admin` holds everything; `pengelola` what modules declare, and announces; `pimpinan` and `pegawai` what only looks.
    What the core's parts declare (reports of problems, personal data) goes with the built-in roles alone.
    """
    roles.ensure_built_in()
    of_modules = sorted(declared)
    looking = [name for name in of_modules if name.rsplit(".", 1)[-1] in _ACTS]
    given = {
        "admin": [EVERYTHING],
        "pengelola": [*of_modules, "navigation.announce"],
        "pimpinan": looking,
        "pegawai": looking,
    }
    for key, permissions in given.items():
        if run(sa.select(role.c.key).where(role.c.key == key)).first() is None:
            run(sa.insert(role).values(key=key, title=TITLES[key], built_in=key == "admin"))
        present = set(run(sa.select(role_permission.c.permission).where(role_permission.c.role == key)).scalars())
        missing = [{"role": key, "permission": name} for name in permissions if name not in present]
        if missing:
            run(sa.insert(role_permission), missing)


WHOLE_REGENCY = {
    "bupati": "pimpinan",
    "sekda": "pimpinan",
    "wabup": "pimpinan",
    "admin": "admin",
    "pengembang": "pengelola",
}
"""Post → role granted over the whole regency."""
DEVELOPERS = {"pengembang"}
"""Posts that tend the modules and answer reports of problems."""


def store_grants(staffing: Staffing, stored: Stored) -> None:
    """Grant the roles to posts: heads manage their OPD, everybody looks within his; inside a command."""
    run(sa.insert(grant), list(_grants(staffing, stored)))


def _grants(staffing: Staffing, stored: Stored) -> Iterator[dict[str, Any]]:
    clerks = {"tu", "staf"}
    for post in staffing.posts:
        opd = stored.opds[post.unit]
        if post.key in WHOLE_REGENCY:
            yield _grant(stored.posts[post.key], WHOLE_REGENCY[post.key], stored.units[ROOT])
        elif post.is_head or post.key in clerks:
            yield _grant(stored.posts[post.key], "pengelola", stored.units[post.unit] if post.is_head else opd)
        if post.key in DEVELOPERS:
            yield _grant(stored.posts[post.key], "pengembang", stored.units[ROOT])
        yield _grant(stored.posts[post.key], "pegawai", opd)


def _grant(position_id: UUID, role_key: str, unit_id: UUID) -> dict[str, Any]:
    start = clock.today().replace(month=1, day=1)
    return {"id": ids.uuid7(), "position_id": position_id, "role": role_key, "unit_id": unit_id, "starts_on": start}


def _path() -> Path:
    return settings().data_dir / FILE


def keep(accounts: Iterable[DemoAccount]) -> Path:
    """Write the accounts to DATA_DIR/demo-accounts.json, readable by the operator alone, and return its path."""
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump([asdict(found) for found in accounts], file, ensure_ascii=False, indent=1)
    fresh.replace(path)
    return path


def kept() -> list[DemoAccount]:
    """Return the accounts that `keep` wrote, an empty list when there are none."""
    if not _path().exists():
        return []
    rows: list[Mapping[str, str]] = json.loads(_path().read_text(encoding="utf-8"))
    return [DemoAccount(**row) for row in rows]
