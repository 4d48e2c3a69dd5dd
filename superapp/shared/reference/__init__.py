"""Reference data: regions, ranks, kinds of positions, holidays and record classes, from files to tables."""

from superapp.shared.reference.calendar import (
    Holiday,
    free_days,
    holidays,
)
from superapp.shared.reference.lists import (
    RecordClass,
    Region,
    ranks,
    record_class,
    record_classes,
    region,
    regions,
)
from superapp.shared.reference.loading import fill

__all__ = [
    "Holiday",
    "RecordClass",
    "Region",
    "fill",
    "free_days",
    "holidays",
    "ranks",
    "record_class",
    "record_classes",
    "region",
    "regions",
]
