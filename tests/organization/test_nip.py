"""The NIP: strict in form, doubtful content is only remarked on."""

from __future__ import annotations

from datetime import date

import pytest

from superapp.kernel.errors import Invalid
from superapp.organization import nip

GOOD = "198503172010011004"


@pytest.mark.parametrize(
    "written",
    [GOOD, "19850317 201001 1 004", "19850317.201001.1.004", f"'{GOOD}", f"  {GOOD}\u00a0", "19850317-201001-1-004"],
)
def test_a_nip_is_understood_however_it_is_written(written: str) -> None:
    assert nip.normalise(written) == GOOD


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("", "NIP wajib diisi."),
        (GOOD[:-1], "NIP terdiri atas 18 angka. Anda mengisi 17."),
        (GOOD + "1", "NIP terdiri atas 18 angka. Anda mengisi 19."),
        ("1985O3172010011004", "NIP hanya boleh berisi angka. Ketik ulang tanpa “O”."),
        ("19850317201001100l", "NIP hanya boleh berisi angka. Ketik ulang tanpa “l”."),
        ("１９８５03172010011004", "NIP memuat angka dari aksara lain. Ketik ulang dengan angka 0–9."),
        ("١٩٨٥03172010011004", "NIP memuat angka dari aksara lain. Ketik ulang dengan angka 0–9."),
        ("19850317²010011004", "NIP memuat angka dari aksara lain. Ketik ulang dengan angka 0–9."),
        ("1985\u202e03172010011004", "NIP memuat karakter tersembunyi. Ketik ulang dengan angka 0–9."),
        ("1985\x0003172010011004", "NIP memuat karakter tersembunyi. Ketik ulang dengan angka 0–9."),
    ],
)
def test_a_malformed_nip_is_refused_with_what_to_do(written: str, sentence: str) -> None:
    with pytest.raises(Invalid) as refusal:
        nip.normalise(written)
    assert refusal.value.errors == {"nip": sentence}


def test_a_sound_nip_has_no_remarks() -> None:
    assert nip.remarks(GOOD, nip.Known("pns", birth_date=date(1985, 3, 17), sex="L")) == []


@pytest.mark.parametrize(
    ("number", "known", "word"),
    [
        ("198513172010011004", nip.Known(), "bukan tanggal"),
        ("202003172036011004", nip.Known(), "Umur"),
        ("198503171990011004", nip.Known(), "Tahun pengangkatan"),
        ("198503172010211004", nip.Known("pns"), "ke-13"),
        ("198503172010013004", nip.Known(), "ke-15"),
        (GOOD, nip.Known(birth_date=date(1985, 3, 18)), "Tanggal lahir"),
        (GOOD, nip.Known(sex="P"), "Jenis kelamin"),
    ],
)
def test_doubtful_content_is_remarked_on(number: str, known: nip.Known, word: str) -> None:
    assert any(word in remark for remark in nip.remarks(number, known))


def test_the_marker_of_pppk_is_no_month_and_no_fault() -> None:
    assert nip.remarks("198503172023211004", nip.Known("pppk")) == []


def test_a_nip_is_shown_as_papers_print_it() -> None:
    assert nip.display(GOOD) == "19850317 201001 1 004"
