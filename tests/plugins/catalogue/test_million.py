"""A million applications: the list costs what it costs with ten thousand, also for an office whose rows are few and old."""

from __future__ import annotations

import time
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from superapp.access.actor import Actor, acting_as
from superapp.access.listing import Order, page
from superapp.access.rights import Reach, Rights
from superapp.extensions import db
from superapp.kernel import clock
from superapp.organization.models import Unit
from tests.plugins.catalogue.conftest import Shelf, model
from tests.support import builders

pytestmark = pytest.mark.slow
FEW, MANY = 10_000, 1_000_000
OFFICES, SECTIONS = 30, 9
RARE = 50
"""Rows of the small office; they are the oldest."""
MOST = 4.0
"""Milliseconds that a page may cost more at a million rows."""


@pytest.fixture
def offices(app: Flask) -> list[Unit]:
    """Store thirty offices of nine sections, and return the sections, by office."""
    with app.app_context():
        regency = builders.unit("Kabupaten")
        heads = [builders.unit(f"Dinas {number:02}", regency) for number in range(OFFICES)]
        return [builders.unit(f"Seksi {number}", head) for head in heads for number in range(SECTIONS)]


def test_the_list_is_flat_from_ten_thousand_to_a_million_rows(
    app: Flask, shelve: Shelf, house: builders.House, offices: list[Unit]
) -> None:
    shelve("Contoh")
    rare, normal = offices[0], offices[SECTIONS]
    reaches = {
        "the regency": Reach(everywhere=True),
        "an office": Reach(opds=frozenset({normal.opd_id})),
        "a small office": Reach(opds=frozenset({rare.opd_id})),
        "a section": Reach(paths=frozenset({normal.path})),
        "a small section": Reach(paths=frozenset({rare.path})),
        "two offices": Reach(opds=frozenset({rare.opd_id, normal.opd_id})),
        "an office and a section": Reach(opds=frozenset({normal.opd_id}), paths=frozenset({rare.path})),
    }
    with app.app_context():
        grow(1, FEW, offices)
        before = {name: cost(reach) for name, reach in reaches.items()}
        grow(FEW, MANY, offices)
        after = {name: cost(reach) for name, reach in reaches.items()}
    print("\n".join(f"{name:24} {before[name]:6.2f} → {after[name]:6.2f} ms" for name in reaches))
    assert {name: after[name] for name in reaches if after[name] > before[name] + MOST} == {}


def cost(reach: Reach) -> float:
    """Return the milliseconds of a list page by name and by date, the best of seven."""
    actor = Actor("person:x", rights=Rights(reaches={"catalogue.view": reach}))
    best = []
    for order in (Order("sort_name"), Order("updated_at", descending=True)):
        columns = [model().__table__.c.id, model().__table__.c.name]
        for _time in range(7):
            started = time.perf_counter()
            with acting_as(actor):
                found = page(model(), "catalogue.view", *columns, order=order)
            best.append((time.perf_counter() - started) * 1000)
            assert len(found.rows) == 20
        best = [min(best)]
    return best[0]


def grow(first: int, last: int, sections: list[Unit]) -> None:
    """Copy the one application until there are `last`: the first `RARE` in the first section, the rest in all others."""
    postgresql = db.engine.dialect.name == "postgresql"
    table = model().__table__
    here = [(section.id, section.opd_id) for section in sections]
    shift = clock.now() - timedelta(days=3650)
    template = db.session.execute(sa.select(table).limit(1)).one()._mapping
    db.session.remove()
    with db.engine.begin() as connection:
        if postgresql:
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")  # the app's limit is not for a million rows
        connection.exec_driver_sql("CREATE TEMPORARY TABLE place (n int primary key, unit_id text, opd_id text)")
        marks = "%s, %s, %s" if postgresql else "?, ?, ?"
        rows = [(number, _key(unit), _key(opd)) for number, (unit, opd) in enumerate(here)]
        connection.exec_driver_sql(f"INSERT INTO place VALUES ({marks})", rows)
        connection.execute(
            _copies(table, postgresql), {**_constants(template), "first": first, "last": last, "at": shift}
        )
        connection.exec_driver_sql("DROP TABLE place")
        connection.exec_driver_sql("ANALYZE")


def _key(value: UUID) -> str:
    return value.hex


def _constants(template: sa.RowMapping) -> dict[str, object]:
    own = {"id", "code", "name", "sort_name", "unit_id", "opd_id", "updated_at"}
    return {f"c_{name}": value for name, value in template.items() if name not in own and value is not None}


def _copies(table: sa.Table, postgresql: bool) -> sa.TextClause:
    """Return the INSERT … SELECT that makes the rows from `:first` to before `:last`."""
    series = (
        "generate_series(:first, :last - 1) AS s(n)"
        if postgresql
        else "(WITH RECURSIVE s(n) AS (SELECT :first UNION ALL SELECT n + 1 FROM s WHERE n < :last - 1) SELECT n FROM s) AS s"
    )
    number = "lpad(to_hex(s.n), 32, '0')::uuid" if postgresql else "printf('%032x', s.n)"
    padded = "lpad(s.n::text, 7, '0')" if postgresql else "printf('%07d', s.n)"
    cast = "::uuid" if postgresql else ""
    moment = (
        "CAST(:at AS timestamptz) + s.n * interval '1 minute'" if postgresql else "datetime(:at, s.n || ' minutes')"
    )
    own = {
        "id": number,
        "code": f"'J-' || {padded}",
        "name": f"'Aplikasi ' || {padded}",
        "sort_name": f"'aplikasi ' || {padded}",
        "unit_id": f"place.unit_id{cast}",
        "opd_id": f"place.opd_id{cast}",
        "updated_at": moment,
    }
    filled = [name for name in table.c.keys() if name in own or _given(table.c[name])]  # noqa: SIM118
    values = [own.get(name) or f":c_{name}" for name in filled]
    where = f"place.n = CASE WHEN s.n <= {RARE} THEN 0 ELSE 1 + s.n % {OFFICES * SECTIONS - SECTIONS} END"
    places = f"CASE WHEN s.n > {RARE} THEN {SECTIONS - 1} ELSE 0 END"
    return sa.text(
        f"INSERT INTO {table.name} ({', '.join(filled)}) SELECT {', '.join(values)} FROM {series} "
        f"JOIN place ON {where.replace('1 + s.n', f'{places} + 1 + s.n')}"
    ).bindparams(*(sa.bindparam(f"c_{name}", type_=table.c[name].type) for name in filled if name not in own))


def _given(column: sa.Column[object]) -> bool:
    return not column.nullable
