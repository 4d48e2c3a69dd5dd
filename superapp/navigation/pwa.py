"""What makes the app installable and honest when there is no signal: manifest, worker, offline page, well-known files."""

from __future__ import annotations

import ipaddress
from datetime import timedelta
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from superapp.kernel import assets, clock, secrets
from superapp.kernel.assets import asset
from superapp.kernel.language import gettext as _
from superapp.plugin import setting

SECURITY_CONTACT = "navigation.security_contact"
COLOUR = "#084556"
BACKGROUND = "#f4f7f8"
EXPIRES = timedelta(days=180)


def web_manifest() -> dict[str, Any]:
    """Return the web app manifest (W3C Web Application Manifest); `id` never changes, or phones install it twice."""
    return {
        "id": "/",
        "name": "Nunukan Satu",
        "short_name": "Nunukan Satu",
        "description": _("Satu pintu untuk semua urusan kantor."),
        "lang": "id",
        "dir": "ltr",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "orientation": "any",
        "theme_color": COLOUR,
        "background_color": BACKGROUND,
        "categories": ["productivity", "government"],
        "icons": [
            _icon("icon-192.png", "192x192", "any"),
            _icon("icon-512.png", "512x512", "any"),
            _icon("maskable-192.png", "192x192", "maskable"),
            _icon("maskable-512.png", "512x512", "maskable"),
        ],
        "shortcuts": [
            _shortcut(_("Tugas"), "/tasks"),
            _shortcut(_("Cari"), "/search"),
            _shortcut(_("Buat"), "/create"),
            _shortcut(_("Kabar"), "/notices"),
        ],
    }


def _icon(name: str, sizes: str, purpose: str) -> dict[str, str]:
    return {"src": asset(name), "sizes": sizes, "type": "image/png", "purpose": purpose}


def _shortcut(name: str, url: str) -> dict[str, Any]:
    return {"name": name, "url": url, "icons": [_icon("icon-192.png", "192x192", "any")]}


@cache
def worker_script() -> str:
    """Return the service worker as it was built."""
    return (assets.dist() / "sw.js").read_text(encoding="utf-8")


def keeps_pages() -> bool:
    """Tell whether browsers run a service worker at the app's address: only over https or on the machine itself.

    Source: W3C Secure Contexts, 3.1 (potentially trustworthy origins).
    """
    settings = secrets.settings()
    host = urlsplit(settings.base_url).hostname or ""
    try:
        own = ipaddress.ip_address(host).is_loopback
    except ValueError:
        own = host == "localhost" or host.endswith(".localhost")
    return settings.secure or own


def security_txt() -> str:
    """Return security.txt (RFC 9116): whom to tell of a weakness, until when this holds; "" when nobody is named."""
    contact = _security_contact()
    base = secrets.settings().base_url
    expires = (clock.now() + EXPIRES).strftime("%Y-%m-%dT00:00:00Z")
    lines = [
        f"Contact: {contact}",
        f"Expires: {expires}",
        "Preferred-Languages: id, en",
        f"Canonical: {base}/.well-known/security.txt",
    ]
    return "\n".join(lines) + "\n" if contact else ""


def _security_contact() -> str:
    """Return the mailbox or page that administrators have set; nothing of the app itself is open to strangers."""
    said = str(setting.value(SECURITY_CONTACT)).strip()
    if not said.isprintable() or " " in said:
        return ""
    return said if said.startswith("https://") else f"mailto:{said}" if "@" in said else ""


ROBOTS = "User-agent: *\nDisallow: /\n"
"""An app for staff: nothing of it belongs in a search engine."""
