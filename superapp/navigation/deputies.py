"""Delegations as the page of deputies shows them: what one gave, what one was given, what can be given."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import request

from superapp.access.actor import current
from superapp.kernel import clock
from superapp.kernel.database import run
from superapp.kernel.errors import Invalid
from superapp.kernel.language import gettext as _
from superapp.navigation import forms
from superapp.organization.appointments import held
from superapp.organization.models import Appointment, Person, Position, Unit
from superapp.plugin.host import host
from superapp.shared import workflow
from superapp.shared.picking import identity, meant, picked
from superapp.shared.tables import delegation

D, A, N, P, U = delegation.c, Appointment.__table__.c, Person.__table__.c, Position.__table__.c, Unit.__table__.c


def given() -> Sequence[Any]:
    """Return the delegations of the reader's positions that are not over, the latest first."""
    positions = [hat.position_id for hat in current().hats]
    return _listed(D.position_id.in_(positions)) if positions else []


def received() -> Sequence[Any]:
    """Return what was delegated to the reader and is not over."""
    return _listed(D.person_id == current().person_id)


def _listed(which: sa.ColumnElement[bool]) -> Sequence[Any]:
    query = (
        sa.select(D.id, D.kind, D.starts_on, D.ends_on, D.reason, N.name, P.title)
        .select_from(
            delegation.join(Person.__table__, N.id == D.person_id).join(Position.__table__, P.id == D.position_id)
        )
        .where(which, D.ends_on >= clock.today())
    )
    return run(query.order_by(D.starts_on.desc(), D.id)).all()


def kinds() -> list[tuple[str, str]]:
    """Return the kinds of decisions that can be delegated: those of modules that are on."""
    found = [(key, owned) for key, owned in host().workflows.items() if host().is_on(owned.owner)]
    return sorted(((key, _(getattr(owned.item, "title", key))) for key, owned in found), key=lambda one: one[1])


def people(words: str, *, limit: int = 12) -> list[tuple[UUID, str]]:
    """Return people with a post today that what was typed may mean, for the picker."""
    query = (
        sa.select(N.id, N.name, P.title, U.name.label("unit"))
        .select_from(Appointment.__table__.join(Person.__table__, N.id == A.person_id))
        .join(Position.__table__, P.id == A.position_id)
        .join(Unit.__table__, U.id == P.unit_id)
        .where(held(clock.today()), N.active)
    )
    for word in words.lower().replace(" · ", " ").split()[:16]:
        columns = (N.name, P.title, U.name)
        query = query.where(sa.or_(*(sa.func.lower(column).contains(word, autoescape=True) for column in columns)))
    rows = run(query.order_by(N.sort_name).limit(limit))
    return [(row.id, f"{row.name} · {row.title} · {row.unit}") for row in rows]


def people_meant(words: str) -> list[UUID]:
    """Return the people that the words of the picker mean."""
    return meant(words, people(words, limit=60))


def delegate() -> str:
    """Write the delegation of the form in the command under way and return the name of who receives it."""
    form = request.form
    values: dict[str, Any] = {}
    faults: dict[str, str] = {}
    readers: dict[str, Callable[[], Any]] = {
        "position": lambda: _own_position(form),
        "person": lambda: _receiver(form),
        "starts_on": lambda: _day(form, "starts_on"),
        "ends_on": lambda: _day(form, "ends_on"),
        "kind": lambda: _kind(form),
    }
    for name, read in readers.items():
        try:
            values[name] = read()
        except Invalid as fault:
            faults |= fault.errors
    if faults:
        raise Invalid(errors=faults)
    reason = forms.text("reason", most=200, label="Alasan", required=False)
    to = values.pop("person")
    workflow.delegate(values.pop("position"), to, reason=reason, **values)
    return str(run(sa.select(N.name).where(N.id == to)).scalar_one())


def _own_position(form: Mapping[str, str]) -> UUID:
    found = identity(form.get("position", ""))
    if found is None:
        raise Invalid(_("Pilih jabatan Anda."), field="position")
    return found


def _receiver(form: Mapping[str, str]) -> UUID:
    found = picked(form, "person", people_meant)
    if found is None or run(sa.select(N.id).where(N.id == found, N.active)).first() is None:
        raise Invalid(_("Pilih orangnya dari daftar."), field="person")
    return found


def _day(form: Mapping[str, str], name: str) -> date:
    try:
        return date.fromisoformat(form.get(name, ""))
    except ValueError:
        raise Invalid(_("Isi tanggalnya."), field=name) from None


def _kind(form: Mapping[str, str]) -> str:
    kind = form.get("kind", "")
    if kind and kind not in dict(kinds()):
        raise Invalid(_("Pilih salah satu dari daftar."), field="kind")
    return kind
