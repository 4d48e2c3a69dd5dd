"""What the forms of people, their posts and their accounts send."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from superapp.admin.forms import parsing
from superapp.admin.service.people import ACCOUNT_STATES, PeopleFilter
from superapp.organization import kinds

FIELDS = (
    "name",
    "title_before",
    "title_after",
    "nip",
    "staff_number",
    "employment",
    "rank_code",
    "rank_since",
    "birth_date",
    "sex",
    "phone",
    "email",
)
"""What a form may say of a person, new or changed; nothing else it sends is looked at."""


def people_filter(args: Mapping[str, str]) -> PeopleFilter:
    """Return the filter in an address; what is unknown there is left out."""
    return PeopleFilter(
        parsing.text(args, "q"),
        unit_id=parsing.identity(args.get("unit", "")),
        employment=parsing.choice(args, "employment", kinds.EMPLOYMENTS, default=""),
        account=parsing.choice(args, "account", ACCOUNT_STATES, default=""),
        state=parsing.choice(args, "state", ("ended",), default=""),
    )


def person_fields(form: Mapping[str, str]) -> dict[str, Any]:
    """Return what the form says of a person; its service checks it."""
    return {name: form.get(name, "") for name in FIELDS}


def appointment_fields(form: Mapping[str, str]) -> dict[str, Any]:
    """Return kind, period and decree of an appointment; raises Invalid for days that are none."""
    return parsing.gathered(
        {
            "kind": lambda: parsing.choice(form, "kind", kinds.APPOINTMENTS),
            "starts_on": lambda: parsing.day(form, "starts_on"),
            "ends_on": lambda: parsing.optional_day(form, "ends_on"),
            "decree": lambda: form.get("decree", ""),
        }
    )


def kept(wanted: PeopleFilter) -> dict[str, Any]:
    """Return the filter as the values of an address."""
    return {
        "q": wanted.q or None,
        "unit": wanted.unit_id,
        "employment": wanted.employment or None,
        "account": wanted.account or None,
        "state": wanted.state or None,
    }
