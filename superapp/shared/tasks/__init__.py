"""Tasks: one row for one decision or duty of a position or a person; whoever holds the position that day sees it."""

from superapp.shared.tasks.giving import Duty, close, close_of, give, hand_over
from superapp.shared.tasks.listing import (
    WAITING,
    asked,
    finished,
    open_count,
    subject,
    task_of,
    waiting,
)

__all__ = [
    "WAITING",
    "Duty",
    "asked",
    "close",
    "close_of",
    "finished",
    "give",
    "hand_over",
    "open_count",
    "subject",
    "task_of",
    "waiting",
]
