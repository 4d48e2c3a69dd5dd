"""The ledger: a job exists exactly when its command was committed, and takes effect exactly once."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from superapp.extensions import db
from superapp.kernel import clock, command, jobs
from superapp.kernel.database import run
from superapp.kernel.errors import NotFound, Refused
from superapp.kernel.jobs import Job, Step, enqueue
from superapp.kernel.jobs import lease as leases
from superapp.kernel.jobs import ledger as view
from superapp.kernel.jobs.actor import acting
from superapp.kernel.jobs.ledger import State
from superapp.kernel.jobs.running import Run, perform
from superapp.kernel.jobs.worker import STUCK, Worker
from superapp.kernel.tables import job as table
from tests.kernel.conftest import Gate, Ledger, leave_effect, words, write


def leave(word: str = "effect") -> str:
    leave_effect(word)
    return word.upper()


def jump(**by: float) -> None:
    """Move the clock, and look at the database anew."""
    db.session.rollback()
    clock.shift(clock.now() - datetime.now(UTC) + timedelta(**by))


def test_job_runs_after_the_commit_of_its_command(ledger: Ledger) -> None:
    job_id = ledger.enqueue(ledger.kind(leave), {"word": "letter"}, person_id=(person := uuid.uuid4()))

    assert ledger.drain() == 1
    found = view.find(job_id)
    assert (found.state, found.progress, found.result) == (State.DONE, 100, "LETTER")
    assert words() == ["letter"]
    assert [mine.id for mine in view.of_person(person)] == [job_id]


def test_job_of_a_rolled_back_command_never_was(ledger: Ledger) -> None:
    kind = ledger.kind(leave)

    def break_off() -> None:
        with write():
            enqueue(kind.kind)
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        break_off()
    assert ledger.drain() == 0
    assert words() == []


def test_job_cannot_be_enqueued_outside_a_command(app: Flask) -> None:
    with pytest.raises(RuntimeError, match="no command is under way"):
        enqueue("core.leave")


def test_same_key_is_enqueued_once_and_names_the_first_job(ledger: Ledger) -> None:
    kind = ledger.kind(leave)
    first = ledger.enqueue(kind, key="letter:1")

    assert ledger.enqueue(kind, key="letter:1") == first
    assert ledger.enqueue(kind, key="letter:2") != first
    assert ledger.drain() == 2


def test_same_key_is_not_enqueued_again_once_its_job_is_done(ledger: Ledger) -> None:
    kind = ledger.kind(leave)
    ledger.enqueue(kind, key="letter:1")
    ledger.drain()
    ledger.enqueue(kind, key="letter:1")

    assert ledger.drain() == 0
    assert words() == ["effect"]


def test_job_waits_for_its_time(ledger: Ledger) -> None:
    ledger.enqueue(ledger.kind(leave), run_at=clock.now() + timedelta(seconds=10))

    assert ledger.drain() == 0
    jump(seconds=11)
    assert ledger.drain() == 1


def test_arguments_arrive_as_json_keeps_them(ledger: Ledger) -> None:
    seen: dict[str, Any] = {}
    kind = ledger.kind(lambda **arguments: seen.update(arguments), kind="core.look")
    some = uuid.uuid4()
    ledger.enqueue(kind, {"letter_id": some, "on": datetime(2026, 11, 24, tzinfo=UTC).date(), "many": (1, 2)})
    ledger.drain()

    assert seen == {"letter_id": str(some), "on": "2026-11-24", "many": [1, 2]}


def test_argument_that_json_cannot_keep_is_refused_at_once(ledger: Ledger) -> None:
    with pytest.raises(TypeError, match="cannot keep object"):
        ledger.enqueue("core.leave", {"record": object()})


def test_failing_job_is_tried_again_later_and_given_up_in_the_end(ledger: Ledger) -> None:
    def fail() -> None:
        leave_effect("half")
        raise ValueError("the printer burns")

    job_id = ledger.enqueue(ledger.kind(fail), max_attempts=3)
    waits = []
    for _ in range(3):
        assert ledger.drain() == 1
        waits.append(round((view.find(job_id).run_at - clock.now()).total_seconds()))
        jump(hours=2)

    assert words() == []
    assert waits[:2] == [5, 30]
    found = view.find(job_id)
    assert (found.state, found.attempts) == (State.DEAD, 3)
    assert "the printer burns" in found.error
    assert "test_jobs.py" in found.error
    assert [letter.id for letter in view.dead()] == [job_id]
    assert ledger.drain() == 0


def test_others_flow_past_a_failing_job(ledger: Ledger) -> None:
    def fail() -> None:
        raise ValueError

    ledger.enqueue(ledger.kind(fail))
    ledger.enqueue(ledger.kind(leave))
    ledger.drain()

    assert words() == ["effect"]


def test_dead_job_can_be_retried_by_a_person(ledger: Ledger) -> None:
    broken = [True]

    def fragile() -> None:
        if broken:
            raise ValueError
        leave_effect("mended")

    job_id = ledger.enqueue(ledger.kind(fragile), max_attempts=1)
    ledger.drain()
    broken.clear()
    with write():
        view.retry(job_id)
    ledger.drain()

    assert words() == ["mended"]
    with pytest.raises(Refused), write():
        view.retry(job_id)


def test_dead_job_can_be_discarded_by_a_person(ledger: Ledger) -> None:
    def fail() -> None:
        raise ValueError

    job_id = ledger.enqueue(ledger.kind(fail), max_attempts=1)
    ledger.drain()
    with write():
        view.discard(job_id)
    with pytest.raises(NotFound):
        view.find(job_id)


def test_refusal_is_an_answer_and_not_tried_again(ledger: Ledger) -> None:
    def refuse() -> None:
        raise Refused("Surat ini sudah ditandatangani.")

    job_id = ledger.enqueue(ledger.kind(refuse))
    ledger.drain()

    assert view.find(job_id).state is State.DEAD
    assert view.find(job_id).error == "Surat ini sudah ditandatangani."


@pytest.mark.parametrize("raised", [SystemExit(3), KeyboardInterrupt(), MemoryError()])
def test_nothing_a_job_raises_ends_the_worker(ledger: Ledger, raised: BaseException) -> None:
    def fail() -> None:
        raise raised

    ledger.enqueue(ledger.kind(fail))
    ledger.enqueue(ledger.kind(leave))

    assert ledger.drain() == 2
    assert words() == ["effect"]


def test_personal_data_of_arguments_never_reaches_the_error(ledger: Ledger) -> None:
    def fail(word: str) -> None:
        raise ValueError(f"cannot greet {word} 198703152010011007")

    job_id = ledger.enqueue(ledger.kind(fail), {"word": "Siti Canary"})
    ledger.drain()

    error = view.find(job_id).error
    assert "cannot greet" in error
    assert "Canary" not in error
    assert "198703152010011007" not in error


def test_job_acts_as_the_machine_for_the_person_who_asked(ledger: Ledger) -> None:
    seen: list[Any] = []

    def look() -> None:
        seen.extend([acting(), command.current().actor])
        command.current().also("letter rendered")

    person = uuid.uuid4()
    ledger.enqueue(ledger.kind(look), person_id=person)
    ledger.drain()

    assert [(actor.principal, actor.person_id, actor.signed_in) for actor in seen] == [
        ("job:core.look", person, False)
    ] * 2
    assert acting() is None


def test_prepare_runs_outside_the_transaction_and_hands_its_result_on(ledger: Ledger) -> None:
    def prepare(word: str) -> str:
        assert not command.under_way()
        return f"prepared {word}"

    ledger.enqueue(
        ledger.kind(lambda word, prepared: leave_effect(prepared), kind="core.p", prepare=prepare), {"word": "x"}
    )
    ledger.drain()

    assert words() == ["prepared x"]


class Crash(BaseException):
    """Stands for the process ending here."""


def take_over(ledger: Ledger, job_id: uuid.UUID) -> None:
    """Let the lease of a worker that says nothing end, and another worker go on."""
    jump(seconds=61)
    assert leases.sweep() == 1
    assert Worker(ledger.app).drain() == 1
    db.session.rollback()
    assert view.find(job_id).state is State.DONE


def test_lease_of_a_dead_worker_ends_and_another_takes_over(ledger: Ledger) -> None:
    job_id = ledger.enqueue(ledger.kind(leave))
    assert leases.take("dead") is not None
    assert ledger.drain() == 0
    take_over(ledger, job_id)

    assert words() == ["effect"]
    assert view.find(job_id).attempts == 2


def test_worker_that_lost_its_lease_stores_nothing(ledger: Ledger) -> None:
    job_id = ledger.enqueue(ledger.kind(leave), {"word": "once"})
    slow = leases.take("slow")
    assert slow is not None
    take_over(ledger, job_id)
    assert perform(Run(slow)) is State.RUNNING

    assert words() == ["once"]
    assert view.find(job_id).state is State.DONE


def test_failure_of_a_lost_lease_does_not_touch_the_job(ledger: Ledger) -> None:
    job_id = ledger.enqueue(ledger.kind(leave))
    slow = leases.take("slow")
    assert slow is not None
    take_over(ledger, job_id)
    leases.failed(slow, "late")
    leases.give_back(slow)

    assert view.find(job_id).state is State.DONE
    assert not leases.renew(slow)


def test_renewed_lease_lasts(ledger: Ledger) -> None:
    ledger.enqueue(ledger.kind(leave))
    lease = leases.take("alive")
    assert lease is not None
    jump(seconds=40)
    assert leases.renew(lease)
    jump(seconds=40)

    assert leases.sweep() == 0


def test_lease_of_a_clock_put_back_does_not_last_for_days(ledger: Ledger) -> None:
    jump(days=3)
    ledger.enqueue(ledger.kind(leave), run_at=clock.now() - timedelta(days=4))
    leases.take("dead")
    jump(days=-3)

    assert leases.sweep() == 1
    assert ledger.drain() == 1


def test_job_that_ends_its_process_each_time_is_given_up(ledger: Ledger) -> None:
    job_id = ledger.enqueue(ledger.kind(leave), max_attempts=2)
    for _ in range(2):
        leases.take("dead")
        jump(seconds=61)
        leases.sweep()

    assert view.find(job_id).state is State.DEAD
    assert "berhenti mendadak" in view.find(job_id).error


def test_job_is_taken_by_one_of_many_workers(ledger: Ledger) -> None:
    kind = ledger.kind(leave)
    with write():
        for number in range(40):
            enqueue(kind.kind, {"word": f"{number}"})

    def work() -> None:
        Worker(ledger.app).drain()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(words(), key=int) == [str(number) for number in range(40)]
    assert view.count(State.DONE) == 40
    assert run(sa.select(sa.func.max(table.c.attempts))).scalar() == 1


def import_rows(rows: int, stop_at: int = 0, resume: int | None = None) -> Iterator[Step]:
    for row in range(resume or 0, rows):
        leave_effect(f"row {row}")
        if row + 1 == stop_at:
            raise Crash
        yield Step(100 * (row + 1) // rows, resume=row + 1)
    return rows


def test_steps_are_committed_one_by_one_and_a_killed_job_goes_on(ledger: Ledger) -> None:
    kind = ledger.kind(import_rows)
    job_id = ledger.enqueue(kind, {"rows": 4})
    lease = leases.take("dead")
    assert lease is not None
    steps = import_rows(4)
    for _ in range(2):
        with command.begin("job", actor=jobs.JobActor("x"), says=""):
            leases.step(lease, next(steps))
    assert (view.find(job_id).progress, words()) == (50, ["row 0", "row 1"])
    take_over(ledger, job_id)

    assert words() == ["row 0", "row 1", "row 2", "row 3"]
    assert view.find(job_id).result == 4


def test_failed_step_is_rolled_back_and_done_again(ledger: Ledger) -> None:
    kind = ledger.kind(import_rows)
    job_id = ledger.enqueue(kind, {"rows": 4, "stop_at": 3})
    ledger.drain()
    assert words() == ["row 0", "row 1"]
    assert (view.find(job_id).state, view.find(job_id).progress) == (State.WAITING, 50)

    jump(minutes=1)
    ledger.drain()
    assert words() == ["row 0", "row 1"], "the third row fails again, the first two stay"
    assert view.find(job_id).attempts == 2


def test_worker_that_stops_hands_a_job_of_steps_back_without_counting(ledger: Ledger) -> None:
    job_id = ledger.enqueue(ledger.kind(import_rows), {"rows": 4})
    lease = leases.take("stopping")
    assert lease is not None
    run_ = Run(lease)
    run_.stopping.set()

    assert perform(run_) is State.WAITING
    assert (words(), view.find(job_id).attempts) == (["row 0"], 0)
    ledger.drain()
    assert words() == ["row 0", "row 1", "row 2", "row 3"]


def test_jobs_of_a_module_that_is_off_are_parked_and_go_on_when_it_returns(ledger: Ledger, gate: Gate) -> None:
    kind = ledger.kind(leave, kind="letters.leave", plugin="letters")
    job_id = ledger.enqueue(kind, plugin="letters")
    gate.off.add("letters")
    ledger.drain()
    assert (view.find(job_id).state, view.find(job_id).attempts) == (State.PARKED, 0)
    assert leases.sweep() == 0

    gate.off.clear()
    assert leases.sweep() == 1
    ledger.drain()
    assert words() == ["effect"]


def test_job_of_steps_is_parked_when_its_module_goes_off_meanwhile(ledger: Ledger, gate: Gate) -> None:
    def long(resume: Any) -> Iterator[Step]:
        leave_effect("first")
        gate.off.add("letters")
        yield Step(50, resume=1)
        leave_effect("second")

    job_id = ledger.enqueue(ledger.kind(long, kind="letters.long", plugin="letters"), plugin="letters")
    ledger.drain()

    assert (view.find(job_id).state, words()) == (State.PARKED, ["first"])


def test_job_whose_code_is_gone_is_parked_until_it_returns(ledger: Ledger) -> None:
    job_id = ledger.enqueue("core.leave")
    ledger.drain()
    assert view.find(job_id).state is State.PARKED

    ledger.kind(leave)
    ledger.worker.housekeep()
    ledger.drain()
    assert view.find(job_id).state is State.DONE


def test_schedule_fires_once_over_all_workers(ledger: Ledger) -> None:
    ledger.kind(leave, kind="core.nightly", daily="02:00")
    for worker in (Worker(ledger.app), Worker(ledger.app), ledger.worker):
        worker.housekeep()
    assert ledger.drain() == 1

    jump(days=1)
    for worker in (Worker(ledger.app), ledger.worker, ledger.worker):
        worker.housekeep()
    assert ledger.drain() == 1


def test_schedule_does_not_fire_twice_when_the_clock_is_put_back(ledger: Ledger) -> None:
    ledger.kind(leave, kind="core.often", every=timedelta(minutes=10))
    ledger.worker.housekeep()
    jump(minutes=10)
    ledger.worker.housekeep()
    jump(minutes=-10)
    ledger.worker.housekeep()

    jump(minutes=10)
    assert ledger.drain() == 2


@pytest.mark.parametrize(
    ("moment", "fire"),
    [
        ("2026-11-24T17:59:59", "2026-11-23T18:00:00"),
        ("2026-11-24T18:00:00", "2026-11-24T18:00:00"),
        ("2026-12-31T18:00:01", "2026-12-31T18:00:00"),
        ("2028-02-29T19:00:00", "2028-02-29T18:00:00"),
    ],
)
def test_daily_job_fires_at_its_hour_in_wita(moment: str, fire: str) -> None:
    job = Job(kind="core.nightly", function=leave, daily="02:00")
    assert job.last_fire(datetime.fromisoformat(moment).replace(tzinfo=UTC)) == datetime.fromisoformat(fire).replace(
        tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("moment", "fire"),
    [
        ("2026-11-28T18:00:00", "2026-11-21T19:30:00"),
        ("2026-11-28T19:30:00", "2026-11-28T19:30:00"),
        ("2026-11-29T12:00:00", "2026-11-28T19:30:00"),
        ("2027-01-01T00:00:00", "2026-12-26T19:30:00"),
    ],
)
def test_weekly_job_fires_on_its_day_in_wita(moment: str, fire: str) -> None:
    job = Job(kind="core.weekly", function=leave, daily="03:30", weekday=6)
    assert job.last_fire(datetime.fromisoformat(moment).replace(tzinfo=UTC)) == datetime.fromisoformat(fire).replace(
        tzinfo=UTC
    )


@pytest.mark.parametrize(
    "options",
    [
        {"kind": "nightly"},
        {"kind": "letters.render", "plugin": "leave"},
        {"daily": "25:00"},
        {"weekday": 6},
        {"daily": "03:30", "weekday": 7},
        {"daily": "02:00", "every": timedelta(hours=1)},
        {"every": timedelta(seconds=1)},
        {"every": timedelta(days=8)},
    ],
)
def test_impossible_kind_is_refused_when_it_is_made(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="job"):
        Job(**({"kind": "core.nightly", "function": leave} | options))


def test_finished_jobs_are_forgotten_and_dead_letters_kept(ledger: Ledger) -> None:
    def fail() -> None:
        raise ValueError

    done, dead = ledger.enqueue(ledger.kind(leave)), ledger.enqueue(ledger.kind(fail), max_attempts=1)
    ledger.drain()
    jump(days=31)
    with write():
        assert view.forget_old() == 1
    with pytest.raises(NotFound):
        view.find(done)
    assert view.find(dead).state is State.DEAD


def test_worker_runs_what_comes_and_stops_in_order(ledger: Ledger) -> None:
    worker, seen = Worker(ledger.app, poll=0.01), threading.Event()
    kind = ledger.kind(seen.set, kind="core.seen")
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        job_id = ledger.enqueue(kind)
        assert seen.wait(20)
    finally:
        worker.stop()
        thread.join(20)

    assert not thread.is_alive()
    assert view.find(job_id).state is State.DONE


def test_job_that_hangs_fails_and_the_worker_asks_to_be_replaced(ledger: Ledger) -> None:
    release, status = threading.Event(), []
    kind = ledger.kind(lambda prepared: None, kind="core.hang", prepare=release.wait, timeout=0.01)
    job_id = ledger.enqueue(kind)
    worker = Worker(ledger.app, poll=0.01, patience=0.1)
    thread = threading.Thread(target=lambda: status.append(worker.run()))
    thread.start()
    thread.join(20)
    release.set()
    for stuck in [thread for thread in threading.enumerate() if thread.name.startswith("job")]:
        stuck.join(20)

    assert status == [STUCK]
    assert view.find(job_id).state is State.WAITING
    assert "lebih lama" in view.find(job_id).error
