"""The command line of accounts: `superapp user create` and `superapp grant`."""

from __future__ import annotations

import json
import secrets as randomness
import sys
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import click
import sqlalchemy as sa

from superapp.access import grants, roles
from superapp.access.actor import Actor, acting_as, operator
from superapp.access.grants import Holder
from superapp.extensions import db
from superapp.kernel import clock, command
from superapp.kernel.errors import AppError, Invalid
from superapp.login import accounts, password
from superapp.organization import appointments, people
from superapp.organization.models import Person, Position, Unit

PERSON_FIELDS = ("name", "title_before", "title_after", "employment", "email", "phone", "sex", "rank_code")
KNOWN = {"nip", "staff_number", "password", "unit", "position", "role", "roles", "active", *PERSON_FIELDS}
U, P = Unit.__table__.c, Position.__table__.c


@dataclass(frozen=True)
class Created:
    """An account that `user create` made; `password` is given only when it was drawn."""

    nip: str
    name: str
    password: str | None
    must_change: bool


@click.group()
def user() -> None:
    """Kelola akun pegawai."""


@user.command("create")
def create() -> None:
    """Buat akun dari JSON pada masukan standar.

    Kunci: nip atau staff_number, name; boleh juga: password (tanpanya dibuat kata sandi sementara dan dicetak), unit
    (kode) dan position (nama jabatan), role atau roles, email, phone, employment, title_before, title_after. Pegawai
    yang nomornya dikenal mendapat akun; yang lain ditambahkan. Mencetak JSON.
    """
    made = _said_or(lambda: _create(_read()))
    words = {"nip": made.nip, "name": made.name, "must_change_password": made.must_change}
    click.echo(json.dumps(words | ({"password": made.password} if made.password else {}), ensure_ascii=False))


def _said_or(work: Any) -> Any:
    """Run the work; a refusal is one sentence on stderr and exit code 1."""
    try:
        return work()
    except AppError as refusal:
        sentences = [f"{field}: {words}" if field else words for field, words in refusal.errors.items()]
        click.echo("\n".join(sentences), err=True)
        raise SystemExit(1) from refusal


def _read() -> dict[str, Any]:
    try:
        given = json.load(sys.stdin)
    except ValueError as error:
        raise Invalid('Masukan bukan JSON. Contoh: {"nip": "…", "name": "…"}') from error
    if not isinstance(given, dict):
        raise Invalid("Masukan harus satu objek JSON.")
    if unknown := sorted(set(given) - KNOWN):
        raise Invalid(f"Kunci tidak dikenal: {', '.join(unknown)}. Yang dikenal: {', '.join(sorted(KNOWN))}.")
    if wrong := sorted(name for name, value in given.items() if name != "roles" and not isinstance(value, str | bool)):
        raise Invalid(f"Isi harus teks: {', '.join(wrong)}.")
    return given


def _create(given: dict[str, Any]) -> Created:
    number = str(given.get("nip") or given.get("staff_number") or "")
    own = given.get("password")
    text = password.accept(own, number=number) if own else "-".join(randomness.token_hex(3) for _ in range(3))
    hashed, actor = password.hash_password(text), operator()
    with command.begin("login.user_create", actor=actor, says="Akun dibuat untuk {name}") as present, acting_as(actor):
        who = _person(given)
        accounts.ensure(who.id)
        accounts.set_password(who.id, hashed, temporary=not own)
        _place(who, given)
        for role in _roles(given):
            _give(role, who.id, _unit(given.get("unit")).id)
        present.about("core_person", who.id, name=who.name)
    return Created(who.nip or who.staff_number or "", who.name, None if own else text, not own)


def _person(given: dict[str, Any]) -> Person:
    number = str(given.get("nip") or given.get("staff_number") or "")
    known = people.by_number(number) if number else None
    if known is not None:
        return known
    values = {name: given[name] for name in ("nip", "staff_number", *PERSON_FIELDS) if given.get(name)}
    return people.add(**{"name": "", **values})


def _roles(given: dict[str, Any]) -> list[str]:
    several = given.get("roles") or []
    return [str(role) for role in ([given["role"]] if given.get("role") else []) + list(several)]


def _unit(code: str | None) -> Unit:
    query = sa.select(Unit).where(U.code == code) if code else sa.select(Unit).where(U.parent_id.is_(None))
    found = db.session.scalar(query)
    if found is None:
        raise Invalid(
            f"Unit dengan kode {code} tidak ada." if code else "Belum ada unit. Impor unit dulu.", field="unit"
        )
    return found


def _place(who: Person, given: dict[str, Any]) -> None:
    """Let the person hold the post of that title in the unit; one that is missing is added."""
    title = given.get("position")
    if not title:
        return
    where = _unit(given.get("unit"))
    post = db.session.scalar(sa.select(Position).where(P.unit_id == where.id, P.title == title))
    if post is None:
        post = Position(unit_id=where.id, title=title[:160], kind="pelaksana")
        db.session.add(post)
        db.session.flush()
    appointments.appoint(who, post, starts_on=clock.today())


def _give(what: str, person_id: UUID, unit_id: UUID) -> UUID:
    roles.ensure_built_in()
    return grants.give(what, Holder(person_id), unit_id)


@click.command()
@click.argument("nip")
@click.argument("what", metavar="PERMISSION|ROLE")
@click.option(
    "--unit", "code", default=None, help="Kode unit; berlaku di unit itu dan di bawahnya (bawaan: seluruh kabupaten)."
)
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), default=None, help="Hari terakhir berlaku.")
def grant(nip: str, what: str, code: str | None, until: Any) -> None:
    """Beri izin atau peran kepada pegawai dengan NIP atau nomor pegawai ini."""
    name = _said_or(lambda: _grant(nip, what, code, until.date() if until else None))
    click.echo(f"{name}: {what} @ {code or 'kabupaten'}")


def _grant(nip: str, what: str, code: str | None, until: date | None) -> str:
    actor: Actor = operator()
    with command.begin("login.grant", actor=actor, says=""), acting_as(actor):
        who = people.by_number(nip)
        if who is None:
            raise Invalid(f"Pegawai dengan nomor {nip} tidak ada.")
        _refuse_undeclared(what)
        roles.ensure_built_in()
        grants.give(what, Holder(who.id), _unit(code).id, period=grants.Period(ends_on=until))
    return who.name


def _refuse_undeclared(what: str) -> None:
    from superapp.plugin.host import host

    if "." in what and what not in host().permissions:
        raise Invalid(f"Izin {what} tidak dinyatakan modul mana pun.")
