"""`make bench`: CPU per request beside the floor, statements, bytes, memory, start; and the same with 100 modules."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmark import pages
from tests.benchmark.client import Client
from tests.benchmark.modules import write_modules
from tests.benchmark.processes import Served, serving

PASSWORD = "bench-pasar-malam-2026"
AIMS = {"home": 1.45, "list": 1.25, "form": 1.4, "post": 1.7}
LIMITS = {"home": 1.6, "list": 1.5, "form": 1.6, "post": 2.0}
SLOT = 0.12
"""Seconds of requests before the other app has its turn: the machine's speed drifts, the ratio does not."""


@dataclass
class Measured:
    """CPU milliseconds per request, slot by slot, of both apps, and the page's bytes as served."""

    app: list[float] = field(default_factory=list)
    floor: list[float] = field(default_factory=list)
    size: int = 0

    @property
    def figures(self) -> tuple[float, float, float]:
        """Return the app's and the floor's median and the median ratio of neighbouring slots."""
        ratios = [ours / theirs for ours, theirs in zip(self.app, self.floor, strict=True)]
        return statistics.median(self.app), statistics.median(self.floor), statistics.median(ratios)


def main() -> int:
    """Run the benchmark and print its table; exit 1 when a limit is broken."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="bench-") as temporary:
        folder = Path(temporary)
        environment = build(folder / "app", options.rows)
        measured, start, memory = compare(environment, folder / "floor", options.slots)
        crowd = with_modules(environment, folder / "modules", options.slots) if options.modules else None
    report(measured, start, memory, crowd)
    broken = [name for name, found in measured.items() if found.figures[2] > LIMITS[name]]
    return 1 if broken else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--slots", type=int, default=40, help="slots of each request and app")
    parser.add_argument("--rows", type=int, default=pages.ROWS, help="rows of the catalogue")
    parser.add_argument(
        "--modules", action=argparse.BooleanOptionalAction, default=True, help="measure 100 modules too"
    )
    return parser.parse_args()


def build(data_dir: Path, rows: int) -> dict[str, str]:
    """Make a demo data set with a large catalogue and return the environment of its app."""
    environment = {"SUPERAPP_DATA_DIR": str(data_dir), "SUPERAPP_DEMO_PASSWORD": PASSWORD}
    for words in (["migrate"], ["demo"]):
        _cli(environment, *words)
    pages.fill_catalogue(data_dir, rows)
    return environment | {"SUPERAPP_BASE_URL": "http://localhost"}


def _cli(environment: dict[str, str], *words: str) -> None:
    given = {name: value for name, value in os.environ.items() if not name.startswith("SUPERAPP_")}
    command = [sys.executable, "-m", "superapp.cli", *words]
    subprocess.run(command, env=given | environment, check=True, stdout=subprocess.DEVNULL)


@contextmanager
def signed_in(served: Served, data_dir: str) -> Iterator[Client]:
    """Give a client signed in as the demo's administrator."""
    with closing(Client(served.port)) as client:
        accounts = json.loads(Path(data_dir, "demo-accounts.json").read_text(encoding="utf-8"))
        admin = next(account for account in accounts if account["role"] == "admin")
        fields = client.hidden("/login") | {"nip": admin["nip"], "password": admin["password"]}
        status, text = client.post("/login", fields)
        assert status == 303, text
        yield client


@contextmanager
def floor_beside(folder: Path, client: Client, ours: pages.Pages) -> Iterator[tuple[Served, Client]]:
    """Serve the floor, its pages as large as the app's, and sign in to it."""
    sizes = {"home": client.get(ours.home), "list": client.get(ours.listing), "form": client.get(ours.form)}
    assert all(status == 200 for status, _text in sizes.values())
    pages.write_floor(folder, {name: len(text) for name, (_status, text) in sizes.items()})
    environment = {"FLOOR_DIR": str(folder)}
    floor = serving("tests.benchmark.floor:create_floor()", environment, path="/nothing")
    with floor as served, closing(Client(served.port)) as visitor:
        visitor.get("/masuk")
        yield served, visitor


