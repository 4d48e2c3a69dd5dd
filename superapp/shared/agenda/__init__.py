"""Agenda: when offices work, and what people have on which day."""

from superapp.shared.agenda.offices import WEEKS, week_of
from superapp.shared.agenda.working_time import DAY, FIVE_DAYS, SIX_DAYS, Week, after, moment_of, worked

__all__ = ["DAY", "FIVE_DAYS", "SIX_DAYS", "WEEKS", "Week", "after", "moment_of", "week_of", "worked"]
