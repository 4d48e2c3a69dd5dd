"""Calling hooks one by one: gated, timed and contained, so that one module's failure costs only its own answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from superapp.extensions import db
from superapp.kernel import command, ports
from superapp.kernel.errors import AppError, Refused
from superapp.kernel.language import gettext as _
from superapp.plugin.containment.blame import Slow
from superapp.plugin.contributions import HealthReport, LifecycleChange, PersonData, PersonSubject
from superapp.plugin.host import Host, Implementation, host

T = TypeVar("T")
Then = Callable[[str, Any], Any]


@dataclass(frozen=True)
class Answer:
    """What one module answered to a hook, or that it failed."""

    owner: str
    value: Any = None
    failed: bool = field(default=False, kw_only=True)


def call(
    hook: str,
    *,
    contribution: str = "",
    budget: float = 0.0,
    gated: bool = True,
    then: Then | None = None,
    **values: Any,
) -> Iterator[Answer]:
    """Call a hook of every module that is on, yielding the answers one by one.

    A module that raises, or whose contribution is paused, gives a failed answer, and the others go on; a fault of a
    core part goes on as it is. `then` makes something of each answer (its owner, the value), as well contained and
    timed. `gated=False` asks modules that are off too; `budget` is in seconds.
    """
    made, contribution = host(), contribution or f"hook:{hook}"
    actor = ports.current_actor()() if ports.current_actor.filled else None
    state = made.states.latest() if actor is None else made.states.seen_by(actor)
    for impl in made.per_call(hook):
        ask = _asking(impl, values, then)
        if impl.core:
            yield Answer(impl.owner, ask())
        elif gated and not (state.of(impl.owner).on if actor is None else state.open_to(impl.owner, actor)):
            continue
        elif contribution in state.of(impl.owner).paused:
            yield Answer(impl.owner, failed=True)
        else:
            yield _contained(made, impl, ask, contribution, budget)


def _asking(impl: Implementation, values: Mapping[str, Any], then: Then | None) -> Callable[[], Any]:
    return (lambda: impl(values)) if then is None else (lambda: then(impl.owner, impl(values)))


def _contained(made: Host, impl: Implementation, ask: Callable[[], Any], contribution: str, budget: float) -> Answer:
    began = time.monotonic()
    try:
        value = _with_savepoint(ask)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        made.report(error, plugin=impl.owner, contribution=contribution, kind="hook", where=impl.where)
        return Answer(impl.owner, failed=True)
    seconds = time.monotonic() - began
    if budget and seconds > budget:
        slow = Slow(f"{seconds:.1f} s")
        made.report(slow, plugin=impl.owner, contribution=contribution, kind="hook", where=impl.where)
    return Answer(impl.owner, value)


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
    """Tell a change to the module itself and to the core's parts, within the change's transaction.

    Raises Refused when the module's own hook fails: then nothing has changed.
    """
    for impl in host().per_call("superapp_lifecycle"):
        if impl.core or impl.owner == change.plugin:
            _insist(impl, "superapp_lifecycle", {"change": change})


def _insist(impl: Implementation, hook: str, values: Mapping[str, Any]) -> Any:
    """Call a hook whose failure must undo the caller's transaction."""
    try:
        return impl(values)
    except (AppError, KeyboardInterrupt):
        raise
    except BaseException as error:
        if impl.core:
            raise
        made = host()
        made.report(error, plugin=impl.owner, contribution=f"hook:{hook}", kind="hook", where=impl.where)
        raise Refused(
            _("{title} sedang bermasalah, jadi belum ada yang diubah.", title=made.title(impl.owner))
        ) from error


def person_data(person: PersonSubject) -> list[Answer]:
    """Return what all modules keep about a person, those that are off too; each value is a list of PersonData."""

    def rows(_owner: str, given: Any) -> list[PersonData]:
        return [_must_be(PersonData, row) for row in given or ()]

    return list(call("superapp_person_data", gated=False, then=rows, person=person))


def _must_be(kind: type[T], value: Any) -> T:
    if not isinstance(value, kind):
        raise TypeError(f"must return {kind.__name__}, not {type(value).__name__}")
    return value


def erase_person(person: PersonSubject) -> dict[str, int]:
    """Let all modules erase what they keep about a person, inside the command that erases; return rows by module.

    Raises Refused when one fails: then nothing has been erased.
    """
    command.current()
    hook = "superapp_person_erase"
    return {impl.owner: int(_insist(impl, hook, {"person": person}) or 0) for impl in host().per_call(hook)}


def health() -> dict[str, HealthReport]:
    """Return how the modules that are on say they are; one that fails to say is not well."""

    def report(_owner: str, given: Any) -> HealthReport:
        return _must_be(HealthReport, given)

    silent = HealthReport(ok=False, message="Pemeriksaan modul ini gagal.")
    return {answer.owner: answer.value or silent for answer in call("superapp_health", then=report)}


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


class Faults:
    """The kernel's JobFaults: failures of modules' jobs count like those of their pages."""

    def is_paused(self, plugin: str, kind: str) -> bool:
        """Tell whether a module's kind of job is paused."""
        return f"job:{kind}" in host().states.latest().of(plugin).paused

    def note(self, plugin: str, kind: str, error: BaseException) -> None:
        """Write a failure down, in a transaction of its own."""
        host().report(error, plugin=plugin, contribution=f"job:{kind}", kind="job")
