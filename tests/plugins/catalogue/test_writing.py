"""Recording and changing: what is stored, what follows, what a conflict shows, what is refused."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from superapp.kernel.tables import audit
from tests.navigation.conftest import post, rows
from tests.plugins.catalogue.conftest import HOME, Seat, Shelf, fill, hidden_for, opened, stored

GOOD = {"name": "SIMPEG", "level": "kabupaten", "status": "active", "year": "2020", "yearly_cost": "1.250.000"}


def test_an_application_is_recorded_in_the_unit_of_the_hat(app: Flask, writer: FlaskClient, house: Any) -> None:
    answer = fill(writer, f"{HOME}new", **GOOD, backed_up="1", source_kept="0", personal_data="")
    assert answer.status_code == 303
    found = stored(app, "name", "year", "yearly_cost", "unit_id", "backed_up", "source_kept", "personal_data", "code")
    assert len(found) == 1
    row = found[0]
    assert (row.name, row.year, int(row.yearly_cost)) == ("SIMPEG", 2020, 1_250_000)
    assert (row.backed_up, row.source_kept, row.personal_data) == (True, False, None)
    assert row.unit_id == house.units["seksi"]
    page = opened(writer, answer.headers["Location"])
    assert "SIMPEG" in page
    assert "Dicatat di katalog" in page
    assert "belum diisi" in page
    messages = [one.message for one in rows(app, sa.select(audit.c.message))]
    assert "{actor} mencatat aplikasi {name}" in messages


def test_the_form_offers_every_choice_by_its_key(writer: FlaskClient) -> None:
    page = opened(writer, f"{HOME}new")
    for key, words in (("kabupaten", "Kabupaten"), ("rare", "Jarang dipakai"), ("hentikan", "Hentikan")):
        assert re.search(rf'<option value="{key}"[^>]*>{words}</option>', page), key
    assert re.search(r'<option value="unknown" selected[^>]*>Belum diisi</option>', page)


def test_a_form_sent_twice_records_once(app: Flask, writer: FlaskClient) -> None:
    values = {**hidden_for(opened(writer, f"{HOME}new"), f"{HOME}new"), **GOOD}
    first, second = post(writer, f"{HOME}new", values), post(writer, f"{HOME}new", values)
    assert first.headers["Location"] == second.headers["Location"]
    assert len(stored(app, "id")) == 1


def test_a_change_counts_what_is_still_missing(app: Flask, writer: FlaskClient, shelve: Shelf) -> None:
    own = shelve("SIMPEG")
    assert fill(writer, f"{HOME}{own}/edit", **GOOD, description="Data pegawai").status_code == 303
    (row,) = stored(app, "description", "missing", "version")
    assert row.description == "Data pegawai"
    assert row.missing == 17
    assert row.version == 2
    assert "Data diperbarui" in opened(writer, f"{HOME}{own}")


def test_a_conflict_keeps_what_was_typed_and_shows_both(
    app: Flask, writer: FlaskClient, seat: Seat, shelve: Shelf
) -> None:
    own, other = shelve("SIMPEG"), seat("kabid", "view", "write")
    url = f"{HOME}{own}/edit"
    mine = hidden_for(opened(writer, url), url)
    assert fill(other, url, **GOOD, description="Kata Maria").status_code == 303
    answer = post(writer, url, {**mine, **GOOD, "description": "Kata Yosef"})
    assert answer.status_code == 409
    assert "Kata Maria" in answer.text
    assert "Kata Yosef" in answer.text
    assert [row.description for row in stored(app, "description")] == ["Kata Maria"]
    again = {**hidden_for(answer.text, url), **GOOD, "description": "Kata Yosef"}
    assert post(writer, url, again).status_code == 303
    assert [row.description for row in stored(app, "description")] == ["Kata Yosef"]


def test_a_conflict_is_told_in_words_and_either_text_can_be_chosen(
    app: Flask, writer: FlaskClient, seat: Seat, shelve: Shelf
) -> None:
    own, other = shelve("SIMPEG", active_users=7), seat("kabid", "view", "write")
    url = f"{HOME}{own}/edit"
    mine = hidden_for(opened(writer, url), url)
    theirs = {"status": "inactive", "active_users": "0", "source_kept": "0", "target_on": "2026-12-31", "year": "2020"}
    assert fill(other, url, **GOOD | theirs).status_code == 303
    typed = {"status": "active", "active_users": "12", "source_kept": "1", "target_on": "", "year": "2021"}
    answer = post(writer, url, {**mine, **GOOD, **typed})
    assert answer.status_code == 409
    page = " ".join(re.sub(r"<[^>]*>", " ", answer.text).split())
    for words in ("Status Isian Anda Aktif Isi tersimpan Tidak aktif", "Isian Anda Ya Isi tersimpan Tidak"):
        assert words in page, page[:3000]
    choices = re.findall(r'<input type="radio" name="([^"]+)" value="([^"]*)"(?: id="[^"]*" checked)?>', answer.text)
    assert {name for name, _value in choices} == set(theirs), "a field that nobody changed is no choice"
    stored_ones = dict(choices)
    again = {**hidden_for(answer.text, url), **stored_ones}
    assert post(writer, url, again).status_code == 303
    (row,) = stored(app, "status", "active_users", "source_kept", "year")
    assert row == ("inactive", 0, False, 2020)


def test_a_version_that_is_not_the_present_one_changes_nothing(app: Flask, writer: FlaskClient, shelve: Shelf) -> None:
    own = shelve("SIMPEG")
    token = hidden_for(opened(writer, f"{HOME}{own}/edit"), f"{HOME}{own}/edit")
    for version in ("", "x", "²", "9" * 5000, "-1", "0", "99"):
        given = {**token, **GOOD, "name": "Lain", "version": version}
        assert post(writer, f"{HOME}{own}/edit", given).status_code == 409, version[:20]
    assert [row.name for row in stored(app, "name")] == ["SIMPEG"]


BAD = [
    ("name", "", "Wajib diisi"),
    ("name", "\u202e", "Wajib diisi"),
    ("name", "SIM\0PEG", ""),
    ("name", "x" * 121, "Paling banyak 120 karakter"),
    ("name", "x" * 1_000_000, ""),
    ("description", "x" * 4001, "Paling banyak 4000 karakter"),
    ("level", "", "Wajib diisi"),
    ("level", "bulan", "Pilih salah satu"),
    ("level", "Kabupaten", "Pilih salah satu"),
    ("status", "", "Wajib diisi"),
    ("status", "active;--", "Pilih salah satu"),
    ("origin", "dari langit", "Pilih salah satu"),
    ("builder", "=1+1", "Pilih salah satu"),
    ("classification", "x", "Pilih salah satu"),
    ("follow_up", "x", "Pilih salah satu"),
    ("source_kept", "mungkin", "Pilih salah satu"),
    ("personal_data", "2", "Pilih salah satu"),
    ("year", "dua ribu", "Isi dengan angka"),
    ("year", "1989", "Tahun antara 1990 dan 2100"),
    ("year", "2101", "Tahun antara 1990 dan 2100"),
    ("year", "-2020", "Tahun antara 1990 dan 2100"),
    ("year", "9" * 30, "Angka terlalu besar"),
    ("year", "9" * 5000, "Isi dengan angka"),
    ("active_users", "-1", "Isi angka 0 sampai"),
    ("active_users", "9999999999", "Isi angka 0 sampai"),
    ("active_users", "banyak", "Isi dengan angka"),
    ("yearly_cost", "-5", "tidak boleh kurang dari 0"),
    ("yearly_cost", "NaN", "Angka terlalu besar"),
    ("yearly_cost", "1e99", "Angka terlalu besar"),
    ("yearly_cost", "gratis", "Isi dengan angka"),
    ("pentested_on", "31-02-2026", "Tanggal tidak dikenal"),
    ("target_on", "besok", "Tanggal tidak dikenal"),
    ("address", "javascript:alert(1)", "Tulis alamat lengkap"),
    ("address", "simpeg.nunukankab.go.id", "Tulis alamat lengkap"),
    ("address", "http://[::1", "Tulis alamat lengkap"),
    ("address", "https://a b.id", "Tulis alamat lengkap"),
    ("steward_phone", "telepon saja", "Tulis nomor telepon"),
]


def test_bad_input_is_answered_with_a_sentence_and_stores_nothing(app: Flask, writer: FlaskClient) -> None:
    token = hidden_for(opened(writer, f"{HOME}new"), f"{HOME}new")
    for field, value, sentence in BAD:
        answer = post(writer, f"{HOME}new", {**token, **GOOD, "output": "Kartu tanda bukti", field: value})
        assert 400 <= answer.status_code < 500, (field, value[:40])
        assert sentence in answer.text, (field, value[:40])
        if answer.status_code == 422:
            assert "Kartu tanda bukti" in answer.text, "what was typed must come back"
    assert stored(app, "id") == []


def test_bad_input_in_a_change_leaves_the_row_as_it_was(app: Flask, writer: FlaskClient, shelve: Shelf) -> None:
    own = shelve("SIMPEG", year=2015)
    token = hidden_for(opened(writer, f"{HOME}{own}/edit"), f"{HOME}{own}/edit")
    for field, value, sentence in BAD:
        answer = post(writer, f"{HOME}{own}/edit", {**token, **GOOD, field: value})
        assert 400 <= answer.status_code < 500, (field, value[:40])
        assert sentence in answer.text, (field, value[:40])
    assert [(row.name, row.year, row.version) for row in stored(app, "name", "year", "version")] == [
        ("SIMPEG", 2015, 1)
    ]


def test_all_faults_are_told_at_once(writer: FlaskClient) -> None:
    page = fill(writer, f"{HOME}new", name="", level="x", year="1800", address="bukan").text
    for sentence in ("Wajib diisi", "Pilih salah satu", "Tahun antara 1990", "Tulis alamat lengkap"):
        assert sentence in page


def test_signs_and_formulas_stay_plain_text(app: Flask, writer: FlaskClient) -> None:
    name = "=HYPERLINK('x')<script>"
    answer = fill(writer, f"{HOME}new", **GOOD | {"name": f"\u202e{name}", "function": "a\u200bb\u202ec"})
    assert [(row.name, row.function) for row in stored(app, "name", "function")] == [(name, "abc")]
    assert "<script>" not in opened(writer, answer.headers["Location"]).partition("<main")[2].partition("</main>")[0]


def test_fields_of_ours_cannot_be_sent(app: Flask, writer: FlaskClient, shelve: Shelf, house: Any) -> None:
    own = shelve("SIMPEG")
    sly = {"id": str(uuid4()), "unit_id": str(house.units["dinkes"]), "code": "X", "missing": "0", "sort_name": "aaa"}
    assert fill(writer, f"{HOME}{own}/edit", **GOOD, **sly).status_code == 303
    (row,) = stored(app, "id", "unit_id", "code", "sort_name")
    assert (row.id, row.unit_id, row.sort_name) == (own, house.units["kominfo"], "simpeg")
    assert row.code != "X"


def test_a_foreign_application_cannot_be_changed(app: Flask, writer: FlaskClient, shelve: Shelf) -> None:
    foreign = shelve("SIMRS", at="dinkes")
    token = hidden_for(opened(writer, f"{HOME}new"), f"{HOME}new")
    for what in ("edit", "archive", "restore"):
        assert post(writer, f"{HOME}{foreign}/{what}", {**token, **GOOD, "version": "1"}).status_code == 404
    assert post(writer, f"{HOME}{uuid4()}/edit", {**token, **GOOD, "version": "1"}).status_code == 404
    assert [(row.name, row.version) for row in stored(app, "name", "version")] == [("SIMRS", 1)]


def test_an_archived_application_leaves_the_list_and_comes_back(app: Flask, writer: FlaskClient, shelve: Shelf) -> None:
    own = shelve("SIMPEG")
    page = f"{HOME}{own}"
    assert fill(writer, f"{page}/archive", page=page).status_code == 303
    assert "SIMPEG" not in opened(writer, HOME)
    assert "sudah diarsipkan" in opened(writer, page)
    token = hidden_for(opened(writer, f"{HOME}new"), f"{HOME}new")
    assert post(writer, f"{page}/archive", {**token, "version": "2"}).status_code == 409
    assert fill(writer, f"{page}/restore", page=page).status_code == 303
    assert "SIMPEG" in opened(writer, HOME)
    assert [row.archived_at for row in stored(app, "archived_at")] == [None]
