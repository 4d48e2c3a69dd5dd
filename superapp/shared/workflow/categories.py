"""Categories of the notices that decisions bring, and what each such notice carries."""

from __future__ import annotations

from typing import Any

from superapp.kernel.language import N_
from superapp.plugin.contributions import NoticeType
from superapp.plugin.host import host
from superapp.shared.workflow.rows import Case

ASK, RESULT, LATE = "workflow.ask", "workflow.result", "workflow.late"
TYPES = (
    NoticeType(ASK, N_("Menunggu keputusan Anda"), help=N_("Tugas baru dan serah terima")),
    NoticeType(RESULT, N_("Hasil permohonan Anda"), help=N_("Disetujui, ditolak, dikembalikan, tembusan")),
    NoticeType(LATE, N_("Tenggat keputusan"), help=N_("Pengingat separuh waktu dan lewat waktu")),
)


def about(case: Case, category: str) -> dict[str, Any]:
    """Return what a notice of a case carries: its category, its module, and its record, by which notices stand together.

    A category that the module declared under the key of its workflow comes first: it may be secret.
    """
    kind = case.kind if case.kind in host().notice_types else category
    record = {"record_type": case.record_type, "record_id": case.record_id}
    return {"kind": kind, "module": case.module, "opd_id": case.opd_id, **record}
