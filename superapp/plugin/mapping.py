"""The declarative bases of plugins: each has a registry and MetaData of its own, dropped when it is loaded anew."""

from __future__ import annotations

from sqlalchemy.orm import DeclarativeBase

from superapp.plugin import loader

bases: dict[str, type[DeclarativeBase]] = {}
"""The base of each plugin that has models, by name; `access.plugin_model` makes them."""


def _forget(plugin: str) -> None:
    bases.pop(plugin, None)


loader.forgetters.append(_forget)
