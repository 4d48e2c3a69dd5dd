"""Where to go after signing in: only addresses of this app."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

HOME = "/"
LONGEST = 2000
_ODD = re.compile(r"[\x00-\x20\x7f\\]")


def local(wanted: str | None) -> str:
    """Return the wanted address when it stays in this app, else the home page (ASVS 3.7.2).

    Browsers read `\\` as `/`, drop tabs and line ends, and take `//host` for another site: all refused.
    """
    text = wanted or ""
    if not text.startswith("/") or text.startswith("//") or len(text) > LONGEST or _ODD.search(text):
        return HOME
    try:
        parts = urlsplit(text)
    except ValueError:
        return HOME
    if (
        parts.scheme
        or parts.netloc
        or "//" in parts.path
        or re.search(r"%(?:2f|5c|0[0-9a-f]|1[0-9a-f])", text[:12], re.I)
    ):
        return HOME
    return HOME if re.match(r"/(?:login|logout)(?:/|\?|$)", text) else text
