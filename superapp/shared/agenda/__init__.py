"""Agenda: when offices work, and what people have on which day."""

from superapp.shared.agenda.clashing import Clash, Deputy, clashes, propose_deputy
from superapp.shared.agenda.entries import Entry, of_people, of_person, put, remove_of, whole_days
from superapp.shared.agenda.offices import WEEKS, week_of
from superapp.shared.agenda.working_time import (
    DAY,
    FIVE_DAYS,
    SIX_DAYS,
    Week,
    after,
    moment_of,
    worked,
    working_days,
)

__all__ = [
    "DAY",
    "FIVE_DAYS",
    "SIX_DAYS",
    "WEEKS",
    "Clash",
    "Deputy",
    "Entry",
    "Week",
    "after",
    "clashes",
    "moment_of",
    "of_people",
    "of_person",
    "propose_deputy",
    "put",
    "remove_of",
    "week_of",
    "whole_days",
    "worked",
    "working_days",
]
