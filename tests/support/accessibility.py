"""The accessibility check: axe over the whole page, told in sentences."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def assert_accessible(page: Page, *, but: tuple[str, ...] = ()) -> None:
    """Raise AssertionError naming each rule that axe finds broken, with the elements; `but` leaves rules out."""
    found = Axe().run(page, options=RULES).response["violations"]
    broken = [
        f"{rule['id']} ({rule['impact']}): {rule['help']}\n    "
        + "\n    ".join(str(node["html"])[:200] for node in rule["nodes"][:5])
        for rule in found
        if rule["id"] not in but
    ]
    assert not broken, f"axe finds on {page.url}:\n" + "\n".join(broken)
