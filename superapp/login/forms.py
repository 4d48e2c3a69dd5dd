"""What people type at the doors: read and checked before anything else happens."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from werkzeug.datastructures import MultiDict

from superapp.kernel.errors import Invalid
from superapp.kernel.language import gettext as _
from superapp.login.accounts import normal_number

Form = MultiDict[str, str]
LONGEST_NUMBER = 40


@dataclass(frozen=True)
class Credentials:
    """A number and a password as typed."""

    number: str
    password: str = field(repr=False)


def number_of(form: Form, errors: dict[str, str], *, name: str = "nip") -> str:
    """Return the NIP or staff number as typed; a fault that anybody can see without our data goes to `errors`."""
    typed = form.get(name, "").strip()
    bare = normal_number(typed)
    if not bare:
        errors[name] = _("Isi NIP atau nomor pegawai Anda.")
    elif len(typed) > LONGEST_NUMBER or (bare.isdecimal() and 15 <= len(bare) <= 22 and len(bare) != 18):
        errors[name] = _("NIP terdiri atas 18 angka. Anda mengisi {n}.", n=len(bare))
    return typed


def credentials(form: Form) -> Credentials:
    """Return number and password of the sign-in form; Invalid names each empty field."""
    errors: dict[str, str] = {}
    number, password = number_of(form, errors), form.get("password", "")
    if not password:
        errors["password"] = _("Isi kata sandi.")
    if errors:
        raise Invalid(errors=errors)
    return Credentials(number, password)


def new_password(form: Form, name: str = "password") -> str:
    """Return the chosen password; a browser without script sends it twice, then both must be the same."""
    chosen = form.get(name, "")
    if "again" in form and form["again"] != chosen:
        raise Invalid(_("Kedua kata sandi tidak sama. Ketik ulang."), field="again")
    return chosen


_SECRET = re.compile(
    r"(?:^|_)(?:password|sandi|secret|token|code|kode|otp|totp|pin|recovery|credential)(?:_|$|\d)", re.I
)


def is_secret(name: str) -> bool:
    """Tell whether a field of this name is never written into a page again."""
    return _SECRET.search(name) is not None
