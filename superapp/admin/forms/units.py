"""What the forms of units and positions send."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from superapp.admin.forms import parsing
from superapp.admin.service.units import PostFilter, UnitFilter
from superapp.organization import kinds

UNIT_STATES = ("closed",)
POST_STATES = ("vacant", "acting")


def unit_filter(args: Mapping[str, str]) -> UnitFilter:
    """Return the filter in an address; what is unknown there is left out."""
    return UnitFilter(
        parsing.text(args, "q"),
        kind=parsing.choice(args, "kind", kinds.UNITS, default=""),
        state=parsing.choice(args, "state", UNIT_STATES, default=""),
    )


def post_filter(args: Mapping[str, str]) -> PostFilter:
    """Return the filter in an address; what is unknown there is left out."""
    return PostFilter(
        parsing.text(args, "q"),
        unit_id=parsing.identity(args.get("unit", "")),
        state=parsing.choice(args, "state", POST_STATES, default=""),
    )


def unit_fields(form: Mapping[str, str]) -> dict[str, Any]:
    """Return what may be said of a unit, new or changed; its service checks it."""
    plain = {name: form.get(name, "") for name in ("name", "short_name", "kind", "region_code", "note")}
    week = parsing.choice({"week": "", **form}, "week", kinds.WEEKS)
    return plain | {"week": week, "valid_from": form.get("valid_from", ""), "is_opd": parsing.ticked(form, "is_opd")}


def post_fields(form: Mapping[str, str]) -> dict[str, Any]:
    """Return what may be said of a position, new or changed, but its supervisor; its service checks it."""
    plain = {name: form.get(name, "") for name in ("title", "kind", "grade", "valid_from")}
    return plain | {"is_head": parsing.ticked(form, "is_head")}
