"""What is kept about a person over all tables: handed over (`person export`), and erased as far as law lets it go."""

from superapp.operations.personal.erasing import Erased, erase
from superapp.operations.personal.exporting import export

__all__ = ["Erased", "erase", "export"]
