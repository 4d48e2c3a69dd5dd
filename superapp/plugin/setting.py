"""Settings of modules and core parts: read from the state every worker keeps, changed inside a command."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

import sqlalchemy as sa
from flask import has_request_context

from superapp.kernel import clock, command, ports, stamps
from superapp.kernel.database import insert_once, run
from superapp.kernel.errors import Invalid, NotFound
from superapp.kernel.language import gettext as _
from superapp.kernel.tables import setting as settings
from superapp.plugin.contributions import Setting
from superapp.plugin.host import host

LONGEST = 2000


def value(key: str) -> Any:
    """Return the value of the setting `<owner>.<name>`, its default when nobody set it. KeyError for an unknown one."""
    owner, _, name = key.partition(".")
    offered = definition(owner, name)
    made = host()
    signed_in = has_request_context() and ports.current_actor.filled
    state = made.states.seen_by(ports.current_actor()()) if signed_in else made.states.latest()
    return state.settings.get((owner, name), offered.default)


def definition(owner: str, name: str) -> Setting:
    """Return what a module offers to be set; KeyError when it does not."""
    for owned in host().settings_offered:
        if owned.owner == owner and owned.item.name == name:
            return owned.item
    raise KeyError(f"no setting {owner}.{name}: return it from superapp_settings()")


def change(owner: str, name: str, given: str) -> Any:
    """Set a setting from what a form sent, inside a command; every worker sees it at its next request.

    Returns the stored value. Raises NotFound, or Invalid with a sentence at the field `name`.
    """
    try:
        offered = definition(owner, name)
    except KeyError as error:
        raise NotFound("Pengaturan ini tidak ada.") from error
    stored = _parsed(offered, given.strip())
    now = {"value": stored, "updated_at": clock.now()}
    run(insert_once(settings, {"owner": owner, "name": name, **now}))
    run(sa.update(settings).where(settings.c.owner == owner, settings.c.name == name).values(**now))
    stamps.raise_plugins()
    command.current().values |= {"module": host().title(owner), "setting": offered.label}
    return stored


def _parsed(offered: Setting, given: str) -> Any:
    if offered.kind == "boolean":
        return given.lower() in {"1", "on", "true", "ya"}
    if offered.kind == "number":
        return _number(offered, given)
    if offered.kind == "choice" and given not in dict(offered.choices):
        raise Invalid("Pilih salah satu dari daftar.", field=offered.name)
    if len(given) > LONGEST:
        raise Invalid(_("Paling banyak {n} karakter. Anda mengisi {m}.", n=LONGEST, m=len(given)), field=offered.name)
    if offered.check and given:
        _checked(offered, given)
    return given


def _checked(offered: Setting, given: str) -> None:
    assert offered.check is not None
    try:
        offered.check(given)
    except Invalid as fault:
        raise Invalid(fault.message, field=offered.name) from None


def _number(offered: Setting, given: str) -> int | float:
    try:
        number = Decimal(given.replace(".", "").replace(",", "."))
    except InvalidOperation as error:
        raise Invalid("Isi dengan angka, contoh 1250.", field=offered.name) from error
    if not number.is_finite() or abs(number) > 2**53:
        raise Invalid("Angka terlalu besar.", field=offered.name)
    return int(number) if number == number.to_integral_value() else float(number)
