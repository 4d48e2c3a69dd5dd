"""What may be stored: extension, content and declared type must agree with a short list; images are drawn anew.

OWASP ASVS 5.0, V5: sizes, types by content, unpack limits, pixel floods, names made by the server.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
import zipfile
from contextlib import closing, nullcontext
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import IO, Any, cast

from flask import has_request_context, request
from werkzeug.datastructures import FileStorage

from superapp.kernel import command
from superapp.kernel.errors import Invalid
from superapp.kernel.format import format_bytes
from superapp.kernel.language import gettext as _
from superapp.kernel.values import UNWANTED
from superapp.shared.files import pictures, resuming
from superapp.shared.files.keys import small_key
from superapp.shared.files.limits import LARGEST
from superapp.shared.files.store import new_key, store

MOST_FILES = 10
"""Files of one field (UX 5)."""
UNPACKED = 200_000_000
ENTRIES = 5_000
DENSEST = 150
"""How many times larger than its archive the content of an office file may be."""


@dataclass(frozen=True)
class Kind:
    """A type that may be stored; `declared` are the types browsers give it, the first is what we serve it as."""

    extension: str
    declared: tuple[str, ...]
    word: str = field(kw_only=True)


_XML = "application/vnd.openxmlformats-officedocument"
_JPEG = ("image/jpeg", "image/pjpeg")
KINDS = {
    kind.extension: kind
    for kind in (
        Kind("jpg", _JPEG, word="JPG"),
        Kind("jpeg", _JPEG, word="JPG"),
        Kind("png", ("image/png",), word="PNG"),
        Kind("webp", ("image/webp",), word="WebP"),
        Kind("pdf", ("application/pdf", "application/x-pdf"), word="PDF"),
        Kind("docx", (f"{_XML}.wordprocessingml.document",), word="Word"),
        Kind("xlsx", (f"{_XML}.spreadsheetml.sheet",), word="Excel"),
        Kind("pptx", (f"{_XML}.presentationml.presentation",), word="PowerPoint"),
        Kind("csv", ("text/csv", "application/vnd.ms-excel", "text/plain", "application/csv"), word="CSV"),
        Kind("txt", ("text/plain",), word="teks"),
    )
}
IMAGES = frozenset({"jpg", "jpeg", "png", "webp"})
OFFICE = frozenset({"docx", "xlsx", "pptx"})
PAPERS = IMAGES | {"pdf"}
TABLES = frozenset({"csv", "xlsx"})
EVERYTHING = frozenset(KINDS)
_VAGUE = frozenset({"", "application/octet-stream", "application/zip", "application/x-zip-compressed"})
_ACTIVE_PDF = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFile|RichMedia)\b")
_EICAR = re.compile(rb"EICAR-STANDARD-ANTIVIRUS-TEST-FILE")
_NUL = re.compile(rb"\0")
_BLOCK = 1 << 18


@dataclass(frozen=True)
class Accepted:
    """A file that lies in the store and has no row yet: `keep` it in the command, or the sweep takes it away."""

    key: str
    name: str
    content_type: str = field(kw_only=True)
    size: int = field(kw_only=True)
    sha256: str = field(kw_only=True)
    foreign: bool = field(default=False, kw_only=True)
    """Whether people sent it: then the virus scanner, where there is one, looks at it before anybody gets it."""


def accept(
    upload: FileStorage | None, *, kinds: frozenset[str] = EVERYTHING, largest: int = LARGEST, name: str = "file"
) -> Accepted | None:
    """Check an upload and put it into the store; None when the field was left empty. For `prepare`, not in a command.

    A file that came in parts is named by the form's field `<name>_upload`. `kinds` are extensions that this form takes (`PAPERS`, `IMAGES` …). Raises Invalid at the field `name` with a sentence
    that says what to do.
    """
    carried = upload if upload is not None and upload.filename else None
    given = "" if carried or not has_request_context() else request.form.get(f"{name}_upload", "")
    if carried is None and not given:
        return None
    if command.under_way():
        raise RuntimeError("files are checked and written before the transaction: use prepare=")
    try:
        return _taken(carried or given, kinds, largest)
    except ValueError as fault:
        raise Invalid(str(fault), field=name) from fault


def accept_files(
    name: str, *, kinds: frozenset[str] = EVERYTHING, largest: int = LARGEST, most: int = MOST_FILES
) -> list[Accepted]:
    """Check the files of a field that takes several and put them into the store. For `prepare`, not in a command.

    Those that came in parts are named by the form's fields `<name>_upload`. Raises Invalid at the field `name`: the
    sentence begins with the name of the file that cannot be taken, or says that there are more than `most`.
    """
    given: list[FileStorage | str] = [one for one in request.files.getlist(name) if one.filename]
    given += [text for text in request.form.getlist(f"{name}_upload") if text]
    if len(given) > most:
        raise Invalid(_("Paling banyak {n} berkas. Kurangi dulu, lalu kirim lagi.", n=most), field=name)
    if given and command.under_way():
        raise RuntimeError("files are checked and written before the transaction: use prepare=")
    found = []
    for one in given:
        try:
            found.append(_taken(one, kinds, largest))
        except ValueError as fault:
            called = "" if isinstance(one, str) else f"{shown_name(one.filename or '')}: "
            raise Invalid(f"{called}{fault}", field=name) from fault
    return found


def _taken(given: FileStorage | str, kinds: frozenset[str], largest: int) -> Accepted:
    with closing(resuming.taken(given)) if isinstance(given, str) else nullcontext(given) as file:
        return _accepted(file, kinds, largest)


def _accepted(upload: FileStorage, kinds: frozenset[str], largest: int) -> Accepted:
    shown = shown_name(upload.filename or "")
    kind = _kind(shown, kinds)
    size = _size(upload.stream)
    if size == 0:
        raise ValueError(_("Berkas kosong. Pilih berkas lain."))
    if size > largest:
        raise ValueError(
            _("Berkas {size} terlalu besar. Paling besar {most}.", size=format_bytes(size), most=format_bytes(largest))
        )
    if upload.mimetype not in {*kind.declared, *_VAGUE}:
        raise ValueError(_("Isi berkas tidak sesuai dengan jenisnya. Simpan ulang, lalu unggah lagi."))
    if _holds(upload.stream, _EICAR):
        raise ValueError(_("Berkas ini dikenali sebagai virus dan tidak disimpan. Periksa perangkat Anda."))
    content = _checked_content(upload.stream, kind)
    digest, size = _digest(content)
    key = new_key()
    store().put(key, content)
    if kind.extension in IMAGES:
        store().put(small_key(key), pictures.small(content))
    return Accepted(key, shown, content_type=kind.declared[0], size=size, sha256=digest, foreign=True)


def shown_name(given: str) -> str:
    """Return the name as people see it: no folders, no control or direction characters, at most 160 characters."""
    bare = PurePosixPath(unicodedata.normalize("NFC", given).replace("\\", "/")).name
    clean = "".join(letter for letter in bare if letter not in UNWANTED and letter.isprintable()).strip(" .")
    stem, dot, extension = clean.rpartition(".")
    return f"{stem[:150]}{dot}{extension[:9]}" if dot else clean[:160]


def _kind(shown: str, kinds: frozenset[str]) -> Kind:
    extension = shown.rpartition(".")[2].lower() if "." in shown else ""
    if extension not in kinds:
        words = ", ".join(sorted({KINDS[known].word for known in kinds}))
        raise ValueError(_("Jenis berkas ini belum bisa diterima. Gunakan {kinds}.", kinds=words))
    return KINDS[extension]


def _size(stream: IO[bytes]) -> int:
    size = stream.seek(0, 2)
    stream.seek(0)
    return size


def _digest(content: IO[bytes]) -> tuple[str, int]:
    content.seek(0)
    digest = hashlib.file_digest(cast("Any", content), "sha256").hexdigest()
    size = content.seek(0, 2)
    content.seek(0)
    return digest, size


def _checked_content(stream: IO[bytes], kind: Kind) -> IO[bytes]:
    """Return the content to store; raises ValueError when it is not what its extension says."""
    import filetype  # type: ignore[import-untyped]

    head = stream.read(8192)
    stream.seek(0)
    told = filetype.guess_mime(head)
    if kind.extension in ("csv", "txt"):
        return _text(stream, told)
    if kind.extension in OFFICE:
        check_archive(stream)
        told = filetype.guess_mime(_whole_head(stream)) or told
    if told != kind.declared[0]:
        raise ValueError(_("Isi berkas tidak sesuai dengan jenisnya. Simpan ulang, lalu unggah lagi."))
    if kind.extension in IMAGES:
        return pictures.redrawn(stream, kind.extension)
    if kind.extension == "pdf" and _holds(stream, _ACTIVE_PDF):
        raise ValueError(_("PDF ini memuat program atau lampiran. Cetak ulang sebagai PDF biasa."))
    stream.seek(0)
    return stream


def _whole_head(stream: IO[bytes]) -> bytes:
    stream.seek(0)
    head = stream.read(1 << 20)
    stream.seek(0)
    return head


def _holds(stream: IO[bytes], pattern: re.Pattern[bytes]) -> bool:
    """Tell whether a stream holds a pattern of at most 64 bytes, block by block, and rewind it."""
    stream.seek(0)
    tail = b""
    try:
        while block := stream.read(_BLOCK):
            if pattern.search(tail + block):
                return True
            tail = block[-64:]
        return False
    finally:
        stream.seek(0)


def _text(stream: IO[bytes], told: str | None) -> IO[bytes]:
    if told is not None or _holds(stream, _NUL):
        raise ValueError(_("Isi berkas bukan teks. Simpan ulang sebagai CSV atau teks UTF-8."))
    return stream


def check_archive(stream: IO[bytes]) -> None:
    """Refuse an office file that unpacks to too much, holds macros or is broken; nothing is unpacked (ASVS 5.2.3).

    Raises ValueError with a sentence.
    """
    try:
        with zipfile.ZipFile(stream) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise ValueError(_("Berkas rusak atau terkunci kata sandi. Simpan ulang, lalu unggah lagi.")) from error
    finally:
        stream.seek(0)
    size = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if len(entries) > ENTRIES or size > UNPACKED or size > DENSEST * max(packed, 1) + 1_000_000:
        raise ValueError(_("Isi berkas terlalu besar setelah dibuka. Bagi menjadi beberapa berkas."))
    if any(entry.filename.lower().endswith(("vbaproject.bin", ".exe", ".dll")) for entry in entries):
        raise ValueError(_("Berkas memuat makro. Simpan ulang tanpa makro."))
