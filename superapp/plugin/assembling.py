"""Putting a host together: core parts first, then each module whole or not at all, then everything into the app."""

from __future__ import annotations

import logging
import types
from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID

from superapp.kernel import events, jobs, language, limiter, ports, templates
from superapp.plugin import contract, loader
from superapp.plugin.blueprint import EVERYBODY
from superapp.plugin.containment import blame
from superapp.plugin.contract import Contributed, Taken
from superapp.plugin.contributions import Owned
from superapp.plugin.discovery import Found, discover
from superapp.plugin.host import EXTENSION, Host, Permission, Plugin, host
from superapp.plugin.loader import in_order, load
from superapp.plugin.manifest import Broken
from superapp.plugin.mapping import bases
from superapp.plugin.templates import PluginTemplates

_log = logging.getLogger("superapp.plugin")


def assemble(made: Host, core_parts: Iterable[types.ModuleType]) -> Host:
    """Fill a host and register it in its app; Broken when a part of the core is at fault."""
    made.app.extensions[EXTENSION] = made
    for part in core_parts:
        _take_core(made, part)
    if not made.settings.safe_mode:
        _load_plugins(made)
    _register(made)
    _plug(made)
    return made


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
        commands=frozenset(owned.item.name or "" for owned in made.commands if owned.owner in made.parts),
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
    made.workflows |= {item.key: Owned(owner, item) for item in given.workflows}
    made.document_templates |= {item.key: Owned(owner, item) for item in given.document_templates}
    made.notice_types |= {item.key: Owned(owner, item) for item in given.notice_types}
    made.commands += [Owned(owner, item) for item in given.commands]
    jobs.register(made.app, given.jobs)
    events.register(made.app, given.event_types)


def _register(made: Host) -> None:
    """Put everything into the Flask app, now that nothing can be refused any more."""
    from superapp.plugin.migrate.history import plugin_history
    from superapp.plugin.serving.routes import register_routes
    from superapp.plugin.serving.static import static_route

    _check_core(made)
    for plugin in made.plugins.values():
        if _has(plugin, "static"):
            route = static_route(plugin.name, plugin.folder)
            made.routes[route.rule, route.method] = route
        made.states.expect(plugin.name, plugin_history(plugin.found).files())
    register_routes(made)
    templates.add_loader(made.app, PluginTemplates({name: plugin.folder for name, plugin in made.plugins.items()}))
    for plugin in made.plugins.values():
        if _has(plugin, "translations"):
            language.add_folder(plugin.name, plugin.folder / "translations")


def _check_core(made: Host) -> None:
    """See that the core's own parts refer to what exists; a fault of theirs ends the start."""
    for route in made.routes.values():
        if route.permission not in EVERYBODY and route.permission not in made.permissions:
            raise Broken(f"izin {route.permission!r} tidak dinyatakan", route.where)
        if route.limit and not limiter.is_door(route.limit):
            raise Broken(f"limit={route.limit!r}: pintu itu tidak dikenal", route.where)
    pages = {route.endpoint for route in made.routes.values() if route.method == "GET"}
    shown: list[Owned[Any]] = [*made.navigation, *made.widgets]
    for owned in shown:
        if owned.item.endpoint not in pages:
            raise Broken(f"halaman {owned.item.endpoint!r} tidak ada", f"superapp.{owned.owner}.hooks:1")


def _has(plugin: Plugin, folder: str) -> bool:
    """Tell whether a module has a folder of its own; single files share theirs."""
    return plugin.found.source.name == "__init__.py" and (plugin.folder / folder).is_dir()


def _plug(made: Host) -> None:
    from superapp.plugin import dispatch, slots
    from superapp.plugin.containment import telling

    ports.module_gate.fill(_Gate())
    ports.event_subscribers.fill(dispatch.Subscribers())
    ports.job_faults.fill(dispatch.Faults())
    slots.install(made.app)
    jobs.register(made.app, telling.JOBS)


class _Gate:
    """The kernel's ModuleGate, answered by the host of the current app."""

    def is_on(self, plugin: str, opd_id: UUID | None) -> bool:
        """Tell whether the plugin is on for the OPD (None: regency)."""
        found = host()
        return plugin in found.parts or (plugin in found.plugins and found.is_on(plugin, opd_id))
