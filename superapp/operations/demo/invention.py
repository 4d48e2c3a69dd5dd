"""Invented people: names put together from words, synthetic NIPs, the same for the same seed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random

from superapp.organization.people import bare_name
from superapp.shared.reference.loading import read

DATA = Path(__file__).parent / "data"
NEVER_USED = 900
"""Sequence numbers of real NIPs are small (001, 002 …); invented ones begin here, so that they meet nobody's."""
PHONE = "+62810"
"""A prefix that no operator holds: nobody is called by accident."""


@dataclass(frozen=True)
class Invented:
    """A person who does not exist."""

    name: str
    title_before: str = field(default="", kw_only=True)
    title_after: str = field(default="", kw_only=True)
    sex: str = field(kw_only=True)
    employment: str = field(kw_only=True)
    nip: str | None = field(default=None, kw_only=True)
    rank_code: str = field(default="", kw_only=True)
    rank_since: date | None = field(default=None, kw_only=True)
    birth_date: date = field(kw_only=True)
    phone: str = field(kw_only=True)
    email: str = field(kw_only=True)

    @property
    def sort_name(self) -> str:
        """Return the name to sort by."""
        return bare_name(self.name)


@dataclass(frozen=True)
class _Profile:
    """What fits a kind of post: ages, ranks, degrees."""

    ages: tuple[int, int]
    ranks: tuple[str, ...]
    degrees: tuple[str, ...]
    more: tuple[str, ...] = ("",)


_PROFILES = {
    "kepala_daerah": _Profile((48, 62), ("",), ("S.E.", "S.H.", "S.Sos."), ("M.M.", "M.Si.")),
    "jpt_pratama": _Profile((46, 58), ("IV/b", "IV/c"), ("S.Sos.", "S.T.", "S.E.", "S.H."), ("M.Si.", "M.M.", "M.AP.")),
    "administrator": _Profile((40, 56), ("III/d", "IV/a"), ("S.Sos.", "S.T.", "S.E.", "S.Kom."), ("", "M.Si.", "M.M.")),
    "pengawas": _Profile((34, 54), ("III/c", "III/d"), ("S.Sos.", "S.E.", "S.T.", "S.IP."), ("", "", "M.AP.")),
    "fungsional_keahlian": _Profile((26, 50), ("III/a", "III/b", "III/c"), ("S.Kom.", "S.T.", "S.Tr.Kom.")),
    "pelaksana": _Profile((22, 52), ("II/c", "II/d", "III/a", "III/b"), ("", "", "A.Md.", "S.E.")),
}
_PPPK = {"pppk": ("V", "VII", "IX"), "pppk_paruh_waktu": ("",)}


@cache
def _words() -> dict[tuple[str, str], tuple[str, ...]]:
    rows = list(read(DATA / "names.csv"))
    return {
        (place, sex): tuple(row["word"] for row in rows if row["place"] == place and row["sex"] in ("", sex))
        for place in ("depan", "belakang")
        for sex in ("L", "P")
    }


class Inventor:
    """Invents people; two of one inventor never share a number, and full names only when all are used up."""

    def __init__(self, today: date, seed: int = 2026) -> None:
        self._today, self._random = today, Random(seed)  # noqa: S311 - invented data, not a secret
        self._names: set[str] = set()
        self._counts: dict[str, int] = {}
        self._made = 0

    def person(self, kind: str, employment: str) -> Invented:
        """Return a person fit for a kind of post; `employment` as in organization.kinds."""
        random, profile = self._random, _PROFILES.get(kind, _PROFILES["pelaksana"])
        sex = random.choice("LP")
        name = self._name(sex)
        born = self._birth_date(*profile.ages)
        hired = self._hired(born, employment)
        self._made += 1
        degrees = (random.choice(profile.degrees), random.choice(profile.more))
        return Invented(
            name,
            title_before="Dr." if kind == "jpt_pratama" and random.random() < 0.15 else "",
            title_after=", ".join(filter(None, degrees)),
            sex=sex,
            employment=employment,
            nip=self._nip(born, hired, sex, employment),
            rank_code=self._rank(profile, employment),
            rank_since=date(random.randint(2019, 2026), random.choice((4, 10)), 1) if employment == "pns" else None,
            birth_date=born,
            phone=f"{PHONE}{self._made:08d}",
            email=f"{name.lower().replace(' ', '.')}.{self._made}@nunukan.example",
        )

    def _name(self, sex: str) -> str:
        first, last = _words()["depan", sex], _words()["belakang", sex]
        for attempt in range(40):
            words = [self._random.choice(first), self._random.choice(last)]
            if attempt > 4 or self._random.random() < 0.15:
                words.insert(1, self._random.choice(last))
            name = " ".join(dict.fromkeys(words))
            if name not in self._names:
                break
        self._names.add(name)
        return name

    def _birth_date(self, youngest: int, oldest: int) -> date:
        days = self._random.randint(youngest * 366, oldest * 365)
        return self._today - timedelta(days=days)

    def _hired(self, born: date, employment: str) -> date:
        first = date(born.year + 22, 3, 1)
        if employment in ("cpns", "pppk", "pppk_paruh_waktu"):
            return date(self._today.year - 1, 3, 1)
        return min(max(first, date(1990, 3, 1)), date(self._today.year - 2, 3, 1))

    def _nip(self, born: date, hired: date, sex: str, employment: str) -> str | None:
        if employment in ("non_asn", "pejabat"):
            return None
        month = "21" if employment.startswith("pppk") else f"{hired.month:02d}"
        stem = f"{born:%Y%m%d}{hired.year}{month}{'1' if sex == 'L' else '2'}"
        self._counts[stem] = self._counts.get(stem, NEVER_USED) + 1
        return f"{stem}{self._counts[stem]}"

    def _rank(self, profile: _Profile, employment: str) -> str:
        if employment in _PPPK:
            return self._random.choice(_PPPK[employment])
        if employment == "cpns":
            return "III/a"
        return self._random.choice(profile.ranks) if employment == "pns" else ""

    def employment(self) -> str:
        """Return how a member of staff is employed, in plausible shares."""
        kinds = ("pns", "cpns", "pppk", "pppk_paruh_waktu", "non_asn")
        return self._random.choices(kinds, weights=(58, 5, 20, 8, 9))[0]
