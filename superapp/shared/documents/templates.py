"""The document templates that modules brought, by key."""

from __future__ import annotations

from superapp.kernel.language import gettext as _
from superapp.plugin.contributions import DocumentTemplate
from superapp.plugin.host import host

PAPERS = {"A4": "210mm 297mm", "F4": "215mm 330mm"}
"""Width and height; F4 is what regional offices print on."""


def template(key: str) -> DocumentTemplate:
    """Return a template; KeyError when no module that is loaded brought it."""
    found = host().document_templates.get(key)
    if found is None:
        raise KeyError(f"no document template {key!r}: return it from superapp_document_templates()")
    return found.item


def kinds() -> dict[str, str]:
    """Return the kinds of documents that modules issue: key → the title of the first template of that kind."""
    found: dict[str, str] = {}
    for owned in host().document_templates.values():
        found.setdefault(owned.item.kind, _(owned.item.title))
    return found
