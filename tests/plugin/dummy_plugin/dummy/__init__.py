"""The dummy: a module that uses every part of the contract, kept in step with it."""

from __future__ import annotations

from .hooks import (
    superapp_blueprints,
    superapp_commands,
    superapp_document_templates,
    superapp_event,
    superapp_event_types,
    superapp_health,
    superapp_jobs,
    superapp_lifecycle,
    superapp_navigation,
    superapp_notice_types,
    superapp_person_data,
    superapp_person_erase,
    superapp_services,
    superapp_settings,
    superapp_slot,
    superapp_widgets,
    superapp_workflows,
)

__all__ = [
    "superapp_blueprints",
    "superapp_commands",
    "superapp_document_templates",
    "superapp_event",
    "superapp_event_types",
    "superapp_health",
    "superapp_jobs",
    "superapp_lifecycle",
    "superapp_navigation",
    "superapp_notice_types",
    "superapp_person_data",
    "superapp_person_erase",
    "superapp_services",
    "superapp_settings",
    "superapp_slot",
    "superapp_widgets",
    "superapp_workflows",
]