def compare(environment: dict[str, str], folder: Path, slots: int) -> tuple[dict[str, Measured], float, float]:
    """Measure the four requests of both apps in turn; return them with the app's start (s) and memory (MB)."""
    with serving("wsgi:app", environment) as app, signed_in(app, environment["SUPERAPP_DATA_DIR"]) as client:
        ours = pages.app_pages(client)
        with floor_beside(folder, client, ours) as (floor, visitor):
            measured = {
                name: _in_turn(app, floor, _requests(name, client, ours), _requests(name, visitor, theirs), slots)
                for name in AIMS
                for theirs in [pages.FLOOR_PAGES]
            }
        for name, path in (("home", ours.home), ("list", ours.listing), ("form", ours.form)):
            measured[name].size = client.raw(path)
        return measured, app.start, app.memory()


def _requests(name: str, client: Client, wanted: pages.Pages) -> Callable[[], None]:
    if name != "post":
        path = {"home": wanted.home, "list": wanted.listing, "form": wanted.form}[name]
        return lambda: _read(client, path)
    fields = client.hidden(wanted.form) | wanted.fields
    numbers = iter(range(10**9))

    def send() -> None:
        fresh = {"idempotency_key": f"{next(numbers):032x}"} if "idempotency_key" in fields else {}
        status, text = client.post(wanted.form, fields | fresh)
        assert status == 303, text[:2000]

    return send


def _read(client: Client, path: str) -> None:
    client.raw(path)


def _in_turn(app: Served, floor: Served, ours: Callable[[], None], theirs: Callable[[], None], slots: int) -> Measured:
    measured = Measured()
    for _warm in range(20):
        ours()
        theirs()
    for _slot in range(slots):
        measured.app.append(_slot_of(app, ours))
        measured.floor.append(_slot_of(floor, theirs))
    return measured


def _slot_of(served: Served, request: Callable[[], None]) -> float:
    """Return the CPU milliseconds of one request, over a slot."""
    number, before, until = 0, served.cpu(), time.monotonic() + SLOT
    while time.monotonic() < until:
        request()
        number += 1
    return (served.cpu() - before) * 1000 / number


@dataclass(frozen=True)
class Crowd:
    """Home, start and memory with 100 more modules than without."""

    home: float
    start: float
    memory: float


def with_modules(environment: dict[str, str], folder: Path, slots: int) -> Crowd:
    """Measure the app without and with 100 generated modules (page, navigation entry, widget) in turn."""
    write_modules(folder / "plugins", 100)
    data = Path(shutil.copytree(environment["SUPERAPP_DATA_DIR"], folder / "data"))
    crowded = environment | {"SUPERAPP_DATA_DIR": str(data), "SUPERAPP_PLUGIN_PATH": str(folder / "plugins")}
    for number in range(100):
        _cli(crowded, "plugin", "enable", f"uji{number:03}")
    with serving("wsgi:app", environment) as alone, serving("wsgi:app", crowded) as many:
        with signed_in(alone, str(data)) as few, signed_in(many, str(data)) as lots:
            measured = _in_turn(many, alone, lambda: _read(lots, "/"), lambda: _read(few, "/"), slots)
        return Crowd(measured.figures[2], many.start - alone.start, memory=many.memory() - alone.memory())


def report(measured: dict[str, Measured], start: float, memory: float, crowd: Crowd | None) -> None:
    """Print the table."""
    print(f"{'':6} {'app ms':>8} {'floor ms':>9} {'ratio':>6} {'aim':>5} {'limit':>6} {'bytes':>7}")
    for name, found in measured.items():
        ours, theirs, ratio = found.figures
        print(f"{name:6} {ours:8.2f} {theirs:9.2f} {ratio:6.2f} {AIMS[name]:5.2f} {LIMITS[name]:6.2f} {found.size:7}")
    print(f"start {start:.2f} s (aim 1.0)   worker {memory:.0f} MB (aim 95)")
    if crowd is not None:
        print(f"100 modules: home ×{crowd.home:.3f}, start {crowd.start:+.2f} s, memory {crowd.memory:+.1f} MB")


if __name__ == "__main__":
    raise SystemExit(main())
