"""Builders: units, people, posts, grants and accounts in one line each, committed, so that requests see them.

They write rows directly: a test of a service must not depend on the services of its arrangement. All need an app
context, and none may be called inside a command.
"""

from __future__ import annotations

import itertools
import json
import secrets as randomness
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask.testing import FlaskClient

from superapp.access import tables as access
from superapp.extensions import db
from superapp.kernel import clock, database, ids, stamps
from superapp.login import tables as login
from superapp.organization.models import Appointment, Person, Position, Unit

PASSWORD = "pasar-malam-tarakan-2026"
_numbers = itertools.count(1)


@contextmanager
def stored() -> Iterator[None]:
    """Commit what the with-block writes, with the stamp raised, as a command would."""
    db.session.rollback()
    with database.writing():
        yield
        stamps.raise_access()
        database.commit()


def unit(name: str = "Dinas Contoh", parent: Unit | None = None, **values: Any) -> Unit:
    """Store a unit; without `parent` the regency itself. `is_opd=True` (the default right below the regency)."""
    values.setdefault("is_opd", parent is not None and parent.parent_id is None)
    own = ids.uuid7()
    opd_id = own if parent is None or values["is_opd"] else parent.opd_id
    with stored():
        number = (db.session.scalar(sa.select(sa.func.max(Unit.number))) or 0) + 1
        path = f"{parent.path if parent else '/'}{number}/"
        defaults = {"code": f"U{number:03}", "kind": "dinas" if values["is_opd"] else "bidang"}
        kind = {"kind": "kabupaten"} if parent is None else {}
        made = Unit(
            id=own, number=number, path=path, name=name, opd_id=opd_id, parent_id=parent.id if parent else None,
            **(defaults | kind | values),
        )  # fmt: skip
        db.session.add(made)
    return made


def new_nip(born: date = date(1985, 3, 17), *, year: int = 2010, woman: bool = False) -> str:
    """Return a well-formed synthetic NIP that no other call returned."""
    number = next(_numbers)
    return f"{born:%Y%m%d}{year}{number // 1000 % 12 + 1:02}{2 if woman else 1}{number % 1000:03}"


def person(name: str = "Sari Dewi", **values: Any) -> Person:
    """Store a person with a NIP; `nip=None` for somebody with a staff number."""
    values = {"nip": new_nip(), "employment": "pns", "sort_name": name.lower(), **values}
    if values["nip"] is None:
        values.setdefault("staff_number", f"NNK-{randomness.token_hex(5).upper()}")
    with stored():
        made = Person(name=name, **values)
        db.session.add(made)
    return made


def position(where: Unit, title: str = "Analis", **values: Any) -> Position:
    """Store a post in a unit; `is_head=True`, `supervisor_id=`, `grade=` as needed."""
    kind = "jpt_pratama" if values.get("is_head") else "pelaksana"
    with stored():
        made = Position(unit_id=where.id, title=title, **({"kind": kind} | values))
        db.session.add(made)
    return made


def appointment(who: Person, post: Position, **values: Any) -> Appointment:
    """Let a person hold a post, since a year ago unless `starts_on` says otherwise."""
    values.setdefault("starts_on", clock.today() - timedelta(days=365))
    with stored():
        made = Appointment(person_id=who.id, position_id=post.id, **values)
        db.session.add(made)
    return made


def grant(holder: Person | Position, what: str, where: Unit, **values: Any) -> UUID:
    """Grant a permission (`catalogue.view`) or a role (`admin`) on a unit's subtree and return the grant's id."""
    own = ids.uuid7()
    kind = {"permission": what} if "." in what else {"role": what}
    holds = {"person_id": holder.id} if isinstance(holder, Person) else {"position_id": holder.id}
    with stored():
        row = {"id": own, "unit_id": where.id, "starts_on": clock.today() - timedelta(days=1), **kind, **holds}
        database.run(sa.insert(access.grant).values(row | values))
    return own


def grant_everybody(house: House, *permissions: str, **values: Any) -> None:
    """Grant permissions to everybody of the house, each in his own unit."""
    since = {"starts_on": clock.today() - timedelta(days=1)}
    rows = [
        {"id": ids.uuid7(), "person_id": who.id, "permission": permission, "unit_id": who.unit_id} | since | values
        for who in house.people.values()
        for permission in permissions
    ]
    with stored():
        database.run(sa.insert(access.grant), rows)


def role(key: str, *permissions: str, title: str = "") -> str:
    """Store a role with its permissions, replacing those it had, and return its key."""
    with stored():
        if database.run(sa.select(access.role.c.key).where(access.role.c.key == key)).first() is None:
            database.run(sa.insert(access.role).values(key=key, title=title or key.title()))
        database.run(sa.delete(access.role_permission).where(access.role_permission.c.role == key))
        rows = [{"role": key, "permission": permission} for permission in permissions]
        if rows:
            database.run(sa.insert(access.role_permission), rows)
    return key


def account(who: Person, **values: Any) -> str:
    """Let a person sign in with PASSWORD and no second factor; return the password."""
    moment = clock.now()
    row = {
        "person_id": who.id, "password_hash": _hashed(), "password_at": moment, "activated_at": moment,
        "factor_exempt": True, "partition_key": randomness.token_hex(16),
    }  # fmt: skip
    with stored():
        database.run(sa.insert(login.account).values(row | values))
    return PASSWORD


