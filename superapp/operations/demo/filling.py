"""Who holds which post in the demo: heads everywhere, some acting, some posts vacant, the rest staff."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import cycle

from superapp.operations.demo.invention import Invented, Inventor
from superapp.operations.demo.structure import EXAMINER, PlannedPost, Structure, head_key

ROLES = {
    "bupati": "bupati",
    "sekda": "sekda",
    "kadis": "kadis",
    "kabid": "kabid",
    "kasi": "kasi",
    "staf": "staf",
    "tu": "tu",
    "peserta": "peserta",
    "mentor": "mentor",
    "coach": "coach",
    "penguji": EXAMINER,
    "pengembang": "pengembang",
    "admin": "admin",
}
"""Demo account → the post that it holds."""
ACTING = {
    head_key("DPMD"): "SETDA-A1:kepala",
    head_key("BPPD"): head_key("BPPD-SEK"),
    head_key("DISPORAPAR"): head_key("DISPORAPAR-SEK"),
    head_key("KEC-650320"): head_key("KEC-650320-SEK"),
}
"""Vacant post → the post whose holder acts in it (Plt.)."""
AWAY = {head_key("DINKES"): head_key("DINKES-SEK"), head_key("BKPSDM"): head_key("BKPSDM-SEK")}
"""Post whose holder is away this week → the post whose holder stands in (Plh.)."""
FEWEST = 150
"""Below this number there would be no head in every office."""
_STAFF = (
    ("Pengadministrasi Perkantoran", "pelaksana"),
    ("Pengelola Layanan Operasional", "pelaksana"),
    ("Penelaah Teknis Kebijakan", "pelaksana"),
    ("Arsiparis Ahli Pertama", "fungsional_keahlian"),
    ("Perencana Ahli Pertama", "fungsional_keahlian"),
    ("Pranata Komputer Terampil", "fungsional_keterampilan"),
)


@dataclass(frozen=True)
class Held:
    """An invented person and the post he holds; `person` counts from 0."""

    person: int
    post: str
    kind: str = field(default="definitive", kw_only=True)
    starts_on: date = field(kw_only=True)
    ends_on: date | None = field(default=None, kw_only=True)


@dataclass(frozen=True)
class Staffing:
    """The people of the demo, all posts (those of the structure and of further staff) and who holds which."""

    people: tuple[Invented, ...]
    posts: tuple[PlannedPost, ...]
    held: tuple[Held, ...]


def staffing(structure: Structure, count: int, today: date) -> Staffing:
    """Return `count` people in the posts of a structure; more people than posts get staff posts of their own."""
    inventor, people, held = Inventor(today), [], []
    posts = list(structure.posts)
    wanted = [*_to_fill(posts), *[None] * count][:count]
    extra = _staff_posts(structure)
    for number, chosen in enumerate(wanted):
        post = chosen or next(extra)
        if chosen is None:
            posts.append(post)
        people.append(inventor.person(post.kind, _employment(post, inventor)))
        held.append(Held(number, post.key, starts_on=_since(number, today)))
    return Staffing(tuple(people), tuple(posts), (*held, *_acting(held, today)))


def _to_fill(posts: list[PlannedPost]) -> list[PlannedPost]:
    """Return the posts in the order they are filled; left out are those with an acting holder and some vacancies."""
    chosen = sorted(posts, key=lambda post: post.priority)
    kept = []
    for place, post in enumerate(chosen):
        vacant = post.priority in (3, 5) and place % 7 == 0
        if post.key not in ACTING and not vacant:
            kept.append(post)
    return kept


def _employment(post: PlannedPost, inventor: Inventor) -> str:
    if post.kind == "kepala_daerah":
        return "pejabat"
    certain = post.is_head or post.priority <= 2
    return "pns" if certain else inventor.employment()


def _since(number: int, today: date) -> date:
    return date(today.year - 1 - number % 3, 1 + number % 12, 1 + number % 27)


def _staff_posts(structure: Structure) -> Iterator[PlannedPost]:
    """Yield further staff posts, office by office, without end."""
    units = [unit for unit in structure.units if unit.kind not in ("kabupaten", "asisten")]
    for number, unit in enumerate(cycle(units)):
        title, kind = _STAFF[number % len(_STAFF)]
        yield PlannedPost(f"{unit.code}:t{number}", title, unit=unit.code, kind=kind, priority=6)


def _acting(held: list[Held], today: date) -> Iterator[Held]:
    by_post = {one.post: one for one in held}
    for post, deputy in ACTING.items():
        if deputy in by_post:
            start = today - timedelta(days=60)
            yield replace(by_post[deputy], post=post, kind="plt", starts_on=start, ends_on=today + timedelta(days=120))
    for post, deputy in AWAY.items():
        if deputy in by_post:
            start = today - timedelta(days=1)
            yield replace(by_post[deputy], post=post, kind="plh", starts_on=start, ends_on=today + timedelta(days=5))
