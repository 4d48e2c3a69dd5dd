"""The command: all of it is stored or nothing, once for each key, and it never holds others up for long."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session
from sqlalchemy.orm.exc import StaleDataError

from superapp.extensions import db
from superapp.kernel import clock, command, database, idempotency, ids, ports, stamps, watchdog
from superapp.kernel.command import Command, execute
from superapp.kernel.counters import next_number
from superapp.kernel.database import run
from superapp.kernel.errors import Busy, KeyReused
from superapp.kernel.idempotency import Answer, Claim
from superapp.kernel.jobs import JobActor, enqueue
from superapp.kernel.jobs import ledger as view
from superapp.kernel.jobs.ledger import State
from superapp.kernel.tables import audit as audit_table
from superapp.kernel.tables import audit_values
from superapp.kernel.tables import idempotency as keys
from tests.kernel.conftest import EFFECTS, OPERATOR, audited, leave_effect, words

Effect = Callable[[Command], Any]


def claim(key: str = "key-1", print_: str = "f" * 64, principal: str = "person:1") -> Claim:
    return Claim(principal, "test.greet", key=key, fingerprint=print_)


def greet(effect: Effect = lambda _: leave_effect("greeting"), wanted: Claim | None = None, status: int = 303) -> Any:
    """Execute a keyed command as the blueprint does."""
    return execute(
        lambda: Command("test.greet", OPERATOR, says="{actor} greets"),
        effect,
        claim=wanted or claim(),
        answer=lambda _, value: Answer(status, "/done") if status < 400 else None,
    )


def test_command_stores_effect_key_and_audit_row_together(app: Flask) -> None:
    assert greet().replayed is None

    assert (words(), audited()) == (["greeting"], ["{actor} greets"])
    kept = run(sa.select(keys)).one()
    assert (kept.status, kept.location, kept.operation) == (303, "/done", "test.greet")


def test_same_form_again_gets_the_same_answer_and_no_second_effect(app: Flask) -> None:
    greet()
    again = greet(lambda _: pytest.fail("ran again"))

    assert (again.replayed.status, again.replayed.location) == (303, "/done")
    assert (words(), audited()) == (["greeting"], ["{actor} greets"])


def test_a_thousand_replays_have_one_effect(app: Flask) -> None:
    answers = {greet().replayed for _ in range(1000)}

    assert answers == {None, Answer(303, "/done")}
    assert words() == ["greeting"]


def test_key_with_another_body_is_refused_and_stores_nothing(app: Flask) -> None:
    greet()
    with pytest.raises(KeyReused):
        greet(wanted=claim(print_="e" * 64))

    assert words() == ["greeting"]


def test_key_is_bound_to_person_and_operation(app: Flask) -> None:
    greet()
    greet(wanted=claim(principal="person:2"))

    assert words() == ["greeting", "greeting"]


def test_refusal_frees_the_key_and_stores_nothing(app: Flask) -> None:
    waiting: list[Command] = []

    def refuse(present: Command) -> None:
        leave_effect("half")
        present.after_commit.append(lambda: pytest.fail("ran without a commit"))
        waiting.append(present)

    greet(refuse, status=422)
    assert (words(), audited()) == ([], [])
    greet()
    assert words() == ["greeting"]


def test_failure_stores_nothing(app: Flask) -> None:
    def fail(present: Command) -> None:
        leave_effect("half")
        enqueue("core.x")
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        greet(fail)

    assert (words(), audited(), view.count(State.WAITING)) == ([], [], 0)
    assert run(sa.select(sa.func.count()).select_from(keys)).scalar() == 0


def test_what_waits_for_the_commit_runs_after_it(app: Flask) -> None:
    seen: list[list[str]] = []

    def effect(present: Command) -> None:
        leave_effect("greeting")
        present.after_commit.append(lambda: seen.append(words()))

    greet(effect)
    assert seen == [["greeting"]]


def test_simultaneous_arrivals_of_one_form_have_one_effect(app: Flask) -> None:
    replays: list[bool] = []

    def arrive() -> None:
        with app.app_context():
            replays.append(greet().replayed is not None)

    threads = [threading.Thread(target=arrive) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (sorted(replays), words()) == ([False] + [True] * 7, ["greeting"])


def test_nobody_but_the_command_commits(app: Flask) -> None:
    with pytest.raises(database.CommitForbidden, match="do not commit"):
        greet(lambda _: db.session.commit())
    with pytest.raises(database.CommitForbidden):
        db.session.commit()


def test_own_transaction_beside_a_command_is_refused(app: Flask) -> None:
    def beside(_: Command) -> None:
        with database.transaction():
            pytest.fail("opened")

    with pytest.raises(RuntimeError, match="beside a command"):
        greet(beside)


def test_audit_rows_of_items_come_before_the_commands_own(app: Flask) -> None:
    record, opd = uuid.uuid4(), uuid.uuid4()

    def effect(present: Command) -> None:
        present.also("item {name}", "letter", record, name="A", opd_id=opd)
        present.about("letter", record, opd_id=opd, name="B")

    greet(effect)
    rows = run(sa.select(audit_table).order_by(audit_table.c.sequence)).all()
    assert [(row.chain, row.message, row.record_id) for row in rows] == [
        (opd.hex, "item {name}", record),
        (opd.hex, "{actor} greets", record),
    ]
    kept = run(sa.select(audit_values.c["values"]).order_by(audit_values.c.sequence)).scalars()
    assert list(kept) == [{"name": "A"}, {"name": "B"}]


@dataclass(frozen=True)
class Person(JobActor):
    """A signed-in actor whose rights were read at some stamps."""

    signed_in: bool = True


class Rereading:
    """An authorizer that notes when it reads rights again."""

    def __init__(self) -> None:
        self.asked = 0

    def allows(self, actor: Any, permission: str) -> bool:
        return True

    def refreshed(self, actor: Any) -> Any:
        self.asked += 1
        return actor


@pytest.mark.parametrize("changed", [False, True])
def test_rights_that_changed_on_the_way_are_read_again_inside(app: Flask, changed: bool) -> None:
    rereading, before = Rereading(), ports.authorizer._filled
    ports.authorizer.fill(rereading)
    actor = Person("test", stamps=stamps.read())
    if changed:
        with command.begin("test.grant", actor=OPERATOR, says=""):
            stamps.raise_access()
    try:
        execute(lambda: Command("test.x", actor), lambda _: None, claim=None, answer=lambda *_: Answer(303, "/"))
    finally:
        ports.authorizer._filled = before

    assert rereading.asked == int(changed)


class Deadlock(Exception):
    """What psycopg raises for a deadlock."""

    sqlstate = "40P01"


def test_command_that_met_a_deadlock_runs_again_whole(app: Flask) -> None:
    attempts: list[int] = []

    def unlucky(_: Command) -> None:
        attempts.append(1)
        leave_effect(f"attempt {len(attempts)}")
        if len(attempts) < 3:
            raise OperationalError("UPDATE", {}, Deadlock())

    greet(unlucky)
    assert (words(), audited()) == (["attempt 3"], ["{actor} greets"])


def test_command_that_always_deadlocks_is_busy_in_the_end(app: Flask) -> None:
    def unlucky(_: Command) -> None:
        raise OperationalError("UPDATE", {}, Deadlock())

    with pytest.raises(Busy):
        greet(unlucky)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the watchdog bite after a third of a second."""
    monkeypatch.setattr(command, "LONGEST", 0.3)
    monkeypatch.setattr(watchdog, "_TICK", 0.05)