@cache
def _hashed() -> str:
    from superapp.login.password import hash_password

    return hash_password(PASSWORD)


def sign_in(client: FlaskClient, who: Person | UUID | Member, **values: Any) -> FlaskClient:
    """Give the client a session of the person without the price of a password check, and return the client.

    `values`: those of login.session.NewSession, such as `second_factor=True`.
    """
    from superapp.login import session

    with client.application.app_context(), stored():
        token = session.begin(session.NewSession(who if isinstance(who, UUID) else who.id, **values))
        name = session.cookie_name()
    client.set_cookie(name, token)
    return client


@dataclass(frozen=True)
class Member:
    """One person of the house, with the post held."""

    id: UUID
    nip: str
    position_id: UUID = field(kw_only=True)
    unit_id: UUID = field(kw_only=True)


@dataclass(frozen=True)
class House:
    """The small organisation: units by short name, people by role; everybody's password is PASSWORD."""

    units: Mapping[str, UUID]
    people: Mapping[str, Member] = field(kw_only=True)

    def unit(self, name: str) -> Unit:
        """Return a unit: kabupaten, setda, kominfo, aptika, seksi, dinkes."""
        return db.session.get_one(Unit, self.units[name])

    def person(self, role: str) -> Person:
        """Return a person: bupati, sekda, kadis, kabid, kasi, staf, tu, admin (kominfo); dokter, kadinkes (dinkes)."""
        return db.session.get_one(Person, self.people[role].id)

    def position(self, role: str) -> Position:
        """Return the post that the person of that role holds."""
        return db.session.get_one(Position, self.people[role].position_id)


_UNITS = (
    ("setda", "Sekretariat Daerah", "kabupaten"),
    ("kominfo", "Dinas Komunikasi dan Informatika", "kabupaten"),
    ("dinkes", "Dinas Kesehatan", "kabupaten"),
    ("aptika", "Bidang Aplikasi dan Informatika", "kominfo"),
    ("seksi", "Seksi Pengembangan Aplikasi", "aptika"),
)
_PEOPLE = (
    ("bupati", "Haji Rahmat", "kabupaten", "Bupati", True, ""),
    ("sekda", "Nurhayati", "setda", "Sekretaris Daerah", True, "bupati"),
    ("kadis", "Bambang Sutrisno", "kominfo", "Kepala Dinas", True, "sekda"),
    ("kabid", "Maria Lende", "aptika", "Kepala Bidang", True, "kadis"),
    ("kasi", "Yosef Dagang", "seksi", "Kepala Seksi", True, "kabid"),
    ("staf", "Sari Dewi", "seksi", "Pranata Komputer", False, "kasi"),
    ("tu", "Anton Wijaya", "kominfo", "Pengadministrasi Umum", False, "kadis"),
    ("admin", "Petrus Krayan", "kominfo", "Administrator Sistem", False, "kadis"),
    ("kadinkes", "Lukman Hakim", "dinkes", "Kepala Dinas", True, "sekda"),
    ("dokter", "Ayu Lestari", "dinkes", "Analis Kesehatan", False, "kadinkes"),
)


def build_house() -> House:
    """Store the small organisation; the admin holds every permission, the others none beside their posts."""
    units = {"kabupaten": unit("Kabupaten Nunukan", code="NNK")}
    for key, name, parent in _UNITS:
        units[key] = unit(name, units[parent], code=key.upper())
    members: dict[str, Member] = {}
    for key, name, where, title, heads, above in _PEOPLE:
        # Born on a day of their own: another process copies the house and counts its own people from one again.
        number_of = {"nip": None, "employment": "pejabat"} if key == "bupati" else {"nip": new_nip(date(1971, 10, 12))}
        who = person(name, **number_of)
        superior = members[above].position_id if above else None
        post = position(units[where], title, is_head=heads, supervisor_id=superior)
        appointment(who, post)
        account(who)
        number = who.nip or who.staff_number or ""
        members[key] = Member(who.id, number, position_id=post.id, unit_id=units[where].id)
    admin = db.session.get_one(Person, members["admin"].id)
    grant(admin, role("admin", "*", title="Admin"), units["kabupaten"])
    return House({key: made.id for key, made in units.items()}, people=members)


def switch_modules_on(*names: str) -> None:
    """Migrate and switch these modules on, every bundled one by default, those that others need first."""
    from superapp.access.actor import operator
    from superapp.kernel import command
    from superapp.plugin import switch
    from superapp.plugin.host import host
    from superapp.plugin.migrate.running import migrate

    failed = [done for done in migrate() if done.failed]
    assert not failed, failed
    for name in names or host().plugins:
        db.session.rollback()
        with command.begin("plugin.enable", actor=operator(), says="{actor} mengaktifkan {module}"):
            switch.enable(name)


def remember(house: House, path: Path) -> None:
    """Write who is who beside the database that holds them."""
    path.write_text(json.dumps(asdict(house), default=str), encoding="utf-8")


def recall(path: Path) -> House:
    """Read what `remember` wrote."""
    kept = json.loads(path.read_text(encoding="utf-8"))
    people = {
        key: Member(UUID(m["id"]), m["nip"], position_id=UUID(m["position_id"]), unit_id=UUID(m["unit_id"]))
        for key, m in kept["people"].items()
    }
    return House({key: UUID(value) for key, value in kept["units"].items()}, people=people)
