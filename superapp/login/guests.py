"""Guests: let in by a link for one permission on one record until a moment, on the device that opened it."""

from __future__ import annotations

import secrets as randomness
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from superapp.access.actor import current
from superapp.access.tables import party
from superapp.kernel import clock, command, ids, secrets
from superapp.kernel.database import run
from superapp.kernel.errors import Invalid, NotFound
from superapp.kernel.language import gettext as _
from superapp.login import addresses, session
from superapp.login.signing import Visit
from superapp.login.tables import guest


@dataclass(frozen=True)
class Record:
    """What a guest is let in for: one record, and the page of it that opens first."""

    record_type: str
    record_id: UUID
    url: str = field(kw_only=True)
    opd_id: UUID | None = field(default=None, kw_only=True)


@dataclass(frozen=True)
class Invitation:
    """A guest who was invited; the link is told once and kept nowhere."""

    guest_id: UUID
    link: str = field(repr=False)


@dataclass(frozen=True)
class Guest:
    """An invitation that is still good."""

    id: UUID
    name: str
    url: str = field(kw_only=True)
    expires_at: datetime = field(kw_only=True)
    device_hash: str | None = field(kw_only=True, repr=False)


def invite(name: str, email: str, permission: str, record: Record, *, until: datetime) -> Invitation:
    """Invite a guest and return the link (in a command).

    `permission` is the one that routes for guests compare; `until` an aware moment. Raises Invalid for a name or a
    moment that cannot be, or an address outside of the app.
    """
    if not name.strip() or len(name) > 120:
        raise Invalid(_("Isi nama tamu, paling banyak 120 karakter."), field="name")
    if until <= clock.now():
        raise Invalid(_("Batas waktu tamu sudah lewat."), field="until")
    if addresses.local(record.url) != record.url:
        raise Invalid(_("Alamat halaman tamu harus di dalam aplikasi."), field="url")
    token, fresh, present = randomness.token_urlsafe(32), ids.uuid7(), command.current()
    row = {
        "id": fresh,
        "name": name.strip(),
        "email": email.strip()[:120],
        "permission": permission,
        "record_type": record.record_type,
        "record_id": record.record_id,
        "url": record.url,
        "token_hash": secrets.digest(token),
        "expires_at": until,
        "created_at": clock.now(),
        "created_by": present.actor.person_id,
    }
    run(sa.insert(guest).values(row))
    place = {"record_type": record.record_type, "record_id": record.record_id, "role": "guest", "guest_id": fresh}
    days = {"starts_on": clock.today(), "ends_on": clock.local(until).date()}
    run(sa.insert(party).values(id=ids.uuid7(), **place, **days))
    says = "{actor} mengundang tamu {name}"
    present.also(says, record.record_type, record.record_id, name=name.strip(), opd_id=record.opd_id)
    return Invitation(fresh, f"{secrets.settings().base_url}/guest/{token}")


def of_link(token: str) -> Guest:
    """Return whose link it is; NotFound when it is locked, over, or none of ours."""
    columns = (guest.c.id, guest.c.name, guest.c.url, guest.c.expires_at, guest.c.device_hash)
    good = sa.and_(guest.c.token_hash == secrets.digest(token), guest.c.locked_at.is_(None))
    row = run(sa.select(*columns).where(good, guest.c.expires_at > clock.now())).first()
    if row is None:
        raise NotFound(_("Tautan tamu ini tidak berlaku lagi. Minta yang baru."))
    return Guest(**row._mapping)


@dataclass(frozen=True)
class Entered:
    """A guest's session that has begun: the tokens of its cookies."""

    token: str = field(repr=False)
    device_token: str = field(repr=False)


def enter(token: str, where: Visit) -> tuple[Guest, Entered]:
    """Begin the guest's session (in a command); the first device that opens the link is the only one that may.

    Raises NotFound for a link that is no good, and for another device.
    """
    found = of_link(token)
    device_token = where.device_token or randomness.token_urlsafe(24)
    mark = secrets.digest(f"{device_token}:guest")
    taking = sa.and_(guest.c.id == found.id, sa.or_(guest.c.device_hash.is_(None), guest.c.device_hash == mark))
    if run(sa.update(guest).where(taking).values(device_hash=mark)).rowcount != 1:
        raise NotFound(_("Tautan ini sudah dibuka di perangkat lain. Minta yang baru."))
    if where.session_id:
        session.end([where.session_id])
    wanted = session.NewSession(None, guest_id=found.id)
    opened = session.begin(wanted, browser=where.browser, address=where.address)
    command.current().also("Tamu {name} masuk dari {browser}", name=found.name, browser=where.browser)
    return found, Entered(opened, device_token)


def lock(guest_id: UUID) -> None:
    """Let a guest in no more; sessions end at their next request on every worker (in a command)."""
    same = sa.and_(guest.c.id == guest_id, guest.c.locked_at.is_(None))
    if run(sa.update(guest).where(same).values(locked_at=clock.now())).rowcount:
        run(sa.delete(party).where(party.c.guest_id == guest_id))
        session.end_of_guest(guest_id)
        command.current().also("{actor} menutup akses tamu", guest=guest_id.hex)


def require_invited(permission: str, record_type: str, record_id: UUID) -> None:
    """Let only a guest go on who was invited to this record under this permission; NotFound for all others."""
    found = current().guest
    if found is None or (found.permission, found.record_type, found.record_id) != (permission, record_type, record_id):
        raise NotFound
