"""Where personal data lies: for each table how a person's rows are found, and what law lets an erasure do with them.

UU 27/2022 (art. 43-44) lets people ask for erasure; archive law (UU 43/2009) keeps what proves an office's acts. So names
and numbers in records of office stay, and with them who did what; contact data, traces and copies go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa

from superapp.kernel import tables as kernel
from superapp.kernel.database import CoreModel, run
from superapp.kernel.jobs.ledger import State
from superapp.organization.models import Person
from superapp.plugin.mapping import bases
from superapp.shared.search.folding import words
from superapp.shared.tables import import_row, mail

Treatment = Literal["delete", "mask", "keep", "audit", "login"]
"""`audit`: the values go, the chain stays; `login`: the part `login` closes the account itself."""


@dataclass(frozen=True)
class Subject:
    """The person in question, with what tables without ids know him by."""

    id: UUID
    name: str = field(kw_only=True)
    """With its titles."""
    bare_name: str = field(kw_only=True)
    numbers: tuple[str, ...] = field(kw_only=True)
    email: str = field(default="", kw_only=True)

    @property
    def principal(self) -> str:
        """Return the person as who acts."""
        return f"person:{self.id.hex}"


Condition = Callable[[Subject], sa.ColumnElement[bool]]


@dataclass(frozen=True)
class Holding:
    """A table with personal data: the columns that hold a person's id, another condition, and the treatment."""

    table: str
    columns: tuple[str, ...] = ()
    treatment: Treatment = field(default="keep", kw_only=True)
    masks: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}), kw_only=True)
    also: Condition | None = field(default=None, kw_only=True)
    erasable: Callable[[], sa.ColumnElement[bool]] | None = field(default=None, kw_only=True)
    """Which of the rows an erasure touches, when not all."""
    likely: Condition | None = field(default=None, kw_only=True)
    """What an erasure takes too though it may be somebody else's: too unsure to hand over, of no further use to anybody."""


def _audit_values(subject: Subject) -> sa.ColumnElement[bool]:
    beside, chain = kernel.audit_values.c, kernel.audit
    return sa.exists().where(
        chain.c.chain == beside.chain, chain.c.sequence == beside.sequence, where(chain, HOLDINGS[chain.name], subject)
    )


def _mentions(column: sa.ColumnElement[Any]) -> Condition:
    """Match a JSON column whose text holds the person's id in either way of writing."""

    def condition(subject: Subject) -> sa.ColumnElement[bool]:
        text = sa.cast(column, sa.Text())
        return sa.or_(text.contains(str(subject.id)), text.contains(subject.id.hex))

    return condition


def _numberless(subject: Subject) -> sa.ColumnElement[bool]:
    """Match rows of imports that have a fault and no readable number, by the name in them: none will ever be applied."""
    names = {tuple(words(name)) for name in (subject.name, subject.bare_name)}
    row = import_row.c
    rows = run(sa.select(row.import_id, row.number, row.label).where(row.action == "fault", row.key == ""))
    found = [(each.import_id, each.number) for each in rows if tuple(words(each.label)) in names]
    return sa.tuple_(row.import_id, row.number).in_(found) if found else sa.false()


def _of(*holdings: Holding) -> Mapping[str, Holding]:
    return {holding.table: holding for holding in holdings}


