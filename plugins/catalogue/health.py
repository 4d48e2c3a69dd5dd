"""What the catalogue says of itself to administrators: whether its doors lead somewhere and somebody answers for them."""

from __future__ import annotations

import sqlalchemy as sa

from superapp.api import HealthReport, run
from superapp.api import _ as words_of

from .counters import MOST
from .models import Application
from .words import LIVE

_A = Application.__table__.c
_LOOKED_AT = (
    sa.select(
        sa.and_(_A.address.isnot(None), _A.status.in_(LIVE)).label("door"),
        sa.and_(_A.steward_name.is_(None), _A.steward_phone.is_(None)).label("nobody"),
    )
    .where(_A.archived_at.is_(None))
    .limit(MOST)
    .subquery()
)
_L = _LOOKED_AT.c
_COUNTED = sa.select(
    sa.func.count().label("all"),
    sa.func.count().filter(_L.door).label("doors"),
    sa.func.count().filter(_L.door, _L.nobody).label("unanswered"),
).select_from(_LOOKED_AT)


def report() -> HealthReport:
    """Count the doors of at most `MOST` applications, and those with nobody to call."""
    found = run(_COUNTED).one()
    if not found.doors:
        return HealthReport(ok=True, message=words_of("Belum ada aplikasi yang bisa dibuka dari katalog."))
    words = (
        words_of(
            "{n} aplikasi bisa dibuka; {m} di antaranya belum punya orang yang bisa dihubungi.",
            n=found.doors,
            m=found.unanswered,
        )
        if found.unanswered
        else words_of("{n} aplikasi bisa dibuka; semua punya orang yang bisa dihubungi.", n=found.doors)
    )
    first = words_of("Yang dihitung hanya {n} aplikasi.", n=MOST)
    return HealthReport(ok=True, message=f"{words} {first}" if found.all == MOST else words)
