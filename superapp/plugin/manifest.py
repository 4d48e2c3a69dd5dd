"""The manifest of a module: read and checked before any of its code is imported."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

API = (1, 0)
"""The version of the plugin contract that this core speaks; a module may ask for this major and at most this minor."""
NAME = re.compile(r"[a-z][a-z0-9]{1,29}")
_PERMISSION = re.compile(r"[a-z][a-z0-9_]{0,39}")
_VERSION = re.compile(r"\d+(\.\d+){0,3}([a-z0-9.+-]*)")
_API = re.compile(r"(\d{1,3})\.(\d{1,3})")
_WORDS = {"title": 60, "description": 300, "category": 60, "owner": 120, "contact": 120, "licence": 60}
"""The texts of a manifest and how long each may be."""
_LISTS = ("depends", "after")
_KNOWN = frozenset({*_WORDS, *_LISTS, "version", "api", "permissions"})
RESERVED = frozenset(
    "access admin agenda alembic api app connect core documents extensions files guest health help kernel language "
    "login logout metrics navigation notices operations organization pg plugin plugins search settings shared "
    "sqlite static superapp tasks testing v workflow".split()
)
"""Names of the core, of its pages and of the databases' own tables."""


class Broken(Exception):
    """A module cannot be used: `reason` is a sentence for people, `where` is "file:line"."""

    def __init__(self, reason: str, where: str) -> None:
        super().__init__(f"{where}: {reason}")
        self.reason = reason
        self.where = where


@dataclass(frozen=True)
class Manifest:
    """What a module says of itself; permission names are complete (`halo.view`)."""

    name: str
    title: str
    version: str = field(kw_only=True)
    api: str = field(kw_only=True)
    description: str = field(default="", kw_only=True)
    category: str = field(default="", kw_only=True)
    owner: str = field(default="", kw_only=True)
    contact: str = field(default="", kw_only=True)
    licence: str = field(default="", kw_only=True)
    depends: tuple[str, ...] = field(default=(), kw_only=True)
    after: tuple[str, ...] = field(default=(), kw_only=True)
    permissions: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), kw_only=True)
    where: str = field(default="", kw_only=True)


def read(text: str, name: str, path: str, *, first_line: int = 1) -> Manifest:
    """Return the manifest in the TOML `text` of the module `name`.

    `path` and `first_line` say where the text stands, for messages. Raises Broken with file and line.
    """
    reader = _Reader(text, path, first_line)
    values = reader.parsed()
    if not NAME.fullmatch(name):
        raise Broken(f"nama {name!r} harus 2–30 huruf kecil atau angka, diawali huruf", reader.at())
    if name in RESERVED:
        raise Broken(f"nama {name!r} dipakai oleh inti; pilih nama lain", reader.at())
    for key in values:
        if key not in _KNOWN:
            raise Broken(f"kunci {key!r} tidak dikenal dalam manifes", reader.at(key))
    return Manifest(
        name,
        reader.word("title", required=True),
        version=reader.pattern("version", _VERSION, "1.0"),
        api=reader.api(),
        description=reader.word("description"),
        category=reader.word("category"),
        owner=reader.word("owner"),
        contact=reader.word("contact"),
        licence=reader.word("licence"),
        depends=reader.names("depends"),
        after=reader.names("after"),
        permissions=reader.permissions(name),
        where=reader.at(),
    )


class _Reader:
    """Reads one manifest and knows on which line each key stands."""

    def __init__(self, text: str, path: str, first_line: int) -> None:
        self.lines = text.splitlines()
        self.text, self.path, self.first_line = text, path, first_line
        self.values: dict[str, Any] = {}

    def parsed(self) -> dict[str, Any]:
        try:
            self.values = tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            line = re.search(r"at line (\d+)", str(error))
            number = int(line[1]) if line else len(self.lines)
            where = f"{self.path}:{self.first_line + number - 1}"
            raise Broken(f"manifes bukan TOML yang benar: {error}", where) from error
        return self.values

    def at(self, key: str = "") -> str:
        start = re.compile(rf"\s*\[?\s*[\"']?{re.escape(key)}[\"']?\s*[\]=]")
        offset = next((number for number, line in enumerate(self.lines) if key and start.match(line)), 0)
        return f"{self.path}:{self.first_line + offset}"

    def word(self, key: str, *, required: bool = False) -> str:
        value = self.values.get(key, "")
        if not isinstance(value, str):
            raise Broken(f"{key!r} harus berupa teks", self.at(key))
        if len(value) > _WORDS[key]:
            raise Broken(f"{key!r} paling banyak {_WORDS[key]} karakter", self.at(key))
        if required and not value.strip():
            raise Broken(f"{key!r} wajib ada dalam manifes", self.at(key))
        return value.strip()

    def pattern(self, key: str, form: re.Pattern[str], example: str) -> str:
        value = self.values.get(key)
        if not isinstance(value, str) or not form.fullmatch(value):
            raise Broken(f'{key!r} wajib ada dalam manifes, contoh {key} = "{example}"', self.at(key))
        return value

    def api(self) -> str:
        wanted = self.pattern("api", _API, "1.0")
        major, minor = (int(part) for part in wanted.split("."))
        if major != API[0] or minor > API[1]:
            ours = ".".join(map(str, API))
            raise Broken(f"modul ini memerlukan API {wanted}; sistem ini memakai API {ours}", self.at("api"))
        return wanted

    def names(self, key: str) -> tuple[str, ...]:
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(name, str) and NAME.fullmatch(name) for name in value):
            raise Broken(f"{key!r} harus berupa daftar nama modul", self.at(key))
        return tuple(value)

    def permissions(self, name: str) -> Mapping[str, str]:
        table = self.values.get("permissions", {})
        if not isinstance(table, dict):
            raise Broken("[permissions] harus berupa tabel: kunci = kata-kata", self.at("permissions"))
        for key, words in table.items():
            if not _PERMISSION.fullmatch(key):
                raise Broken(f"izin {key!r}: tulis kunci pendek (huruf kecil), tanpa nama modul", self.at(key))
            if not isinstance(words, str) or not words.strip() or len(words) > 120:
                raise Broken(f"izin {key!r} perlu kata-kata untuk orang, paling banyak 120 karakter", self.at(key))
        return MappingProxyType({f"{name}.{key}": words.strip() for key, words in table.items()})


def in_docstring(source: str, path: str) -> tuple[str, int]:
    """Return the TOML between the two `---` lines of a file's docstring, and the line it starts on.

    The file is parsed, never run. Raises Broken.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError) as error:
        raise Broken(
            f"berkas bukan Python yang benar: {error}", f"{path}:{getattr(error, 'lineno', 1) or 1}"
        ) from error
    first = tree.body[0] if tree.body else None
    if not (
        isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    ):
        raise Broken(
            "berkas ini tidak memuat manifes: tulis docstring dengan TOML di antara dua baris ---", f"{path}:1"
        )
    lines = source.splitlines()[first.lineno - 1 : first.end_lineno]
    marks = [number for number, line in enumerate(lines) if line.strip() == "---"]
    if len(marks) < 2:
        raise Broken("manifes harus berada di antara dua baris --- dalam docstring", f"{path}:{first.lineno}")
    return "\n".join(lines[marks[0] + 1 : marks[1]]), first.lineno + marks[0] + 1
