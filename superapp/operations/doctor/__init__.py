"""The doctor: looks at everything that makes an installation unsafe, one line each."""

from superapp.operations.doctor.examining import examine
from superapp.operations.doctor.finding import Finding, Level

__all__ = ["Finding", "Level", "examine"]
