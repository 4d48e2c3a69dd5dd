"""Jobs of administration: checking the audit chains every night, writing the trail into a file."""

from __future__ import annotations

from typing import Any

from superapp.admin.service import exporting
from superapp.kernel import access_log, audit
from superapp.kernel.jobs import Job
from superapp.kernel.language import N_, SOURCE
from superapp.shared.files import Accepted
from superapp.shared.speaking import speaking

MOST = 200
"""Faults that are kept for people to read; more of them say nothing new."""


def check_chains() -> list[dict[str, Any]]:
    """Return the faults of all chains and of the sealed access log, at most `MOST`; reads only, outside a transaction."""
    found = []
    for fault in (*audit.verify(), *access_log.verify()):
        found.append({"chain": fault.chain, "sequence": fault.sequence, "reason": fault.reason})
        if len(found) == MOST:
            break
    return found


def keep_result(*, prepared: list[dict[str, Any]]) -> dict[str, Any]:
    """Keep what the check found as the job's result."""
    return {"faults": prepared}


def write_audit(wanted: dict[str, Any], chains: list[str] | None, language: str = SOURCE) -> Accepted:
    """Write the trail's file before the transaction, in the language of who asked."""
    return speaking(language, lambda: exporting.write(wanted, chains))


def hand_audit_over(
    wanted: dict[str, Any], chains: list[str] | None, language: str = SOURCE, *, prepared: Accepted
) -> dict[str, str]:
    """Keep the file for who asked."""
    return speaking(language, lambda: exporting.hand_over(prepared))


EXPORT = Job(
    kind=exporting.KIND,
    function=hand_audit_over,
    prepare=write_audit,
    timeout=1800,
    title=N_("Mengekspor jejak audit"),
)
VERIFY = Job(
    kind="admin.verify_audit",
    function=keep_result,
    prepare=check_chains,
    daily="02:40",
    timeout=3600,
    title=N_("Memeriksa rantai audit"),
)
