"""What the forms of roles and grants send."""

from __future__ import annotations

from collections.abc import Mapping

from werkzeug.datastructures import MultiDict

from superapp.access.grants import Period
from superapp.access.roles import Role
from superapp.admin.forms import parsing
from superapp.admin.service.roles import GrantFilter


def grant_filter(args: Mapping[str, str]) -> GrantFilter:
    """Return the filter in an address; what is unknown there is left out."""
    return GrantFilter(
        parsing.text(args, "role", longest=40),
        permission=parsing.text(args, "permission", longest=80),
        unit_id=parsing.identity(args.get("unit", "")),
        person_id=parsing.identity(args.get("person", "")),
    )


def permissions(form: MultiDict[str, str]) -> list[str]:
    """Return the ticked permissions."""
    return [name[:80] for name in form.getlist("permissions") if name]


def period(form: Mapping[str, str]) -> Period:
    """Return from when to when a grant is good; raises Invalid at its fields."""
    days = parsing.gathered(
        {
            "starts_on": lambda: parsing.optional_day(form, "starts_on"),
            "ends_on": lambda: parsing.optional_day(form, "ends_on"),
        }
    )
    return Period(days["starts_on"], days["ends_on"])


def fingerprint(role: Role) -> int:
    """Return the number of a role's present state, for the version check of its form."""
    return parsing.fingerprint(role.title, role.description, *sorted(role.permissions))
