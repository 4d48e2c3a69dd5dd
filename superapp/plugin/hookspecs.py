"""The hooks: each says when it runs, what it returns, and what wins when several modules answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from pluggy import HookimplMarker, HookspecMarker

from superapp.plugin.contributions import (
    DocumentTemplate,
    Event,
    EventType,
    HealthReport,
    Job,
    LifecycleChange,
    NavItem,
    NoticeType,
    PersonData,
    PersonSubject,
    Service,
    Setting,
    SlotContent,
    Widget,
    WorkflowContribution,
)

if TYPE_CHECKING:
    import click

    from superapp.plugin.blueprint import Blueprint

PROJECT = "superapp"
hookspec = HookspecMarker(PROJECT)
hookimpl = HookimplMarker(PROJECT)


@hookspec
def superapp_blueprints() -> Iterable[Blueprint]:  # type: ignore[empty-body]
    """Routes of the module.

    Runs once at start. Every rule lies below `/app/<module>/`; a second route with the same endpoint breaks the module.
    """


@hookspec
def superapp_navigation() -> Iterable[NavItem]:  # type: ignore[empty-body]
    """Entries of the menus and the launcher.

    Runs once at start. All entries are shown, by group, order and label, to those who may open them.
    """


@hookspec
def superapp_settings() -> Iterable[Setting]:  # type: ignore[empty-body]
    """What administrators may set for the module.

    Runs once at start. A second setting of the same name breaks the module.
    """


@hookspec
def superapp_widgets() -> Iterable[Widget]:  # type: ignore[empty-body]
    """Cards of the home page.

    Runs once at start. Each card is loaded as its own fragment, by those who may see it, in order; slower than two
    seconds is a fault.
    """


@hookspec
def superapp_jobs() -> Iterable[Job]:  # type: ignore[empty-body]
    """Kinds of jobs, enqueued by name or run by the clock.

    Runs once at start. A second kind of the same name breaks the module. While the module is off its jobs are parked.
    """


@hookspec
def superapp_commands() -> Iterable[click.Command]:  # type: ignore[empty-body]
    """Commands of the `superapp` command line, below the name of the module.

    Runs once at start. A second command of the same name breaks the module.
    """


@hookspec
def superapp_services() -> Iterable[Service]:  # type: ignore[empty-body]
    """What the module does for others, asked for with `service(name)`.

    Runs once at start. A second service of the same name breaks the module that was loaded later.
    """


@hookspec
def superapp_event_types() -> Iterable[EventType]:  # type: ignore[empty-body]
    """Kinds of events the module emits, with the fields it promises.

    Runs once at start. Names begin with the module's name, so none can be taken twice.
    """


@hookspec
def superapp_workflows() -> Iterable[WorkflowContribution]:  # type: ignore[empty-body]
    """Ways of deciding that the module's records go.

    Runs once at start. Keys begin with the module's name; a second workflow of the same key breaks the module. Running
    cases stay on the definition that they were submitted with.
    """


@hookspec
def superapp_document_templates() -> Iterable[DocumentTemplate]:  # type: ignore[empty-body]
    """Documents that the module issues as PDF: letters, decrees, certificates.

    Runs once at start. Keys begin with the module's name; a second template of the same key breaks the module.
    """


@hookspec
def superapp_notice_types() -> Iterable[NoticeType]:  # type: ignore[empty-body]
    """Categories of what the module tells people, for `notify(…, kind=key)`.

    Runs once at start. Keys begin with the module's name; a second category of the same key breaks the module.
    """


@hookspec
def superapp_event(event: Event) -> None:
    """Listen to what happened in other modules.

    Runs in a job after the commit of what happened, once for each enabled module; a failure is retried for this module
    alone. Nothing is returned.
    """


@hookspec
def superapp_slot(name: str, context: Mapping[str, Any]) -> SlotContent | None:
    """Show something at a named place of a core page, or nothing.

    Runs while the page is rendered, for enabled modules, each within 0.3 seconds. All contents are shown, in order.
    """


@hookspec
def superapp_person_data(person: PersonSubject) -> Iterable[PersonData]:  # type: ignore[empty-body]
    """Hand over all that the module keeps about a person.

    Runs when a person's data is exported, also for modules that are off. All answers are put together.
    """


@hookspec
def superapp_person_erase(person: PersonSubject) -> int:  # type: ignore[empty-body]
    """Erase what the module keeps about a person and law lets go; return the number of rows.

    Runs inside the command that erases, also for modules that are off. A failure undoes the whole erasure.
    """


@hookspec
def superapp_health() -> HealthReport:  # type: ignore[empty-body]
    """Say whether the module can work.

    Runs when an administrator or `superapp doctor` looks. The worst report is the module's health.
    """


@hookspec
def superapp_lifecycle(change: LifecycleChange) -> None:
    """Learn that the module was switched on or off, or is being uninstalled.

    Runs inside the transaction of the change, for the module itself and for core parts. A failure refuses the change.
    """


AT_START = (
    "superapp_blueprints",
    "superapp_navigation",
    "superapp_settings",
    "superapp_widgets",
    "superapp_jobs",
    "superapp_commands",
    "superapp_services",
    "superapp_event_types",
    "superapp_workflows",
    "superapp_document_templates",
    "superapp_notice_types",
)
"""Hooks that describe a module, called once."""
PER_CALL = (
    "superapp_event",
    "superapp_slot",
    "superapp_person_data",
    "superapp_person_erase",
    "superapp_health",
    "superapp_lifecycle",
)
"""Hooks that are called while the app works, each contained and timed."""
