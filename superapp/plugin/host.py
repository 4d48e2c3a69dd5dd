"""The host of one app: its modules, what they contribute, and what is on; built once in create_app."""

from __future__ import annotations

import inspect
import logging
import types
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import UUID

import click
import pluggy
from flask import Flask, current_app, g, has_request_context, request

from superapp.kernel import ports
from superapp.kernel.ports import Actor
from superapp.plugin import hookspecs
from superapp.plugin.blueprint import Route
from superapp.plugin.containment import blame, faults, watch
from superapp.plugin.containment.bulkhead import Bulkhead
from superapp.plugin.containment.faults import Fault, Loads
from superapp.plugin.contract import Contributed
from superapp.plugin.contributions import (
    DocumentTemplate,
    EventType,
    NavItem,
    NoticeType,
    Owned,
    Service,
    Setting,
    Widget,
    WorkflowContribution,
)
from superapp.plugin.discovery import Found
from superapp.plugin.manifest import Broken, Manifest
from superapp.plugin.state import StateCache
from superapp.settings import Settings

EXTENSION = "superapp.host"
_log = logging.getLogger("superapp.plugin")


@dataclass(frozen=True)
class Plugin:
    """A module of the app that was loaded whole."""

    name: str
    manifest: Manifest
    found: Found = field(kw_only=True)
    module: types.ModuleType = field(kw_only=True)
    given: Contributed = field(kw_only=True)

    @property
    def title(self) -> str:
        """Return the title people know the module by."""
        return self.manifest.title

    @property
    def folder(self) -> Path:
        """Return the folder with its templates, migrations, static files and translations."""
        return self.found.folder


@dataclass(frozen=True)
class Permission:
    """Something that may be granted."""

    name: str
    words: str
    owner: str = field(kw_only=True)


@dataclass(frozen=True)
class Implementation:
    """One module's implementation of a hook; it may take fewer arguments than the hook offers."""

    owner: str
    function: Callable[..., Any]
    core: bool = field(default=False, kw_only=True)

    @property
    def where(self) -> str:
        """Return "file:line" of the function."""
        code = getattr(self.function, "__code__", None)
        return f"{code.co_filename}:{code.co_firstlineno}" if code else ""

    @cached_property
    def arguments(self) -> tuple[str, ...]:
        """Return the names of the arguments it takes."""
        return tuple(inspect.signature(self.function).parameters)

    def __call__(self, values: Mapping[str, Any]) -> Any:
        """Call it with those of `values` that it takes."""
        return self.function(**{name: values[name] for name in self.arguments})


