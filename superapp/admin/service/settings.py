"""Settings that modules and core parts offer, with their present values, grouped by owner."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from superapp.access.actor import current
from superapp.kernel import command
from superapp.kernel.database import run
from superapp.kernel.errors import Forbidden, Invalid, NotFound
from superapp.kernel.language import gettext as _
from superapp.plugin import setting
from superapp.plugin.contributions import Setting
from superapp.plugin.host import contributions_by_owner, host
from superapp.plugin.state import load

MAY = "admin.settings"
SAID = "{actor} mengubah {setting} ({module}) dari {before} menjadi {after}"


@dataclass(frozen=True)
class Value:
    """One setting with what it is set to; `own` when somebody set it."""

    offered: Setting
    value: Any = field(kw_only=True)
    own: bool = field(kw_only=True)


@dataclass(frozen=True)
class Owner:
    """A module or core part with its settings."""

    name: str
    title: str
    values: tuple[Value, ...] = field(kw_only=True)


CORE = {
    "admin": "Administrasi",
    "login": "Masuk dan akun",
    "navigation": "Beranda dan bantuan",
    "shared": "Layanan bersama",
}


def owners() -> list[Owner]:
    """Return all owners of settings with their present values: core parts first, then modules by title."""
    made, stored = host(), load(run).settings
    found = [
        Owner(
            name,
            _(CORE.get(name, made.title(name))),
            values=tuple(_value(name, one, stored) for one in offered),
        )
        for name, offered in contributions_by_owner(made.settings_offered).items()
    ]
    return sorted(found, key=lambda owner: (owner.name in made.plugins, owner.title.casefold()))


def _value(owner: str, offered: Setting, stored: Any) -> Value:
    own = (owner, offered.name) in stored
    return Value(offered, value=stored[owner, offered.name] if own else offered.default, own=own)


def owner(name: str) -> Owner:
    """Return one owner with its settings; NotFound when it offers none."""
    found = next((one for one in owners() if one.name == name), None)
    if found is None:
        raise NotFound
    return found


def require_everywhere() -> None:
    """Raise Forbidden unless the actor may set things for the whole regency: a setting holds everywhere."""
    if not current().reach(MAY).everywhere:
        raise Forbidden(_("Hanya admin kabupaten yang mengubah pengaturan."))


def save(found: Owner, given: dict[str, str]) -> int:
    """Set what differs from the present values; inside a command, with a line in the trail for each.

    Returns how many changed. Raises Invalid with all faults at their fields; then nothing is stored.
    """
    require_everywhere()
    errors: dict[str, str] = {}
    changed = 0
    for one in found.values:
        try:
            after = setting.change(found.name, one.offered.name, given.get(one.offered.name, ""))
        except Invalid as fault:
            errors |= fault.errors
            continue
        if after != one.value:
            changed += 1
            words = {"setting": one.offered.label, "module": found.title, "before": one.value, "after": after}
            command.current().also(SAID, "core_setting", **words)
    if errors:
        raise Invalid(errors=errors)
    return changed
