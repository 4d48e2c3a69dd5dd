"""Writing imported people: many at once, with their posts, and back again when the import is undone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.extensions import db
from superapp.kernel import clock, ids, stamps
from superapp.kernel.database import run
from superapp.kernel.errors import Refused
from superapp.kernel.language import gettext as _
from superapp.organization import appointments, people, positions
from superapp.organization.appointments import held
from superapp.organization.changes import PersonChanged, PersonLeft, PersonReturned, tell
from superapp.organization.models import Appointment, Person, Position, Unit
from superapp.shared import search
from superapp.shared.imports.contract import Change
from superapp.shared.search.people import index_people

A, N, P, U = Appointment.__table__.c, Person.__table__.c, Position.__table__.c, Unit.__table__.c
_PERSON = tuple(name for name in N.keys() if name not in ("id", "version", "created_at"))  # noqa: SIM118
_APPOINTMENT = ("person_id", "position_id", "kind", "starts_on", "ends_on", "decree")
_HEAD = ("kepala ", "camat", "lurah", "sekretaris daerah", "inspektur", "direktur", "sekretaris dprd")


def add_many(changes: Sequence[Change]) -> list[dict[str, Any]]:
    """Write new people with their posts in a few statements; raises Refused when one of them is there already."""
    numbers = [change.key for change in changes]
    if run(sa.select(N.id).where(sa.or_(N.nip.in_(numbers), N.staff_number.in_(numbers))).limit(1)).first():
        raise Refused(_("Pegawai ini sudah ada. Impor lagi untuk melihat perbedaannya."))
    rows = [_new_person(change) for change in changes]
    run(sa.insert(Person), rows)
    seats = Seats([change.values["unit"] for change in changes if change.values["unit"]])
    made = [_appointment(row["id"], change, seats) for row, change in zip(rows, changes, strict=True)]
    seats.write()
    held_now = [row for row in made if row is not None]
    if held_now:
        run(sa.insert(Appointment), held_now)
    index_people([row["id"] for row in rows])
    return [_added(row, post, seats) for row, post in zip(rows, made, strict=True)]


def _new_person(change: Change) -> dict[str, Any]:
    values = change.values
    has_nip = len(change.key) == 18 and change.key.isdigit()
    return {
        "id": ids.uuid7(),
        "nip": change.key if has_nip else None,
        "staff_number": None if has_nip else change.key,
        "sort_name": people.bare_name(values["name"]),
        "active": True,
        "ended_on": None,
        "birth_date": _date(values["birth_date"]),
        "rank_since": _date(values["rank_since"]),
        **{
            name: values[name]
            for name in (
                "name",
                "title_before",
                "title_after",
                "employment",
                "rank_code",
                "sex",
                "phone",
                "email",
                "siasn_id",
            )
        },
    }


def _appointment(person_id: UUID, change: Change, seats: Seats) -> dict[str, Any] | None:
    if not change.values["unit"]:
        return None
    position_id = seats.take(change.values)
    starts_on = min(_date(change.values["since"]) or clock.today(), clock.today())
    return {
        "id": ids.uuid7(),
        "person_id": person_id,
        "position_id": position_id,
        "kind": "definitive",
        "starts_on": starts_on,
        "ends_on": None,
        "decree": "",
    }


def _added(row: Mapping[str, Any], post: Mapping[str, Any] | None, seats: Seats) -> dict[str, Any]:
    after = {
        "person": {name: _plain(row[name]) for name in _PERSON},
        "appointments": {str(post["id"]): {name: _plain(post[name]) for name in _APPOINTMENT}} if post else {},
    }
    made = [str(post["position_id"])] if post and post["position_id"] in seats.made else []
    record = {"type": "core_person", "id": str(row["id"])}
    return {"record": record, "before": None, "after": after, "positions": made}


class Seats:
    """Finds vacant posts for imported people, or makes them: one post, one holder."""

    def __init__(self, unit_codes: Sequence[str]) -> None:
        wanted = sorted(set(unit_codes))
        units = run(sa.select(U.id, U.code, U.name).where(U.code.in_(wanted))).all() if wanted else []
        self._units = {row.code: row for row in units}
        unit_ids = [row.id for row in units]
        self._vacant = _vacant(unit_ids)
        self._headed = set(run(sa.select(P.unit_id).where(P.unit_id.in_(unit_ids), P.is_head)).scalars())
        self.made: dict[UUID, dict[str, Any]] = {}

    def take(self, values: Mapping[str, Any]) -> UUID:
        """Return the id of a post of this title in the unit that nobody holds; made anew when there is none."""
        unit = self._units.get(values["unit"])
        if unit is None:
            raise Refused(_("Unit “{code}” sudah tidak ada.", code=values["unit"]))
        free = self._vacant.get((unit.id, values["position"].casefold()))
        if free:
            return free.pop()
        own = ids.uuid7()
        self.made[own] = self._new(own, unit, values)
        return own

    def _new(self, own: UUID, unit: Any, values: Mapping[str, Any]) -> dict[str, Any]:
        title = values["position"]
        managing = values["position_key"] in ("jpt_pratama", "administrator", "pengawas")
        is_head = managing and title.casefold().startswith(_HEAD) and unit.id not in self._headed
        if is_head:
            self._headed.add(unit.id)
        return {
            "id": own,
            "unit_id": unit.id,
            "title": title,
            "kind": values["position_key"],
            "is_head": is_head,
            "siasn_id": values["position_siasn_id"],
        }

    def write(self) -> None:
        """Write the posts that were made."""
        if self.made:
            run(sa.insert(Position), list(self.made.values()))


def _vacant(unit_ids: Sequence[UUID]) -> dict[tuple[UUID, str], list[UUID]]:
    today = clock.today()
    taken = sa.select(A.position_id).where(held(today))
    query = sa.select(P.id, P.unit_id, P.title).where(
        P.unit_id.in_(unit_ids), positions.valid(today), P.id.not_in(taken)
    )
    found: dict[tuple[UUID, str], list[UUID]] = {}
    for row in run(query) if unit_ids else ():
        found.setdefault((row.unit_id, row.title.casefold()), []).append(row.id)
    return found


def change(found: Person, values: Mapping[str, Any]) -> None:
    """Change a person's data and, when unit or post differ, move him; inside a command."""
    if not found.active:
        people.reinstate(found, None)
    fields = {name: value for name, value in values.items() if name in _PERSON and value not in (None, "")}
    people.change(found, None, **fields)
    if values["unit"]:
        _move(found, values)


