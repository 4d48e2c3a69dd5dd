"""Workflow: who decides what in which order, declared as data; the path of each case lies in rows."""

from superapp.shared.workflow.authority import delegate, end_delegation, may_decide
from superapp.shared.workflow.deciding import UNDO, Verdict, decide
from superapp.shared.workflow.definition import (
    APPROVE,
    REJECT,
    RETURN,
    SEND_BACK,
    Ask,
    Decider,
    Decision,
    Step,
    When,
    Workflow,
    chosen,
    head_of,
    position,
    role_in,
    supervisor,
    supervisor_of_step,
)
from superapp.shared.workflow.effects import Ended
from superapp.shared.workflow.path import Planned, usual_days
from superapp.shared.workflow.routing import add, copy_to, hand_over, reopen
from superapp.shared.workflow.rows import Case, CaseStep, find, latest_of, step_of, steps_of
from superapp.shared.workflow.submitting import Submission, preview, submit, withdraw
from superapp.shared.workflow.undoing import undo

__all__ = [
    "APPROVE",
    "REJECT",
    "RETURN",
    "SEND_BACK",
    "UNDO",
    "Ask",
    "Case",
    "CaseStep",
    "Decider",
    "Decision",
    "Ended",
    "Planned",
    "Step",
    "Submission",
    "Verdict",
    "When",
    "Workflow",
    "add",
    "chosen",
    "copy_to",
    "decide",
    "delegate",
    "end_delegation",
    "find",
    "hand_over",
    "head_of",
    "latest_of",
    "may_decide",
    "position",
    "preview",
    "reopen",
    "role_in",
    "step_of",
    "steps_of",
    "submit",
    "supervisor",
    "supervisor_of_step",
    "undo",
    "usual_days",
    "withdraw",
]
