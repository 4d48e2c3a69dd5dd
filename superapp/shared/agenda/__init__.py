"""Agenda: when offices work, and what people have on which day."""

from superapp.shared.agenda.clashing import Clash, Deputy, clashes, propose_deputy
from superapp.shared.agenda.entries import Entry, of_people, of_person, put, remove_of, whole_days
from superapp.shared.agenda.offices import week_of, week_of_position
from superapp.shared.agenda.weeks import FIVE_DAYS, SIX_DAYS, Week, five_days, six_days
from superapp.shared.agenda.working_time import after, is_working_day, moment_of, time_of, worked, working_days

__all__ = [
    "FIVE_DAYS",
    "SIX_DAYS",
    "Clash",
    "Deputy",
    "Entry",
    "Week",
    "after",
    "clashes",
    "five_days",
    "is_working_day",
    "moment_of",
    "of_people",
    "of_person",
    "propose_deputy",
    "put",
    "remove_of",
    "six_days",
    "time_of",
    "week_of",
    "week_of_position",
    "whole_days",
    "worked",
    "working_days",
]