class Host:
    """The modules of one app."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self.app, self.settings = app, settings
        self.states = StateCache()
        self.bulkhead = Bulkhead(settings.threads, first=self._start_watch)
        self.loads = Loads()
        self.hooks = pluggy.PluginManager(hookspecs.PROJECT)
        self.hooks.add_hookspecs(hookspecs)
        self.plugins: dict[str, Plugin] = {}
        self.broken: list[tuple[Found, Broken]] = []
        self.parts: dict[str, Contributed] = {}
        self.permissions: dict[str, Permission] = {}
        self.routes: dict[tuple[str, str], Route] = {}
        self.navigation: list[Owned[NavItem]] = []
        self.widgets: list[Owned[Widget]] = []
        self.settings_offered: list[Owned[Setting]] = []
        self.services: dict[str, Owned[Service]] = {}
        self.event_types: dict[str, Owned[EventType]] = {}
        self.workflows: dict[str, Owned[WorkflowContribution]] = {}
        self.document_templates: dict[str, Owned[DocumentTemplate]] = {}
        self.notice_types: dict[str, Owned[NoticeType]] = {}
        self.commands: list[Owned[click.Command]] = []
        self.widget_endpoints: set[str] = set()
        self.budgets: dict[str, tuple[str, float]] = {}
        self._per_call: dict[str, list[Implementation]] = {}

    def _start_watch(self) -> None:
        """At a process's first request: only gunicorn starts a worker anew, and only after a fork threads stay."""
        if has_request_context() and request.environ.get("SERVER_SOFTWARE", "").startswith("gunicorn"):
            watch.start(self)

    def title(self, owner: str) -> str:
        """Return the title of a plugin, or the name of a core part."""
        found = self.plugins.get(owner)
        return found.title if found else owner

    def is_on(self, plugin: str, opd_id: UUID | None = None) -> bool:
        """Tell whether a module is on for the OPD of a record (None: the regency); core parts always are."""
        return plugin not in self.plugins or self.states.latest().is_on(plugin, opd_id)

    def open_to(self, owner: str, actor: Actor) -> bool:
        """Tell whether a module (or core part) is on for somebody."""
        return owner not in self.plugins or self.states.seen_by(actor).open_to(owner, actor)

    def per_call(self, hook: str) -> list[Implementation]:
        """Return who implements a hook: core parts first, then modules in the order they were loaded."""
        if hook not in self._per_call:
            self._per_call[hook] = self._implementations(hook)
        return self._per_call[hook]

    def _implementations(self, hook: str) -> list[Implementation]:
        found = [
            Implementation(
                impl.plugin_name.removeprefix("core:"), impl.function, core=impl.plugin_name.startswith("core:")
            )
            for impl in getattr(self.hooks.hook, hook).get_hookimpls()
        ]
        place = {name: number for number, name in enumerate(self.plugins)}
        return sorted(found, key=lambda impl: (not impl.core, place.get(impl.owner, -1)))

    def service(self, name: str) -> Any | None:
        """Return the implementation of a service, None when no module that is on offers it."""
        found = self.services.get(name)
        if found is None:
            return None
        actor = ports.current_actor()() if ports.current_actor.filled and has_request_context() else None
        on = self.open_to(found.owner, actor) if actor is not None else self.is_on(found.owner)
        return found.item.implementation if on else None

    def report(
        self, error: BaseException, *, plugin: str, contribution: str, kind: str, where: str = "", principal: str = ""
    ) -> None:
        """Record a fault of a module: log, row, pause when it was one too many. Never raises.

        `where` is the place named when no line of the module's own code was under way (it was too slow, or gave a wrong type).
        """
        folder = self.plugins[plugin].folder if plugin in self.plugins else None
        place, request_id = (
            blame.where(error, folder, otherwise=where),
            g.get("request_id", "") if has_request_context() else "",
        )
        name = type(error).__name__ if type(error).__name__ != "Slow" else f"lambat: {error}"
        _log.error("fault of %s in %s at %s: %s\n%s", plugin, contribution, place, name, blame.path_of(error))
        faults.record(
            [
                Fault(
                    plugin,
                    contribution,
                    kind=kind,
                    error=name,
                    where=place,
                    dependency=blame.dependency(error),
                    principal=principal or _principal(),
                    request_id=request_id,
                )
            ],
            self.loads,
        )


def _principal() -> str:
    if not ports.current_actor.filled:
        return ""
    return ports.current_actor()().principal


def host() -> Host:
    """Return the host of the current app."""
    found: Host = current_app.extensions[EXTENSION]
    return found


def install(app: Flask, settings: Settings, core_parts: Iterable[types.ModuleType] = ()) -> Host:
    """Build the host: take in the core's parts, load the modules that can be loaded, register all routes.

    `core_parts` are the hooks modules of the core, in order; a fault of one ends the start. A module that cannot be
    used is listed with its reason, and nothing of it is registered. With SUPERAPP_SAFE_MODE there are no modules.
    """
    from superapp.plugin.assembling import assemble

    return assemble(Host(app, settings), core_parts)


def undeclared(app: Flask) -> list[str]:
    """Return the rules of an app that no part or module declared: they would be served without a permission."""
    declared = {rule for rule, _ in app.extensions[EXTENSION].routes}
    return sorted(rule.rule for rule in app.url_map.iter_rules() if rule.rule not in declared)


def contributions_by_owner(items: Iterable[Owned[Any]]) -> Mapping[str, list[Any]]:
    """Return contributions grouped by the module they came from."""
    grouped: dict[str, list[Any]] = {}
    for owned in items:
        grouped.setdefault(owned.owner, []).append(owned.item)
    return grouped
