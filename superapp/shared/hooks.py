"""What the shared services contribute to the app."""

from __future__ import annotations

from superapp.shared import tables as tables  # the core's metadata is complete once this is imported
from superapp.shared.search import people

people.listen()