def test_sleeping_command_frees_the_lock_and_is_busy(
    app: Flask, impatient: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    asleep, wake, outcome = threading.Event(), threading.Event(), []

    def sleep(_: Command) -> None:
        leave_effect(f"half {next_number('letters', '2026')}")
        asleep.set()
        wake.wait(20)

    def work() -> None:
        with app.app_context():
            try:
                greet(sleep)
            except Busy as busy:
                outcome.append(busy)

    thread = threading.Thread(target=work)
    thread.start()
    assert asleep.wait(20)
    monkeypatch.setattr(command, "LONGEST", 20)
    greet(lambda _: leave_effect(f"other {next_number('letters', '2026')}"), claim("key-2"))  # the first still sleeps
    wake.set()
    thread.join(20)

    assert [type(error) for error in outcome] == [Busy]
    assert words() == ["other 1"]


def test_statement_after_the_watchdog_bit_stores_nothing(app: Flask, impatient: None) -> None:
    gone = threading.Event()

    def sleep(_: Command) -> None:
        leave_effect("half")
        gone.wait(1)
        leave_effect("late")

    with pytest.raises(Busy):
        greet(sleep)
    assert words() == []
    greet()
    assert words() == ["greeting"]


def test_view_that_rolls_back_behind_the_commands_back_is_refused(app: Flask) -> None:
    """The key claimed before would be lost and the rest be stored without it."""

    def roll_back(_: Command) -> None:
        db.session.rollback()
        leave_effect("half")

    with pytest.raises(database.CommitForbidden):
        greet(roll_back)
    assert words() == []


def test_savepoint_of_a_bulk_action_may_be_rolled_back(app: Flask) -> None:
    def effect(_: Command) -> None:
        leave_effect("first")
        savepoint = db.session.begin_nested()
        leave_effect("second")
        savepoint.rollback()
        leave_effect("third")

    greet(effect)
    assert words() == ["first", "third"]


def test_watchdog_keeps_its_hands_off_a_connection_that_others_have(app: Flask, impatient: None) -> None:
    """A command that is over in time gives its connection back; the next one gets the same and runs late into it."""
    errors: list[Exception] = []

    def work(number: int) -> None:
        with app.app_context():
            for turn in range(6):
                try:
                    greet(lambda _: threading.Event().wait(0.28), claim(f"{number}-{turn}"))
                except Busy:
                    continue
                except Exception as error:
                    errors.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []


def test_statement_under_way_is_interrupted_and_busy(app: Flask, impatient: None) -> None:
    long = {
        "postgresql": sa.text("SELECT pg_sleep(20)"),
        "sqlite": sa.text(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500000000) SELECT max(i) FROM n"
        ),
    }

    with pytest.raises(Busy):
        greet(lambda _: run(long[db.engine.dialect.name]))
    greet()
    assert words() == ["greeting"]


