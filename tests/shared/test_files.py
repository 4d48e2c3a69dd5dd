"""Files: what they say they are, drawn anew, stored under our names, read by who may see their record."""

from __future__ import annotations

import os
import time
import zipfile
from io import BytesIO
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from PIL import Image
from werkzeug.datastructures import FileStorage

from superapp.access.actor import NOBODY, Actor, acting_as
from superapp.kernel import command
from superapp.kernel.database import run
from superapp.kernel.errors import Invalid, NotFound
from superapp.shared import files
from superapp.shared.files import keeping
from superapp.shared.files.acceptance import PAPERS
from superapp.shared.files.store import new_key, store
from superapp.shared.tables import File
from tests.organization.acting import done
from tests.support import builders
from tests.support.builders import House
from tests.support.databases import only_sqlite

pytestmark = pytest.mark.usefixtures("context")
OFFICE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def upload(content: bytes, name: str, kind: str = "") -> FileStorage:
    return FileStorage(BytesIO(content), filename=name, content_type=kind)


def picture(form: str = "JPEG", size: tuple[int, int] = (40, 20), **more: object) -> bytes:
    drawn = BytesIO()
    Image.new("RGB", size, "teal").save(drawn, form, **more)
    return drawn.getvalue()


def office(*names: str, content: bytes = b"<x/>") -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("[Content_Types].xml", "_rels/.rels", "word/document.xml", *names):
            archive.writestr(name, content)
    return packed.getvalue()


PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@only_sqlite
@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (picture(), "foto.JPG", "image/jpeg"),
        (picture("PNG"), "bagan.png", "image/png"),
        (picture("WEBP"), "bagan.webp", "image/webp"),
        (PDF, "surat.pdf", "application/pdf"),
        (PDF, "surat.pdf", "application/octet-stream"),
        (office(), "nota.docx", OFFICE),
        (b"nama;nip\nSiti;1", "daftar.csv", "application/vnd.ms-excel"),
        (b"catatan", "catatan.txt", "text/plain"),
    ],
)
def test_a_sound_file_is_accepted(content: bytes, name: str, kind: str) -> None:
    accepted = files.accept(upload(content, name, kind))
    assert accepted.name == name
    assert store().exists(accepted.key)
    assert len(store().get(accepted.key)) == accepted.size


@only_sqlite
@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "kosong.pdf", "Berkas kosong"),
        (b"#!/bin/sh\nid", "skrip.sh", "belum bisa diterima"),
        (b"<svg onload=alert(1)>", "gambar.svg", "belum bisa diterima"),
        (b"<html><script>", "halaman.html", "belum bisa diterima"),
        (b"tanpa akhiran", "README", "belum bisa diterima"),
        (picture("PNG"), "foto.jpg", "tidak sesuai dengan jenisnya"),
        (b"<html>", "foto.png", "tidak sesuai dengan jenisnya"),
        (b"MZ\x90\x00program", "surat.pdf", "tidak sesuai dengan jenisnya"),
        (PDF.replace(b"<<>>", b"<</OpenAction<</S/JavaScript>>>>", 1), "surat.pdf", "program"),
        (office("word/vbaProject.bin"), "nota.docx", "makro"),
        (b"PK\x03\x04rusak", "nota.docx", "rusak"),
        (picture()[:200], "foto.jpg", "Gambar rusak"),
        (b"a\x00b", "daftar.csv", "bukan teks"),
        (picture("PNG"), "daftar.csv", "bukan teks"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused_and_nothing_stored(
    data_dir: Path, content: bytes, name: str, sentence: str
) -> None:
    with pytest.raises(Invalid, match=sentence) as refusal:
        files.accept(upload(content, name), name="bukti")
    assert set(refusal.value.errors) == {"bukti"}
    assert not list((data_dir / "files").glob("*/*"))


def test_a_declared_type_that_contradicts_is_refused() -> None:
    with pytest.raises(Invalid, match="tidak sesuai"):
        files.accept(upload(PDF, "surat.pdf", "text/html"))


def test_a_form_takes_only_its_kinds() -> None:
    with pytest.raises(Invalid, match="Gunakan JPG, PDF, PNG, WebP"):
        files.accept(upload(b"x", "catatan.txt"), kinds=PAPERS)


def test_a_too_large_file_is_refused_with_both_sizes() -> None:
    with pytest.raises(Invalid, match=r"Berkas 2 KB terlalu besar\. Paling besar 1 KB"):
        files.accept(upload(b"%PDF-1.4" + b"0" * 2000, "surat.pdf"), largest=1000)


def test_an_empty_field_is_no_file() -> None:
    assert files.accept(upload(b"", "")) is None
    assert files.accept(None) is None


def test_a_pixel_flood_is_refused_before_it_is_drawn() -> None:
    flood = picture("PNG", (1, 1)).replace(b"\x00\x00\x00\x01\x00\x00\x00\x01", b"\x00\x00\xc3\x50\x00\x00\xc3\x50", 1)
    started = time.monotonic()
    with pytest.raises(Invalid):
        files.accept(upload(flood, "banjir.png"))
    assert time.monotonic() - started < 2


def test_a_zip_bomb_is_refused_before_it_is_opened() -> None:
    bomb = office(content=b"0" * 60_000_000)
    started = time.monotonic()
    with pytest.raises(Invalid, match="terlalu besar setelah dibuka"):
        files.accept(upload(bomb, "nota.docx", OFFICE))
    assert time.monotonic() - started < 2


def test_a_photo_loses_place_and_hidden_tail_and_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = "Telepon rahasia"
    content = picture(size=(40, 20), exif=exif) + b"PK\x03\x04<script>"
    accepted = files.accept(upload(content, "foto.jpg"))
    stored = store().get(accepted.key)
    with Image.open(BytesIO(stored)) as image:
        assert image.size == (20, 40)
        assert not dict(image.getexif())
    assert b"rahasia" not in stored
    assert b"<script>" not in stored


@only_sqlite
@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\siti\\surat.pdf", "surat.pdf"),
        ("surat\u202efdp.pdf", "suratfdp.pdf"),
        ("sur\x00at\r\n.pdf", "surat.pdf"),
        ("n" * 300 + ".pdf", "n" * 150 + ".pdf"),
        ("  .surat.pdf. ", "surat.pdf"),
    ],
)
def test_names_are_only_shown_never_used(given: str, shown: str) -> None:
    accepted = files.accept(upload(PDF, given))
    assert accepted.name == shown
    assert shown not in accepted.key


