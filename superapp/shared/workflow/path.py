"""The path of a case before it is walked: which steps, decided where, how long each usually takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from superapp.shared.workflow.deciders import Asking, Seat, seats
from superapp.shared.workflow.definition import Step, Workflow

GAP = 10
"""Places are numbered in tens, so that somebody may be put in between."""


@dataclass(frozen=True)
class Planned:
    """A step of a path that is going to be walked; `place` is its order, equal for steps side by side."""

    place: int
    step: Step
    seats: Sequence[Seat]
    need: int


def planned(flow: Workflow, asking: Asking, facts: Mapping[str, Any]) -> list[Planned]:
    """Return the path of a case with these facts, as it is shown before submitting and walked afterwards.

    Raises Refused when a step has nobody who could decide, Invalid when the requester has to choose somebody.
    """
    found: list[Planned] = []
    earlier: dict[str, Sequence[Seat]] = {}
    for number, place in enumerate(flow.places, start=1):
        for step in place:
            if all(condition.holds(facts) for condition in step.when):
                earlier[step.key] = seats(step, asking, earlier)
                found.append(Planned(number * GAP, step, earlier[step.key], _need(step, len(earlier[step.key]))))
    return _without_echoes(found)


def _need(step: Step, present: int) -> int:
    if step.need == "all":
        return present
    return 1 if step.need == "any" else min(step.need, present)


def _without_echoes(path: list[Planned]) -> list[Planned]:
    """Leave out a step whose one seat decides the next step as well: nobody says the same thing twice."""
    kept = []
    for here, after in zip(path, [*path[1:], None], strict=True):
        alone = sum(one.place == here.place for one in path) == 1
        if after is None or not alone or not _same_seat(here, after):
            kept.append(here)
    return kept


def _same_seat(here: Planned, after: Planned) -> bool:
    return len(here.seats) == len(after.seats) == 1 and here.seats[0].key == after.seats[0].key


def usual_days(path: Sequence[Planned]) -> float:
    """Return how many working days a path usually takes: of steps side by side the longest counts."""
    longest: dict[int, float] = {}
    for one in path:
        longest[one.place] = max(longest.get(one.place, 0), one.step.days)
    return sum(longest.values())
