"""Calling hooks one by one: gated, timed and contained, so that one module's failure costs only its own answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from superapp.extensions import db
from superapp.kernel import command, ports
from superapp.plugin.contributions import HealthReport, LifecycleChange, PersonData, PersonSubject, SlotContent
from superapp.plugin.host import Host, Implementation, host
from superapp.plugin.serving.containing import Slow

SLOT_BUDGET = 0.3
"""Seconds a module may take to fill a slot."""


@dataclass(frozen=True)
class Answer:
    """What one module answered to a hook, or that it failed."""

    owner: str
    value: Any = None
    failed: bool = field(default=False, kw_only=True)


def call(
    hook: str, *, contribution: str = "", budget: float = 0.0, gated: bool = True, **values: Any
) -> Iterator[Answer]:
    """Call a hook of every module that is on, yielding the answers one by one.

    A module that raises, or whose contribution is paused, gives a failed answer, and the others go on; a fault of a
    core part goes on as it is. `gated=False` asks modules that are off too; `budget` is in seconds.
    """
    made, contribution = host(), contribution or f"hook:{hook}"
    for impl in made.per_call(hook):
        if impl.core:
            yield Answer(impl.owner, impl(values))
        elif not gated or _is_on(made, impl.owner):
            yield _contained(made, impl, contribution, budget, values)


def _is_on(made: Host, plugin: str) -> bool:
    if not ports.current_actor.filled:
        return made.is_on(plugin)
    return made.open_to(plugin, ports.current_actor()())


def _contained(made: Host, impl: Implementation, contribution: str, budget: float, values: Mapping[str, Any]) -> Answer:
    if contribution in made.states.latest().of(impl.owner).paused:
        return Answer(impl.owner, failed=True)
    began = time.monotonic()
    try:
        answer = _with_savepoint(lambda: impl(values))
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        made.report(error, plugin=impl.owner, contribution=contribution, kind="hook")
        return Answer(impl.owner, failed=True)
    seconds = time.monotonic() - began
    if budget and seconds > budget:
        made.report(Slow(f"{seconds:.1f} s"), plugin=impl.owner, contribution=contribution, kind="hook")
    return Answer(impl.owner, answer)


def _with_savepoint(work: Callable[[], Any]) -> Any:
    """Run a hook so that its failed statement does not end the caller's transaction.

    In a command that takes a savepoint; a page just begins its read anew.
    """
    if command.under_way():
        with db.session.begin_nested():
            return work()
    try:
        return work()
    except BaseException:
        db.session.rollback()
        raise


def tell(change: LifecycleChange) -> None:
    """Tell a change to the module itself and to the core's parts, within the change's transaction; a failure refuses it."""
    for impl in host().per_call("superapp_lifecycle"):
        if impl.core or impl.owner == change.plugin:
            impl({"change": change})


def slot_contents(name: str, context: Mapping[str, Any]) -> list[Answer]:
    """Return what modules show at a named place, in order; a failed one stands last, to be named there."""
    answers = [
        _typed(answer, SlotContent, f"slot:{name}")
        for answer in call("superapp_slot", contribution=f"slot:{name}", budget=SLOT_BUDGET, name=name, context=context)
        if answer.value is not None or answer.failed
    ]
    return sorted(answers, key=lambda answer: (answer.failed, answer.value.order if answer.value else 0, answer.owner))


def _typed(answer: Answer, kind: type[Any], contribution: str) -> Answer:
    if answer.failed or isinstance(answer.value, kind):
        return answer
    error = TypeError(f"must be {kind.__name__}, not {type(answer.value).__name__}")
    host().report(error, plugin=answer.owner, contribution=contribution, kind="hook")
    return Answer(answer.owner, failed=True)


def person_data(person: PersonSubject) -> list[Answer]:
    """Return what all modules keep about a person, those that are off too; `value` is a list of PersonData."""
    answers = []
    for answer in call("superapp_person_data", gated=False, person=person):
        rows = [] if answer.failed else list(answer.value or ())
        wrong = next((row for row in rows if not isinstance(row, PersonData)), None)
        checked = Answer(answer.owner, rows, failed=answer.failed)
        answers.append(
            checked if wrong is None else _typed(Answer(answer.owner, wrong), PersonData, "hook:superapp_person_data")
        )
    return answers


def erase_person(person: PersonSubject) -> dict[str, int]:
    """Let all modules erase what they keep about a person, inside the command that erases; a failure undoes all of it."""
    command.current()
    return {impl.owner: int(impl({"person": person}) or 0) for impl in host().per_call("superapp_person_erase")}


def health() -> dict[str, HealthReport]:
    """Return how the modules that are on say they are; one that fails to say is not well."""
    reports = {}
    for answer in call("superapp_health"):
        found = _typed(answer, HealthReport, "hook:superapp_health")
        reports[answer.owner] = found.value or HealthReport(ok=False, message="Pemeriksaan modul ini gagal.")
    return reports


class Subscribers:
    """The kernel's EventSubscribers: who listens to events."""

    def names(self) -> list[str]:
        """Return the plugins and core parts that implement `superapp_event`."""
        return [impl.owner for impl in host().per_call("superapp_event")]

    def deliver(self, plugin: str, event: Any) -> None:
        """Call the plugin's hook; what it raises fails the delivery job."""
        for impl in host().per_call("superapp_event"):
            if impl.owner == plugin:
                impl({"event": event})
