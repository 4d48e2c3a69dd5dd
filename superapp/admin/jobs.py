"""Jobs of administration: checking the audit chains every night."""

from __future__ import annotations

from typing import Any

from superapp.kernel import access_log, audit
from superapp.kernel.jobs import Job
from superapp.kernel.language import N_

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


VERIFY = Job(
    kind="admin.verify_audit",
    function=keep_result,
    prepare=check_chains,
    daily="02:40",
    timeout=3600,
    title=N_("Memeriksa rantai audit"),
)
