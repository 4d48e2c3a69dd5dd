"""`person export`: everything that is stored about a person, over all tables of all parts and modules."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.access.actor import operator
from superapp.kernel import clock, command
from superapp.kernel.database import run
from superapp.kernel.errors import NotFound, Refused
from superapp.kernel.language import N_
from superapp.kernel.language import gettext as _
from superapp.operations.personal import holdings
from superapp.operations.personal.holdings import Holding, Subject
from superapp.organization import people
from superapp.plugin import dispatch
from superapp.plugin.contributions import PersonSubject

EXPORTED = N_("Data pribadi {name} diekspor")


def subject_of(number: str) -> Subject:
    """Return the person with this NIP or staff number; raises NotFound."""
    found = people.by_number(number)
    if found is None:
        raise NotFound(_("Pegawai dengan nomor ini tidak ada."))
    numbers = tuple(text for text in (found.nip, found.staff_number) if text)
    return Subject(found.id, name=found.full_name, bare_name=found.name, numbers=numbers, email=found.email)


def export(number: str) -> dict[str, Any]:
    """Return all that is kept about a person as JSON would have it, by table, with the modules' own words.

    Columns of class `secret` (hashes, keys, sealed texts) are nobody's to hand over. The export is audited. Raises
    NotFound, and Refused when a module cannot tell: half an export must not pass for a whole one.
    """
    with command.begin("person.export", actor=operator(), says=EXPORTED) as present:
        subject = subject_of(number)
        answer = {
            "exported_at": clock.now().isoformat(),
            "person": {"name": subject.name, "numbers": list(subject.numbers)},
            "tables": _tables(subject),
            "modules": _modules(subject),
        }
        present.about("core_person", subject.id, name=subject.name)
    return answer


def _tables(subject: Subject) -> dict[str, list[dict[str, Any]]]:
    known = [*holdings.core_tables(), *((table, holding) for _name, table, holding in holdings.module_tables())]
    found = {table.name: _rows(table, holding, subject) for table, holding in known if _exists(table)}
    return {name: rows for name, rows in sorted(found.items()) if rows}


def _exists(table: sa.Table) -> bool:
    """Tell whether the table is there: a module whose migrations never ran has none."""
    from superapp.extensions import db

    return table.name.startswith("core_") or sa.inspect(db.session.connection()).has_table(table.name)


def _rows(table: sa.Table, holding: Holding, subject: Subject) -> list[dict[str, Any]]:
    open_columns = [column for column in table.columns if column.info.get("pii") != "secret"]
    query = sa.select(*open_columns).where(holdings.where(table, holding, subject)).order_by(*table.primary_key)
    return [{name: _plain(value) for name, value in row._mapping.items()} for row in run(query)]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    return str(value) if isinstance(value, UUID) else value


def _modules(subject: Subject) -> list[dict[str, Any]]:
    answers = dispatch.person_data(PersonSubject(subject.id, subject.name))
    if silent := sorted(answer.owner for answer in answers if answer.value is None):
        raise Refused(_("Modul {modules} gagal memberi datanya; ekspor dibatalkan.", modules=", ".join(silent)))
    return [
        {"module": answer.owner, "heading": part.heading, "rows": [dict(row) for row in part.rows]}
        for answer in answers
        for part in answer.value
    ]
