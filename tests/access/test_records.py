"""Writing rows: placed by the hat, checked field by field, guarded by their version."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from superapp.access.actor import Actor, acting_as, operator
from superapp.access.records import change, create, find
from superapp.extensions import db
from superapp.kernel import command, database
from superapp.kernel.errors import Invalid, NotFound, Stale
from superapp.kernel.tables import audit, audit_values
from tests.access.conftest import Note
from tests.access.test_scope import READ, actor_for
from tests.support import builders
from tests.support.builders import House


@contextmanager
def doing(actor: Actor, says: str = "{actor} menulis: {text}") -> Iterator[command.Command]:
    """Run the with-block as a command of the actor."""
    with acting_as(actor), command.begin("contoh.write", actor=actor, says=says) as running:
        yield running


def test_a_new_row_belongs_to_the_unit_of_the_hat_and_is_audited(notes: type[Note], house: House) -> None:
    actor = actor_for(house, "staf")
    with doing(actor):
        row = create(Note, text="  rapat  ")
    assert (row.text, row.unit_id, row.opd_id) == ("rapat", house.unit("seksi").id, house.unit("kominfo").id)
    kept = database.run(sa.select(audit).where(audit.c.record_id == row.id)).one()
    assert (kept.chain, kept.person_id) == (house.unit("kominfo").id.hex, actor.person_id)
    values = database.run(sa.select(audit_values.c["values"]).where(audit_values.c.chain == kept.chain)).scalar_one()
    assert values["text"] == "rapat"


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({}, "text", "Wajib diisi."),
        ({"text": "   "}, "text", "Wajib diisi."),
        ({"text": "x" * 41}, "text", "Paling banyak 40 karakter. Anda mengisi 41."),
        ({"text": "a", "amount": "sepuluh"}, "amount", "Isi dengan angka, contoh 1250."),
        ({"text": "a", "amount": "9" * 30}, "amount", "Angka terlalu besar."),
    ],
)
def test_a_fault_is_named_at_its_field_and_nothing_is_stored(
    notes: type[Note], house: House, values: dict[str, Any], field: str, words: str
) -> None:
    with pytest.raises(Invalid) as refusal, doing(actor_for(house, "staf")):
        create(Note, **values)
    assert refusal.value.errors == {field: words}
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Note)) == 0


def test_control_and_direction_characters_do_not_get_in(notes: type[Note], house: House) -> None:
    with doing(actor_for(house, "staf")):
        row = create(Note, text="a\x00b\u202ec\r\nd")
    assert row.text == "abc\nd"


def test_a_change_against_an_old_version_shows_both_texts(notes: type[Note], house: House) -> None:
    actor = actor_for(house, "staf")
    with doing(actor):
        row = create(Note, text="lama", amount=1)
    with doing(actor):
        change(db.session.get_one(Note, row.id), 1, text="punya mereka")
    with pytest.raises(Stale) as refusal, doing(actor):
        change(db.session.get_one(Note, row.id), 1, text="punya saya", amount=1)
    assert list(refusal.value.fields.values()) == [("punya mereka", "punya saya")]
    assert db.session.scalar(sa.select(Note.text)) == "punya mereka"


def test_a_change_raises_the_version_only_when_something_changed(notes: type[Note], house: House) -> None:
    actor = actor_for(house, "staf")
    with doing(actor):
        row = create(Note, text="sama")
    with doing(actor):
        change(db.session.get_one(Note, row.id), 1, text="sama")
    assert db.session.scalar(sa.select(Note.version)) == 1
    with doing(actor):
        change(db.session.get_one(Note, row.id), 1, text="lain")
    assert db.session.scalar(sa.select(Note.version)) == 2


def test_finding_a_foreign_row_finds_nothing(notes: type[Note], house: House) -> None:
    with doing(actor_for(house, "dokter")):
        row = create(Note, text="medis")
    builders.grant(house.person("staf"), READ, house.unit("kominfo"))
    with acting_as(actor_for(house, "staf")), pytest.raises(NotFound):
        find(Note, row.id, READ)
    with acting_as(operator()):
        assert find(Note, row.id, READ).text == "medis"


def test_nobody_but_the_command_commits(notes: type[Note], house: House) -> None:
    with pytest.raises(database.CommitForbidden), doing(actor_for(house, "staf")):
        create(Note, text="a")
        db.session.commit()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Note)) == 0
