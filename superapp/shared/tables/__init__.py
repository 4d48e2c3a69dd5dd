"""The tables of the shared services; importing this package makes the core's metadata complete."""

from superapp.shared.tables.agenda import entry, feed
from superapp.shared.tables.documents import Letterhead, NumberPattern, document
from superapp.shared.tables.files import File, Upload
from superapp.shared.tables.imports import import_, import_row
from superapp.shared.tables.notices import delivery, notice_choice, notice_setting, push
from superapp.shared.tables.reference import holiday, position_kind, rank, record_class, region
from superapp.shared.tables.search import search
from superapp.shared.tables.work import mail, notice, task, timeline
from superapp.shared.tables.workflow import case, delegation, step, workflow

__all__ = [
    "File",
    "Letterhead",
    "NumberPattern",
    "Upload",
    "case",
    "delegation",
    "delivery",
    "document",
    "entry",
    "feed",
    "holiday",
    "import_",
    "import_row",
    "mail",
    "notice",
    "notice_choice",
    "notice_setting",
    "position_kind",
    "push",
    "rank",
    "record_class",
    "region",
    "search",
    "step",
    "task",
    "timeline",
    "workflow",
]
