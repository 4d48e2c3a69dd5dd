"""What the filter of the audit trail sends."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from superapp.admin.forms import parsing
from superapp.admin.service.audit import AuditFilter
from superapp.kernel.errors import Invalid

_TABLE = re.compile(r"[a-z][a-z0-9_]{0,59}")
_CHAIN = re.compile(r"core|[0-9a-f]{32}")


def audit_filter(args: Mapping[str, str]) -> tuple[AuditFilter, dict[str, str]]:
    """Return the filter in an address, and a sentence for each date in it that is none."""
    errors: dict[str, str] = {}
    days: dict[str, Any] = {}
    for name in ("since", "until"):
        try:
            days[name] = parsing.optional_day(args, name)
        except Invalid as fault:
            errors |= fault.errors
    record_type, chain = args.get("record_type", ""), args.get("chain", "")
    wanted = AuditFilter(
        parsing.identity(args.get("person_id", "")),
        record_type=record_type if _TABLE.fullmatch(record_type) else "",
        record_id=parsing.identity(args.get("record_id", "")),
        operation=parsing.text(args, "operation", longest=120),
        since=days.get("since"),
        until=days.get("until"),
        chain=chain if _CHAIN.fullmatch(chain) else "",
    )
    return wanted, errors


def kept(wanted: AuditFilter) -> dict[str, Any]:
    """Return the filter as the values of an address."""
    return {
        "person_id": wanted.person_id,
        "record_type": wanted.record_type or None,
        "record_id": wanted.record_id,
        "operation": wanted.operation or None,
        "since": wanted.since,
        "until": wanted.until,
        "chain": wanted.chain or None,
    }
