"""The host of one app: its modules, what they contribute, and what is on; built once in create_app."""

from __future__ import annotations

import inspect
import logging
import types
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import UUID

import click
import pluggy
from flask import Flask, current_app, g, has_request_context, request

from superapp.kernel import events, jobs, language, ports, templates
from superapp.kernel.ports import Actor
from superapp.plugin import contract, hookspecs, loader
from superapp.plugin.blueprint import EVERYBODY, Route
from superapp.plugin.containment import blame, faults, watch
from superapp.plugin.containment.bulkhead import Bulkhead
from superapp.plugin.containment.faults import Fault, Loads
from superapp.plugin.contract import Contributed, Taken
from superapp.plugin.contributions import EventType, NavItem, Owned, Service, Setting, Widget
from superapp.plugin.discovery import Found, discover
from superapp.plugin.loader import in_order, load
from superapp.plugin.manifest import Broken, Manifest
from superapp.plugin.mapping import bases
from superapp.plugin.state import StateCache
from superapp.plugin.templates import PluginTemplates
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
    made = Host(app, settings)
    app.extensions[EXTENSION] = made
    for part in core_parts:
        _take_core(made, part)
    if not settings.safe_mode:
        _load_plugins(made)
    _register(made)
    _plug(made)
    return made


def _plug(made: Host) -> None:
    from superapp.plugin import dispatch, slots

    ports.module_gate.fill(_Gate())
    ports.event_subscribers.fill(dispatch.Subscribers())
    ports.job_faults.fill(dispatch.Faults())
    slots.install(made.app)


class _Gate:
    """The kernel's ModuleGate, answered by the host of the current app."""

    def is_on(self, plugin: str, opd_id: UUID | None) -> bool:
        """Tell whether the plugin is on for the OPD (None: regency)."""
        found = host()
        return plugin in found.parts or (plugin in found.plugins and found.is_on(plugin, opd_id))


def _take_core(made: Host, part: types.ModuleType) -> None:
    name = part.__name__.rsplit(".", 2)[-2]
    given = contract.collected(name, contract.hooks_of(part), lambda error: blame.where(error))
    made.parts[name] = given
    for blueprint in given.blueprints:
        for permission, words in blueprint.permissions.items():
            made.permissions[permission] = Permission(permission, words, owner=name)
    _accept(made, name, given)
    made.hooks.register(part, name=f"core:{name}")


def _load_plugins(made: Host) -> None:
    found = discover(made.settings)
    made.broken += [(module, module.broken) for module in found if module.broken is not None]
    ordered, unordered = in_order(found)
    made.broken += unordered
    for module in ordered:
        try:
            _take_plugin(made, module)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            loader.forget(loader.module_name(module), module.name)
            made.broken.append((module, _as_broken(module, error)))
            _log.error("module %s is broken: %s", module.name, made.broken[-1][1])


def _as_broken(found: Found, error: BaseException) -> Broken:
    """Return the reason of whatever stopped a module; what nobody foresaw is contained as well."""
    if isinstance(error, Broken):
        return error
    place = blame.where(error, found.folder) or f"{found.source}:1"
    return Broken(f"{type(error).__name__}: {str(error).strip()[:300]}", place)


def _take_plugin(made: Host, found: Found) -> None:
    manifest = found.manifest
    assert manifest is not None
    missing = [name for name in manifest.depends if name not in made.plugins]
    if missing:
        raise Broken(f"memerlukan modul {', '.join(missing)} yang rusak", manifest.where)
    module = _imported(found)
    place = f"{found.source}:1"
    hooks = contract.hooks_of(module)
    given = contract.collected(found.name, hooks, lambda error: blame.where(error, found.folder) or place)
    given = contract.check_contributions(found.name, given, manifest.permissions, _taken(made), place)
    contract.check_models(found.name, bases.get(found.name), found.folder)
    made.hooks.register(module, name=found.name)
    made.plugins[found.name] = Plugin(found.name, manifest, found=found, module=module, given=given)
    for permission, words in manifest.permissions.items():
        made.permissions[permission] = Permission(permission, words, owner=found.name)
    _accept(made, found.name, given)


def _imported(found: Found) -> types.ModuleType:
    """Import a module and see that it left the core's tables and mappers alone."""
    with contract.core_untouched(f"{found.source}:1"):
        return load(found)


def _taken(made: Host) -> Taken:
    return Taken(
        {route.endpoint: route.owner for route in made.routes.values()},
        {key: route.owner for key, route in made.routes.items()},
        {name: permission.owner for name, permission in made.permissions.items()},
        services={name: owned.owner for name, owned in made.services.items()},
        jobs={job.kind: owner for owner, given in made.parts.items() for job in given.jobs},
    )


def _accept(made: Host, owner: str, given: Contributed) -> None:
    """Take the contributions of one owner into the host's books."""
    for route in given.routes:
        route = replace(route, owner=owner)
        if (route.rule, route.method) in made.routes:
            raise Broken(f"alamat {route.method} {route.rule} dipakai dua kali", route.where)
        made.routes[route.rule, route.method] = route
    made.navigation += [Owned(owner, item) for item in given.navigation]
    made.widgets += [Owned(owner, item) for item in given.widgets]
    made.widget_endpoints |= {widget.endpoint for widget in given.widgets}
    made.settings_offered += [Owned(owner, item) for item in given.settings]
    made.services |= {item.name: Owned(owner, item) for item in given.services}
    made.event_types |= {item.name: Owned(owner, item) for item in given.event_types}
    made.commands += [Owned(owner, item) for item in given.commands]
    jobs.register(made.app, given.jobs)
    events.register(made.app, given.event_types)


def _register(made: Host) -> None:
    """Put everything into the Flask app, now that nothing can be refused any more."""
    from superapp.plugin.serving.routes import register_routes

    for route in made.routes.values():
        if route.permission not in EVERYBODY and route.permission not in made.permissions:
            raise Broken(f"izin {route.permission!r} tidak dinyatakan", route.where)
    register_routes(made)
    templates.add_loader(made.app, PluginTemplates({name: plugin.folder for name, plugin in made.plugins.items()}))
    for plugin in made.plugins.values():
        if (plugin.folder / "translations").is_dir() and plugin.found.source.name == "__init__.py":
            language.add_folder(plugin.name, plugin.folder / "translations")


def contributions_by_owner(items: Iterable[Owned[Any]]) -> Mapping[str, list[Any]]:
    """Return contributions grouped by the module they came from."""
    grouped: dict[str, list[Any]] = {}
    for owned in items:
        grouped.setdefault(owned.owner, []).append(owned.item)
    return grouped
