"""People: added, changed, ended and found by the number they sign in with."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.extensions import db
from superapp.kernel import clock, command, counters, stamps
from superapp.kernel.database import run
from superapp.kernel.errors import Invalid, NotFound
from superapp.kernel.language import N_
from superapp.kernel.language import gettext as _
from superapp.kernel.values import changed, checked, clean_text
from superapp.organization import appointments, kinds, nip, phone
from superapp.organization.changes import PersonChanged, PersonLeft, PersonReturned, tell
from superapp.organization.models import Appointment, Person

ADDED = N_("{actor} menambah pegawai {person}")
CHANGED = N_("{actor} mengubah data pegawai {person}")
LEFT = N_("{actor} mencatat {person} tidak lagi bekerja di sini sejak {day}")

N = Person.__table__.c
STAFF_NUMBER = re.compile(r"[A-Z0-9][A-Z0-9-]{2,17}")
_TITLES = frozenset("dr. drg. drs. dra. ir. prof. h. hj. kh. hi. ns. apt. ust. letkol. kol. kompol.".split())
_EMAIL = re.compile(r"[^@\s,;<>\"]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")


def person(person_id: UUID) -> Person:
    """Return a person; raises NotFound."""
    found = db.session.get(Person, person_id)
    if found is None:
        raise NotFound(_("Pegawai ini tidak ada."))
    return found


def by_number(text: str) -> Person | None:
    """Return the person known by a NIP (however written) or a staff number, None when nobody is."""
    kept = re.sub(r"[\s.'’]", "", text).upper()
    if not kept.isascii() or not kept or len(kept) > nip.LENGTH:
        return None
    return db.session.scalar(sa.select(Person).where(sa.or_(N.nip == kept, N.staff_number == kept)))


def add(**values: Any) -> Person:
    """Add a person and return it; inside a command.

    `values` are columns of Person; `sort_name` is made here. Who has no NIP and no staff number gets the next staff
    number. Raises Invalid with a sentence at each field.
    """
    command.current()
    clean = _checked(values, None)
    if not clean.get("nip") and not clean.get("staff_number"):
        clean["staff_number"] = next_staff_number()
    made = Person(**clean)
    db.session.add(made)
    db.session.flush()
    _about(made)
    tell(PersonChanged(made.id))
    return made


def change(found: Person, version: int | None, **values: Any) -> Person:
    """Change data of a person; inside a command. Raises Stale, Invalid."""
    command.current()
    fresh = changed(found, version, _checked(values, found))
    _about(found, fields=sorted(fresh.keys() - {"sort_name"}))
    tell(PersonChanged(found.id))
    return found


def end(found: Person, version: int | None, ends_on: date) -> Person:
    """Note that a person no longer works here after `ends_on` (pension, transfer, death); inside a command.

    All appointments end with it; sign-in ends through those who listen to PersonLeft.
    """
    command.current()
    own = sa.select(Appointment).where(
        appointments.A.person_id == found.id,
        sa.or_(appointments.A.ends_on.is_(None), appointments.A.ends_on > ends_on),
    )
    for post in db.session.scalars(own).all():
        if post.starts_on > ends_on:
            appointments.cancel(post)
        else:
            appointments.end(post, None, ends_on)
    changed(found, version, {"active": ends_on >= clock.today(), "ended_on": ends_on})
    stamps.raise_access()
    _about(found, day=ends_on.isoformat())
    tell(PersonLeft(found.id, ends_on=ends_on))
    tell(PersonChanged(found.id))
    return found


def reinstate(found: Person, version: int | None) -> Person:
    """Take the end of a person's work back; inside a command. Posts must be given anew."""
    command.current()
    changed(found, version, {"active": True, "ended_on": None})
    stamps.raise_access()
    _about(found)
    tell(PersonReturned(found.id))
    tell(PersonChanged(found.id))
    return found


def next_staff_number() -> str:
    """Return the next number for people without a NIP: `NP000123`; inside a command."""
    while True:
        number = f"NP{counters.next_number('staff', 'all'):06d}"
        if run(sa.select(N.id).where(N.staff_number == number)).first() is None:
            return number


def bare_name(name: str) -> str:
    """Return the name to sort by: without titles and accents, in lower case."""
    plain = unicodedata.normalize("NFKD", name.split(",", 1)[0])
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    words = letters.casefold().split()
    return " ".join([word for word in words if word not in _TITLES] or words)[:120]


def _checked(values: dict[str, Any], found: Person | None) -> dict[str, Any]:
    """Return the values as the table wants them, or raise Invalid with all faults at once."""
    errors: dict[str, str] = {}
    wanted = {name: clean_text(value) if isinstance(value, str) else value for name, value in values.items()}
    for name, normal in _NORMAL:
        if name in wanted:
            try:
                wanted[name] = normal(wanted[name] or "") or (None if name in ("nip", "staff_number") else "")
            except Invalid as fault:
                errors[name] = fault.message
    errors |= _chosen(wanted) | _known_numbers(wanted, found)
    if wanted.get("name"):
        wanted["sort_name"] = bare_name(wanted["name"])
    if found is None:
        wanted = {"employment": "pns", "sort_name": "", **wanted}
    if errors:
        raise Invalid(errors=errors)
    return checked(Person, wanted, partial=found is not None)


def _nip(text: str) -> str:
    return nip.normalise(text) if text else ""


def checked_staff_number(text: str) -> str:
    """Return a staff number in capitals without spaces; raises Invalid for other signs than A–Z, 0–9 and hyphens."""
    kept = text.upper().replace(" ", "")
    if kept and not STAFF_NUMBER.fullmatch(kept):
        raise Invalid(_("Nomor pegawai: 3–18 huruf A–Z, angka 0–9 atau tanda hubung."))
    return kept


def checked_email(text: str) -> str:
    """Return an e-mail address as it is; raises Invalid when it is none."""
    if text and not _EMAIL.fullmatch(text):
        raise Invalid(_("Alamat surel tidak lengkap. Contoh: nama@nunukankab.go.id."))
    return text


_NORMAL = (
    ("nip", _nip),
    ("staff_number", checked_staff_number),
    ("phone", phone.normalise),
    ("email", checked_email),
)


def _chosen(wanted: dict[str, Any]) -> dict[str, str]:
    errors = {}
    if "employment" in wanted and wanted["employment"] not in kinds.EMPLOYMENTS:
        errors["employment"] = _("Pilih jenis pegawai dari daftar.")
    if wanted.get("sex") and wanted["sex"] not in kinds.SEXES:
        errors["sex"] = _("Pilih L atau P.")
    if "name" in wanted and not wanted["name"]:
        errors["name"] = _("Wajib diisi.")
    return errors


def _known_numbers(wanted: dict[str, Any], found: Person | None) -> dict[str, str]:
    """Return a fault for each number that somebody else signs in with; NIP and staff number share one space."""
    errors = {}
    for name in ("nip", "staff_number"):
        number = wanted.get(name)
        if number:
            other = run(sa.select(N.id).where(sa.or_(N.nip == number, N.staff_number == number))).scalar()
            if other is not None and (found is None or other != found.id):
                errors[name] = _("Nomor ini sudah dipakai pegawai lain.")
    return errors


def _about(found: Person, **values: Any) -> None:
    command.current().about("core_person", found.id, person=found.name, **values)
