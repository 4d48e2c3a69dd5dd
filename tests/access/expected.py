"""Reading tests/access_matrix.toml: which answer each actor gets at each route on each record."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[1] / "access_matrix.toml"
ANSWERS = frozenset({"opens", "refused", "missing", "login", "shut"})
RELATIONS = ("own", "sibling", "foreign", "party", "former")
REGENCY, GUEST, NOBODY = "regency", "guest", "nobody"


@dataclass(frozen=True)
class Rule:
    """What holds for some routes: the permission they declare, the record they are about, and who gets which answer."""

    what: str
    permission: str = field(kw_only=True)
    record: str = field(kw_only=True)
    routes: tuple[str, ...] = field(kw_only=True)
    answers: Mapping[str, str | Mapping[str, str]] = field(kw_only=True)

    def answer(self, actor: str, relation: str) -> str:
        """Return the answer that an actor gets on a record in this relation ("" where routes name no record)."""
        found = self.answers[actor]
        return found if isinstance(found, str) else found[relation]


@dataclass(frozen=True)
class Matrix:
    """The whole page."""

    roles: tuple[str, ...]
    site: Mapping[str, tuple[str, ...]] = field(kw_only=True)
    rules: tuple[Rule, ...] = field(kw_only=True)

    @property
    def actors(self) -> tuple[str, ...]:
        """Return all who try: one of each role, the regency's admin, a guest, nobody."""
        return (*self.roles, REGENCY, GUEST, NOBODY)

    @property
    def by_route(self) -> dict[str, Rule]:
        """Return the rule of each route, `GET /people` → rule."""
        return {route: rule for rule in self.rules for route in rule.routes}

    @property
    def entries(self) -> list[str]:
        """Return the routes as they are written, doubles too."""
        return [route for rule in self.rules for route in rule.routes]


@cache
def matrix() -> Matrix:
    """Read the page; KeyError and ValueError name what it says that has no meaning."""
    page = tomllib.loads(PAGE.read_text(encoding="utf-8"))
    groups = {name: tuple(members) for name, members in page["groups"].items()}
    roles = groups["everybody"]
    rules = tuple(_rule(given, groups, roles, page["patterns"]) for given in page["rule"])
    return Matrix(roles, site={key: tuple(value) for key, value in page["site"].items()}, rules=rules)


def _rule(
    given: Mapping[str, Any], groups: Mapping[str, Any], roles: Iterable[str], patterns: Mapping[str, Any]
) -> Rule:
    answers: dict[str, Any] = dict.fromkeys(roles, "refused")
    answers |= {REGENCY: "opens", GUEST: "shut", NOBODY: "login"}
    for group, said in given["who"].items():
        found = _checked(patterns.get(said, said), given["what"])
        answers |= dict.fromkeys(groups.get(group, (group,)), found)
    return Rule(
        given["what"],
        permission=given["permission"],
        record=given.get("record", ""),
        routes=tuple(given["routes"]),
        answers=answers,
    )


def _checked(said: Any, what: str) -> Any:
    words = set(said.values()) if isinstance(said, dict) else {said}
    if not words <= ANSWERS:
        raise ValueError(f"{what!r}: no such answer or pattern: {sorted(words - ANSWERS)}")
    return said
