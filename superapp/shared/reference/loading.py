"""Filling the reference tables from the files that ship with the app; each file's first line names its source."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from superapp.kernel.database import insert_once, run
from superapp.shared.tables.reference import holiday, position_kind, rank, record_class, region

DATA = Path(__file__).parent / "data"


def read(path: Path) -> Iterator[dict[str, str]]:
    """Yield the rows of a reference file; its first line is a comment, the second the headings."""
    with path.open(encoding="utf-8", newline="") as file:
        file.readline()
        yield from csv.DictReader(file)


def source_of(path: Path) -> str:
    """Return what the first line of a reference file says about its source."""
    with path.open(encoding="utf-8") as file:
        return file.readline().lstrip("# ").strip()


_CASTS: dict[type[Any], Callable[[str], Any]] = {
    sa.Boolean: lambda text: text == "ya",
    sa.Integer: int,
    sa.Date: date.fromisoformat,
}


def _row(table: sa.Table, given: dict[str, str]) -> dict[str, Any]:
    return {name: _CASTS.get(type(table.c[name].type), str)(text) for name, text in given.items()}


FILES = {
    "regions.csv": region,
    "ranks.csv": rank,
    "position_kinds.csv": position_kind,
    "holidays.csv": holiday,
    "record_classes.csv": record_class,
}


def fill() -> dict[str, int]:
    """Put the rows of all reference files into their tables where they are missing; inside a write transaction.

    Rows that exist stay as they are: an office may have corrected them; so do the holidays of a year that has any, since
    an office may have removed some. Returns how many rows each table gained.
    """
    return {table.name: _fill(table, DATA / name) for name, table in FILES.items()}


def _fill(table: sa.Table, path: Path) -> int:
    keys = [column.name for column in table.primary_key]
    present = {tuple(row) for row in run(sa.select(*(table.c[key] for key in keys)))}
    rows = [row for row in map(partial(_row, table), read(path)) if tuple(row[key] for key in keys) not in present]
    if table is holiday:
        kept = {day.year for day, _kind in present}
        rows = [row for row in rows if row["day"].year not in kept]
    for row in rows:
        run(insert_once(table, row))  # two machines may migrate at once
    return len(rows)
