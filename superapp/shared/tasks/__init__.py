"""Tasks: one row for one decision or duty of a position or a person; whoever holds the position that day sees it."""

from superapp.shared.tasks.giving import Duty, close, close_of, give, hand_over
from superapp.shared.tasks.listing import (
    CORE,
    EVERYTHING,
    WAITING,
    Narrow,
    finished,
    open_count,
    sorts,
    subject,
    task_of,
    tonight,
    waiting,
)

__all__ = [
    "CORE",
    "EVERYTHING",
    "WAITING",
    "Duty",
    "Narrow",
    "close",
    "close_of",
    "finished",
    "give",
    "hand_over",
    "open_count",
    "sorts",
    "subject",
    "task_of",
    "tonight",
    "waiting",
]
