"""The nightly sweep: never asks the file store inside a transaction, and loses nothing when the store is away."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

import pytest
import sqlalchemy as sa

from superapp.extensions import db
from superapp.kernel.database import run
from superapp.kernel.jobs.kinds import known
from superapp.shared import files
from superapp.shared.files import keeping
from superapp.shared.files.s3 import StoreAway
from superapp.shared.files.store import LocalStore
from tests.organization.acting import done
from tests.shared.test_files import PDF, aged, kept, swept, upload
from tests.support.builders import House

pytestmark = pytest.mark.usefixtures("context")


@dataclass
class Watched:
    """What the folder's store was asked, and whether a transaction was open each time."""

    asked: list[bool] = field(default_factory=list)
    away: bool = False

    def note(self) -> None:
        self.asked.append(db.session().in_transaction())
        if self.away:
            raise StoreAway


@pytest.fixture
def watched(context: object, monkeypatch: pytest.MonkeyPatch) -> Watched:
    """Watch the store that the sweep uses."""
    made, keys, delete = Watched(), LocalStore.keys, LocalStore.delete
    monkeypatch.setattr(LocalStore, "keys", lambda store, **older: made.note() or keys(store, **older))
    monkeypatch.setattr(LocalStore, "delete", lambda store, key: made.note() or delete(store, key))
    return made


def rows() -> set[UUID]:
    """Return the ids of all files."""
    return set(run(sa.select(keeping.F.id)).scalars())


def test_the_store_is_asked_outside_of_any_transaction(house: House, watched: Watched) -> None:
    file, orphan = kept(house), files.accept(upload(PDF, "yatim.pdf"))
    key = file.key
    aged(file.id)
    db.session.rollback()
    swept()
    assert len(watched.asked) == 4
    assert not any(watched.asked)
    assert not files.store().exists(key)
    assert not files.store().exists(orphan.key)


def test_a_store_that_is_away_keeps_the_job_waiting(house: House, watched: Watched) -> None:
    kept(house)
    watched.away = True
    with pytest.raises(StoreAway):
        known().get("shared.sweep_files").prepare()


def test_a_store_that_goes_away_loses_no_row_and_is_swept_the_next_night(house: House, watched: Watched) -> None:
    file = kept(house)
    key = file.key
    aged(file.id)
    watched.away = True
    with done():
        list(keeping.sweep())
    assert rows() == set()
    assert files.store().exists(key)
    watched.away = False
    swept()
    assert not files.store().exists(key)


def test_many_are_swept_in_steps(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "SWEPT_AT_ONCE", 2)
    for _number in range(5):
        last = kept(house)
    aged(last.id)
    with done():
        steps = list(keeping.sweep())
    assert [step.progress for step in steps] == [50, 50, 50, 100]
    assert rows() == set()
