"""How well a query fits a title: whole words, beginnings, and words with a wrong, missing or swapped letter."""

from __future__ import annotations

from dataclasses import dataclass, field

from superapp.shared.search.folding import words

BEGINNING = 0.9
ONE_OFF, TWO_OFF = 0.75, 0.6
IN_BODY = 0.55
SHORTEST_FORGIVEN = 3
"""Shorter words must be right: nearly every other word is one letter away."""
LONG = 8
"""From this length on two wrong letters are forgiven."""


@dataclass
class Likeness:
    """Compares the words of one query with many texts and remembers each pair of words."""

    query: list[str]
    _known: dict[tuple[str, str], float] = field(default_factory=dict)

    def of(self, title: str, body: str) -> float:
        """Return 0 when a word of the query fits nothing, else up to 1 (all words as they are in the title)."""
        titles, bodies = words(title), None
        total = 0.0
        for word in self.query:
            best = self._best(word, titles)
            if best < 1:
                bodies = words(body) if bodies is None else bodies
                best = max(best, IN_BODY * self._best(word, bodies))
            if not best:
                return 0.0
            total += best
        unmatched = max(0, len(titles) - len(self.query))
        return total / len(self.query) - 0.01 * min(unmatched, 10)

    def _best(self, word: str, others: list[str]) -> float:
        return max((self._pair(word, other) for other in others), default=0.0)

    def _pair(self, word: str, other: str) -> float:
        key = (word, other)
        if key not in self._known:
            self._known[key] = _compare(word, other)
        return self._known[key]


def _compare(word: str, other: str) -> float:
    if word == other:
        return 1.0
    if other.startswith(word):
        return BEGINNING
    allowed = 0 if len(word) < SHORTEST_FORGIVEN else 2 if len(word) >= LONG else 1
    if not allowed:
        return 0.0
    off = distance(word, other, allowed)
    if off > allowed and len(other) > len(word) + 1:
        off = min(distance(word, other[: len(word) + 1], allowed), distance(word, other[: len(word)], allowed)) + 0.5
    if off > allowed:
        return 0.0
    return ONE_OFF if off <= 1.5 else TWO_OFF


def distance(left: str, right: str, most: int) -> float:
    """Return how many letters are wrong, missing, too many or swapped with their neighbour; `most` + 1 when more."""
    if abs(len(left) - len(right)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(right) + 1))
    for at, letter in enumerate(left, 1):
        last, before, row = before, row, [at, *[0] * len(right)]
        for place, other in enumerate(right, 1):
            row[place] = min(before[place] + 1, row[place - 1] + 1, before[place - 1] + (letter != other))
            swapped = at > 1 and place > 1 and letter == right[place - 2] and left[at - 2] == other
            if swapped:
                row[place] = min(row[place], last[place - 2] + 1)
        if min(row) > most:
            return most + 1
    return row[-1]
