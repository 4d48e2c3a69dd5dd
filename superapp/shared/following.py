"""What follows changes of people and units in the tables above organization: grants end, rows go to another OPD."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from superapp.access.tables import grant
from superapp.extensions import db
from superapp.kernel.database import CoreModel, run
from superapp.organization import changes
from superapp.organization.appointments import A
from superapp.organization.models import Position, Unit
from superapp.plugin.mapping import bases

G = grant.c


def end_grants(change: changes.Change) -> None:
    """End what was granted to a person within an OPD in which he holds no post any more.

    Grants to positions need nothing: who does not hold the position does not have them.
    """
    assert isinstance(change, changes.AppointmentEnded)
    units, positions = Unit.__table__.c, Position.__table__.c
    later = sa.or_(A.ends_on.is_(None), A.ends_on > change.ends_on)
    still = (
        sa.select(A.id)
        .join(Position.__table__, positions.id == A.position_id)
        .join(Unit.__table__, units.id == positions.unit_id)
        .where(A.person_id == change.person_id, units.opd_id == change.opd_id, later)
        .limit(1)
    )
    if run(still).first() is None:
        within = sa.select(units.id).where(units.opd_id == change.opd_id)
        _end(sa.and_(G.person_id == change.person_id, G.unit_id.in_(within)), change)


def end_all_grants(change: changes.Change) -> None:
    """End all that was granted to a person who has left."""
    assert isinstance(change, changes.PersonLeft)
    _end(G.person_id == change.person_id, change)


def _end(which: sa.ColumnElement[bool], change: changes.AppointmentEnded | changes.PersonLeft) -> None:
    open_longer = sa.or_(G.ends_on.is_(None), G.ends_on > change.ends_on)
    begun = G.starts_on <= change.ends_on
    run(sa.update(grant).where(which, open_longer, begun).values(ends_on=change.ends_on))
    run(sa.delete(grant).where(which, ~begun))


def follow_units(change: changes.Change) -> None:
    """Give the rows of units that went to another OPD its id: scopes compare `opd_id` alone (DESIGN 5)."""
    assert isinstance(change, changes.UnitsChangedOpd)
    for table in _scoped_tables():
        moved = sa.update(table).where(table.c.unit_id.in_(change.unit_ids))
        run(moved.values(opd_id=change.opd_id))


def _scoped_tables() -> Iterator[sa.Table]:
    """Yield the tables of the core and of all migrated modules whose rows carry unit and OPD."""
    present = set(sa.inspect(db.session.connection()).get_table_names())
    for metadata in (CoreModel.metadata, *(base.metadata for base in bases.values())):
        for table in metadata.tables.values():
            core = metadata is not CoreModel.metadata and table.name.startswith("core_")
            if not core and table.name in present and {"unit_id", "opd_id"} <= set(table.c.keys()):
                yield table


def listen() -> None:
    """Follow the changes."""
    changes.listen(changes.AppointmentEnded, end_grants)
    changes.listen(changes.PersonLeft, end_all_grants)
    changes.listen(changes.UnitsChangedOpd, follow_units)
