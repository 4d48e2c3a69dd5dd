"""A hundred small modules: a page, an entry of the navigation and a widget each, no table."""

from __future__ import annotations

from pathlib import Path

_MANIFEST = """title = "Uji {number}"
version = "1.0.0"
api = "1.0"
description = "Modul uji."
category = "uji"
owner = ""
contact = ""
licence = "MIT"

[permissions]
view = "Melihat Uji {number}"
"""
_CODE = '''"""Uji {number}."""

from superapp.api import NavItem, PluginBlueprint, Widget, hookimpl, render

bp = PluginBlueprint("{name}", __name__)


@bp.get("/", permission="{name}.view")
def index():
    return render("{name}/index.html")


@bp.get("/widget", permission="{name}.view")
def widget():
    return "<p>Uji</p>"


@hookimpl
def superapp_blueprints():
    return [bp]


@hookimpl
def superapp_navigation():
    return [NavItem("{name}.index", "Uji {number}", permission="{name}.view")]


@hookimpl
def superapp_widgets():
    return [Widget("{name}.widget", "Uji {number}", permission="{name}.view")]
'''


def write_modules(folder: Path, count: int) -> None:
    """Write `count` modules into a folder like plugins/."""
    for number in range(count):
        name = f"uji{number:03}"
        (folder / name / "templates" / name).mkdir(parents=True)
        (folder / name / "plugin.toml").write_text(_MANIFEST.format(number=number), encoding="utf-8")
        (folder / name / "__init__.py").write_text(_CODE.format(name=name, number=number), encoding="utf-8")
        page = '{% extends "layout/shell.html" %}{% block title %}Uji{% endblock %}'
        (folder / name / "templates" / name / "index.html").write_text(page, encoding="utf-8")
