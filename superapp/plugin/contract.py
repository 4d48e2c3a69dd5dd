"""Checking a module against the contract before anything of it is registered: all of it, or nothing."""

from __future__ import annotations

import inspect
import re
import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapper, RelationshipProperty
from werkzeug.routing import Map, Rule
from werkzeug.routing.converters import DEFAULT_CONVERTERS

from superapp.kernel import limiter
from superapp.kernel.database import CoreModel
from superapp.plugin import hookspecs
from superapp.plugin.blueprint import EVERYBODY, Blueprint, PluginBlueprint, Route
from superapp.plugin.contributions import (
    DocumentTemplate,
    EventType,
    Job,
    NavItem,
    NoticeType,
    Service,
    Setting,
    Widget,
    WorkflowContribution,
)
from superapp.plugin.hookspecs import PROJECT
from superapp.plugin.manifest import Broken

REFERABLE = frozenset({"core_person", "core_unit", "core_position", "core_file"})
"""The core tables that foreign keys of modules may lead to."""
_ONDELETE = frozenset({"RESTRICT", "SET NULL"})
_EVENT = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_.-]*")
_VARIABLE = re.compile(r"<(?:([a-zA-Z_]\w*):)?([a-zA-Z_]\w*)>")
_PLAIN = re.compile(rf"(?:[^<>]|{_VARIABLE.pattern})*")
_TYPES: dict[str, type[Any]] = {
    "superapp_blueprints": Blueprint,
    "superapp_navigation": NavItem,
    "superapp_settings": Setting,
    "superapp_widgets": Widget,
    "superapp_jobs": Job,
    "superapp_commands": click.Command,
    "superapp_services": Service,
    "superapp_event_types": EventType,
    "superapp_workflows": WorkflowContribution,
    "superapp_document_templates": DocumentTemplate,
    "superapp_notice_types": NoticeType,
}


@dataclass(frozen=True)
class Contributed:
    """All that one module (or core part) described at start."""

    blueprints: tuple[Blueprint, ...] = ()
    navigation: tuple[NavItem, ...] = ()
    settings: tuple[Setting, ...] = field(default=(), kw_only=True)
    widgets: tuple[Widget, ...] = field(default=(), kw_only=True)
    jobs: tuple[Job, ...] = field(default=(), kw_only=True)
    commands: tuple[click.Command, ...] = field(default=(), kw_only=True)
    services: tuple[Service, ...] = field(default=(), kw_only=True)
    event_types: tuple[EventType, ...] = field(default=(), kw_only=True)
    workflows: tuple[WorkflowContribution, ...] = field(default=(), kw_only=True)
    document_templates: tuple[DocumentTemplate, ...] = field(default=(), kw_only=True)
    notice_types: tuple[NoticeType, ...] = field(default=(), kw_only=True)

    @property
    def routes(self) -> list[Route]:
        """Return the routes of all blueprints."""
        return [route for blueprint in self.blueprints for route in blueprint.routes]


def hooks_of(module: types.ModuleType) -> dict[str, Callable[..., Any]]:
    """Return the hook implementations of a module, by hook.

    Raises Broken for a name that is no hook, a signature that does not fit, a forgotten or decorated-too-much marker.
    """
    found = {}
    for name, value in vars(module).items():
        if not isinstance(value, types.FunctionType):
            continue  # asking a proxy such as `request` for an attribute would need a request
        options = getattr(value, f"{PROJECT}_impl", None)
        if isinstance(options, dict):
            found[name] = _checked_hook(name, value, options)
        elif name.startswith("superapp_") and value.__module__ == module.__name__:
            raise Broken(f"{name} tidak diberi @hookimpl", _line(value))
    return found


def _checked_hook(name: str, function: Callable[..., Any], options: Mapping[str, Any]) -> Callable[..., Any]:
    spec = getattr(hookspecs, options.get("specname") or name, None)
    if spec is None or not hasattr(spec, f"{PROJECT}_spec"):
        raise Broken(f"{name} bukan hook yang dikenal", _line(function))
    if any(options.get(option) for option in ("wrapper", "hookwrapper", "tryfirst", "trylast", "specname")):
        raise Broken(f"{name}: wrapper, tryfirst, trylast dan specname tidak boleh dipakai modul", _line(function))
    offered = list(inspect.signature(spec).parameters)
    wanted = [name for name, _ in inspect.signature(function).parameters.items()]
    unknown = [argument for argument in wanted if argument not in offered]
    if unknown or inspect.iscoroutinefunction(function):
        raise Broken(f"{name}({', '.join(wanted)}) tidak cocok; hook ini {name}({', '.join(offered)})", _line(function))
    return function


