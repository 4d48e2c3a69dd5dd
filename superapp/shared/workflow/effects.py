"""What a module does when a case of its workflow ends: its own code, called once for each end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from superapp.shared.workflow import opening
from superapp.shared.workflow.rows import Case, CaseStep


@dataclass(frozen=True)
class Ended:
    """What an effect is given: the case, its record, what it became, and the step that decided it, if one did."""

    case: Case
    record: Any
    outcome: str
    step: CaseStep | None = field(default=None, kw_only=True)

    @property
    def values(self) -> Mapping[str, Any]:
        """Return what the deciding step asked for besides the note."""
        return self.step.values if self.step else {}


def apply(case: Case, outcome: str, step: CaseStep | None = None) -> None:
    """Call the effect of an outcome in the transaction under way; what it raises undoes the whole."""
    effect = case.flow.effects.get(outcome)
    if effect is not None:
        effect(Ended(case, opening.record_of(case), outcome, step=step))
