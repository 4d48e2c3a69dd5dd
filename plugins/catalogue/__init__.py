"""Katalog aplikasi: the inventory of applications, and one door to all of them."""

from __future__ import annotations

from superapp.api import EventType, Importer, Job, NavItem, PluginBlueprint, Service, Widget, hookimpl

from .exporting import EXPORT
from .importing import ApplicationImporter
from .views import bp


@hookimpl
def superapp_blueprints() -> list[PluginBlueprint]:
    """Contribute the pages."""
    return [bp]


@hookimpl
def superapp_navigation() -> list[NavItem]:
    """Contribute the entries of launcher and *Buat*."""
    return [
        NavItem("catalogue.index", "Katalog aplikasi", icon="layout-grid", permission="catalogue.view", order=40),
        NavItem("catalogue.new", "Aplikasi baru", icon="layout-grid", permission="catalogue.write", group="create"),
    ]


@hookimpl
def superapp_widgets() -> list[Widget]:
    """Contribute the card of the home page."""
    return [Widget("catalogue.widget", "Katalog aplikasi", permission="catalogue.view")]


@hookimpl
def superapp_services() -> list[Service]:
    """Contribute the importer of `superapp import apps FILE` and of the import pages."""
    return [Service("catalogue.importer", ApplicationImporter(), contract=Importer)]


@hookimpl
def superapp_jobs() -> list[Job]:
    """Contribute the writing of files."""
    return [EXPORT]


@hookimpl
def superapp_event_types() -> list[EventType]:
    """Promise what other modules may listen to."""
    return [
        EventType("catalogue.created", "Aplikasi dicatat", fields=("name",)),
        EventType("catalogue.changed", "Data aplikasi berubah", fields=("name",)),
        EventType("catalogue.archived", "Aplikasi diarsipkan", fields=("name",)),
    ]