def _line(function: Any) -> str:
    code = getattr(inspect.unwrap(function), "__code__", None)
    return f"{code.co_filename}:{code.co_firstlineno}" if code else ""


def collected(
    owner: str, hooks: Mapping[str, Callable[..., Any]], failed: Callable[[BaseException], str]
) -> Contributed:
    """Call the start hooks of a module and return what they gave.

    `failed` gives the "file:line" of an exception. Raises Broken, naming owner and hook, when one raises or returns
    something else than it promised.
    """
    values: dict[str, tuple[Any, ...]] = {}
    for hook, kind in _TYPES.items():
        if hook in hooks:
            values[hook.removeprefix("superapp_")] = _answer(owner, hook, hooks[hook], kind, failed)
    return Contributed(**values)


def _answer(
    owner: str, hook: str, function: Callable[..., Any], kind: type[Any], failed: Callable[[BaseException], str]
) -> tuple[Any, ...]:
    try:
        given = function()
        items = tuple(given) if isinstance(given, Iterable) and not isinstance(given, str | bytes | Mapping) else None
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise Broken(f"hook {hook} gagal: {type(error).__name__}: {str(error)[:200]}", failed(error)) from error
    if items is None:
        raise Broken(
            f"hook {hook} dari {owner} harus memberi daftar {kind.__name__}, bukan {given!r:.80}", _line(function)
        )
    for item in items:
        if not isinstance(item, kind):
            raise Broken(f"hook {hook} dari {owner} memberi {item!r:.80}; harus {kind.__name__}", _line(function))
        _check_fields(owner, hook, item, _line(function))
    return items


_FIELD_TYPES: dict[str, type[Any] | types.UnionType] = {
    "str": str,
    "int": int,
    "bool": bool,
}


def _check_fields(owner: str, hook: str, item: Any, where: str) -> None:
    """Check the plain fields of a contribution: a number where people read text would break a page much later."""
    if not isinstance(item, NavItem | Widget | Setting | Service | EventType | DocumentTemplate | NoticeType):
        return
    for part in fields(item):
        kind, value = _FIELD_TYPES.get(str(part.type)), getattr(item, part.name)
        if kind is not None and not isinstance(value, kind):
            raise Broken(f"hook {hook} dari {owner}: {part.name} harus {part.type}, bukan {value!r:.60}", where)


@dataclass(frozen=True)
class Taken:
    """What is taken already by the core and by modules loaded before."""

    endpoints: Mapping[str, str]
    rules: Mapping[tuple[str, str], str]
    permissions: Mapping[str, str]
    services: Mapping[str, str] = field(kw_only=True)
    jobs: Mapping[str, str] = field(kw_only=True)
    commands: frozenset[str] = field(default=frozenset(), kw_only=True)


def check_contributions(
    name: str, given: Contributed, permissions: Iterable[str], taken: Taken, where: str
) -> Contributed:
    """Check names, clashes and references of a plugin's contributions; return them with its jobs marked as its own.

    Raises Broken.
    """
    declared = {*permissions, *taken.permissions}
    for blueprint in given.blueprints:
        if not isinstance(blueprint, PluginBlueprint) or blueprint.name != name:
            raise Broken(f"superapp_blueprints harus memberi PluginBlueprint({name!r}, __name__)", where)
    _check_routes(name, given.routes, declared, taken)
    pages = {route.endpoint: route for route in given.routes if route.method == "GET"}
    for route in given.routes:
        if route.form and route.form not in pages:
            raise Broken(f"form={route.form!r}: halaman itu tidak ada dalam modul ini", route.where)
    references: list[NavItem | Widget] = [*given.navigation, *given.widgets]
    for item in references:
        _check_reference(item, pages, declared, where)
    _check_names(name, given, taken, where)
    return replace(given, jobs=tuple(_own_job(name, job, where) for job in given.jobs))


def _check_routes(name: str, routes: Iterable[Route], declared: set[str], taken: Taken) -> None:
    seen: dict[str, Route] = {}
    rules: set[tuple[str, str]] = set()
    for route in routes:
        _check_rule(route)
        other = seen.setdefault(route.endpoint, route)
        if route.endpoint in taken.endpoints or other.view is not route.view or other.method != route.method:
            owner = taken.endpoints.get(route.endpoint, name)
            raise Broken(f"endpoint {route.endpoint!r} sudah dipakai ({owner})", route.where)
        if (route.rule, route.method) in rules or (route.rule, route.method) in taken.rules:
            raise Broken(f"alamat {route.method} {route.rule} dipakai dua kali", route.where)
        rules.add((route.rule, route.method))
        if route.limit and not limiter.is_door(route.limit):
            raise Broken(f"limit={route.limit!r}: pintu itu tidak dikenal", route.where)
        if route.permission in EVERYBODY:
            continue
        if not route.permission.startswith(f"{name}.") or route.permission not in declared:
            raise Broken(f"izin {route.permission!r} tidak dinyatakan dalam [permissions] di plugin.toml", route.where)


