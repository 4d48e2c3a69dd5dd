"""Cuti: asking for leave, deciding on it, and a balance that explains every day."""

from __future__ import annotations

from superapp.api import (
    DocumentTemplate,
    HealthReport,
    Importer,
    Job,
    NavItem,
    PersonData,
    PersonSubject,
    PluginBlueprint,
    Service,
    Workflow,
    hookimpl,
)

from . import closing, exporting, health, personal, reporting, reports
from .deciding import FLOW
from .history import HistoryImporter
from .importing import BalanceImporter
from .letter import TEMPLATE
from .views import bp


@hookimpl
def superapp_blueprints() -> list[PluginBlueprint]:
    """Contribute the pages."""
    return [bp, reports.bp]


@hookimpl
def superapp_navigation() -> list[NavItem]:
    """Contribute the entries of launcher and *Buat*."""
    return [
        NavItem("leave.index", "Cuti", icon="calendar", permission="leave.view", order=30),
        NavItem("leave.new", "Cuti", icon="calendar", permission="leave.write", group="create"),
    ]


@hookimpl
def superapp_services() -> list[Service]:
    """Contribute the importers of opening balances and of leave of the past."""
    return [
        Service("leave.balances", BalanceImporter(), contract=Importer),
        Service("leave.history", HistoryImporter(), contract=Importer),
    ]


@hookimpl
def superapp_jobs() -> list[Job]:
    """Contribute the close of the year and the writing of files."""
    return [closing.JOB, exporting.EXPORT]


@hookimpl
def superapp_workflows() -> list[Workflow]:
    """Contribute how leave is decided."""
    return [FLOW]


@hookimpl
def superapp_document_templates() -> list[DocumentTemplate]:
    """Contribute the letter and the report."""
    return [TEMPLATE, reporting.TEMPLATE]


@hookimpl
def superapp_person_data(person: PersonSubject) -> list[PersonData]:
    """Hand over the requests and the ledger of a person."""
    return personal.data_of(person.person_id)


@hookimpl
def superapp_person_erase(person: PersonSubject) -> int:
    """Erase the private words of a person's leave that is over."""
    return personal.erase(person.person_id)


@hookimpl
def superapp_health() -> HealthReport:
    """Tell administrators whether the year is closed and the terms are checked."""
    return health.report()
