"""The doctor tells when holidays are missing: of this year, and from October on of the next."""

from __future__ import annotations

from datetime import date, datetime

import pytest
import sqlalchemy as sa
from flask import Flask

from superapp.kernel import clock
from superapp.kernel.clock import WITA
from superapp.kernel.database import run
from superapp.operations.doctor import data
from superapp.shared.tables import holiday
from tests.organization.acting import done


def told(monkeypatch: pytest.MonkeyPatch, month: int, *rows: tuple[int, bool]) -> list[str]:
    with done():
        run(sa.delete(holiday))
        for year, uncertain in rows:
            row = {"day": date(year, 8, 17), "kind": "libur", "name": "Kemerdekaan", "uncertain": uncertain}
            run(sa.insert(holiday).values(row))
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, month, 1, 9, tzinfo=WITA))
    return [str(finding) for finding in data.holidays()]


@pytest.mark.parametrize(
    ("month", "rows", "expected"),
    [
        (9, [(2026, False)], ["baik    hari libur: terisi sampai 2026"]),
        (10, [(2026, False), (2027, False)], ["baik    hari libur: terisi sampai 2027"]),
        (10, [(2026, False), (2027, True)], ["periksa hari libur: 2027 belum pasti"]),
        (10, [(2026, False)], ["periksa hari libur: 2027 belum pasti"]),
        (2, [], ["periksa hari libur: 2026 belum pasti"]),
    ],
)
def test_years_without_decreed_holidays_are_told(
    context: Flask, monkeypatch: pytest.MonkeyPatch, month: int, rows: list[tuple[int, bool]], expected: list[str]
) -> None:
    lines = told(monkeypatch, month, *rows)
    assert [line[: len(start)] for line, start in zip(lines, expected, strict=True)] == expected
