"""`make screenshots`: every page of the app with demo data, both sizes and themes, into build/screenshots/."""

from __future__ import annotations

import argparse
import json
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Error, Page, sync_playwright

from superapp.kernel import clock
from tests.support.browser import SIZES, Size, Theme, launch, opened, sign_in
from tests.support.server import ROOT, LiveServer, environment, run_command, running_server

THEMES: tuple[Theme, ...] = ("light", "dark")
ROLES = ("kasi", "staf", "admin")
"""Who shows the pages: each is pictured as the first of them reaches it."""
PUBLIC = ("/login", "/offline", "/halaman-yang-tidak-ada")
NOT_PAGES = re.compile(
    r"^/(static|assets|sw\.js|manifest|healthz|readyz|metrics|logout|widgets?|fragments?)\b|\.(json|xlsx|csv|svg|png)$"
)
ASKED = (("CAP", 3), ("CS", 12), ("CAP", 40))
"""What the staff asks for before the pictures are taken, and in how many days it begins."""


@dataclass(frozen=True)
class Shot:
    """One page to picture: its name as a file, its address, and who shows it."""

    name: str
    path: str
    role: str = ""


def main() -> None:
    """Make the pictures; `--match WORDS` only those whose name or address contains it, `--roles` for other people."""
    options = argparse.ArgumentParser(prog="make screenshots")
    options.add_argument("--match", default="")
    options.add_argument("--roles", default=",".join(ROLES))
    options.add_argument("--into", type=Path, default=ROOT / "build" / "screenshots")
    chosen = options.parse_args()
    shutil.rmtree(chosen.into, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix="superapp-screenshots-") as folder:
        data = Path(folder)
        settings = environment(f"sqlite:///{data}/superapp.db", data)
        for arguments in (["migrate"], ["demo"]):
            run_command(settings, *arguments, check=True)
        with running_server(settings["SUPERAPP_DATABASE_URL"], data) as server, sync_playwright() as playwright:
            studio = Studio(launch(playwright), server, chosen.into)
            studio.work()
            shots = studio.shots(chosen.roles.split(","), chosen.match)
            for size in SIZES:
                for theme in THEMES:
                    studio.picture(shots, size, theme)
            studio.browser.close()
    print(f"{len(shots) * 4} pictures of {len(shots)} pages in {chosen.into}/")


@dataclass
class Studio:
    """A browser before the app with the demo's people."""

    browser: Browser
    server: LiveServer
    target: Path

    def __post_init__(self) -> None:
        rows = json.loads(self.server.command("demo", "accounts", "--json").stdout)
        self.accounts = {row["role"]: row for row in rows}

    @contextmanager
    def entered(self, role: str, size: Size = "phone", theme: Theme = "light") -> Iterator[Page]:
        """Open a page signed in as somebody, or as nobody."""
        with opened(self.browser, self.server.url, size, theme=theme) as page:
            if role:
                sign_in(page, self.accounts[role]["nip"], self.accounts[role]["password"])
            yield page

    def work(self) -> None:
        """Let the staff ask for leave and the Kasi decide once, so that lists and sheets show what they are for."""
        with self.entered("staf") as page:
            for kind, ahead in ASKED:
                _ask(page, kind, ahead)
        with self.entered("kasi") as page:
            page.goto("/tasks")
            page.locator("main a[data-sheet]").last.click()
            page.locator("dialog[open]").get_by_role("button", name="Setujui").first.click()
            page.get_by_role("button", name="Urungkan").wait_for()

    def shots(self, roles: list[str], match: str) -> list[Shot]:
        """Return the pages to picture; those that nobody reaches are named on the console."""
        rules = {
            row["rule"]: row["endpoint"]
            for row in json.loads(self.server.command("routes", "--json").stdout)
            if "GET" in row["methods"] and not NOT_PAGES.search(row["rule"])
        }
        seen: set[str] = set()
        found = [Shot(f"public{path.replace('/', '.')}", path) for path in PUBLIC]
        for role in roles:
            with self.entered(role) as page:
                found += [Shot(f"{shot.name}", shot.path, role) for shot in _pages(page, rules, seen)]
        print("not reached:", *sorted(rules[rule] for rule in rules.keys() - seen))
        return [shot for shot in found if match in shot.name or match in shot.path]

    def picture(self, shots: list[Shot], size: Size, theme: Theme) -> None:
        """Picture pages in one size and theme."""
        folder = self.target / f"{size}-{theme}"
        folder.mkdir(parents=True)
        for role in dict.fromkeys(shot.role for shot in shots):
            with self.entered(role, size, theme) as page:
                _picture(page, [shot for shot in shots if shot.role == role], folder)


def _ask(page: Page, kind: str, ahead: int) -> None:
    page.goto("/app/leave/new")
    page.locator(f"[name=kind][value={kind}]").check()
    first, last = (f"{clock.today() + timedelta(days=days)}" for days in (ahead, ahead + 2))
    for label, value in (("Mulai", first), ("Sampai", last), ("Alasan", "Urusan keluarga"),
                         ("Alamat selama cuti", "Jalan Pelabuhan, Nunukan"), ("Telepon selama cuti", "081250001234")):  # fmt: skip
        page.get_by_label(label, exact=True).fill(value)
    page.locator("main").get_by_role("button", name="Kirim").click()
    page.wait_for_url(re.compile(r"/app/leave/[0-9a-f-]{36}$"))


def _picture(page: Page, shots: list[Shot], folder: Path) -> None:
    window = page.viewport_size
    assert window is not None
    for shot in shots:
        page.set_viewport_size(window)
        page.goto(shot.path)
        page.wait_for_load_state("networkidle")
        _show_whole_page(page)
        page.screenshot(path=folder / f"{shot.name}.png")


def _show_whole_page(page: Page) -> None:
    """Make the window as high as the page: a "full page" picture leaves bars that stick to the edge in the middle."""
    width = page.evaluate("document.documentElement.clientWidth")
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": width, "height": height})


def _pages(page: Page, rules: Mapping[str, str], seen: set[str]) -> Iterator[Shot]:
    """Yield one example of every page not `seen`: addresses without arguments, and the first link found to the others.

    What leads elsewhere is pictured where it leads.
    """
    plain_first = sorted(rules, key=lambda rule: rule.count("<"))
    patterns = {rule: re.compile(re.sub(r"<[^>]+>", "[^/]+", rule)) for rule in plain_first}
    waiting = [rule for rule in patterns if "<" not in rule]
    tried: set[str] = set()
    while waiting:
        path = waiting.pop(0)
        rule = next((rule for rule, pattern in patterns.items() if pattern.fullmatch(path)), None)
        if rule is None or rule in tried:
            continue
        tried.add(rule)
        if _is_page(page, path) and rule not in seen:
            seen.add(rule)
            yield Shot(rules[rule], path)
        waiting += _links(page)


def _is_page(page: Page, path: str) -> bool:
    try:
        answer = page.goto(path)
    except Error:  # a download
        return False
    if answer is None or not answer.ok or urlsplit(page.url).path != path:
        return False
    return "text/html" in answer.headers.get("content-type", "") and page.query_selector("html > body h1") is not None


def _links(page: Page) -> list[str]:
    found = page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")
    own = urlsplit(page.url).netloc
    return [urlsplit(link).path for link in found if urlsplit(link).netloc == own]


if __name__ == "__main__":
    main()
