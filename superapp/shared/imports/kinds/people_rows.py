"""One row of the SIASN workbook: what its codes and habits mean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from superapp.kernel.errors import Invalid
from superapp.kernel.language import gettext as _
from superapp.organization import kinds, nip, people, phone
from superapp.shared.imports.cells import SCIENTIFIC, Row, bare, parsed_date
from superapp.shared.imports.contract import Reading, Remark

SEXES = {
    "M": "L",
    "L": "L",
    "PRIA": "L",
    "LAKI-LAKI": "L",
    "LAKI LAKI": "L",
    "1": "L",
    "F": "P",
    "P": "P",
    "W": "P",
    "WANITA": "P",
    "PEREMPUAN": "P",
    "2": "P",
}
_KINDS = {"1": "struktural", "2": "fungsional", "3": "fungsional", "4": "pelaksana"}
"""SIASN's kinds of posts: 1 structural, 2 functional, 4 staff."""
_TOP = re.compile(
    r"(kepala (dinas|badan|satuan)|sekretaris daerah|sekretaris dprd|asisten|staf ahli|inspektur$|inspektur daerah)",
    re.I,
)
_MIDDLE = re.compile(r"(kepala (bidang|bagian)|sekretaris|camat|inspektur pembantu|direktur)", re.I)
_SKILLED = re.compile(r"\b(pemula|terampil|mahir|penyelia|pelaksana lanjutan)\b", re.I)


def read(cells: Mapping[str, str], words: Mapping[str, str]) -> Reading:
    """Understand one row; looks nothing up."""
    row = Row(cells, words)
    reading = row.reading
    number = _nip(row)
    staff_number = "" if number else row.by("staff_number", people.checked_staff_number)
    if not number and not staff_number and not reading.faults:
        row.fault("nip", _("NIP wajib diisi."))
    employment = _employment(row, number)
    birth_date, sex = row.day("birth_date"), row.choice("sex", SEXES)
    reading.key = number or staff_number
    reading.values = {
        "name": row.text("name", longest=120, required=True),
        "title_before": row.text("title_before", longest=40),
        "title_after": row.text("title_after", longest=80),
        "employment": employment,
        "rank_code": row.text("rank", longest=20),
        "rank_since": row.day("rank_since"),
        "birth_date": birth_date,
        "sex": sex,
        "phone": _doubtful(row, "phone", phone.normalise),
        "email": _doubtful(row, "email", people.checked_email),
        "siasn_id": row.text("siasn_id", longest=40),
        "unit": row.text("unit", longest=160),
        "unit_siasn_id": row.text("unit_id", longest=60),
        "position": row.text("position", longest=160),
        "position_siasn_id": row.text("position_id", longest=40),
        "position_kind": row.text("position_kind", longest=60),
        "since": row.day("since"),
    }
    reading.label = reading.values["name"] or number
    _remark_on_number(row, number, employment, birth_date, sex)
    _remark_on_standing(row)
    return reading


def _nip(row: Row) -> str:
    text = bare(row.cells.get("nip", ""))
    if SCIENTIFIC.fullmatch(text):
        row.fault("nip", _("Excel mengubah NIP menjadi angka. Ubah kolom menjadi Teks, isi lagi."))
        return ""
    return str(row.by("nip", nip.normalise))


def _doubtful(row: Row, name: str, parse: Any) -> str:
    """Return a cell that may be left out when it is wrong: a bad telephone number must not keep a person away."""
    found = bare(row.cells.get(name, ""))
    try:
        return str(parse(found)) if found else ""
    except Invalid as fault:
        row.remark(name, f"{fault.message} {_('Tidak disimpan.')}")
        return ""


def _employment(row: Row, number: str) -> str:
    told = row.text("employment", longest=60).upper()
    status = row.text("status", longest=20).upper()
    if "PARUH" in told:
        return "pppk_paruh_waktu"
    if "PPPK" in told or "P3K" in told or (not told and number and number[12:14] > "12"):
        return "pppk"
    if status in ("C", "CPNS"):
        return "cpns"
    return "pns" if number else "non_asn"


def _remark_on_number(row: Row, number: str, employment: str, birth_date: str, sex: str) -> None:
    if number:
        born = parsed_date(birth_date) if birth_date else None
        for words in nip.remarks(number, nip.Known(employment, birth_date=born, sex=sex)):
            row.remark("nip", words)


def _remark_on_standing(row: Row) -> None:
    told = bare(row.cells.get("legal", ""))
    if any(letter.isalpha() for letter in told) and told.upper() != "AKTIF":
        row.remark("legal", _("Kedudukan hukum “{text}”. Periksa apakah masih bekerja.", text=told[:40]))


def name_position(reading: Reading, titles: Mapping[str, str], word: str) -> None:
    """Give the row's post its title and kind: as written, as known by its SIASN id, or by its kind alone."""
    values = reading.values
    told = values.pop("position_kind").upper()
    family = _KINDS.get(told, "") or next((kind for kind in _KINDS.values() if kind.upper()[:8] in told and told), "")
    title = values["position"] or titles.get(values["position_siasn_id"], "")
    values["position_key"] = position_kind(title, family)
    if not values["unit"]:
        values["position"] = ""
        return
    if not title:
        title = str(kinds.POSITIONS[values["position_key"]]) if family else "Jabatan belum diisi"
        reading.remarks.append(Remark(word, _("Nama jabatan belum ada; dicatat sebagai “{title}”.", title=title)))
    values["position"] = title


def position_kind(title: str, family: str) -> str:
    """Return the kind of a post (a key of organization.kinds.POSITIONS) from SIASN's family and its title."""
    if family == "pelaksana":
        return "pelaksana"
    if family == "fungsional":
        return "fungsional_keterampilan" if _SKILLED.search(title) else "fungsional_keahlian"
    if family == "struktural":
        return "jpt_pratama" if _TOP.match(title) else "administrator" if _MIDDLE.match(title) else "pengawas"
    return "lainnya"