def _move(found: Person, values: Mapping[str, Any]) -> None:
    today = clock.today()
    present = run(
        sa.select(A.id, A.starts_on, U.code, P.title)
        .select_from(
            Appointment.__table__.join(Position.__table__, P.id == A.position_id).join(
                Unit.__table__, U.id == P.unit_id
            )
        )
        .where(A.person_id == found.id, A.kind == "definitive", held(today))
        .order_by(A.starts_on.desc())
    ).first()
    if present and present.code == values["unit"] and present.title.casefold() == values["position"].casefold():
        return
    seats = Seats([values["unit"]])
    position_id = seats.take(values)
    seats.write()
    since = min(_date(values["since"]) or today, today)
    starts_on = since if present is None or since > present.starts_on else today
    appointments.mutate(found, positions.position(position_id), starts_on=starts_on)


def snapshot(person_id: UUID) -> dict[str, Any]:
    """Return a person with his appointments as JSON, to compare and to restore."""
    row = run(sa.select(Person.__table__).where(N.id == person_id)).one()
    posts = run(sa.select(Appointment.__table__).where(A.person_id == person_id))
    return {
        "person": {name: _plain(getattr(row, name)) for name in _PERSON},
        "appointments": {str(post.id): {name: _plain(getattr(post, name)) for name in _APPOINTMENT} for post in posts},
    }


def done(person_id: UUID, before: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an undo needs after a change."""
    record = {"type": "core_person", "id": str(person_id)}
    return {"record": record, "before": before, "after": snapshot(person_id), "positions": []}


def restore(facts: Mapping[str, Any]) -> bool:
    """Put a person and his appointments back as they were; False when they are not as the import left them."""
    person_id = UUID(facts["record"]["id"])
    if run(sa.select(N.id).where(N.id == person_id)).first() is None or snapshot(person_id) != facts["after"]:
        return False
    before: Mapping[str, Any] | None = facts["before"]
    _restore_appointments(person_id, before["appointments"] if before else {})
    _drop_positions(facts["positions"])
    if before is None:
        search.remove("core_person", [person_id])
        run(sa.delete(Person).where(N.id == person_id))
        return True
    values = {name: _typed(N[name], value) for name, value in before["person"].items()}
    run(sa.update(Person).where(N.id == person_id).values(values | {"version": N.version + 1}))
    db.session.expire_all()
    _tell(person_id, facts["after"]["person"], before["person"])
    return True


def _restore_appointments(person_id: UUID, wanted: Mapping[str, Mapping[str, Any]]) -> None:
    run(sa.delete(Appointment).where(A.person_id == person_id, A.id.not_in([UUID(own) for own in wanted])))
    present = set(run(sa.select(A.id).where(A.person_id == person_id)).scalars())
    for own, values in wanted.items():
        typed = {name: _typed(A[name], value) for name, value in values.items()}
        if UUID(own) in present:
            run(sa.update(Appointment).where(A.id == UUID(own)).values(typed | {"version": A.version + 1}))
        else:
            run(sa.insert(Appointment).values(id=UUID(own), **typed))
    stamps.raise_access()


def _drop_positions(position_ids: Sequence[str]) -> None:
    """Delete posts that the import made and nobody uses."""
    for own in map(UUID, position_ids):
        if run(sa.select(A.id).where(A.position_id == own).limit(1)).first() is None:
            run(sa.delete(Position).where(P.id == own))


def _tell(person_id: UUID, was: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    if now["active"] and not was["active"]:
        tell(PersonReturned(person_id))
    elif was["active"] and not now["active"]:
        tell(PersonLeft(person_id, ends_on=_date(now["ended_on"]) or clock.today()))
    tell(PersonChanged(person_id))


def _date(text: Any) -> date | None:
    return date.fromisoformat(text) if text else None


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _typed(column: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(column.type, sa.Date):
        return _date(value)
    return UUID(value) if isinstance(column.type, sa.Uuid) else value