def _check_rule(route: Route) -> None:
    """See that werkzeug can take the rule: once registration has begun, nothing may fail."""
    if not route.endpoint.partition(".")[2].isidentifier():
        raise Broken(f"endpoint {route.endpoint!r}: pakai nama Python tanpa titik", route.where)
    if "<" not in route.rule and ">" not in route.rule:
        return
    names = [part[1] for part in _VARIABLE.findall(route.rule)]
    plain = _PLAIN.fullmatch(route.rule) and len(names) == len(set(names))
    if plain and all(kind in DEFAULT_CONVERTERS for kind, _ in _VARIABLE.findall(route.rule) if kind):
        return
    try:  # rare and slow: converters with arguments, and whatever the patterns above do not know
        Map([Rule(route.rule, endpoint=route.endpoint)])
    except Exception as error:  # werkzeug even gives a SyntaxError for a name that comes twice
        raise Broken(f"alamat {route.rule!r} tidak bisa dibaca: {error}", route.where) from error


def _check_reference(item: NavItem | Widget, pages: Mapping[str, Route], declared: set[str], where: str) -> None:
    if item.endpoint not in pages:
        raise Broken(f"{type(item).__name__}({item.endpoint!r}): halaman itu tidak ada dalam modul ini", where)
    if item.permission and item.permission not in declared | EVERYBODY:
        raise Broken(f"{type(item).__name__}({item.endpoint!r}): izin {item.permission!r} tidak dinyatakan", where)


def _check_names(name: str, given: Contributed, taken: Taken, where: str) -> None:
    named: list[tuple[str, list[str], Mapping[str, str]]] = [
        ("setting", [item.name for item in given.settings], {}),
        ("layanan", [item.name for item in given.services], taken.services),
        ("jenis peristiwa", [item.name for item in given.event_types], {}),
        ("alur", [item.key for item in given.workflows], {}),
        ("templat naskah", [item.key for item in given.document_templates], {}),
        ("kategori kabar", [item.key for item in given.notice_types], {}),
        ("pekerjaan", [item.kind for item in given.jobs], taken.jobs),
        ("perintah", [item.name or "" for item in given.commands], {}),
    ]
    for kind, names, others in named:
        double = next((one for one in names if names.count(one) > 1 or one in others), None)
        if double is not None:
            raise Broken(f"{kind} {double!r} sudah ada", where)
    for event in given.event_types:
        if not event.name.startswith(f"{name}.") or not _EVENT.fullmatch(event.name):
            raise Broken(f"jenis peristiwa {event.name!r} harus bernama {name + '.<yang terjadi>'!r}", where)
    _check_keys(name, given, where)
    if given.commands and name in taken.commands:
        raise Broken(f"perintah {name!r} sudah dipakai inti", where)
    for service in given.services:
        if service.name != name and not service.name.startswith(f"{name}."):
            raise Broken(f"layanan {service.name!r} harus bernama {name!r} atau diawali {name + '.'!r}", where)


def _check_keys(name: str, given: Contributed, where: str) -> None:
    for flow in given.workflows:
        if not flow.key.startswith(f"{name}."):
            raise Broken(f"alur {flow.key!r} harus bernama {name + '.<nama>'!r}", where)
    for category in given.notice_types:
        if not category.key.startswith(f"{name}.") or len(category.key) > 60:
            raise Broken(f"kategori kabar {category.key!r} harus bernama {name + '.<apa>'!r}", where)
    for template in given.document_templates:
        if not template.key.startswith(f"{name}.") or not template.template.startswith(f"{name}/"):
            raise Broken(f"templat naskah {template.key!r} harus bernama {name}.<nama> dan berada di {name}/", where)


def _own_job(name: str, job: Job, where: str) -> Job:
    try:
        return replace(job, plugin=name)
    except ValueError as error:
        raise Broken(str(error), where) from error


