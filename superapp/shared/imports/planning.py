"""Comparing a table with what is stored: joins, moves, ends, and every row that cannot be applied with its reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from superapp.kernel.language import gettext as _
from superapp.shared.imports.contract import Action, Importer, Reading, Remark
from superapp.shared.imports.reading import Table, read_table

CHUNK = 500
FEW, SHARE = 5, 0.3
"""Ends beyond both are held back unless asked for: the file is then more likely a part than the whole."""


@dataclass(frozen=True)
class PlannedRow:
    """One row of the report: what applying it would do, what it differs in, what is wrong with it."""

    number: int
    action: Action = field(kw_only=True)
    key: str = field(kw_only=True)
    label: str = field(kw_only=True)
    values: Mapping[str, Any] = field(default_factory=dict, kw_only=True)
    was: Mapping[str, Any] = field(default_factory=dict, kw_only=True)
    faults: Sequence[Remark] = field(default=(), kw_only=True)
    remarks: Sequence[Remark] = field(default=(), kw_only=True)


@dataclass(frozen=True)
class Plan:
    """What an import would do, in the order of applying; nothing is stored yet."""

    file_name: str
    rows: Sequence[PlannedRow] = field(kw_only=True)
    ignored: Sequence[str] = field(default=(), kw_only=True)

    @property
    def counts(self) -> dict[str, int]:
        """Return how many rows there are of each action."""
        found = Counter(row.action for row in self.rows)
        return {action: found.get(action, 0) for action in ("add", "change", "end", "same", "fault")}

    @property
    def ends_are_many(self) -> bool:
        """Tell whether more records would end than a complete file makes plausible."""
        counts = self.counts
        return ends_are_many(counts)


def ends_are_many(counts: Mapping[str, int]) -> bool:
    """Tell whether more records would end than a complete file makes plausible."""
    stored = counts["same"] + counts["change"] + counts["end"]
    return counts["end"] > max(FEW, SHARE * stored)


def plan(importer: Importer, content: bytes, file_name: str) -> Plan:
    """Read a file and compare it with what is stored; a dry run is this and nothing else.

    Raises Invalid when the file as a whole cannot be read. Not inside a command.
    """
    return plan_table(importer, read_table(content, file_name, importer.columns))


def plan_table(importer: Importer, table: Table) -> Plan:
    """Compare a table that was read with what is stored."""
    readings = [importer.read(cells) for cells in table.rows]
    numbers = dict(zip(map(id, readings), table.numbers, strict=True))
    _refuse_doubles(importer, readings)
    importer.check(readings)
    stored = _stored(importer, [reading.key for reading in readings if reading.key and not reading.faults])
    ordered = importer.ordered([reading for reading in readings if not reading.faults])
    rows = [_compared(importer, reading, numbers[id(reading)], stored) for reading in ordered]
    rows += [_faulty(reading, numbers[id(reading)]) for reading in readings if reading.faults]
    rows += _ends(importer, readings, max(table.numbers))
    if importer.sequence:
        places = {action: place for place, action in enumerate(importer.sequence)}
        rows.sort(key=lambda row: places.get(row.action, len(places)))
    return Plan(table.file_name, rows=rows, ignored=table.ignored)


def _refuse_doubles(importer: Importer, readings: Sequence[Reading]) -> None:
    seen: set[str] = set()
    column = importer.columns[0].word
    for reading in readings:
        if reading.key and reading.key in seen:
            reading.faults.append(Remark(column, _("Baris lain memuat data yang sama. Hapus salah satu.")))
        seen.add(reading.key)


def _stored(importer: Importer, keys: list[str]) -> dict[str, Mapping[str, Any]]:
    stored: dict[str, Mapping[str, Any]] = {}
    for start in range(0, len(keys), CHUNK):
        stored |= importer.present(keys[start : start + CHUNK])
    return stored


def _compared(importer: Importer, reading: Reading, number: int, stored: Mapping[str, Mapping[str, Any]]) -> PlannedRow:
    present = stored.get(reading.key)
    differences = importer.differences(present, reading.values) if present is not None else {}
    action: Action = "add" if present is None else "change" if differences else "same"
    return PlannedRow(
        number,
        action=action,
        key=reading.key,
        label=reading.label,
        values=reading.values,
        was={name: before for name, (before, _after) in differences.items()},
        remarks=tuple(reading.remarks),
    )


def _faulty(reading: Reading, number: int) -> PlannedRow:
    return PlannedRow(
        number,
        action="fault",
        key=reading.key[:120],
        label=reading.label[:160],
        faults=tuple(reading.faults),
        remarks=tuple(reading.remarks),
    )


def _ends(importer: Importer, readings: Sequence[Reading], last: int) -> list[PlannedRow]:
    gone = importer.missing(readings)
    return [
        PlannedRow(last + place, action="end", key=record.key, label=record.label)
        for place, record in enumerate(gone, 1)
    ]
