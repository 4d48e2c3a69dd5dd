"""Named places in core pages where modules show something; nothing else of a core page can be changed by a module."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask, current_app
from markupsafe import Markup, escape

from superapp.kernel import language
from superapp.plugin.contributions import SlotContent
from superapp.plugin.dispatch import Answer, call
from superapp.plugin.host import host
from superapp.plugin.serving.static import module_asset

SLOTS: Mapping[str, str] = {
    "home": "Beranda, di bawah kartu. Konteks: tanpa nilai.",
    "person": "Halaman pegawai di direktori. Konteks: person_id.",
}
"""The places, what they show and which values their context has; adding one is a change of the contract."""
BUDGET = 0.3
"""Seconds a module may take to fill a slot."""


def install(app: Flask) -> None:
    """Let templates write `{{ slot("home") }}` (the core's) and `{{ module_asset("halo/halo.css") }}`."""
    for environment in app.extensions["superapp.templates"].values():
        environment.globals |= {"slot": slot, "module_asset": module_asset}


def slot(name: str, **context: Any) -> Markup:
    """Return what the modules that are on show at a named place; one that fails is named there and costs nothing else."""
    if name not in SLOTS:
        raise KeyError(f"slot {name!r} is not one of {', '.join(SLOTS)}")

    def shown(owner: str, content: Any) -> tuple[int, Markup] | None:
        return None if content is None else (_checked(owner, content).order, _rendered(content))

    answers = call("superapp_slot", contribution=f"slot:{name}", budget=BUDGET, then=shown, name=name, context=context)
    parts = [answer for answer in answers if answer.failed or answer.value is not None]
    parts.sort(key=lambda answer: (answer.failed, answer.value[0] if answer.value else 0, answer.owner))
    return Markup("").join(_trouble(answer) if answer.failed else answer.value[1] for answer in parts)


def _checked(owner: str, content: Any) -> SlotContent:
    if not isinstance(content, SlotContent):
        raise TypeError(f"superapp_slot must return SlotContent or None, not {type(content).__name__}")
    if not content.template.startswith(f"{owner}/"):
        raise ValueError(f"template {content.template!r} must begin with '{owner}/'")
    return content


def _rendered(content: SlotContent) -> Markup:
    environment = current_app.extensions["superapp.templates"][language.current()]
    return Markup(environment.get_template(content.template).render(dict(content.values)))  # noqa: S704 (Jinja escaped it)


def _trouble(answer: Answer) -> Markup:
    words = language.gettext("{module} sedang bermasalah.", module=host().title(answer.owner))
    return Markup('<p class="note warn">{}</p>').format(escape(words))
