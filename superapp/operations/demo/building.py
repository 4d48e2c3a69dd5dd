"""Building the demo data set on an empty database, in one command."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from superapp.access import actor
from superapp.kernel import clock, command, stamps
from superapp.kernel.database import run
from superapp.kernel.errors import Invalid, Refused
from superapp.kernel.tables import setting
from superapp.login.password import hash_password
from superapp.operations.demo import accounts
from superapp.operations.demo.accounts import DemoAccount
from superapp.operations.demo.filling import FEWEST, Staffing, staffing
from superapp.operations.demo.life import store_life
from superapp.operations.demo.marking import MARK
from superapp.operations.demo.storing import Stored, is_empty, store
from superapp.operations.demo.structure import Structure, structure
from superapp.plugin.host import host
from superapp.shared import reference
from superapp.shared.search.people import index_all

LARGEST = 50_000
BUILT = "{actor} membuat data contoh: {people} orang, {units} unit"


@dataclass(frozen=True)
class Built:
    """What was built."""

    people: int
    units: int
    accounts: list[DemoAccount] = field(kw_only=True)


def build_demo(people: int = 300) -> Built:
    """Fill an empty database with the demo data set and return what was made; not inside a command.

    Raises Refused when the database is not empty, Invalid for a number of people that cannot fill the offices.
    """
    if not FEWEST <= people <= LARGEST:
        raise Invalid(f"Jumlah orang antara {FEWEST} dan {LARGEST}.", field="people")
    plan = structure()
    planned = staffing(plan, people, clock.today())
    password = accounts.new_password()
    hashed = hash_password(password)
    cli = actor.operator()
    with actor.acting_as(cli), command.begin("demo.build", actor=cli, says=BUILT) as building:
        if not is_empty():
            raise Refused("Basis data tidak kosong. Data contoh hanya untuk basis data kosong.")
        _fill(plan, planned, hashed)
        building.values |= {"actor": cli.name, "people": people, "units": len(plan.units)}
    made = accounts.listed(planned, password)
    accounts.keep(made)
    return Built(people, len(plan.units), accounts=made)


def _fill(plan: Structure, planned: Staffing, hashed: str) -> Stored:
    reference.fill()
    stored = store(plan, planned)
    accounts.store(planned, stored, hashed)
    accounts.store_roles(one.name for one in host().permissions.values() if one.owner in host().plugins)
    accounts.store_grants(planned, stored)
    store_life(planned, stored)
    index_all()
    _mark({"built_at": clock.now()})
    stamps.raise_access()
    stamps.raise_plugins()
    return stored


def _mark(facts: dict[str, datetime]) -> None:
    value: dict[str, Any] = {name: moment.isoformat() for name, moment in facts.items()}
    run(sa.insert(setting).values(owner=MARK[0], name=MARK[1], value=value))
