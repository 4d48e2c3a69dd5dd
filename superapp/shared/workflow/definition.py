"""Definitions as data: steps, who decides in each, which words a decision has and where it leads."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from superapp.kernel.language import N_
from superapp.plugin.contributions import WorkflowContribution

Leads = Literal["next", "end", "back", "requester"]
At = Literal["unit", "opd", "regency"]
Operator = Literal["==", "!=", ">", ">=", "<", "<=", "in"]
_KEY = re.compile(r"[a-z][a-z0-9_]{0,38}")
_FLOW_KEY = re.compile(r"[a-z][a-z0-9]*\.[a-z][a-z0-9_]{0,38}")


@dataclass(frozen=True)
class Decider:
    """Who decides, found when a case is submitted; see the functions below that make one."""

    kind: Literal["supervisor", "head", "role", "position", "chosen"]
    at: At = field(default="unit", kw_only=True)
    of: str = field(default="", kw_only=True)
    label: str = field(default="", kw_only=True)


def supervisor() -> Decider:
    """Return the supervisor of the requester's position."""
    return Decider("supervisor")


def supervisor_of_step(step: str) -> Decider:
    """Return the supervisor of the position that decides in an earlier step."""
    return Decider("supervisor", of=step)


def head_of(at: At) -> Decider:
    """Return the head of the requester's unit, of his OPD, or of the regency."""
    return Decider("head", at=at)


def role_in(role: str, at: At = "opd") -> Decider:
    """Return the positions and people that hold a role within the requester's unit, his OPD or anywhere."""
    return Decider("role", of=role, at=at)


def position(position_id: object) -> Decider:
    """Return one position by its id."""
    return Decider("position", of=str(position_id))


def chosen(label: str) -> Decider:
    """Return whom the requester chooses when he submits; `label` is the words of that choice."""
    return Decider("chosen", label=label)


@dataclass(frozen=True)
class Ask:
    """A value that a decision asks for besides the note: a field of the decision sheet."""

    name: str
    label: str
    kind: Literal["text", "date", "number"] = "text"
    required: bool = True


@dataclass(frozen=True)
class Decision:
    """One word that a decider may say.

    `leads`: on to the next step (after the last one the case ends with `outcome`), to the end with `outcome` at once,
    back to an earlier step, or back to the requester. `note` demands a reason. `at_once` decisions take effect in the
    same moment (a number is taken, a signature made): they have no undo.
    """

    key: str
    label: str
    leads: Leads = "next"
    outcome: str = field(default="", kw_only=True)
    note: bool = field(default=False, kw_only=True)
    asks: tuple[Ask, ...] = field(default=(), kw_only=True)
    at_once: bool = field(default=False, kw_only=True)
    done: str = field(default="", kw_only=True)

    @property
    def words(self) -> str:
        """Return what the timeline says was done."""
        return self.done or self.label


APPROVE = Decision("approve", N_("Setujui"), done=N_("menyetujui"))
REJECT = Decision("reject", N_("Tolak"), "end", outcome="rejected", note=True, done=N_("menolak"))
RETURN = Decision("return", N_("Kembalikan"), "requester", note=True, done=N_("mengembalikan"))
SEND_BACK = Decision("send_back", N_("Kembalikan ke langkah sebelumnya"), "back", note=True, done=N_("mengembalikan"))


@dataclass(frozen=True)
class When:
    """A condition on a fact of the case: `When("days", ">", 14)`."""

    fact: str
    is_: Operator
    value: Any

    def holds(self, facts: Mapping[str, Any]) -> bool:
        """Tell whether the condition holds; a missing fact fulfils none but `!=`."""
        found = facts.get(self.fact)
        if found is None:
            return self.is_ == "!="
        try:
            return bool(_COMPARE[self.is_](found, self.value))
        except TypeError:
            return False


_COMPARE: Mapping[str, Callable[[Any, Any], Any]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    "in": lambda a, b: a in b,
}


