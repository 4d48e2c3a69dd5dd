"""`superapp plugin check`: what the load does not see, with file and line, and the tier of the quality scale."""

from superapp.plugin.check.quality import Report, check

__all__ = ["Report", "check"]
