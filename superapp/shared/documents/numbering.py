"""Numbers of documents: a pattern per OPD and kind, a counter without gaps below it, and insertions (sisipan).

DOMAIN 3.1: `B/500.12.16.3/573/BPBD-KL/IX/2026` is sifat/kode/urut/OPD/bulan romawi/tahun; other offices order and punctuate
otherwise, so the pattern is theirs to choose.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from string import Formatter, ascii_lowercase
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.kernel import clock, command
from superapp.kernel.counters import next_number
from superapp.kernel.database import run
from superapp.kernel.errors import Invalid, Refused
from superapp.kernel.language import N_
from superapp.kernel.language import gettext as _
from superapp.organization.models import Unit
from superapp.shared.tables.documents import NumberPattern
from superapp.shared.tables.documents import document as documents

TOKENS = ("sifat", "kode", "urut", "opd", "bulan_romawi", "tahun")
DEFAULT = "{sifat}/{kode}/{urut}/{opd}/{bulan_romawi}/{tahun}"
SCOPES = {"opd": N_("Perangkat daerah"), "code": N_("Kode klasifikasi"), "kind": N_("Jenis naskah")}
"""What a counter counts: all numbers of the OPD, those of one classification code, or those of one kind."""
CLASSES = ("B", "T", "R", "SR")
"""Letters of sifat by secrecy: biasa, terbatas, rahasia, sangat rahasia."""
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
D, P, U = documents.c, NumberPattern.__table__.c, Unit.__table__.c


@dataclass(frozen=True)
class Pattern:
    """How numbers are written and what their counter counts; `padding` is the fewest digits of {urut}."""

    text: str = DEFAULT
    scope: str = field(default="opd", kw_only=True)
    padding: int = field(default=0, kw_only=True)


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What a number is taken for: the OPD, the kind of document, its secrecy (0 to 3) and its classification code."""

    opd_id: UUID
    kind: str
    secrecy: int = 0
    record_class: str = ""


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A number: as written, and the place in its counter that no other document can have."""

    text: str
    scope: str
    period: str
    value: int
    suffix: str = ""
    dated_on: date


def checked_pattern(text: str, scope: str) -> str:
    """Return a pattern as it is kept; raises Invalid at `pattern` with what to mend."""
    try:
        parts = [(name, spec, change) for _literal, name, spec, change in Formatter().parse(text) if name is not None]
    except ValueError:
        raise Invalid(_("Tanda kurung kurawal harus berpasangan, contoh {urut}."), field="pattern") from None
    names = [name for name, _spec, _change in parts]
    unknown = next((name for name, spec, change in parts if name not in TOKENS or spec or change), None)
    if unknown is not None:
        known = ", ".join(f"{{{name}}}" for name in TOKENS)
        raise Invalid(_("Hanya penanda ini yang dikenal: {known}.", known=known), field="pattern")
    if names.count("urut") != 1:
        raise Invalid(_("Pola harus memuat {urut} tepat satu kali."), field="pattern")
    if scope == "code" and "kode" not in names:
        raise Invalid(_("Urutan per kode klasifikasi memerlukan {kode} dalam pola."), field="pattern")
    return text


def pattern_for(opd_id: UUID, kind: str) -> Pattern:
    """Return the pattern of a kind in an OPD: its own, that of all kinds, the same two of the regency, or DEFAULT."""
    root = sa.select(U.id).where(U.parent_id.is_(None)).scalar_subquery()
    query = (
        sa.select(P.pattern, P.scope, P.padding)
        .where(P.unit_id.in_([opd_id, root]), P.kind.in_([kind, ""]))
        .order_by(sa.case((P.unit_id == opd_id, 0), else_=1), sa.case((P.kind == kind, 0), else_=1))
        .limit(1)
    )
    found = run(query).first()
    return Pattern(found.pattern, scope=found.scope, padding=found.padding) if found else Pattern()


def written(pattern: Pattern, subject: Subject, value: int, *, suffix: str = "", on: date, opd: str) -> str:
    """Return a number as people write it, `B/545.a/BKPSDM/III/2026`; `opd` is the OPD's short name.

    Raises Invalid at `record_class` when the pattern asks for a classification code and the document has none.
    """
    if "{kode}" in pattern.text and not subject.record_class:
        raise Invalid(_("Pilih kode klasifikasi arsip: nomor surat memuatnya."), field="record_class")
    return pattern.text.format(
        sifat=CLASSES[subject.secrecy],
        kode=subject.record_class,
        urut=f"{value:0{pattern.padding or 1}}{'.' + suffix if suffix else ''}",
        opd=opd,
        bulan_romawi=ROMAN[on.month - 1],
        tahun=on.year,
    )


def take(subject: Subject) -> Taken:
    """Take the next number of today (WITA) in the command under way: no gap, no double, from 1 in each year.

    The counter's row stays locked until the command ends, so take it late. Raises Invalid as `written`.
    """
    command.current()
    on, pattern, opd = clock.today(), pattern_for(subject.opd_id, subject.kind), short_name(subject.opd_id)
    written(pattern, subject, 1, on=on, opd=opd)
    scope, period = _counter(pattern, subject), str(on.year)
    value = next_number(scope, period)
    text = written(pattern, subject, value, on=on, opd=opd)
    return Taken(text=text, scope=scope, period=period, value=value, dated_on=on)


def insert_after(subject: Subject, number: str) -> Taken:
    """Return the next insertion after a number, `545.a` after `545`, with the date of the document that has it.

    For the command under way. Raises Invalid at `after` when the OPD has no document of that number, Refused after `.z`.
    """
    command.current()
    base = _base(subject, number)
    if base is None:
        raise Invalid(_("Nomor {number} tidak ada di perangkat daerah ini.", number=number[:120]), field="after")
    same = (D.number_scope == base.number_scope, D.number_period == base.number_period)
    last = run(sa.select(sa.func.max(D.number_suffix)).where(*same, D.number_value == base.number_value)).scalar()
    if last == "z":
        raise Refused(_("Nomor ini sudah memuat 26 sisipan. Pakai nomor lain."))
    suffix = ascii_lowercase[ascii_lowercase.index(last) + 1 if last else 0]
    pattern, opd = pattern_for(subject.opd_id, subject.kind), short_name(subject.opd_id)
    text = written(pattern, subject, base.number_value, suffix=suffix, on=base.dated_on, opd=opd)
    return Taken(
        text=text,
        scope=base.number_scope,
        period=base.number_period,
        value=base.number_value,
        suffix=suffix,
        dated_on=base.dated_on,
    )


def _base(subject: Subject, number: str) -> Any:
    """Return the document with a number, locked, so that two insertions after it come one after the other."""
    query = (
        sa.select(D.number_scope, D.number_period, D.number_value, D.dated_on)
        .where(D.opd_id == subject.opd_id, D.number == number.strip(), D.number_suffix == "")
        .order_by(D.id.desc())
        .limit(1)
    )
    return run(query.with_for_update()).first()


def _counter(pattern: Pattern, subject: Subject) -> str:
    what = {"opd": "", "code": subject.record_class, "kind": subject.kind}[pattern.scope]
    return f"documents:{subject.opd_id.hex}:{pattern.scope}:{what}"


def short_name(opd_id: UUID) -> str:
    """Return what an OPD is called in numbers: its short name, else its code."""
    found = run(sa.select(U.short_name, U.code).where(U.id == opd_id)).one()
    return str(found.short_name or found.code)


def example(pattern: Pattern, opd_id: UUID, *, record_class: str = "800.1.11.1", value: int = 545) -> str:
    """Return how a number of today would look."""
    subject = Subject(opd_id=opd_id, kind="", record_class=record_class)
    return written(pattern, subject, value, on=clock.today(), opd=short_name(opd_id))