def test_files_are_not_checked_inside_a_command() -> None:
    with pytest.raises(RuntimeError, match="prepare"), done():
        files.accept(upload(PDF, "surat.pdf"))


def acting(house: House, role: str) -> Actor:
    return Actor(f"person:{role}", role, person_id=house.people[role].id, session_id="s")


def kept(house: House, role: str = "staf", content: bytes = PDF) -> File:
    accepted, actor = files.accept(upload(content, "surat.pdf")), acting(house, role)
    with acting_as(actor), command.begin("test", actor=actor, says=""):
        return files.keep(accepted)


def test_an_upload_is_its_owners_until_it_is_attached(house: House) -> None:
    file = kept(house)
    assert files.readable(file.id, actor=acting(house, "staf")).id == file.id
    for stranger in (acting(house, "tu"), NOBODY):
        with pytest.raises(NotFound):
            files.readable(file.id, actor=stranger)


def test_an_attached_file_follows_its_record(house: House) -> None:
    file, record = kept(house), uuid4()
    files.watch("core_test", lambda actor, record_id: record_id == record and actor.name == "kadis")
    with done():
        keeping.attach_to(builders.db.session.get_one(File, file.id), "core_test", record)
    assert files.readable(file.id, actor=acting(house, "kadis")).id == file.id
    with pytest.raises(NotFound):
        files.readable(file.id, actor=acting(house, "staf"))


def test_a_record_that_nobody_answers_for_gives_its_files_to_nobody(house: House) -> None:
    file = kept(house)
    with done():
        keeping.attach_to(builders.db.session.get_one(File, file.id), "core_unknown", uuid4())
    with pytest.raises(NotFound):
        files.readable(file.id, actor=acting(house, "staf"))


def aged(file_id: UUID | None = None) -> None:
    """Make rows and stored files two days old."""
    if file_id is not None:
        old = sa.text("UPDATE core_file SET created_at = :then")
        with done():
            run(old, {"then": "2020-01-01 00:00:00"})
    for path in store().root.glob("??/*"):
        os.utime(path, (1_600_000_000, 1_600_000_000))


def swept() -> None:
    keeping.prepare_sweep()
    with done():
        list(keeping.sweep())


def test_what_no_record_took_is_swept_away(house: House) -> None:
    file = kept(house)
    own, key = file.id, file.key
    swept()
    assert files.find(own) is not None
    aged(own)
    swept()
    builders.db.session.expunge_all()
    assert files.find(own) is None
    assert not store().exists(key)


def test_bytes_without_a_row_are_swept_and_attached_files_stay(house: House) -> None:
    file = kept(house)
    with done():
        keeping.attach_to(builders.db.session.get_one(File, file.id), "core_test", uuid4())
    orphan = files.accept(upload(PDF, "yatim.pdf"))
    aged(file.id)
    swept()
    assert store().exists(file.key)
    assert not store().exists(orphan.key)


def test_removing_a_file_removes_its_bytes_after_the_commit(house: House) -> None:
    file = kept(house)
    with done():
        files.remove(builders.db.session.get_one(File, file.id))
        assert store().exists(file.key)
    assert not store().exists(file.key)


def test_the_store_never_leaves_its_folder_nor_overwrites() -> None:
    local = store()
    for key in ("../secret", "aa/../../x", "/etc/passwd", "aa/" + "g" * 32):
        with pytest.raises(ValueError, match="not a key"):
            local.get(key)
    key = new_key()
    local.put(key, BytesIO(b"satu"))
    with pytest.raises(FileExistsError):
        local.put(key, BytesIO(b"dua"))
    assert local.get(key) == b"satu"
    assert list(local.root.glob("*/.*")) == []