def test_thousands_of_rows_with_returning_are_one_statement(app: Flask) -> None:
    def effect(_: Command) -> None:
        made = db.session.execute(sa.insert(EFFECTS).returning(EFFECTS.c.id), [{"word": str(n)} for n in range(3000)])
        assert len(made.all()) == 3000

    greet(effect)
    assert len(words()) == 3000


def test_command_that_runs_long_in_a_job_has_no_watchdog_unless_asked(app: Flask, impatient: None) -> None:
    with command.begin("test.long", actor=OPERATOR, says=""):
        leave_effect("a")
        threading.Event().wait(0.6)
        leave_effect("b")

    assert words() == ["a", "b"]


class Apart(DeclarativeBase):
    """A base of the test's own: the core's metadata is compared with the migrations by other tests."""

    type_annotation_map: ClassVar[dict[Any, Any]] = database.TYPES


class Sheet(database.Identified, database.Versioned, Apart):
    """A record that people edit."""

    __tablename__ = "sheet"
    __test__ = False
    count: Mapped[int] = database.column(sa.Integer(), pii="none")


def test_eight_threads_lose_no_update_but_see_honest_conflicts(app: Flask) -> None:
    Sheet.__table__.create(db.engine)
    sheet = ids.uuid7()
    with database.transaction() as connection:
        connection.execute(sa.insert(Sheet.__table__).values(id=sheet, count=0, version=1, created_at=clock.now()))
    stored, conflicts = [0] * 8, [0] * 8

    def work(number: int) -> None:
        with app.app_context():
            for turn in range(50):
                try:
                    greet(raise_count, claim(f"{number}-{turn}"))
                    stored[number] += 1
                except StaleDataError:
                    conflicts[number] += 1

    def raise_count(_: Command) -> None:
        found = db.session.get_one(Sheet, sheet)
        found.count += 1

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with Session(db.engine) as session:
        assert session.get_one(Sheet, sheet).count == sum(stored)
    assert sum(stored) + sum(conflicts) == 400
    if db.engine.dialect.name == "sqlite":
        assert sum(stored) == 400


def test_eight_clients_with_two_opds_each_meet_no_deadlock(app: Flask) -> None:
    opds, failures = [uuid.uuid4() for _ in range(4)], []

    def effect(number: int, present: Command) -> None:
        first, second = opds[number % 4], opds[(number * 3 + 1) % 4]
        present.also("item", opd_id=second)
        present.also("item", opd_id=first)

    def work(number: int) -> None:
        with app.app_context():
            for turn in range(10):
                try:
                    greet(lambda present, turn=turn: effect(number + turn, present), claim(f"{number}-{turn}"))  # type: ignore[misc]
                except Exception as error:
                    failures.append(error)

    retried_before = command.ATTEMPTS
    command.ATTEMPTS = 1  # a deadlock must not hide behind a second attempt
    try:
        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        command.ATTEMPTS = retried_before

    assert failures == []
    assert list(command.audit.verify()) == []


def test_old_keys_are_forgotten_after_thirty_days_and_not_before(app: Flask) -> None:
    greet()
    for days, left in ((29, 1), (31, 0)):
        clock.shift(timedelta(days=days))
        with command.begin("test.forget", actor=OPERATOR, says=""):
            idempotency.forget_old()
        assert run(sa.select(sa.func.count()).select_from(keys)).scalar() == left
