"""The pages compared: what the app serves, and the floor's templates made to the same size."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benchmark.client import Client

ROWS = 10_000
_FILLER = "Nunukan Satu menyatukan layanan kantor dari Sebatik sampai Krayan, dengan atau tanpa sinyal. "


@dataclass(frozen=True)
class Pages:
    """Addresses of the measured requests of one app; `fields` are those of one filled form."""

    home: str
    listing: str
    form: str
    fields: dict[str, str]
    tasks: str = "/tasks"

    def shown(self) -> dict[str, str]:
        """Return the addresses of the pages by their names."""
        return {"home": self.home, "list": self.listing, "form": self.form, "tasks": self.tasks}


def app_pages(client: Client) -> Pages:
    """Return the app's pages: home, second page of the catalogue, its form and a filled one."""
    _status, first = client.get("/app/catalogue/")
    marker = 'href="/app/catalogue/?page='
    start = first.index(marker) + len('href="')
    second = first[start : first.index('"', start)].replace("&amp;", "&")
    fields = {
        "name": "Aplikasi uji",
        "owner_name": "Diskominfo",
        "origin": "opd",
        "status": "active",
        "level": "kabupaten",
    }
    return Pages("/", second, form="/app/catalogue/new", fields=fields)


FLOOR_PAGES = Pages(
    "/home",
    "/list?after=Aplikasi+00019",
    form="/form",
    fields={"name": "Aplikasi uji", "owner": "Diskominfo", "origin": "opd", "status": "active", "note": "-"},
)
_HEAD = "<!doctype html><html lang=id><head><title>{title}</title></head><body><p>{{{{ current_user.name }}}}</p>\n"
_ROWS = """{% for item in items %}<tr><th><a href="/item/{{ item.id }}">{{ item.name }}</a><span>{{ item.note }}</span></th>
<td>{{ item.owner }}</td><td>{{ item.origin }}</td><td>{{ item.status }}</td></tr>{% endfor %}"""
_FORM = """<form method=post><input type="hidden" name="csrf_token" value="{{ csrf_token() }}">
{% for name in ["name", "owner", "origin", "status", "note"] %}<label>{{ name }}<input name="{{ name }}"></label>{% endfor %}</form>"""
_TASKS = """<p>{{ number }}</p>{% for item in items %}{% set used = ((now - item.created_at) / (item.due_at - item.created_at) * 100)|int %}
<li><a href="/tasks/{{ item.step_id }}">{{ item.title }}</a><p>{{ item.words }}</p><progress max="100" value="{{ used }}"></progress>
<span>{{ item.due_at.strftime("%d-%m-%Y %H.%M") }}</span></li>{% endfor %}
<form method=post><input type="hidden" name="csrf_token" value="{{ csrf_token() }}"></form>"""
SHOWN_OF = {"list": 20 * 170, "tasks": 20 * 190}
"""Characters that the rows of a page take."""


def write_floor(folder: Path, sizes: dict[str, int]) -> None:
    """Write the floor's database of `ROWS` rows and its templates, each filled up to the app's page in bytes."""
    (folder / "templates").mkdir(parents=True)
    for name, body in {"home": "", "list": _ROWS, "form": _FORM, "tasks": _TASKS}.items():
        text = _HEAD.format(title=name) + body
        shown = len(text) + SHOWN_OF.get(name, 0)
        filler = _varied(max(0, sizes[name] - shown))
        (folder / "templates" / f"{name}.html").write_text(text + filler, encoding="utf-8")
    with sqlite3.connect(folder / "floor.db") as database:
        database.execute("CREATE TABLE user (id INTEGER PRIMARY KEY, name TEXT NOT NULL)")
        database.execute("INSERT INTO user VALUES (1, 'Sari Dewi')")
        database.execute(
            "CREATE TABLE item (id INTEGER PRIMARY KEY, name VARCHAR(120) NOT NULL, owner TEXT NOT NULL,"
            " origin TEXT NOT NULL, status TEXT NOT NULL, note TEXT NOT NULL)"
        )
        database.execute("CREATE INDEX ix_item_name ON item (name, id)")
        rows = ((f"Aplikasi {n:05}", "Diskominfo", "opd", "active", "Fungsi aplikasi") for n in range(ROWS))
        database.executemany("INSERT INTO item (name, owner, origin, status, note) VALUES (?, ?, ?, ?, ?)", rows)


def _varied(size: int) -> str:
    """Return markup of `size` characters that compresses about as well as a real page."""
    lines = (f'<p class="c{n % 17}" id="p{n}">{_FILLER[n % 40 : 40 + n % 50]}</p>\n' for n in range(size // 20 + 1))
    return "".join(lines)[:size]


def fill_catalogue(folder: Path, rows: int = ROWS) -> None:
    """Put applications into the app's demo database up to `rows`, as copies of one row with names of their own."""
    with sqlite3.connect(folder / "superapp.db", isolation_level=None) as database:
        database.row_factory = sqlite3.Row
        model = database.execute("SELECT * FROM catalogue_application LIMIT 1").fetchone()
        present = database.execute("SELECT count(*) FROM catalogue_application").fetchone()[0]
        database.execute("BEGIN IMMEDIATE")
        names = list(model.keys())
        marks = ", ".join("?" for _ in names)
        statement = f"INSERT INTO catalogue_application ({', '.join(names)}) VALUES ({marks})"
        database.executemany(statement, (_copy(model, names, n) for n in range(present, rows)))
        database.execute("COMMIT")
        database.execute("ANALYZE")


def _copy(model: Any, names: list[str], number: int) -> list[Any]:
    own = {"id": f"{number + 2**60:032x}", "code": f"UJI-{number:07}", "name": f"Aplikasi {number:07}"}
    if "sort_name" in names:
        own["sort_name"] = own["name"].lower()
    return [own.get(name, model[name]) for name in names]