_PERSON = Person.__table__
_CONTACT = {
    "version": _PERSON.c.version + 1,
    "phone": "",
    "email": "",
    "birth_date": None,
    "sex": "",
    "siasn_id": "",
    "rank_since": None,
}
HOLDINGS: Mapping[str, Holding] = _of(
    Holding("core_person", ("id",), treatment="mask", masks=_CONTACT),
    Holding("core_appointment", ("person_id",)),
    Holding("core_grant", ("person_id", "created_by")),
    Holding("core_party", ("person_id",)),
    Holding("core_account", ("person_id",), treatment="login"),
    Holding("core_session", ("person_id",), treatment="login"),
    Holding("core_device", ("person_id",), treatment="login"),
    Holding("core_totp", ("person_id",), treatment="login"),
    Holding("core_passkey", ("person_id",), treatment="login"),
    Holding("core_challenge", ("person_id",), treatment="login"),
    Holding("core_recovery_code", ("person_id",), treatment="login"),
    Holding("core_ticket", ("person_id", "created_by"), treatment="login"),
    Holding("core_guest", ("created_by",)),
    Holding("core_idempotency", also=lambda subject: kernel.idempotency.c.principal == subject.principal),
    Holding("core_audit", ("person_id",), also=lambda subject: kernel.audit.c.principal == subject.principal),
    Holding("core_audit_values", treatment="audit", also=_audit_values),
    Holding("core_access_log", ("person_id", "subject_person_id")),
    Holding(
        "core_job",
        ("person_id",),
        treatment="delete",
        also=_mentions(kernel.job.c.arguments),
        erasable=lambda: kernel.job.c.state.in_((State.DONE, State.DEAD)),
    ),
    Holding("core_limit"),  # subjects are keyed digests that name nobody; gone within a day
    Holding("core_fault", also=lambda subject: sa.column("principal") == subject.principal),
    Holding("core_document", ("signer_person_id", "created_by")),
    Holding("core_file", ("uploaded_by",)),
    Holding("core_upload", ("uploaded_by",), treatment="delete"),
    Holding("core_import", ("created_by",)),
    Holding(
        "core_import_row",
        treatment="delete",
        also=lambda subject: import_row.c.key.in_(subject.numbers),
        likely=_numberless,
    ),
    Holding("core_search", ("person_id",), treatment="delete"),
    Holding("core_task", ("person_id", "created_by", "closed_by")),
    Holding("core_case", ("subject_id", "requester_id")),
    Holding("core_case_step", ("decided_by", "person_id")),
    Holding("core_delegation", ("person_id", "created_by")),
    Holding("core_agenda_entry", ("person_id", "created_by"), treatment="delete"),
    Holding("core_agenda_feed", ("person_id",), treatment="delete"),
    Holding("core_notice", ("person_id",), treatment="delete"),
    Holding("core_notice_setting", ("person_id",), treatment="delete"),
    Holding("core_notice_choice", ("person_id",), treatment="delete"),
    Holding("core_push", ("person_id",), treatment="delete"),
    Holding("core_mail", treatment="delete", also=lambda subject: _addressed(subject)),
    Holding("core_timeline", ("person_id",), also=lambda subject: sa.column("principal") == subject.principal),
    Holding("core_announcement", ("author_id",)),
    Holding("core_pin", ("person_id",), treatment="delete"),
    Holding("core_recent", ("person_id",), treatment="delete"),
    Holding("core_kept_input", ("person_id",), treatment="delete"),
    Holding(
        "core_problem_report",
        ("person_id", "handled_by"),
        treatment="mask",
        masks={"words": "", "page": "", "browser": ""},
    ),
    Holding("core_access_request", ("person_id", "decided_by"), treatment="mask", masks={"reason": "", "answer": ""}),
)
"""Every table of the core with personal data. A test fails when one is missing."""


def _addressed(subject: Subject) -> sa.ColumnElement[bool]:
    return mail.c.recipient == subject.email if subject.email else sa.false()


def where(table: sa.Table, holding: Holding, subject: Subject) -> sa.ColumnElement[bool]:
    """Return which rows of a table are about the person or name him: by his id, as a record, or by the condition."""
    found: list[sa.ColumnElement[bool]] = [table.c[name] == subject.id for name in holding.columns]
    if "record_type" in table.c and "record_id" in table.c:
        found.append(sa.and_(table.c.record_type == "core_person", table.c.record_id == subject.id))
    if holding.also is not None:
        found.append(holding.also(subject))
    return sa.or_(sa.false(), *found)


def own(table: sa.Table, holding: Holding, subject: Subject) -> sa.ColumnElement[bool]:
    """Return which of these rows an erasure may touch: the person's own, not those of others that name him."""
    subjects = Holding(holding.table, holding.columns[:1], also=holding.also)
    condition = where(table, subjects, subject)
    if holding.likely is not None:
        condition = sa.or_(condition, holding.likely(subject))
    return sa.and_(condition, holding.erasable()) if holding.erasable is not None else condition


def personal(table: sa.Table) -> bool:
    """Tell whether a table has a column of a PII class above `none`."""
    return any(column.info.get("pii", "none") != "none" for column in table.columns)


def core_tables() -> Iterator[tuple[sa.Table, Holding]]:
    """Yield the core's tables with personal data in the order that lets children go before their parents."""
    for table in reversed(CoreModel.metadata.sorted_tables):
        if table.name in HOLDINGS:
            yield table, HOLDINGS[table.name]


def module_tables() -> Iterator[tuple[str, sa.Table, Holding]]:
    """Yield the tables of modules that refer to people, with the module's name; their erasure is the module's hook."""
    for name, base in bases.items():
        for table in base.metadata.sorted_tables:
            columns = tuple(column.name for column in table.columns if _refers_to_person(column))
            if columns and table.name.startswith(f"{name}_"):
                yield name, table, Holding(table.name, columns)


def _refers_to_person(column: sa.Column[Any]) -> bool:
    return any(key.column.table.name == Person.__tablename__ for key in column.foreign_keys)
