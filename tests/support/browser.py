"""Debian's Chromium under Playwright: pages as people open them, on slow networks, watched for console errors."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal
from weakref import WeakKeyDictionary

from playwright.sync_api import Browser, BrowserContext, CDPSession, ConsoleMessage, Page, Playwright, expect

Size = Literal["phone", "desktop"]
Theme = Literal["light", "dark"]
Network = Literal["N1", "N2", "offline", "full"]

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

SIZES: dict[Size, dict[str, Any]] = {
    "phone": {
        "viewport": {"width": 360, "height": 800},
        "device_scale_factor": 2,
        "is_mobile": True,
        "has_touch": True,
        "user_agent": "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 "
        "Mobile Safari/537.36",
    },
    "desktop": {"viewport": {"width": 1440, "height": 900}},
}

# UX: N1 is an ordinary mobile connection, N2 the one of a far district. Bits a second, milliseconds.
NETWORKS: dict[Network, tuple[int, int]] = {"N1": (1_600_000, 150), "N2": (250_000, 600)}


PATIENCE = 15.0
"""Seconds that a page may take to get into the state waited for, on a machine that has nothing else to do."""


def patience(seconds: float = PATIENCE) -> float:
    """Return `seconds` as milliseconds, up to eight times as many on a busy machine.

    Every wait of the tests is for a state and ends with it: patience costs time only where a test fails.
    """
    busy = os.getloadavg()[0] / (os.cpu_count() or 1)
    return seconds * 1000 * min(max(1.0, busy), 8.0)


class ChromiumMissing(RuntimeError):
    """No Chromium is installed; `make test` installs Debian's."""


def program() -> str:
    """Return where Debian's Chromium is."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        raise ChromiumMissing("Chromium is missing: run the tests with `make test`, or install chromium")
    return found


def launch(playwright: Playwright) -> Browser:
    """Start Debian's Chromium without a window."""
    return playwright.chromium.launch(executable_path=program(), args=list(FLAGS))


@dataclass
class ConsoleWatch:
    """Collects what a page complains about: console errors (CSP among them), exceptions, failed requests."""

    faults: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)

    def allow(self, part: str) -> None:
        """Expect complaints that contain `part`, such as the address of a page that answers 409."""
        self.allowed.append(part)

    def watch(self, context: BrowserContext) -> None:
        """Listen to every page of the context."""
        context.on("console", self._on_console)
        context.on("weberror", lambda error: self.faults.append(f"exception: {error.error}"))

    def assert_silent(self) -> None:
        """Raise AssertionError with every complaint that nobody expected."""
        unexpected = [fault for fault in self.faults if not any(part in fault for part in self.allowed)]
        assert not unexpected, "the browser's console complains:\n" + "\n".join(unexpected)

    def _on_console(self, message: ConsoleMessage) -> None:
        ours = "blocked by Playwright" in message.text  # `opened` blocks service workers
        if message.type in ("error", "warning") and not ours:
            self.faults.append(f"{message.type}: {message.text} ({message.location.get('url', '')})")


@contextlib.contextmanager
def opened(
    browser: Browser,
    base_url: str,
    size: Size = "phone",
    *,
    theme: Theme = "light",
    javascript: bool = True,
    service_worker: bool = False,
    watch: ConsoleWatch | None = None,
) -> Iterator[Page]:
    """Open a page in a fresh profile. Service workers are blocked unless asked for: they blur what a request costs."""
    context = browser.new_context(
        base_url=base_url,
        color_scheme=theme,
        java_script_enabled=javascript,
        service_workers="allow" if service_worker else "block",
        locale="id-ID",
        timezone_id="Asia/Makassar",
        reduced_motion="reduce",
        **SIZES[size],
    )
    _bases[context] = base_url
    context.set_default_timeout(patience())
    expect.set_options(timeout=patience())
    if watch is not None:
        watch.watch(context)
    try:
        yield context.new_page()
    finally:
        context.close()


_throttles: WeakKeyDictionary[Page, CDPSession] = WeakKeyDictionary()


def throttle(page: Page, network: Network) -> None:
    """Give the page one of the test networks; `full` lifts the limits, `offline` holds for service workers too."""
    if page in _throttles:
        _throttles.pop(page).detach()  # the limits last as long as their session
    page.context.set_offline(network == "offline")
    if network not in NETWORKS:
        return
    bits, latency = NETWORKS[network]
    session = _throttles[page] = page.context.new_cdp_session(page)
    session.send("Network.enable")
    limits = {"offline": False, "latency": latency, "downloadThroughput": bits / 8, "uploadThroughput": bits / 8}
    session.send("Network.emulateNetworkConditions", limits)


_bases: WeakKeyDictionary[BrowserContext, str] = WeakKeyDictionary()
_sessions: dict[tuple[str, str], Any] = {}
"""By server and number, the cookies of a session that a test before this one began."""


def sign_in(page: Page, number: str, password: str) -> None:
    """Open the home page signed in: by the form the first time on a server, then with the session that this began."""
    known = (_bases.get(page.context, ""), number)
    if known in _sessions:
        page.context.add_cookies(_sessions[known])
        page.goto("/")
        if "/login" not in page.url:
            return
        page.context.clear_cookies()
    sign_in_by_form(page, number, password)
    _sessions[known] = page.context.cookies()


def sign_in_by_form(page: Page, number: str, password: str) -> None:
    """Sign in by the form, as a person does, and wait for the page behind it."""
    page.goto("/login")
    page.fill("[name=nip]", number)
    page.fill("[name=password]", password)
    with page.expect_navigation():
        page.click("form[method=post] [type=submit]")
    assert "/login" not in page.url, f"not signed in: {page.inner_text('main')[:300]}"
