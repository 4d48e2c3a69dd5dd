"""The nightly sweep: never asks the file store inside a transaction, and loses nothing when the store is away."""

from __future__ import annotations

from collections.abc import Iterator
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


class Watched:
    """The folder's store, which notes whether it is asked while a transaction is open."""

    def __init__(self, inner: LocalStore) -> None:
        self.inner, self.asked, self.away = inner, [], False

    def keys(self, *, older_than: float) -> Iterator[str]:
        self.note()
        yield from self.inner.keys(older_than=older_than)

    def delete(self, key: str) -> None:
        self.note()
        self.inner.delete(key)

    def note(self) -> None:
        self.asked.append(db.session().in_transaction())
        if self.away:
            raise StoreAway


@pytest.fixture
def watched(context: object, monkeypatch: pytest.MonkeyPatch) -> Watched:
    """Return the store that the sweep uses."""
    made = Watched(files.store())
    monkeypatch.setattr(keeping, "store", lambda: made)
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
    assert len(watched.asked) == 3
    assert not any(watched.asked)
    assert not watched.inner.exists(key)
    assert not watched.inner.exists(orphan.key)


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
    assert watched.inner.exists(key)
    watched.away = False
    swept()
    assert not watched.inner.exists(key)


def test_many_are_swept_in_steps(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "SWEPT_AT_ONCE", 2)
    for _number in range(5):
        last = kept(house)
    aged(last.id)
    with done():
        steps = list(keeping.sweep())
    assert [step.progress for step in steps] == [50, 50, 50]
    assert rows() == set()
