"""The NIP, a civil servant's number: 18 digits, checked strictly in form and only warned about in content.

Source: Peraturan Kepala BKN 22/2007 (birth date, appointment, sex, sequence); PPPK carry another marker in digits
13–14. The field holds numbers whose dates are wrong and still valid, so dates never block.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from datetime import date

from superapp.kernel import clock
from superapp.kernel.errors import Invalid
from superapp.kernel.language import gettext as _

LENGTH = 18
YOUNGEST, OLDEST = 17, 70
"""Ages between which a number is not remarked upon."""
_SEPARATORS = frozenset(" .-\u00a0\u2007\u202f'’")
_PPPK = frozenset({"pppk", "pppk_paruh_waktu"})


@dataclass(frozen=True)
class Known:
    """What is known about a person besides the number, to compare it with."""

    employment: str = ""
    birth_date: date | None = field(default=None, kw_only=True)
    sex: str = field(default="", kw_only=True)


def normalise(text: str) -> str:
    """Return the 18 digits of a NIP written with spaces, dots or the apostrophe of a spreadsheet.

    Raises Invalid at the field `nip`: other characters, digits of other scripts (they look alike but are not), or
    another length.
    """
    kept = "".join(letter for letter in unicodedata.normalize("NFC", text) if letter not in _SEPARATORS)
    fault = _fault(kept)
    if fault:
        raise Invalid(fault, field="nip")
    return kept


def _fault(kept: str) -> str:
    if not kept:
        return _("NIP wajib diisi.")
    strange = next((letter for letter in kept if not ("0" <= letter <= "9")), "")
    if strange:
        return _strange(strange)
    if len(kept) != LENGTH:
        return _("NIP terdiri atas 18 angka. Anda mengisi {n}.", n=len(kept))
    return ""


def _strange(letter: str) -> str:
    if unicodedata.category(letter) in ("Nd", "Nl", "No"):
        return _("NIP memuat angka dari aksara lain. Ketik ulang dengan angka 0–9.")
    if not letter.isprintable():
        return _("NIP memuat karakter tersembunyi. Ketik ulang dengan angka 0–9.")
    return _("NIP hanya boleh berisi angka. Ketik ulang tanpa “{letter}”.", letter=letter)


def display(nip: str) -> str:
    """Return the NIP as papers print it: `19700922 199803 1 004`."""
    return f"{nip[:8]} {nip[8:14]} {nip[14]} {nip[15:]}" if len(nip) == LENGTH else nip


def remarks(nip: str, known: Known | None = None) -> list[str]:
    """Return what looks wrong inside a well-formed NIP, as sentences; warnings, never a reason to refuse it."""
    known = known or Known()
    return [words for words in (_birth(nip, known), _appointment(nip, known), _sex(nip, known)) if words]


def _birth(nip: str, known: Known) -> str:
    try:
        born = date(int(nip[:4]), int(nip[4:6]), int(nip[6:8]))
    except ValueError:
        return _("Delapan angka pertama NIP bukan tanggal yang ada. Periksa lagi.")
    if known.birth_date and known.birth_date != born:
        return _("Tanggal lahir dalam NIP berbeda dengan data pegawai. Periksa lagi.")
    age = (clock.today() - born).days // 365.25
    return "" if YOUNGEST <= age <= OLDEST else _("Umur menurut NIP {age} tahun. Periksa lagi.", age=int(age))


def _appointment(nip: str, known: Known) -> str:
    born, year, marker = int(nip[:4]), int(nip[8:12]), int(nip[12:14])
    if not born + 16 <= year <= clock.today().year + 1:
        return _("Tahun pengangkatan dalam NIP tidak wajar. Periksa lagi.")
    if 1 <= marker <= 12 or (21 <= marker <= 99 and known.employment in _PPPK | {""}):
        return ""
    return _("Angka ke-13 dan 14 NIP bukan bulan pengangkatan. Periksa lagi.")


def _sex(nip: str, known: Known) -> str:
    told = {"1": "L", "2": "P"}.get(nip[14])
    if told is None:
        return _("Angka ke-15 NIP seharusnya 1 atau 2. Periksa lagi.")
    if known.sex and known.sex != told:
        return _("Jenis kelamin dalam NIP berbeda dengan data pegawai. Periksa lagi.")
    return ""
