"""How large a file may be, and how long an upload may wait for its form."""

from __future__ import annotations

from datetime import timedelta

LARGEST = 25_000_000
"""Bytes of one file (UX 5)."""
ORPHANED = timedelta(days=1)
"""How long an upload may wait for the form that it belongs to."""