@dataclass(frozen=True)
class Step:
    """One place of the path.

    `days` are the usual working days; what is due counts from them. With `beside` it runs together with the step before
    it. Of several deciders (a role) `need` must agree: "any" one, "all", or so many. It is part of a path only while all
    conditions of `when` hold on the facts of the case.
    """

    key: str
    title: str
    by: Decider = field(kw_only=True)
    days: float = field(default=1, kw_only=True)
    decisions: tuple[Decision, ...] = field(default=(APPROVE, RETURN, REJECT), kw_only=True)
    beside: bool = field(default=False, kw_only=True)
    need: Literal["any", "all"] | int = field(default="any", kw_only=True)
    when: tuple[When, ...] = field(default=(), kw_only=True)

    def decision(self, key: str) -> Decision | None:
        """Return a decision by its key, None when this step has no such word."""
        return next((decision for decision in self.decisions if decision.key == key), None)


@dataclass(frozen=True)
class Workflow(WorkflowContribution):
    """A way of deciding: `key` is `<module>.<name>`; `outcome` is what a case becomes when the last step agreed.

    `effects` are called with the ended case, by outcome ("approved", "rejected", "withdrawn", "reopened" …): once, after
    the seconds in which an undo is possible. `check` returns sentences that warn whoever is about to decide. Both are
    code and no part of the definition that is kept.
    """

    title: str
    steps: tuple[Step, ...]
    outcome: str = field(default="approved", kw_only=True)
    consequence: str = field(default="", kw_only=True)
    effects: Mapping[str, Callable[..., None]] = field(default_factory=lambda: MappingProxyType({}), kw_only=True)
    check: Callable[..., list[str]] | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        faults = faults_of(self)
        if faults:
            raise ValueError(f"workflow {self.key}: {'; '.join(faults)}")

    @property
    def module(self) -> str:
        """Return the module that it belongs to."""
        return self.key.split(".", 1)[0]

    def step(self, key: str) -> Step:
        """Return a step by its key; KeyError when there is none."""
        found = next((step for step in self.steps if step.key == key), None)
        if found is None:
            raise KeyError(key)
        return found

    @property
    def places(self) -> list[list[Step]]:
        """Return the steps in order, those side by side together."""
        found: list[list[Step]] = []
        for step in self.steps:
            if step.beside and found:
                found[-1].append(step)
            else:
                found.append([step])
        return found


def faults_of(flow: Workflow) -> list[str]:
    """Return what is wrong with a definition, in words for its author; nothing when it can be used."""
    keys = [step.key for step in flow.steps]
    faults = [] if _FLOW_KEY.fullmatch(flow.key) else ["the key must be <module>.<name>"]
    if not flow.steps:
        faults.append("no step")
    faults += [f"step {key} is there twice" for key in sorted({key for key in keys if keys.count(key) > 1})]
    for number, step in enumerate(flow.steps):
        faults += [f"step {step.key}: {words}" for words in _faults_of_step(step, keys[:number])]
    return faults


def _faults_of_step(step: Step, earlier: list[str]) -> list[str]:
    faults = [] if _KEY.fullmatch(step.key) else ["keys are lower-case words"]
    if not step.decisions:
        faults.append("no decision")
    if not 0 < step.days <= 365:
        faults.append("days between 0 and 365")
    if isinstance(step.need, int) and step.need < 1:
        faults.append("need at least one")
    if step.by.kind == "supervisor" and step.by.of and step.by.of not in earlier:
        faults.append(f"no earlier step {step.by.of}")
    faults += [
        f"decision {one.key} ends without an outcome"
        for one in step.decisions
        if one.leads == "end" and not one.outcome
    ]
    return faults


def body_of(flow: Workflow) -> dict[str, Any]:
    """Return a definition as JSON keeps it, without its code."""
    body: dict[str, Any] = _kept().dump_python(_as_data(flow), mode="json")
    return body


def flow_of(body: Mapping[str, Any]) -> Workflow:
    """Return the definition that JSON keeps; ValueError names what is wrong with it."""
    try:
        data = _kept().validate_python(body)
    except ValidationError as error:
        raise ValueError(str(error)) from error
    return Workflow(data.key, data.title, data.steps, outcome=data.outcome, consequence=data.consequence)


def digest_of(body: Mapping[str, Any]) -> str:
    """Return the fingerprint by which versions of a definition are told apart."""
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class _Data:
    key: str
    title: str
    steps: tuple[Step, ...]
    outcome: str
    consequence: str


def _as_data(flow: Workflow) -> _Data:
    return _Data(flow.key, flow.title, flow.steps, flow.outcome, flow.consequence)


@cache
def _kept() -> TypeAdapter[_Data]:
    return TypeAdapter(_Data)