@contextmanager
def core_untouched(where: str) -> Iterator[None]:
    """See that an import adds nothing of its own to the core's tables and mappers; what it added is taken out again.

    Core rooms that are first imported by a module are the core's all the same. Raises Broken.
    """
    tables, known = set(CoreModel.metadata.tables), set(CoreModel.registry._managers)
    try:
        yield
    finally:
        new = [manager for manager in list(CoreModel.registry._managers) if manager not in known]
        foreign = [manager for manager in new if not _of_core(manager.class_)]
        added = {manager.class_.__table__.name for manager in foreign if hasattr(manager.class_, "__table__")}
        added |= {name for name in CoreModel.metadata.tables.keys() - tables if not name.startswith("core_")}
        for manager in foreign:
            CoreModel.registry._dispose_manager_and_mapper(manager)
        for name in added & CoreModel.metadata.tables.keys():
            CoreModel.metadata.remove(CoreModel.metadata.tables[name])
    if added or foreign:
        names = ", ".join(sorted(added)) or foreign[0].class_.__name__
        raise Broken(f"{names}: tabel modul tidak boleh masuk metadata inti; pakai plugin_model", where)


def _of_core(model: type[Any]) -> bool:
    return model.__module__.startswith("superapp.")


def check_models(name: str, base: type[DeclarativeBase] | None, folder: Path) -> None:
    """Check a plugin's models: table names, foreign keys, scopes, and whether its mappers can be configured.

    Raises Broken. Only the plugin's own registry is configured; a bad mapping breaks nothing else.
    """
    if base is None:
        return
    for table in base.metadata.tables.values():
        if table.name not in REFERABLE:
            _check_table(name, table, folder)
    mappers = list(base.registry.mappers)
    for mapper in mappers:
        _check_mapper(name, mapper)
    try:
        base.registry.configure()
    except Exception as error:
        where = next((_class_line(mapper.class_) for mapper in mappers if mapper.class_.__name__ in str(error)), "")
        base.registry.dispose()
        raise Broken(f"pemetaan model salah: {str(error).splitlines()[0][:300]}", where or f"{folder}:1") from error


def _check_table(name: str, table: sa.Table, folder: Path) -> None:
    where = _table_line(table, folder)
    if not table.name.startswith(f"{name}_"):
        raise Broken(f"tabel {table.name!r} harus diawali {name + '_'!r}", where)
    for constraint in table.foreign_key_constraints:
        for key in constraint.elements:
            _check_foreign_key(name, table, key, where)


def _check_foreign_key(name: str, table: sa.Table, key: sa.ForeignKey, where: str) -> None:
    target = key.target_fullname.rsplit(".", 1)[0]
    label = f"kunci asing {table.name}.{key.parent.name} → {target}"
    if target.startswith(f"{name}_"):
        if target not in table.metadata.tables:
            raise Broken(f"{label}: tabel itu tidak ada", where)
        return
    if target not in REFERABLE:
        raise Broken(f"{label}: hanya boleh ke {', '.join(sorted(REFERABLE))} atau tabel sendiri", where)
    rule = (key.ondelete or (key.constraint.ondelete if key.constraint is not None else None) or "").upper()
    if rule not in _ONDELETE:
        raise Broken(f"{label}: ondelete harus RESTRICT atau SET NULL, tidak pernah CASCADE", where)
    if rule == "SET NULL" and not key.parent.nullable:
        raise Broken(f"{label}: SET NULL memerlukan kolom yang boleh kosong", where)


def _check_mapper(name: str, mapper: Mapper[Any]) -> None:
    model = mapper.class_
    if getattr(model, "__scope__", None) is None or getattr(model, "__plugin__", None) != name:
        raise Broken(
            f"model {model.__name__} tidak menyatakan scope: pakai plugin_model({name!r}, scope=…)", _class_line(model)
        )
    for prop in mapper._init_properties.values():
        if isinstance(prop, RelationshipProperty):
            _check_relationship(model, prop)


def _check_relationship(model: type[Any], prop: RelationshipProperty[Any]) -> None:
    target = prop.argument
    if inspect.isfunction(target):
        target = target()
    into_core = isinstance(target, type) and issubclass(target, CoreModel)
    if into_core and (prop.backref or prop.back_populates):
        raise Broken(f"{model.__name__}: backref ke model inti tidak boleh", _class_line(model))


def _class_line(model: type[Any]) -> str:
    try:
        return f"{inspect.getsourcefile(model)}:{inspect.getsourcelines(model)[1]}"
    except (OSError, TypeError):
        return ""


def _table_line(table: sa.Table, folder: Path) -> str:
    for path in sorted(folder.rglob("*.py")) if folder.name else []:
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if f'"{table.name}"' in line or f"'{table.name}'" in line:
                return f"{path}:{number}"
    return ""
