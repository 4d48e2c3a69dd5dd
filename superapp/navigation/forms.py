"""Reading what people send to navigation: values of the right type, or a sentence at the field."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import request
from werkzeug.datastructures import MultiDict

from superapp.kernel.clock import WITA
from superapp.kernel.errors import Invalid, NotFound
from superapp.kernel.language import gettext as _
from superapp.kernel.values import clean_text
from superapp.login import addresses
from superapp.navigation.launcher import Visit

LONGEST_QUERY = 80


def text(name: str, *, most: int, label: str, required: bool = True) -> str:
    """Return a text of the form, cleaned; raises Invalid at the field when it is missing or too long."""
    value = clean_text(request.form.get(name, ""))
    if required and not value:
        raise Invalid(_("{label} wajib diisi.", label=_(label)), field=name)
    if len(value) > most:
        raise Invalid(_("Paling banyak {n} karakter. Anda mengisi {m}.", n=most, m=len(value)), field=name)
    return value


def query(name: str = "q") -> str:
    """Return the search words of the address, cut to a length that somebody may really have typed."""
    return clean_text(request.args.get(name, ""))[:LONGEST_QUERY]


def cursor() -> str:
    """Return the opaque place of *Muat lagi* in the address."""
    return request.args.get("page", "")


def local_address(value: str, *, most: int = 255) -> str:
    """Return an address of this app, or an empty text: nothing else is ever kept or followed (ASVS 5.0, 3.7.2)."""
    value = value.strip()
    return value if 0 < len(value) <= most and addresses.local(value) == value else ""


def version() -> int:
    """Return the version the form was opened with; raises Invalid without one."""
    try:
        return int(request.form.get("version", ""))
    except ValueError:
        raise Invalid(_("Formulir belum lengkap dimuat. Buka lagi halamannya.")) from None


def identity(value: str) -> UUID:
    """Return the id of a record; NotFound for what is none."""
    try:
        return UUID(value)
    except ValueError:
        raise NotFound from None


def visit() -> tuple[str, Visit | None]:
    """Return what a beacon says was opened: the key of a launcher entry, or an address of ours with its words."""
    form: MultiDict[str, str] = request.form
    key, url = form.get("key", "")[:120], local_address(form.get("url", ""))
    title = clean_text(form.get("title", ""))[:160]
    found = Visit(url, title, icon=form.get("icon", "")[:40]) if url and title else None
    if not key and found is None:
        raise Invalid(_("Kunjungan ini tidak dikenal."))
    return key, found


def announcement() -> dict[str, Any]:
    """Return the fields of an announcement; raises Invalid with a sentence at each that is wrong."""
    errors: dict[str, str] = {}
    values: dict[str, Any] = {
        "title": request.form.get("title", ""),
        "body": request.form.get("body", ""),
        "important": request.form.get("important", "") in {"1", "True", "on"},
    }
    try:
        values["unit_id"] = UUID(request.form["unit_id"]) if request.form.get("unit_id") else None
    except ValueError:
        errors["unit_id"] = _("Pilih salah satu dari daftar.")
    for name, needed in (("starts_at", True), ("ends_at", False)):
        try:
            values[name] = _moment(request.form.get(name, ""))
        except ValueError:
            errors[name] = _("Waktu tidak dikenal. Contoh: 24-11-2026 14.05.")
        else:
            if needed and values[name] is None:
                del values[name]
    errors |= {name: _("Wajib diisi.") for name in ("title", "body") if not clean_text(values[name])}
    if errors:
        raise Invalid(errors=errors)
    return values


def moment(name: str) -> datetime:
    """Return the moment of a required field, in WITA without a zone; raises Invalid at the field."""
    try:
        found = _moment(request.form.get(name, ""))
    except ValueError:
        raise Invalid(_("Waktu tidak dikenal. Contoh: 24-11-2026 14.05."), field=name) from None
    if found is None:
        raise Invalid(_("Wajib diisi."), field=name)
    if not 2000 <= found.year <= 2100:
        raise Invalid(_("Tahun antara 2000 dan 2100."), field=name)
    return found


def _moment(value: str) -> datetime | None:
    """Return the moment of a field; without a zone it is WITA, as people here mean it."""
    value = value.strip()
    if not value:
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        found = datetime.strptime(value.replace(".", ":"), "%d-%m-%Y %H:%M")  # noqa: DTZ007 (given WITA below)
    return found if found.tzinfo else found.replace(tzinfo=WITA)


def app_version() -> str:
    """Return the version of the app that answers."""
    from superapp import version as installed

    return installed()[:20]
