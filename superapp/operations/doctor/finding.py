"""What the doctor finds: a place, how bad it is, and a sentence that tells the remedy."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad a finding is: a fault makes `superapp doctor` exit with 1."""

    GOOD = "baik"
    LOOK = "periksa"
    FAULT = "salah"


@dataclass(frozen=True)
class Finding:
    """One line of the doctor."""

    level: Level
    name: str
    words: str

    def __str__(self) -> str:
        """Return the line as printed."""
        return f"{self.level:<8}{self.name}: {self.words}"


def good(name: str, words: str) -> Finding:
    """Return what is as it should be."""
    return Finding(Level.GOOD, name, words)


def look(name: str, words: str) -> Finding:
    """Return what may be meant so, but should be looked at."""
    return Finding(Level.LOOK, name, words)


def fault(name: str, words: str) -> Finding:
    """Return what is unsafe or broken."""
    return Finding(Level.FAULT, name, words)
