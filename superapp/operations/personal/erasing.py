"""`person erase`: what law lets go is deleted or masked in one command; the audit trail stays provable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from superapp.access.actor import operator
from superapp.kernel import command
from superapp.kernel.audit import erasure
from superapp.kernel.database import run
from superapp.kernel.errors import Refused
from superapp.kernel.language import N_
from superapp.kernel.language import gettext as _
from superapp.kernel.tables import audit, audit_values
from superapp.operations.personal import holdings
from superapp.operations.personal.exporting import subject_of
from superapp.operations.personal.holdings import Holding, Subject
from superapp.organization import people
from superapp.plugin import dispatch
from superapp.plugin.contributions import PersonSubject

ERASED = N_("Data pribadi seorang mantan pegawai dihapus menurut hukum")


@dataclass(frozen=True)
class Erased:
    """What an erasure touched: rows by table or module."""

    name: str
    rows: Mapping[str, int]


class _Rehearsal(Exception):
    """Ends a dry run's command, so that nothing of it is stored."""


def erase(number: str, *, dry_run: bool = False) -> Erased:
    """Erase what is kept about a person who has left, in one command; return what was touched.

    Stays: name, numbers, posts and who did what, because archive law keeps records of office. A second erasure finds
    what came since. Raises NotFound, and Refused for a person who still works here or when a module fails.
    """
    done: list[Erased] = []
    try:
        with command.begin("person.erase", actor=operator(), says=ERASED) as present:
            subject = subject_of(number)
            if people.person(subject.id).active:
                raise Refused(_("Pegawai ini masih aktif. Catat dahulu bahwa ia berhenti, baru hapus datanya."))
            done.append(Erased(subject.name, rows=_erase(subject)))
            present.about("core_person", subject.id)
            if dry_run:
                raise _Rehearsal
    except _Rehearsal:
        pass
    return done[0]


def _erase(subject: Subject) -> dict[str, int]:
    rows = dispatch.erase_person(PersonSubject(subject.id, subject.name))
    for table, holding in holdings.core_tables():
        rows[table.name] = _treat(table, holding, subject)
    return {name: count for name, count in rows.items() if count}


def _treat(table: sa.Table, holding: Holding, subject: Subject) -> int:
    if holding.treatment == "delete":
        return run(sa.delete(table).where(holdings.own(table, holding, subject))).rowcount
    if holding.treatment == "mask":
        return run(sa.update(table).where(holdings.own(table, holding, subject)).values(dict(holding.masks))).rowcount
    return _erase_audit_values(subject) if holding.treatment == "audit" else 0


def _erase_audit_values(subject: Subject) -> int:
    """Erase the values of audit rows about the person; those of what he did in office stay."""
    same = (audit.c.chain == audit_values.c.chain) & (audit.c.sequence == audit_values.c.sequence)
    about = sa.select(audit.c.chain, audit.c.sequence).select_from(audit.join(audit_values, same))
    found = run(
        about.where(
            audit.c.record_type == "core_person", audit.c.record_id == subject.id, audit_values.c.salt.is_not(None)
        )
    )
    places = [(row.chain, row.sequence) for row in found]
    if places:
        erasure.erase(places)
    return len(places)
