"""The demo's government: the regency's offices, their parts and posts, plausible and marked as an example."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from superapp.shared.reference.loading import read

DATA = Path(__file__).parent / "data"
ROOT = "NUNUKAN"
TEAM = "DISKOMINFO-B1-S1"
"""The section of Diskominfo that builds the app."""
_DINAS = frozenset({"dinas", "badan", "satuan", "inspektorat", "sekretariat_dprd", "rumah_sakit"})


@dataclass(frozen=True)
class PlannedUnit:
    """A unit of the demo."""

    code: str
    name: str
    kind: str = field(kw_only=True)
    parent: str = field(default=ROOT, kw_only=True)
    short_name: str = field(default="", kw_only=True)
    is_opd: bool = field(default=False, kw_only=True)
    region_code: str = field(default="", kw_only=True)
    note: str = field(default="", kw_only=True)


@dataclass(frozen=True)
class PlannedPost:
    """A post of the demo; lower `priority` is filled first."""

    key: str
    title: str
    unit: str = field(kw_only=True)
    kind: str = field(kw_only=True)
    grade: str = field(default="", kw_only=True)
    is_head: bool = field(default=False, kw_only=True)
    supervisor: str = field(default="", kw_only=True)
    priority: int = field(kw_only=True)


@dataclass(frozen=True)
class Structure:
    """All units (parents first) and all posts."""

    units: tuple[PlannedUnit, ...]
    posts: tuple[PlannedPost, ...]


@cache
def structure() -> Structure:
    """Return the units and posts of the demo."""
    units = list(_units())
    return Structure(tuple(units), tuple(post for unit in units for post in _posts(unit)))


def _units() -> Iterator[PlannedUnit]:
    yield PlannedUnit(
        ROOT, "Pemerintah Kabupaten Nunukan", kind="kabupaten", parent="", short_name="Pemkab", is_opd=True,
        region_code="65.03",
    )  # fmt: skip
    offices = list(read(DATA / "offices.csv"))
    offices.sort(key=lambda office: (bool(office["parent"]), office["kind"] == "kelurahan"))
    for office in offices:
        if office["code"] == "SETDA":
            yield _office(office)
            yield from _assistants()
        else:
            yield _office(office)
        yield from _parts(office)


def _office(office: dict[str, str]) -> PlannedUnit:
    return PlannedUnit(
        office["code"],
        office["name"],
        kind=office["kind"],
        parent=office["parent"] or ROOT,
        short_name=office["short_name"],
        is_opd=not office["parent"],
        region_code=office["region_code"],
        note="Nama belum dipastikan (data contoh)." if office["uncertain"] else "",
    )


def _assistants() -> Iterator[PlannedUnit]:
    names = ("Pemerintahan dan Kesejahteraan Rakyat", "Perekonomian dan Pembangunan", "Administrasi Umum")
    for number, name in enumerate(names, 1):
        yield PlannedUnit(f"SETDA-A{number}", f"Asisten {name}", kind="asisten", parent="SETDA")


def _parts(office: dict[str, str]) -> Iterator[PlannedUnit]:
    code, kind = office["code"], office["kind"]
    if kind in _DINAS:
        yield PlannedUnit(f"{code}-SEK", _secretariat(kind), kind="sekretariat", parent=code)
        yield PlannedUnit(f"{code}-UMUM", "Subbagian Umum dan Kepegawaian", kind="subbagian", parent=f"{code}-SEK")
    word = {"inspektorat": "Inspektur Pembantu", "sekretariat_dprd": "Bagian"}.get(kind, "Bidang")
    for number, name in enumerate(filter(None, office["parts"].split(";")), 1):
        part = "bagian" if word == "Bagian" else "bidang"
        yield PlannedUnit(f"{code}-B{number}", f"{word} {name}", kind=part, parent=code)
    if code == "DISKOMINFO":
        yield from _team()
    if kind == "kecamatan":
        yield PlannedUnit(f"{code}-SEK", "Sekretariat Kecamatan", kind="sekretariat", parent=code)
        for number, name in enumerate(
            ("Pemerintahan", "Ketenteraman dan Ketertiban Umum", "Pemberdayaan Masyarakat"), 1
        ):
            yield PlannedUnit(f"{code}-S{number}", f"Seksi {name}", kind="seksi", parent=code)


def _secretariat(kind: str) -> str:
    return "Bagian Tata Usaha" if kind == "rumah_sakit" else "Sekretariat"


def _team() -> Iterator[PlannedUnit]:
    sections = {
        "B1-S1": "Pengembangan Aplikasi",
        "B1-S2": "Infrastruktur Jaringan",
        "B2-S1": "Pengelolaan Media",
        "B3-S1": "Statistik Sektoral",
        "B3-S2": "Persandian dan Keamanan Informasi",
    }
    for code, name in sections.items():
        yield PlannedUnit(f"DISKOMINFO-{code}", f"Seksi {name}", kind="seksi", parent=f"DISKOMINFO-{code[:2]}")


def _posts(unit: PlannedUnit) -> Iterator[PlannedPost]:
    if unit.code == ROOT:
        yield from _of_the_regency()
    else:
        yield _head(unit)
    if unit.code == TEAM:
        yield from _of_the_team()
    if unit.code == "DISKOMINFO-UMUM":
        yield _post("tu", "Pengadministrasi Persuratan", unit, "pelaksana", priority=2)
    if unit.code == "BKPSDM-B3":
        yield _post("coach", "Widyaiswara Ahli Madya", unit, "fungsional_keahlian", priority=2)
    if unit.kind in ("subbagian", "bagian") or unit.code.startswith("DISKOMINFO-B"):
        yield _post(f"{unit.code}:staf1", "Pengadministrasi Perkantoran", unit, "pelaksana", priority=4)


def _of_the_regency() -> Iterator[PlannedPost]:
    root = PlannedUnit(ROOT, "", kind="kabupaten")
    yield _post("bupati", "Bupati Nunukan", root, "kepala_daerah", is_head=True, priority=1)
    yield _post("wabup", "Wakil Bupati Nunukan", root, "kepala_daerah", supervisor="bupati", priority=1)
    fields = ("Pemerintahan, Hukum dan Politik", "Ekonomi, Keuangan dan Pembangunan", "Kemasyarakatan dan SDM")
    for number, name in enumerate(fields, 1):
        title = f"Staf Ahli Bupati Bidang {name}"
        yield _post(f"ahli{number}", title, root, "jpt_pratama", grade="II.b", supervisor="sekda", priority=1)


def _of_the_team() -> Iterator[PlannedPost]:
    team = PlannedUnit(TEAM, "", kind="seksi")
    yield _post("admin", "Pranata Komputer Ahli Madya", team, "fungsional_keahlian", priority=2)
    yield _post("pengembang", "Pranata Komputer Ahli Muda", team, "fungsional_keahlian", priority=2)
    yield _post("staf", "Pengelola Layanan Operasional", team, "pelaksana", priority=2)
    for number in range(1, 4):
        title = "Pranata Komputer Ahli Pertama"
        yield _post(f"prakom{number}", title, team, "fungsional_keahlian", priority=4)


_HEADS: dict[str, tuple[str, str, str, int]] = {
    "dinas": ("Kepala {name}", "jpt_pratama", "II.b", 1),
    "badan": ("Kepala {name}", "jpt_pratama", "II.b", 1),
    "satuan": ("Kepala {name}", "jpt_pratama", "II.b", 1),
    "inspektorat": ("Inspektur", "jpt_pratama", "II.b", 1),
    "sekretariat_dprd": ("Sekretaris DPRD", "jpt_pratama", "II.b", 1),
    "rumah_sakit": ("Direktur {name}", "administrator", "III.a", 1),
    "setda": ("Sekretaris Daerah", "jpt_pratama", "II.a", 1),
    "asisten": ("{name}", "jpt_pratama", "II.b", 1),
    "kecamatan": ("Camat {bare}", "administrator", "III.a", 1),
    "kelurahan": ("Lurah {bare}", "pengawas", "IV.a", 1),
    "sekretariat": ("Sekretaris", "administrator", "III.b", 2),
    "bidang": ("Kepala {name}", "administrator", "III.b", 3),
    "bagian": ("Kepala {name}", "administrator", "III.a", 1),
    "subbagian": ("Kepala {name}", "pengawas", "IV.a", 4),
    "seksi": ("Kepala {name}", "pengawas", "IV.a", 5),
}
_SPECIAL = {
    "SETDA": "sekda",
    "DISKOMINFO": "kadis",
    "DISKOMINFO-B1": "kabid",
    TEAM: "kasi",
    "DISHUB": "mentor",
    "DISHUB-B2": "peserta",
}
"""Posts of the demo accounts that head a unit; the others are named in their place."""
EXAMINER = "ahli1"


def head_key(code: str) -> str:
    """Return the key of the post that heads a unit."""
    return _SPECIAL.get(code, f"{code}:kepala")


def _head(unit: PlannedUnit) -> PlannedPost:
    pattern, kind, grade, priority = _HEADS[unit.kind]
    bare = unit.name.split(" ", 1)[-1]
    title = pattern.format(name=unit.name, bare=bare)
    if unit.name.startswith("Inspektur Pembantu"):
        title = unit.name
    if unit.name == "Sekretariat Kecamatan":
        title, kind, grade = "Sekretaris Kecamatan", "pengawas", "IV.a"
    # A head of an office answers to the Sekda, not to the regent whose unit lies above (DOMAIN: mentor of a head).
    supervisor = "sekda" if unit.is_opd and unit.code != "SETDA" else ""
    special = {"DISKOMINFO-B1": 2, TEAM: 2, "DISHUB-B2": 2}.get(unit.code, priority)
    return PlannedPost(
        head_key(unit.code),
        title,
        unit=unit.code,
        kind=kind,
        grade=grade,
        is_head=True,
        supervisor=supervisor,
        priority=special,
    )


def _post(key: str, title: str, unit: PlannedUnit, kind: str, *, priority: int, **more: object) -> PlannedPost:
    return PlannedPost(key, title, unit=unit.code, kind=kind, priority=priority, **more)  # type: ignore[arg-type]
