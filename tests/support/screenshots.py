"""`make screenshots`: every page of the app with demo data, both sizes and themes, into build/screenshots/."""

from __future__ import annotations

import argparse
import json
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Error, Page, sync_playwright

from tests.support.browser import SIZES, Theme, launch, opened, sign_in
from tests.support.server import ROOT, LiveServer, environment, run_command, running_server

THEMES: tuple[Theme, ...] = ("light", "dark")
PUBLIC = ("/login", "/offline", "/halaman-yang-tidak-ada")
NOT_PAGES = re.compile(
    r"^/(static|assets|sw\.js|manifest|healthz|readyz|metrics|logout|widgets?|fragments?)\b|\.(json|xlsx|csv|svg|png)$"
)


@dataclass(frozen=True)
class Shot:
    """One page to picture: its name as a file and its address."""

    name: str
    path: str


def main() -> None:
    """Make the pictures; `--match WORDS` only those whose name or address contains it, `--role` for another person."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--match", default="")
    options.add_argument("--role", default="admin")
    chosen = options.parse_args()
    target = ROOT / "build" / "screenshots"
    shutil.rmtree(target, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix="superapp-screenshots-") as folder:
        data = Path(folder)
        settings = environment(f"sqlite:///{data}/superapp.db", data)
        for arguments in (["migrate"], ["demo"]):
            run_command(settings, *arguments, check=True)
        with running_server(settings["SUPERAPP_DATABASE_URL"], data) as server, sync_playwright() as playwright:
            browser = launch(playwright)
            number = _picture_all(browser, server, target, role=chosen.role, match=chosen.match)
            browser.close()
    print(f"{number} pictures in {target.relative_to(ROOT)}/")


def _picture_all(browser: Browser, server: LiveServer, target: Path, *, role: str, match: str) -> int:
    accounts = json.loads(server.command("demo", "accounts", "--json").stdout)
    account = next(row for row in accounts if row["role"] == role)
    shots: list[Shot] = []
    number = 0
    for size in SIZES:
        for theme in THEMES:
            folder = target / f"{size}-{theme}"
            folder.mkdir(parents=True)
            with opened(browser, server.url, size, theme=theme) as page:
                number += _picture(page, [Shot(path.strip("/"), path) for path in PUBLIC], folder, match)
                sign_in(page, account["nip"], account["password"])
                shots = shots or list(_pages(page, server))
                number += _picture(page, shots, folder, match)
    return number


def _picture(page: Page, shots: list[Shot], folder: Path, match: str) -> int:
    chosen = [shot for shot in shots if match in shot.name or match in shot.path]
    window = page.viewport_size
    assert window is not None
    for shot in chosen:
        page.set_viewport_size(window)
        page.goto(shot.path)
        page.wait_for_load_state("networkidle")
        _show_whole_page(page)
        page.screenshot(path=folder / f"{shot.name}.png")
    return len(chosen)


def _show_whole_page(page: Page) -> None:
    """Make the window as high as the page: a "full page" picture leaves bars that stick to the edge in the middle."""
    width = page.evaluate("document.documentElement.clientWidth")
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": width, "height": height})


def _pages(page: Page, server: LiveServer) -> Iterator[Shot]:
    """Yield one example of every page: each address without arguments, and the first link found to each of the others.

    What leads elsewhere is pictured where it leads.
    """
    rules = {
        row["rule"]: row["endpoint"]
        for row in json.loads(server.command("routes", "--json").stdout)
        if "GET" in row["methods"]
    }
    plain_first = sorted((rule for rule in rules if not NOT_PAGES.search(rule)), key=lambda rule: rule.count("<"))
    patterns = {rule: re.compile(re.sub(r"<[^>]+>", "[^/]+", rule)) for rule in plain_first}
    waiting = [rule for rule in patterns if "<" not in rule]
    seen: set[str] = set()
    while waiting:
        path = waiting.pop(0)
        rule = next((rule for rule, pattern in patterns.items() if pattern.fullmatch(path)), None)
        if rule is None or rule in seen:
            continue
        seen.add(rule)
        if _is_page(page, path):
            yield Shot(rules[rule], path)
        waiting += _links(page)


def _is_page(page: Page, path: str) -> bool:
    try:
        answer = page.goto(path)
    except Error:  # a download
        return False
    if answer is None or urlsplit(page.url).path != path:
        return False
    return "text/html" in answer.headers.get("content-type", "") and page.query_selector("html > body h1") is not None


def _links(page: Page) -> list[str]:
    found = page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")
    own = urlsplit(page.url).netloc
    return [urlsplit(link).path for link in found if urlsplit(link).netloc == own]


if __name__ == "__main__":
    main()
