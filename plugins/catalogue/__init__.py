"""Katalog aplikasi: the inventory of applications, and one door to all of them."""

from __future__ import annotations

from superapp.api import (
    EventType,
    HealthReport,
    Importer,
    Job,
    NavItem,
    PersonData,
    PersonSubject,
    PluginBlueprint,
    Service,
    Widget,
    hookimpl,
)

from . import health, saved, saved_pages
from .exporting import EXPORT
from .importing import ApplicationImporter
from .views import bp


@hookimpl
def superapp_blueprints() -> list[PluginBlueprint]:
    """Contribute the pages."""
    return [bp, saved_pages.bp]


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


@hookimpl
def superapp_person_data(person: PersonSubject) -> list[PersonData]:
    """Hand over the saved views of a person."""
    rows = saved.kept_of(person.person_id)
    return [PersonData("Tampilan tersimpan katalog", tuple(rows))] if rows else []


@hookimpl
def superapp_person_erase(person: PersonSubject) -> int:
    """Delete the saved views of a person."""
    return saved.erase(person.person_id)


@hookimpl
def superapp_health() -> HealthReport:
    """Tell administrators whether somebody answers for the applications that the catalogue opens."""
    return health.report()
