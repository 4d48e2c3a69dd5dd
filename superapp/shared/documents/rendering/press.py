"""A program of its own: HTML and style sheets on its input, a PDF/A on its output.

Nothing is fetched: no network, no files; pictures come as data: addresses. Not imported by the app: WeasyPrint costs
30 MB and half a second, and what it draws comes from people.
"""

from __future__ import annotations

import json
import resource
import sys
from typing import Any

SECONDS, MEMORY = 60, 2 << 30
VARIANT = "pdf/a-2b"


def main() -> None:
    """Read `{"styles": [css, …]}` as one line, then HTML; write the PDF."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    header: dict[str, Any] = json.loads(sys.stdin.buffer.readline())
    sys.stdout.buffer.write(pressed(sys.stdin.buffer.read().decode(), header["styles"]))


def pressed(html: str, styles: list[str]) -> bytes:
    """Return a page as PDF/A-2b with tags for screen readers; whatever would be fetched ends it."""
    from weasyprint import CSS, HTML  # type: ignore[import-untyped]
    from weasyprint.urls import FatalURLFetchingError, URLFetcher  # type: ignore[import-untyped]

    class Closed(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: Any = None) -> Any:
            if not url.startswith("data:"):
                raise FatalURLFetchingError(f"a document fetches nothing, but it refers to {url[:80]}")
            return super().fetch(url, headers)

    fetcher = Closed(allowed_protocols=("data",), allow_redirects=False)
    sheets = [CSS(string=text, url_fetcher=fetcher) for text in styles]
    page = HTML(string=html, url_fetcher=fetcher, base_url="about:blank")
    made: bytes = page.write_pdf(stylesheets=sheets, pdf_variant=VARIANT, pdf_tags=True)
    return made


if __name__ == "__main__":
    main()
