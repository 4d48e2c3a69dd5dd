"""What a page costs: bytes as they travel, by kind, told by the browser itself."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from playwright.sync_api import Page

Kind = Literal["html", "css", "js", "icons", "images", "data", "other"]
_KINDS: dict[str, Kind] = {
    "text/html": "html",
    "text/css": "css",
    "text/javascript": "js",
    "application/javascript": "js",
    "image/svg+xml": "icons",
    "image/png": "images",
    "image/jpeg": "images",
    "image/webp": "images",
    "application/json": "data",
    "application/manifest+json": "data",
}


@dataclass(frozen=True)
class Answer:
    """One answer as it came over the network; `body` counts compressed bytes, `transfer` the headers too."""

    url: str
    kind: Kind
    status: int
    encoding: str
    body: int
    transfer: int


@dataclass
class Bytes:
    """The answers of a page view; those from the browser's cache or the service worker cost nothing and are left out."""

    answers: list[Answer] = field(default_factory=list)

    @property
    def total(self) -> int:
        """Return the compressed bytes of all bodies."""
        return sum(answer.body for answer in self.answers)

    @property
    def transfer(self) -> int:
        """Return all bytes, headers included."""
        return sum(answer.transfer for answer in self.answers)

    def of(self, kind: Kind) -> int:
        """Return the compressed bytes of one kind."""
        return sum(answer.body for answer in self.answers if answer.kind == kind)

    def table(self) -> str:
        """Return one line an answer, the largest first: what to look at when a page is too heavy."""
        heaviest = sorted(self.answers, key=lambda answer: -answer.body)
        return "\n".join(f"{a.body:>7} B {a.kind:<6} {a.encoding or '-':<4} {a.status} {a.url}" for a in heaviest)


@contextlib.contextmanager
def counted_bytes(page: Page) -> Iterator[Bytes]:
    """Count what the page fetches inside this context, until the network rests.

    The result is complete when the context has ended.
    """
    found, open_requests = Bytes(), _Requests()
    session = page.context.new_cdp_session(page)
    for event in ("requestWillBeSent", "responseReceived", "loadingFinished", "requestServedFromCache"):
        session.on(f"Network.{event}", getattr(open_requests, f"on_{event}"))
    session.send("Network.enable")
    try:
        yield found
        page.wait_for_load_state("networkidle")
        found.answers.extend(open_requests.answers())
    finally:
        session.detach()


class _Requests:
    """Puts the events of the browser's network log together, by request."""

    def __init__(self) -> None:
        self.responses: dict[str, dict[str, Any]] = {}
        self.transfers: dict[str, int] = {}
        self.cached: set[str] = set()
        self.redirects: list[Answer] = []

    def on_requestWillBeSent(self, event: dict[str, Any]) -> None:
        if redirect := event.get("redirectResponse"):
            size = int(redirect.get("encodedDataLength", 0))
            self.redirects.append(Answer(redirect["url"], "other", redirect["status"], "", 0, size))

    def on_responseReceived(self, event: dict[str, Any]) -> None:
        self.responses[event["requestId"]] = event["response"]

    def on_loadingFinished(self, event: dict[str, Any]) -> None:
        self.transfers[event["requestId"]] = int(event["encodedDataLength"])

    def on_requestServedFromCache(self, event: dict[str, Any]) -> None:
        self.cached.add(event["requestId"])

    def answers(self) -> Iterator[Answer]:
        yield from self.redirects
        for request, response in self.responses.items():
            local = response.get("fromDiskCache") or response.get("fromServiceWorker") or request in self.cached
            if local or not response["url"].startswith("http"):
                continue
            headers = {name.lower(): value for name, value in response["headers"].items()}
            kind = _KINDS.get(response["mimeType"], "other")
            of_headers = int(response.get("encodedDataLength", 0))
            transfer = self.transfers.get(request, of_headers)
            body, encoding = max(transfer - of_headers, 0), headers.get("content-encoding", "")
            yield Answer(response["url"], kind, response["status"], encoding, body, transfer)
