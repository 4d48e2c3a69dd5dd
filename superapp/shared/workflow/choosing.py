"""Choosing who decides: the filled posts that words may mean, and the fields of a form for steps by `chosen()`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.kernel import clock
from superapp.kernel.database import run
from superapp.kernel.errors import Invalid
from superapp.kernel.language import gettext as _
from superapp.organization import positions
from superapp.organization.appointments import held
from superapp.organization.models import Appointment, Person, Position, Unit
from superapp.shared.picking import meant, picked
from superapp.shared.workflow import versions

A, N, P, U = Appointment.__table__.c, Person.__table__.c, Position.__table__.c, Unit.__table__.c
MOST_WORDS, LOOKED_AT = 16, 60


def filled_posts(words: str, *, limit: int = 12) -> list[tuple[UUID, str]]:
    """Return filled positions that what was typed may mean, by title, unit or holder: (id, words), for pickers."""
    today = clock.today()
    query = (
        sa.select(P.id, P.title, U.name.label("unit"), N.name)
        .select_from(Position.__table__.join(Unit.__table__, U.id == P.unit_id))
        .join(Appointment.__table__, sa.and_(A.position_id == P.id, held(today)))
        .join(Person.__table__, N.id == A.person_id)
        .where(positions.valid(today))
    )
    for word in words.lower().replace(" · ", " ").split()[:MOST_WORDS]:
        columns = (P.title, U.name, U.short_name, N.name)
        query = query.where(sa.or_(*(sa.func.lower(column).contains(word, autoescape=True) for column in columns)))
    rows: Sequence[Any] = run(query.order_by(U.path, P.title, N.name).limit(limit)).all()
    return [(row.id, f"{row.title} · {row.unit} · {row.name}") for row in rows]


def posts_meant(words: str) -> list[UUID]:
    """Return the filled positions that the words of a picker mean."""
    return meant(words, filled_posts(words, limit=LOOKED_AT))


@dataclass(frozen=True)
class Choice:
    """A picker of a form: the decider that the requester chooses for a step, with the words of the choice."""

    step: str
    label: str

    @property
    def name(self) -> str:
        """Return the name of the form's field."""
        return f"choice_{self.step}"


def choices_of(key: str) -> list[Choice]:
    """Return what a requester of a workflow has to choose, for `ui.choices`; NotFound for an unknown key."""
    return [
        Choice(step.key, step.by.label or step.title)
        for step in versions.declared(key).steps
        if step.by.kind == "chosen"
    ]


def chosen_in(key: str, form: Mapping[str, str]) -> dict[str, str]:
    """Return the `choices` of a Submission from a form with `ui.choices`: step → id of a position.

    Raises Invalid at each field whose words mean no filled post, or several. A field left empty is left out: whether its
    step is part of the path is seen at submission.
    """
    found: dict[str, str] = {}
    faults: dict[str, str] = {}
    for choice in choices_of(key):
        try:
            position_id = picked(form, choice.name, posts_meant)
        except Invalid as fault:
            faults |= fault.errors
            continue
        if position_id is not None:
            found[choice.step] = str(position_id)
    if faults:
        raise Invalid(errors=faults)
    return found


def post_in(form: Mapping[str, str], name: str) -> UUID:
    """Return the filled position that a picker of a form names; Invalid at the field when it names none."""
    found = picked(form, name, posts_meant)
    if found is None:
        raise Invalid(_("Pilih jabatan dari daftar."), field=name)
    return found
